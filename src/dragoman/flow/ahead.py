"""The mails that come next, parsed and encoded while those before them are filed.

Filing waits for the database, encoding for the processor: one after the other they leave both idle by turns. Nothing
depends on it: what was not prepared, or could not be, is parsed and read when its turn comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import UUID

from dragoman.channels.email.mail import ParsedMail
from dragoman.channels.email.parse import parse
from dragoman.flow.resolve import own_words
from dragoman.intake import queries as envelopes
from dragoman.intake.models import Envelope
from dragoman.platform import logs
from dragoman.platform.db import Database
from dragoman.understanding.reader import FULL, Reader

log = logs.get(__name__)
LANES = {FULL: 2}
"""So many threads prepare beside the one that files, one where nothing is said: the slow encoder computes outside
Python's lock, a second thread of anything else would only take it from the filing."""
SHARE = 8
"""Mails that a thread prepares at once."""


@dataclass(slots=True)
class Ahead:
    """What one process has prepared, for one workspace at a time. `reader` is None where nothing is read here."""

    db: Database
    reader: Reader | None
    _work: asyncio.Task[dict[UUID, ParsedMail]] | None = field(default=None, init=False)
    _lanes: ThreadPoolExecutor = field(init=False)

    def __post_init__(self) -> None:
        lanes = LANES.get(self.reader.setting, 1) if self.reader else 1
        self._lanes = ThreadPoolExecutor(lanes, "ahead")

    async def mails(self, waiting: Sequence[Envelope]) -> list[ParsedMail]:
        """The mails in some envelopes, in their order. Raises what parsing one raises."""
        ready: dict[UUID, ParsedMail] = {}
        if self._work is not None:
            work, self._work = self._work, None
            with suppress(Exception):  # it said so itself; whose mail it was is found out now
                ready = await work
        return await asyncio.to_thread(_parsed, waiting, ready)

    def begin(self, workspace_id: UUID, after: UUID, *, limit: int, size: int) -> None:
        """Prepare what comes after an envelope, beside what the caller goes on to do."""
        self._work = asyncio.create_task(self._prepare(workspace_id, after, limit, size))

    async def _prepare(self, workspace_id: UUID, after: UUID, limit: int, size: int) -> dict[UUID, ParsedMail]:
        try:
            async with self.db.work(workspace_id) as session:
                coming = await envelopes.take_received(session, limit=limit, size=size, after=after)
            loop = asyncio.get_running_loop()
            shares = [coming[at : at + SHARE] for at in range(0, len(coming), SHARE)]
            done = await asyncio.gather(*(loop.run_in_executor(self._lanes, self._ready, share) for share in shares))
            return {key: mail for ready in done for key, mail in ready.items()}
        except Exception as error:
            log.warning("mails not prepared", error=type(error).__name__)
            raise

    def _ready(self, coming: Sequence[Envelope]) -> dict[UUID, ParsedMail]:
        mails = dict(zip((one.id for one in coming), _parsed(coming, {}), strict=True))
        if self.reader is not None:
            self.reader.ahead([own_words(mail) for mail in mails.values()])
        return mails


def _parsed(waiting: Sequence[Envelope], ready: dict[UUID, ParsedMail]) -> list[ParsedMail]:
    return [ready.get(one.id) or parse(one.raw) for one in waiting]
