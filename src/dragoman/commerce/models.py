"""Shops: where the seller sells."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant


class Shop(Tenant, Base):
    """A shop on a platform (`amazon`, `ebay`, `shopify`, `own` …)."""

    __tablename__ = "shops"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)

    name: Mapped[str]
    platform: Mapped[str] = mapped_column(default="own")
    market: Mapped[str] = mapped_column(default="")
    """ISO 3166 country it mainly sells to; empty: several."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
