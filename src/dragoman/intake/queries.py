"""All SQL about envelopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import undefer

from dragoman.intake.models import RECEIVED, SET_ASIDE, Envelope
from dragoman.kit.paging import Page, encode
from dragoman.platform.db import Session


async def insert_new(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, UUID]:
    """Insert what is not there yet; returns the new ones' ids by external id."""
    if not rows:
        return {}
    statement = insert(Envelope).on_conflict_do_nothing(index_elements=["workspace_id", "channel", "external_id"])
    fresh = await session.execute(statement.returning(Envelope.external_id, Envelope.id), list(rows))
    return dict(fresh.all())


async def take_received(session: Session, *, limit: int, size: int, after: UUID | None = None) -> list[Envelope]:
    """The oldest envelopes that wait (of those after one), with their bytes: at most `limit` of them and about `size`
    bytes in all."""
    received = select(Envelope.id, func.octet_length(Envelope.raw)).where(Envelope.state == RECEIVED)
    if after is not None:
        received = received.where(Envelope.id > after)
    waiting = await session.execute(received.order_by(Envelope.id).limit(limit))
    chosen: list[UUID] = []
    for envelope_id, octets in waiting:
        size -= octets
        if chosen and size < 0:
            break
        chosen.append(envelope_id)
    statement = select(Envelope).options(undefer(Envelope.raw)).where(Envelope.id.in_(chosen)).order_by(Envelope.id)
    return list(await session.scalars(statement)) if chosen else []


async def only_drainer(session: Session) -> bool:
    """Whether this transaction alone files mail of the workspace (order matters: an answer after its question)."""
    statement = text("SELECT pg_try_advisory_xact_lock(hashtextextended(:key, 0))")
    return bool(await session.scalar(statement, {"key": f"intake:{session.workspace_id}"}))


async def waits(session: Session) -> bool:
    """Whether anything waits to be filed in this workspace."""
    return bool(await session.scalar(select(literal(True)).where(Envelope.state == RECEIVED).limit(1)))


async def load(session: Session, envelope_id: UUID, *, raw: bool = False) -> Envelope | None:
    """An envelope, with its bytes where asked."""
    options = [undefer(Envelope.raw)] if raw else []
    return await session.get(Envelope, (session.workspace_id, envelope_id), options=options)


async def settle(session: Session, envelope_id: UUID, *, state: str, problem: str, now: datetime) -> None:
    """Note what became of an envelope that could not be filed."""
    await session.execute(
        update(Envelope)
        .where(Envelope.id == envelope_id)
        .values(state=state, problem=problem, settled_at=now, attempts=Envelope.attempts + 1)
    )


async def heads(session: Session, envelope_ids: Sequence[UUID]) -> dict[UUID, tuple[bytes, int]]:
    """The first 4 kB of envelopes, in which mails tell who wrote about what, and their whole size in octets."""
    statement = select(Envelope.id, func.substring(Envelope.raw, 1, 4096), func.octet_length(Envelope.raw))
    found = await session.execute(statement.where(Envelope.id.in_(envelope_ids)))
    return {envelope_id: (bytes(start), octets) for envelope_id, start, octets in found}


async def list_set_aside(session: Session, *, cursor: UUID | None = None, size: int = 50) -> Page[Envelope]:
    """Envelopes that wait for a decision, newest first."""
    statement = select(Envelope).where(Envelope.state == SET_ASIDE).order_by(Envelope.id.desc()).limit(size + 1)
    if cursor:
        statement = statement.where(Envelope.id < cursor)
    rows = list(await session.scalars(statement))
    return Page(tuple(rows[:size]), encode(rows[size - 1].id) if len(rows) > size else None)


@dataclass(frozen=True, slots=True)
class Depth:
    """How much waits, counted to a bound: `oldest` is when the first that waits to be filed came in."""

    received: int
    set_aside: int
    oldest: datetime | None


async def depth(session: Session, most: int) -> Depth:
    """How much waits to be filed, and to be decided on, each counted to `most` at most."""
    counts = []
    for state in (RECEIVED, SET_ASIDE):
        some = select(literal(1)).where(Envelope.state == state).limit(most).subquery()
        counts.append(select(func.count()).select_from(some).scalar_subquery())
    first = select(Envelope.received_at).where(Envelope.state == RECEIVED).order_by(Envelope.id).limit(1)
    row = (await session.execute(select(*counts, first.scalar_subquery()))).one()
    return Depth(row[0], row[1], row[2])


async def list_heads(session: Session, many: int) -> list[bytes]:
    """The first 8 kB of the newest envelopes."""
    newest = select(func.substring(Envelope.raw, 1, 8192)).order_by(Envelope.id.desc()).limit(many)
    return [bytes(head) for head in await session.scalars(newest)]
