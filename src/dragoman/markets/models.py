"""What a workspace says about the rules of markets; the shipped rules themselves are files (markets/packs)."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class MarketRule(Tenant, Base):
    """A workspace's word on one topic of one market. Of each, the row that nothing replaced holds."""

    __tablename__ = "market_rules"
    __table_args__ = (
        ref("people", "confirmed_by_id"),
        Index("ix_market_rules_live", "workspace_id", "market", "topic", unique=True,
              postgresql_where=text("replaced_at IS NULL")),
    )  # fmt: skip

    market: Mapped[str]
    """ISO 3166, two letters."""
    topic: Mapped[str]
    """A key of markets.topics.TOPICS."""
    corrected: Mapped[bool]
    """Whether the value is the workspace's own; otherwise it confirms the shipped value that it names."""
    value: Mapped[Any] = mapped_column(JSONB)
    """As markets.values.write tells it. A confirmation holds only as long as the shipped value is this one."""
    note: Mapped[str] = mapped_column(default="")
    source_url: Mapped[str] = mapped_column(default="")
    confidence: Mapped[str]
    """`high`, `medium` or `low`."""
    confirmed_by_id: Mapped[UUID]
    confirmed_at: Mapped[datetime] = mapped_column(default=clock.now)
    replaced_at: Mapped[datetime | None]
