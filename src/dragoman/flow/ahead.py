"""The mails that come next, parsed and encoded while those before them are filed.

Filing waits for the database, encoding for the processor: one after the other they leave both idle by turns. Nothing
depends on it: what was not prepared, or could not be, is parsed and read when its turn comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
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
from dragoman.understanding.reader import Reader

log = logs.get(__name__)


@dataclass(slots=True)
class Ahead:
    """What one process has prepared, for one workspace at a time. `reader` is None where nothing is read here."""

    db: Database
    reader: Reader | None
    _work: asyncio.Task[dict[UUID, ParsedMail]] | None = field(default=None, init=False)

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
            return await asyncio.to_thread(self._ready, coming) if coming else {}
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
