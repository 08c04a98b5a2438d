"""Live notices: one listening connection a process, told on to every open page and to the drains.

A notice is a hint; after every reconnect listeners are told `{"kind": "reload"}`, because notices sent while the
line was down are gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from time import monotonic
from typing import Any

import psycopg

from dragoman.platform import logs
from dragoman.platform.db import LINE, LIVE, WORK

log = logs.get(__name__)
Notice = dict[str, Any]
LINE_NAME = "dragoman-live"
QUEUE_LIMIT = 500  # a page that reads no more is told to reload instead of growing its queue
RELOAD: Notice = {"kind": "reload"}
EVERYBODY = "*"
KEPT = 20.0  # seconds for which notices are kept for pages that were written before their line was open


class Hub:
    """Fans out what the database announces. `on_work` is called with each piece of work announced; `process` is what
    the database's list of connections calls this one, by which processes are seen."""

    def __init__(self, url: str, *, on_work: Callable[[Notice], None] | None = None, process: str = "") -> None:
        self._url = url
        self._name = f"{LINE_NAME} {process}".strip()[:63]
        self._on_work = on_work
        self._pages: dict[str, set[asyncio.Queue[Notice]]] = defaultdict(set)
        self._recent: deque[tuple[float, str, Notice]] = deque()
        self._heard = False
        self.connected = asyncio.Event()

    async def run(self) -> None:
        """Listen for ever; reconnects with a growing pause of at most 2 seconds."""
        pause = 0.1
        while True:
            try:
                connection = await psycopg.AsyncConnection.connect(
                    self._url, autocommit=True, application_name=self._name, **LINE
                )
                async with connection:
                    await connection.execute(f"LISTEN {LIVE}")
                    await connection.execute(f"LISTEN {WORK}")
                    self.connected.set()
                    pause = 0.1
                    self._reload()
                    async for notice in connection.notifies():
                        self._take(notice.channel, notice.payload)
            except (psycopg.Error, OSError) as error:
                log.warning("live line lost", error=type(error).__name__, retry_in=pause)
            finally:
                self.connected.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 2.0)

    def _take(self, channel: str, payload: str) -> None:
        try:
            facts = json.loads(payload)
        except ValueError:
            return
        if channel == WORK:
            if self._on_work:
                self._on_work(facts)
            return
        workspace = facts.pop("w", None)
        now = monotonic()
        while self._recent and self._recent[0][0] < now - KEPT:
            self._recent.popleft()
        self._recent.append((now, workspace, facts))
        for queue in self._pages.get(workspace, ()):
            self._put(queue, facts)

    def _reload(self) -> None:
        if self._heard:  # a page that was written during a break opens its line after it
            self._recent.append((monotonic(), EVERYBODY, RELOAD))
        self._heard = True
        for queues in self._pages.values():
            for queue in queues:
                self._put(queue, RELOAD)
        if self._on_work:
            self._on_work({"work": "*"})

    @staticmethod
    def _put(queue: asyncio.Queue[Notice], facts: Notice) -> None:
        if queue.qsize() >= QUEUE_LIMIT:
            while not queue.empty():
                with contextlib.suppress(asyncio.QueueEmpty):
                    queue.get_nowait()
            facts = RELOAD
        queue.put_nowait(facts)

    def _told_since(self, workspace: str, seconds: float) -> list[Notice]:
        """The last of each thing of which something was told; who looks at what is told anew by those who look."""
        since = monotonic() - seconds
        found = {
            (notice.get("kind"), notice.get("number"), notice.get("to")): notice
            for at, whose, notice in self._recent
            if at > since and whose in (workspace, EVERYBODY) and notice.get("kind") != "presence"
        }
        return list(found.values())

    @property
    def pages(self) -> int:
        """How many pages are open."""
        return sum(len(queues) for queues in self._pages.values())

    @asynccontextmanager
    async def page(self, workspace: str, missed: float = 0.0) -> AsyncIterator[asyncio.Queue[Notice]]:
        """The notices of a workspace for as long as a page is open, and first what it has `missed`: what was told in
        the last so many seconds, in which it was written and on its way."""
        queue: asyncio.Queue[Notice] = asyncio.Queue()
        for notice in self._told_since(workspace, missed) if missed < KEPT else [RELOAD]:
            self._put(queue, notice)
        self._pages[workspace].add(queue)
        try:
            yield queue
        finally:
            self._pages[workspace].discard(queue)
            if not self._pages[workspace]:
                del self._pages[workspace]
