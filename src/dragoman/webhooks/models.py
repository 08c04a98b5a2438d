"""Webhooks and what was and will be told through them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Webhook(Tenant, Base):
    """An address of somebody else's software that wants to hear of some kinds of events."""

    __tablename__ = "webhooks"

    name: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    active: Mapped[bool] = mapped_column(default=True)
    secret: Mapped[str]
    """Sealed (platform.secrets)."""
    old_secret: Mapped[str | None]
    """The one before, with which deliveries are signed as well until `old_until`."""
    old_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    """Tries in a row that failed; the next one waits longer with each."""
    paused_until: Mapped[datetime | None]
    last_ok_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Delivery(Tenant, Base):
    """One event on its way to one webhook: outbox row and log entry in one."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        ref("webhooks", "webhook_id", cascade=True),
        Index("ix_webhook_deliveries_log", "workspace_id", "webhook_id", "id"),
        Index("ix_webhook_deliveries_due", "workspace_id", "next_attempt_at", "id",
              postgresql_where=text("state = 'queued'")),
        Index("ix_webhook_deliveries_settled", "workspace_id", "settled_at",
              postgresql_where=text("settled_at IS NOT NULL")),
    )  # fmt: skip

    webhook_id: Mapped[UUID]
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="queued")
    """`queued`, `done` or `failed`."""
    attempts: Mapped[list[Any]] = mapped_column(default=list)
    """What every try met: `[{at, status, ms, detail}…]`, oldest first."""
    next_attempt_at: Mapped[datetime] = mapped_column(default=clock.now)
    replay_of: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
