"""All SQL about the outbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, literal, select

from dragoman.delivery.models import FAILED, QUEUED, SENDING, UNCERTAIN, Attempt, Outbox
from dragoman.platform.db import Session


async def load(session: Session, outbox_id: UUID, *, lock: bool = False) -> Outbox | None:
    """An outbox row."""
    return await session.get(Outbox, (session.workspace_id, outbox_id), with_for_update=lock)


async def find_by_message(session: Session, message_id: UUID, *, lock: bool = False) -> Outbox | None:
    """The outbox row of a message."""
    statement = select(Outbox).where(Outbox.message_id == message_id)
    if lock:
        statement = statement.with_for_update()
    found: Outbox | None = await session.scalar(statement)
    return found


async def list_by_messages(session: Session, message_ids: Sequence[UUID]) -> dict[UUID, Outbox]:
    """How several messages stand, by message."""
    if not message_ids:
        return {}
    rows = await session.scalars(select(Outbox).where(Outbox.message_id.in_(message_ids)))
    return {row.message_id: row for row in rows}


async def last_attempt(session: Session, outbox_id: UUID) -> Attempt | None:
    """The latest try at a message."""
    found: Attempt | None = await session.scalar(
        select(Attempt).where(Attempt.outbox_id == outbox_id).order_by(Attempt.id.desc()).limit(1)
    )
    return found


async def load_attempt(session: Session, attempt_id: UUID) -> Attempt | None:
    """A try, to note what became of it."""
    return await session.get(Attempt, (session.workspace_id, attempt_id))


async def list_overdue(session: Session, *, before: datetime, limit: int = 200) -> list[UUID]:
    """Messages that should have been tried by now: their job was lost, or its process."""
    statement = (
        select(Outbox.id)
        .where(Outbox.state.in_((QUEUED, SENDING)), Outbox.next_attempt_at < before)
        .order_by(Outbox.next_attempt_at)
        .limit(limit)
    )
    return list(await session.scalars(statement))


LOOK_BACK = 2000
"""Messages, newest first, among which failed and uncertain ones are looked for: no index is kept for so few."""


@dataclass(frozen=True, slots=True)
class Depth:
    """How messages on their way stand. `open` and `late` are counted to a bound, `failed` and `uncertain` among the
    newest messages; `oldest` is when the one that waits longest should have been tried."""

    open: int
    late: int
    failed: int
    uncertain: int
    oldest: datetime | None


async def depth(session: Session, most: int, *, before: datetime) -> Depth:
    """How much waits to leave, how much of it should have been tried before a moment, and what needs a person."""
    opened = Outbox.state.in_((QUEUED, SENDING))
    newest = select(Outbox.state).order_by(Outbox.id.desc()).limit(LOOK_BACK).subquery()

    def bounded(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
        some = select(literal(1)).where(opened, *conditions).limit(most).subquery()
        return select(func.count()).select_from(some).scalar_subquery()

    def among(state: str) -> ScalarSelect[int]:
        return select(func.count()).select_from(newest).where(newest.c.state == state).scalar_subquery()

    first = select(Outbox.next_attempt_at).where(opened).order_by(Outbox.next_attempt_at).limit(1)
    open_, late = bounded(), bounded(Outbox.next_attempt_at < before)
    row = await session.execute(select(open_, late, among(FAILED), among(UNCERTAIN), first.scalar_subquery()))
    return Depth(*row.one())
