"""People's corrections teach the desk: at night for every workspace with new ones, or at once when somebody asks."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from uuid import UUID

from dragoman.accounts import queries as accounts
from dragoman.platform import logs
from dragoman.platform.db import Database, Session
from dragoman.tickets import queries
from dragoman.understanding import queries as taught
from dragoman.understanding.examples import Example
from dragoman.understanding.models import TaughtHead
from dragoman.understanding.reader import Own, Reader, known_as
from dragoman.understanding.teaching import FEWEST, Taught, packed, teach, unpacked

log = logs.get(__name__)
TEACH = "reading.teach"
MOST = 5_000
"""Corrections that a round takes, the newest."""


class Heads:
    """The heads that workspaces have taught, as one process holds them: read from the database when they change."""

    def __init__(self) -> None:
        self._held: dict[UUID, tuple[UUID, Own]] = {}

    async def of(self, session: Session, setting: str) -> Own | None:
        """The workspace's own heads, None where it has none in use."""
        used = await taught.active_id(session, setting)
        held = self._held.get(session.workspace_id)
        if used is None:
            self._held.pop(session.workspace_id, None)
            return None
        if held is None or held[0] != used:
            row = await taught.load(session, used)
            if row is None or row.weights is None:
                return None
            held = self._held[session.workspace_id] = (used, unpacked(row.weights))
        return held[1]


@dataclass(frozen=True, slots=True)
class Teacher:
    """The teaching of one installation; `main/wiring.py` makes it. `reader` is None where reading is switched off."""

    db: Database
    reader: Reader | None

    async def nightly(self) -> None:
        """The job: teach every workspace that has new corrections."""
        async with self.db.work(None) as session:
            known = [one.id for one in await accounts.list_workspaces(session)]
        for workspace_id in known:
            await self.run(str(workspace_id))

    async def run(self, workspace: str) -> None:
        """The job: one workspace's round, where it has enough corrections and any since the last."""
        if self.reader is None:
            return
        workspace_id = UUID(workspace)
        async with self.db.work(workspace_id) as session:
            count, newest = await queries.count_corrections(session, "intent", limit=MOST)
            last = next(iter(await taught.list_rounds(session, self.reader.setting)), None)
            if count < FEWEST or (last is not None and newest <= last.at):
                return
            rows = await queries.list_corrections(session, "intent", limit=MOST)
        lessons = [Example(row.text, known_as(row.language or "en"), row.after) for row in rows if row.text.strip()]
        if len(lessons) < FEWEST:
            return
        found = await asyncio.to_thread(teach, lessons, self.reader.setting, self.reader.embed)
        async with self.db.work(workspace_id) as session:
            await keep(session, self.reader.setting, found)
        log.info("reading taught", lessons=found.lessons, **found.figures, used=found.heads is not None)


async def keep(session: Session, setting: str, found: Taught) -> None:
    """Store a round; heads that helped come into use in place of earlier ones."""
    if found.heads is not None:
        await taught.retire(session, setting)
    session.add(
        TaughtHead(
            setting=setting, lessons=found.lessons, figures=dict(found.figures), active=found.heads is not None,
            weights=packed(found.heads) if found.heads is not None else None,
        )
    )  # fmt: skip
