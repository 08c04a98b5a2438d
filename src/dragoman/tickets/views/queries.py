"""All SQL about saved views."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select

from dragoman.platform.db import Session
from dragoman.tickets.views.models import View


async def list_for(session: Session, person_id: UUID, team_ids: Sequence[UUID]) -> list[View]:
    """The views somebody sees: shared ones, their teams', their own, in this order. A desk has dozens at most."""
    statement = (
        select(View)
        .where(
            or_(
                View.owner_id == person_id,
                View.owner_id.is_(None) & (View.team_id.is_(None) | View.team_id.in_(team_ids)),
            )
        )
        .order_by(View.owner_id.is_not(None), View.team_id.is_not(None), View.position, View.id)
    )
    return list(await session.scalars(statement))


async def list_shared(session: Session) -> list[View]:
    """All views that are shared, also with teams one is not in."""
    statement = select(View).where(View.owner_id.is_(None)).order_by(View.team_id, View.position, View.id)
    return list(await session.scalars(statement))


async def load(session: Session, view_id: UUID, *, lock: bool = False) -> View | None:
    """A view by its id; `lock` keeps others from changing it until the transaction ends."""
    return await session.get(View, (session.workspace_id, view_id), with_for_update=lock or None)
