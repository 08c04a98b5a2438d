"""Saved views."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class View(Tenant, Base):
    """A list of tickets with a name. `owner_id` None: shared, with one team or (`team_id` None) with everybody."""

    __tablename__ = "views"
    __table_args__ = (
        ref("people", "owner_id", cascade=True),
        ref("teams", "team_id", cascade=True),
        Index("ix_views_owner", "workspace_id", "owner_id"),
    )

    name: Mapped[str]
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """tickets/conditions, as they are stored."""
    sort: Mapped[str] = mapped_column(default="urgent")
    columns: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """What its table shows (keys of views.columns.COLUMNS); empty: the usual ones."""
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
