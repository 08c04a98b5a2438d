"""Every try at a message."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from dragoman.delivery.models import Attempt
from dragoman.platform.db import Session


async def list_attempts(session: Session, outbox_id: UUID) -> list[Attempt]:
    """All tries at a message, oldest first: some dozens at most, since the desk gives up after two days."""
    statement = select(Attempt).where(Attempt.outbox_id == outbox_id).order_by(Attempt.id).limit(500)
    return list(await session.scalars(statement))
