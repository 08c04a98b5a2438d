"""All SQL about bulk changes."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select

from dragoman.platform.db import Session
from dragoman.tickets.bulk.models import BulkRun
from dragoman.tickets.models import Ticket


async def ids_of(session: Session, numbers: Collection[int]) -> set[UUID]:
    """The ids of tickets with these numbers."""
    return set(await session.scalars(select(Ticket.id).where(Ticket.number.in_(numbers))))


async def load(session: Session, run_id: UUID) -> BulkRun | None:
    """A bulk change, to take it back; nobody else does so meanwhile."""
    return await session.get(BulkRun, (session.workspace_id, run_id), with_for_update=True)
