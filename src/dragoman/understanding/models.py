"""What a workspace has taught the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant


class TaughtHead(Tenant, Base):
    """One round of teaching: a workspace's own heads for intents, and what they were measured to be worth.

    `figures` are shares of right answers, 0 to 1: `before` and `after` on the workspace's own corrections that were
    held back, `kept_before` and `kept_after` on shipped messages. A round that did not help is kept without weights,
    for the page that tells of it.
    """

    __tablename__ = "taught_heads"
    __table_args__ = (Index("ix_taught_heads_at", "workspace_id", "setting", "at"),)

    setting: Mapped[str]
    """The reader's setting that the heads are for: their vectors differ."""
    lessons: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    weights: Mapped[bytes | None]
    active: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(default=clock.now)
