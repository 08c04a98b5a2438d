"""A finding: one thing looked at, in words; and how many are looked at side by side without waiting for one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from dragoman.kit.errors import N_

T = TypeVar("T")
Level = Literal["ok", "warning", "wrong", "unknown"]
PATIENCE = 3.0  # seconds that a look at another machine may take

AREAS = {
    "machine": N_("Machine"),
    "settings": N_("Settings of the installation"),
    "database": N_("Database"),
    "work": N_("Mail and jobs"),
    "mailboxes": N_("Mailboxes"),
    "records": N_("Backups and records"),
    "domains": N_("Sending domains"),
    "certificates": N_("Certificates"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, already in the reader's language. `mend` says what to do when it is not `ok`; `unknown`
    could not be looked at; `where` names the workspace where there are several."""

    level: Level
    area: str
    what: str
    mend: str = ""
    where: str = ""


Look = Coroutine[Any, Any, list[Finding]]


async def together(*looks: Look) -> list[Finding]:
    """All findings of looks made at the same time, in their order."""
    return [finding for found in await asyncio.gather(*looks) for finding in found]


async def aside(work: Callable[[], T], seconds: float = PATIENCE) -> T:
    """What blocking `work` returns, in a thread that is left behind when it takes longer: a name server that does not
    answer may hold a thread for half a minute, and the process must be able to end before. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: Any, error: BaseException | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(result)
        else:
            done.set_exception(error)

    def run() -> None:
        result: Any = None
        error: BaseException | None = None
        try:
            result = work()
        except BaseException as caught:
            error = caught
        with suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, daemon=True, name="a look aside").start()
    async with asyncio.timeout(seconds):
        return await done
