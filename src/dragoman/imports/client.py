"""Asking another desk's API: with patience for limits and faults, and sentences for what can't be waited out."""

from __future__ import annotations

import asyncio
import email.utils
import json
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from dragoman.imports.records import File
from dragoman.kit import clock
from dragoman.kit.errors import N_, DeskError
from dragoman.platform import http
from dragoman.platform.http import Answer
from dragoman.platform.net import Unreachable

PAGE_LIMIT = 64 * 1024 * 1024
TIMEOUT = 60.0
TRIES = 6
LIMITED_TRIES = 30
LONGEST_WAIT = 900.0
HOPS = 4

Pause = Callable[[float], Awaitable[None]]


class Refused(DeskError):
    """The other desk does not give what is asked for; says why and what to do."""

    status = 502


async def sleep(seconds: float) -> None:
    """The plain pause."""
    await asyncio.sleep(seconds)


@dataclass(slots=True)
class Client:
    """One account of another desk. `base` ends without a slash; `headers` carry the token and go to its host only."""

    base: str
    headers: Mapping[str, str] = field(default_factory=dict)
    allow_private: bool = False
    pause: Pause = sleep
    unit: float = 1.0
    """How long the first pause after a fault is, in seconds; each further one doubles."""

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON at a path. Raises Refused, Unreachable."""
        found = await self.find(path, **query)
        if found is None:
            raise Refused(
                N_("{host} has nothing at {path}. Check the address, and that it is the product you chose."),
                host=self.host, path=path,
            )  # fmt: skip
        return found

    async def find(self, path: str, **query: Any) -> Any:
        """The JSON at a path, None where the account has no such thing. Raises Refused, Unreachable."""
        url = f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")
        answer = await self._patiently(url)
        if answer.status == 404:
            return None
        self._check(answer)
        try:
            found = json.loads(answer.body)
        except ValueError as error:
            raise Refused(
                N_("{host} answers with something other than data. Check the address: it must be the desk's own."),
                host=self.host,
            ) from error
        if not isinstance(found, dict | list):
            raise Refused(N_("{host} answers in a form that is not known. Nothing more was read."), host=self.host)
        return found

    @property
    def host(self) -> str:
        """The account's host."""
        return urlsplit(self.base).netloc

    def _check(self, answer: Answer) -> None:
        if answer.status in (401, 403):
            raise Refused(
                N_("{host} does not accept the sign-in (answer {status}). Check the token and that it may read "
                   "tickets, then go on."), host=self.host, status=answer.status,
            )  # fmt: skip
        if 300 <= answer.status < 400:
            raise Refused(N_("{host} sends us elsewhere. Give the address that your desk really has."), host=self.host)
        if answer.status != 200:
            raise Refused(
                N_("{host} answers with the error {status}. Try again later; what is here stays."),
                host=self.host, status=answer.status,
            )  # fmt: skip
        if len(answer.body) >= PAGE_LIMIT:
            raise Refused(N_("{host} answers with more than the desk reads at once."), host=self.host)

    async def _patiently(self, url: str) -> Answer:
        """Ask again after limits (as long as the source says) and after faults (a while, growing)."""
        faults = limited = 0
        while True:
            try:
                answer = await http.request(
                    "GET", url, allow_private=self.allow_private, timeout=TIMEOUT, limit=PAGE_LIMIT,
                    headers={**self.headers, "Accept": "application/json"},
                )  # fmt: skip
            except Unreachable as error:
                faults += 1
                if faults >= TRIES or "detail" not in error.values:  # refused by the guard: waiting does not help
                    raise
                await self._rest(faults)
                continue
            if answer.status == 429 and limited < LIMITED_TRIES:
                limited += 1
                await self.pause(retry_after(answer.headers))
                continue
            if answer.status >= 500 and faults + 1 < TRIES:
                faults += 1
                await self._rest(faults)
                continue
            return answer

    async def _rest(self, faults: int) -> None:
        await self.pause(self.unit * 2 ** (faults - 1) * (0.75 + random.random() / 2))  # noqa: S311 - no secret

    async def fetch(self, file: File, *, limit: int) -> bytes | None:
        """A file's bytes; None when it can't be had or is larger than `limit` bytes. The token stays with its host."""
        url = urljoin(f"{self.base}/", file.url)
        if file.size > limit:
            return None
        for _hop in range(HOPS):
            headers = self.headers if urlsplit(url)[:2] == urlsplit(self.base)[:2] else {}
            try:
                answer = await http.request(
                    "GET", url, allow_private=self.allow_private, headers=headers, timeout=TIMEOUT, limit=limit + 1
                )
            except Unreachable:
                return None
            if answer.status == 429:
                await self.pause(retry_after(answer.headers))
            elif 300 <= answer.status < 400 and "location" in answer.headers:
                url = urljoin(url, answer.headers["location"])
            else:
                return answer.body if answer.status == 200 and len(answer.body) <= limit else None
        return None


def retry_after(headers: Mapping[str, str]) -> float:
    """How many seconds to wait (RFC 9110 §10.2.3: seconds or a date); a minute when nothing usable is said."""
    said = headers.get("retry-after", "").strip()
    try:
        seconds = float(said)
    except ValueError:
        try:
            seconds = (email.utils.parsedate_to_datetime(said) - clock.now()).total_seconds()
        except (ValueError, TypeError):
            seconds = 60.0
    return min(max(seconds, 0.0), LONGEST_WAIT) if seconds == seconds else 60.0  # NaN is equal to nothing
