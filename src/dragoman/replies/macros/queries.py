"""All SQL about macros."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import or_, select, update

from dragoman.platform.db import Session
from dragoman.replies.macros.models import Macro


async def list_for(session: Session, person_id: UUID, team_ids: Sequence[UUID]) -> list[Macro]:
    """The macros somebody can use, the most used first. A desk has hundreds at most."""
    statement = (
        select(Macro)
        .where(
            Macro.active,
            or_(
                Macro.owner_id == person_id,
                Macro.owner_id.is_(None) & (Macro.team_id.is_(None) | Macro.team_id.in_(team_ids)),
            ),
        )
        .order_by(Macro.used.desc(), Macro.name, Macro.id)
    )
    return list(await session.scalars(statement))


async def list_shared(session: Session, person_id: UUID) -> list[Macro]:
    """All shared macros and one's own, those in use first, by name: to look after them."""
    statement = (
        select(Macro)
        .where(or_(Macro.owner_id.is_(None), Macro.owner_id == person_id))
        .order_by(Macro.active.desc(), Macro.name, Macro.id)
    )
    return list(await session.scalars(statement))


async def load(session: Session, macro_id: UUID, *, lock: bool = False) -> Macro | None:
    """A macro by its id; `lock` keeps others from changing it until the transaction ends."""
    return await session.get(Macro, (session.workspace_id, macro_id), with_for_update=lock or None)


async def count_use(session: Session, macro_ids: Collection[UUID]) -> None:
    """Note that macros were used."""
    await session.execute(update(Macro).where(Macro.id.in_(macro_ids)).values(used=Macro.used + 1))
