"""Escalations and shift hand-overs."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Escalation(Tenant, Base):
    """A ticket handed to the next line, with what the one before found out."""

    __tablename__ = "escalations"
    __table_args__ = (
        ref("tickets", "ticket_id", cascade=True),
        ref("teams", "from_team_id"),
        ref("teams", "to_team_id"),
        ref("people", "by_id"),
        ref("people", "taken_by_id"),
        ref("people", "called_by_id"),
        Index("ix_escalations_ticket", "workspace_id", "ticket_id", "id"),
        Index(
            "ix_escalations_waiting", "workspace_id", "to_team_id", "at",
            postgresql_where=text("taken_at IS NULL AND ended_at IS NULL"),
        ),
    )  # fmt: skip

    ticket_id: Mapped[UUID]
    from_tier: Mapped[int] = mapped_column(SmallInteger)
    to_tier: Mapped[int] = mapped_column(SmallInteger)
    from_team_id: Mapped[UUID | None]
    to_team_id: Mapped[UUID]
    reason: Mapped[str]
    """A key of routing.escalation.REASONS."""
    analysis: Mapped[str]
    """The first analysis, in the words of whoever hands it over; it is a note of the ticket, too."""
    by_id: Mapped[UUID | None]
    """None: a rule or a breached clock."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    taken_by_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    callback_asked_at: Mapped[datetime | None]
    """Since when a supervisor owes the customer a call."""
    called_at: Mapped[datetime | None]
    called_by_id: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    """When it was handed back, or on to the next line."""


class Handover(Tenant, Base):
    """What a shift left to the next: its words, and how things stood."""

    __tablename__ = "handovers"
    __table_args__ = (
        ref("teams", "team_id"),
        ref("people", "by_id"),
        ref("people", "taken_by_id"),
        Index("ix_handovers_at", "workspace_id", "at", "id"),
    )

    team_id: Mapped[UUID | None]
    """None: the whole desk."""
    by_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    notes: Mapped[str]
    snapshot: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was open then, by part: `{"due": [{"number", "at", "who"}…], …}`; no customer's words."""
    taken_by_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
