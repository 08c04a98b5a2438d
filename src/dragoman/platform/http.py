"""The one outgoing HTTP client: through the guard of `net`, with limits on time, size, type and redirects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx

from dragoman.kit.errors import N_
from dragoman.platform import net, tracing
from dragoman.platform.files import INLINE_IMAGES
from dragoman.platform.net import Unreachable

TIMEOUT = 10.0
REDIRECTS = 3
IMAGE_LIMIT = 8 * 1024 * 1024
ANSWER_LIMIT = 256 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; `body` is cut off at the limit that was asked for."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@asynccontextmanager
async def _open(
    method: str, url: str, *, allow_private: bool, headers: Mapping[str, str] | None = None,
    body: bytes | None = None, timeout: float = TIMEOUT,
) -> AsyncIterator[httpx.Response]:  # fmt: skip
    """One request to an address that has been checked: the connection goes to the checked IP, the name stays in the
    request and in TLS, so that what was resolved is what is dialled (DNS rebinding)."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username or parts.password:
        raise Unreachable(N_("This address can't be fetched."))
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise Unreachable(N_("This address can't be fetched.")) from error
    (_family, address), *_more = await net.resolve(parts.hostname, port, allow_private=allow_private)
    host = f"[{address}]" if ":" in address else address
    target = httpx.URL(url).copy_with(netloc=f"{host}:{port}".encode())
    own = {"Host": parts.netloc, "User-Agent": "Dragoman"}
    facts: dict[str, str | int] = {
        "http.request.method": method, "server.address": parts.hostname, "server.port": port,
    }  # fmt: skip
    with tracing.span(method, facts, kind="client") as span:
        tracing.hand_on(own)
        async with (
            httpx.AsyncClient(
                timeout=timeout, follow_redirects=False, trust_env=False, verify=net.tls_context()
            ) as client,
            client.stream(
                method, target, headers={**(headers or {}), **own}, content=body,
                extensions={"sni_hostname": parts.hostname},
            ) as response,
        ):  # fmt: skip
            span.note("http.response.status_code", response.status_code)
            yield response


async def request(
    method: str, url: str, *, allow_private: bool, headers: Mapping[str, str] | None = None,
    body: bytes | None = None, timeout: float = TIMEOUT, limit: int = ANSWER_LIMIT,
) -> Answer:  # fmt: skip
    """One request, redirects not followed; `timeout` (seconds) holds for the whole exchange, at most `limit` bytes of
    the answer are read. Raises Unreachable for whatever keeps it from being answered."""
    try:
        async with (
            asyncio.timeout(timeout),
            _open(
                method, url, allow_private=allow_private, headers=headers, body=body, timeout=timeout
            ) as response,
        ):  # fmt: skip
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) >= limit:
                    break
            return Answer(response.status_code, response.headers, bytes(content[:limit]))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
        raise Unreachable(N_("The server does not answer: {detail}"), detail=type(error).__name__) from error


async def fetch_image(url: str, *, allow_private: bool = False) -> tuple[str, bytes]:
    """A picture of the web as (type, bytes). Raises Unreachable for whatever is not one, too large, or not allowed."""
    try:
        for _hop in range(REDIRECTS + 1):
            async with _open("GET", url, allow_private=allow_private) as response:
                if response.is_redirect:
                    url = urljoin(url, response.headers.get("location", ""))
                    continue
                return await _image(response)
    except httpx.HTTPError as error:
        raise Unreachable(N_("The picture can't be fetched: {detail}"), detail=type(error).__name__) from error
    raise Unreachable(N_("The picture can't be fetched: {detail}"), detail="redirects")


async def _image(response: httpx.Response) -> tuple[str, bytes]:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if response.status_code != 200 or kind not in INLINE_IMAGES:
        raise Unreachable(N_("The picture can't be fetched: {detail}"), detail=f"{response.status_code} {kind}")
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > IMAGE_LIMIT:
            raise Unreachable(N_("The picture can't be fetched: {detail}"), detail="> 8 MB")
    return kind, bytes(content)
