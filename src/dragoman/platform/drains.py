"""Drains: queues whose rows are the queue, emptied in batches when the database says there is work.

A row's state is the truth; the announcement only saves waiting. What was missed (a crash, a lost line) is found by
the sweep.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar
from uuid import UUID

from dragoman.platform import logs
from dragoman.platform.live import Notice

log = logs.get(__name__)
SWEEP_SECONDS = 5.0
GRACE = 10.0  # seconds that a batch has to end in when the process is told to

Pending = Callable[[], Awaitable[list[UUID]]]
Batch = Callable[[UUID], Coroutine[Any, Any, int]]
T = TypeVar("T")


async def carried_through(work: Coroutine[Any, Any, T]) -> T:
    """Do a piece of work; when told to end meanwhile, let it end first, for `GRACE` seconds at most."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task}, timeout=GRACE)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        raise


class Drain:
    """One kind of work: `pending` lists the workspaces that have some, `batch` does a part and says how much.

    Batches of one workspace follow each other; an error pauses that workspace for a moment and is tried again.
    """

    def __init__(self, name: str, *, pending: Pending, batch: Batch) -> None:
        self.name = name
        self._pending = pending
        self._batch = batch
        self._awake = asyncio.Event()
        self._due: set[UUID] = set()

    def hear(self, notice: Notice) -> None:
        """Take an announcement from the hub."""
        if notice.get("work") == self.name and "w" in notice:
            self._due.add(UUID(notice["w"]))
        elif notice.get("work") != "*":
            return
        self._awake.set()

    async def run(self) -> None:
        """Empty the queue for ever."""
        while True:
            try:
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._awake.wait()
            except TimeoutError:
                pass
            self._awake.clear()
            due, self._due = self._due, set()
            try:
                if not due:
                    due = set(await self._pending())
                for workspace in due:
                    await self.empty(workspace)
            except Exception as error:  # the loop must outlive whatever a batch or the database does
                log.warning("drain paused", drain=self.name, error=type(error).__name__, exc_info=True)
                await asyncio.sleep(0.5)

    async def empty(self, workspace: UUID) -> int:
        """Do all there is for one workspace; returns how much that was."""
        total = 0
        while done := await carried_through(self._batch(workspace)):
            total += done
        return total
