"""All SQL about shops."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from dragoman.commerce.models import Shop
from dragoman.platform.db import Session


async def list_shops(session: Session) -> list[Shop]:
    """All shops by name; a desk has dozens at most."""
    return list(await session.scalars(select(Shop).order_by(Shop.active.desc(), Shop.name)))


async def load(session: Session, shop_id: UUID) -> Shop | None:
    """A shop, to show or to change."""
    return await session.get(Shop, (session.workspace_id, shop_id))


async def find_by_name(session: Session, name: str) -> Shop | None:
    """A shop by its name."""
    found: Shop | None = await session.scalar(select(Shop).where(Shop.name == name))
    return found
