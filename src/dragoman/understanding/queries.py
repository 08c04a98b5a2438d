"""All SQL about what workspaces have taught."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select, update

from dragoman.platform.db import Session
from dragoman.understanding.models import TaughtHead

ROUNDS = 12


async def active_id(session: Session, setting: str) -> UUID | None:
    """The round whose heads are in use."""
    found: UUID | None = await session.scalar(
        select(TaughtHead.id)
        .where(TaughtHead.setting == setting, TaughtHead.active)
        .order_by(TaughtHead.at.desc())
        .limit(1)
    )
    return found


async def load(session: Session, head_id: UUID) -> TaughtHead | None:
    """A round by its id."""
    return await session.get(TaughtHead, (session.workspace_id, head_id))


async def list_rounds(session: Session, setting: str) -> list[TaughtHead]:
    """The latest rounds, newest first."""
    newest = select(TaughtHead).where(TaughtHead.setting == setting).order_by(TaughtHead.at.desc())
    return list(await session.scalars(newest.limit(ROUNDS)))


async def retire(session: Session, setting: str) -> None:
    """Take whatever is in use out of use."""
    used = update(TaughtHead).where(TaughtHead.setting == setting, TaughtHead.active)
    await session.execute(used.values(active=False))
