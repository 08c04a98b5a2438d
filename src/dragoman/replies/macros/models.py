"""Macros."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Macro(Tenant, Base):
    """What is often written and done. `owner_id` None: shared, with one team or (`team_id` None) with everybody."""

    __tablename__ = "macros"
    __table_args__ = (
        ref("people", "owner_id", cascade=True),
        ref("teams", "team_id", cascade=True),
        ref("shops", "shop_id"),
        Index("ix_macros_owner", "workspace_id", "owner_id"),
    )

    name: Mapped[str]
    shortcut: Mapped[str] = mapped_column(default="")
    """What is typed after "/", lower case; empty: found by its name."""
    html: Mapped[str] = mapped_column(default="")
    """The text put into the answer, with variables in double braces; empty: it only changes the ticket."""
    note: Mapped[bool] = mapped_column(default=False)
    """Whether the text is a note to colleagues instead of an answer."""
    language: Mapped[str] = mapped_column(default="")
    """The language of its text (BCP 47); offered first to customers who speak it."""
    changes: Mapped[list[Any]] = mapped_column(default=list)
    """tickets/changes, as they are stored."""
    owner_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    shop_id: Mapped[UUID | None]
    """Offered only in tickets of this shop; None: in all."""
    used: Mapped[int] = mapped_column(default=0)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
