"""All SQL about bulk changes."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import or_, select

from dragoman.platform.db import Session
from dragoman.tickets.bulk.models import BulkRun
from dragoman.tickets.models import Event, Ticket


async def ids_of(session: Session, numbers: Collection[int]) -> set[UUID]:
    """The ids of tickets with these numbers."""
    return set(await session.scalars(select(Ticket.id).where(Ticket.number.in_(numbers))))


async def touched_since(session: Session, run_id: UUID, tickets: Collection[UUID]) -> set[UUID]:
    """Those of some tickets to which somebody, colleague or customer, has done something since a bulk change; what the
    desk itself went on to do (a queue, a clock) is no reason to leave one alone."""
    others = select(Event.ticket_id).where(
        Event.ticket_id.in_(tickets), Event.id > run_id, Event.data["bulk"].astext.is_distinct_from(str(run_id)),
        or_(Event.person_id.is_not(None), Event.verb == "message"),
    )  # fmt: skip
    return set(await session.scalars(others))


async def load(session: Session, run_id: UUID) -> BulkRun | None:
    """A bulk change, to take it back; nobody else does so meanwhile."""
    return await session.get(BulkRun, (session.workspace_id, run_id), with_for_update=True)
