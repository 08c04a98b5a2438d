"""The one outgoing HTTP client: through the guard of `net`, with limits on time, size, type and redirects."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx

from dragoman.kit.errors import N_
from dragoman.platform import net
from dragoman.platform.files import INLINE_IMAGES
from dragoman.platform.net import Unreachable

TIMEOUT = 10.0
REDIRECTS = 3
IMAGE_LIMIT = 8 * 1024 * 1024


@asynccontextmanager
async def _get(url: str, *, allow_private: bool) -> AsyncIterator[httpx.Response]:
    """One GET to an address that has been checked: the connection goes to the checked IP, the name stays in the
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
    async with (
        httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False, trust_env=False, verify=net.tls_context()) as client,
        client.stream(
            "GET", target, headers={"Host": parts.netloc, "User-Agent": "Dragoman"},
            extensions={"sni_hostname": parts.hostname},
        ) as response,
    ):  # fmt: skip
        yield response


async def fetch_image(url: str, *, allow_private: bool = False) -> tuple[str, bytes]:
    """A picture of the web as (type, bytes). Raises Unreachable for whatever is not one, too large, or not allowed."""
    try:
        for _hop in range(REDIRECTS + 1):
            async with _get(url, allow_private=allow_private) as response:
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
