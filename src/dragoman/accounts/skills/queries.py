"""All SQL about skills."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from dragoman.accounts.skills.models import Skill
from dragoman.platform.db import Session


async def list_skills(session: Session, person_ids: Sequence[UUID] | None = None) -> list[Skill]:
    """The skills of some people (None: of everybody), by kind and value."""
    statement = select(Skill).order_by(Skill.person_id, Skill.kind, Skill.value)
    if person_ids is not None:
        statement = statement.where(Skill.person_id.in_(person_ids))
    return list(await session.scalars(statement))


async def forget(session: Session, person_id: UUID) -> None:
    """Remove all skills of a person, to write them anew."""
    await session.execute(delete(Skill).where(Skill.person_id == person_id))
