"""Who is there."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Presence(Tenant, Base):
    """What somebody says of themselves, and when a page of theirs was last open (at a grain of a minute)."""

    __tablename__ = "presences"
    __table_args__ = (UniqueConstraint("workspace_id", "person_id"), ref("people", "person_id", cascade=True))

    person_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="available")
    """Of presence.states.CHOSEN: what they chose; presence.states.present says what holds."""
    capacity: Mapped[int | None]
    """Open tickets at once; None: what their team takes as usual."""
    hours: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Their own working hours in their zone, `{"mon": [["09:00", "18:00"]…]…}`; empty: at all times."""
    seen_at: Mapped[datetime | None]
    changed_at: Mapped[datetime] = mapped_column(default=clock.now)


class Absence(Tenant, Base):
    """A time for which somebody is out of office."""

    __tablename__ = "absences"
    __table_args__ = (
        ref("people", "person_id", cascade=True),
        ref("people", "stand_in_id"),
        Index("ix_absences_person", "workspace_id", "person_id", "ends_at"),
    )

    person_id: Mapped[UUID]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    stand_in_id: Mapped[UUID | None]
    """Who gets their tickets meanwhile; None: their queue."""
    note: Mapped[str] = mapped_column(default="")
