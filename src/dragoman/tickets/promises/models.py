"""Promises to customers."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref

STATES = ("open", "kept", "renewed", "broken")
still_open = text("state = 'open'")


class Promise(Tenant, Base):
    """What a customer was told would happen by a time, and whether it did.

    `renewed` ones have a successor that names them; the customer was told of the new time.
    """

    __tablename__ = "promises"
    __table_args__ = (
        ref("tickets", "ticket_id", cascade=True),
        ref("messages", "message_id", cascade=True),
        ref("people", "person_id"),
        ref("people", "settled_by_id"),
        ref("teams", "team_id"),
        ref("promises", "renewed_from_id", cascade=True),
        Index("ix_promises_ticket", "workspace_id", "ticket_id", "id"),
        Index("ix_promises_message", "workspace_id", "message_id", postgresql_where=text("message_id IS NOT NULL")),
        Index("ix_promises_due", "workspace_id", "due_at", "id"),
        Index("ix_promises_open", "workspace_id", "due_at", "id", postgresql_where=still_open),
        Index("ix_promises_mine", "workspace_id", "person_id", "due_at", "id", postgresql_where=still_open),
        Index("ix_promises_team", "workspace_id", "team_id", "due_at", "id", postgresql_where=still_open),
        Index(
            "ix_promises_renewed_from", "workspace_id", "renewed_from_id",
            postgresql_where=text("renewed_from_id IS NOT NULL"),
        ),
    )  # fmt: skip

    ticket_id: Mapped[UUID]
    message_id: Mapped[UUID | None]
    """The answer that made it; None where it was made by hand (on the telephone, say)."""
    person_id: Mapped[UUID]
    """Who keeps it: whoever made it, until it is given to somebody else."""
    team_id: Mapped[UUID | None]
    """The queue in which its ticket stood when it was made."""
    text: Mapped[str]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    reminded_at: Mapped[datetime | None]
    overdue_at: Mapped[datetime | None]
    """When it was found to be past its time."""
    escalated_at: Mapped[datetime | None]
    """When the leads of the team were told."""
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[UUID | None]
    word: Mapped[str] = mapped_column(default="")
    """What the customer was told when it was renewed, or why it was broken."""
    goodwill: Mapped[str] = mapped_column(default="")
    """What is proposed to make up for it."""
    renewed_from_id: Mapped[UUID | None]
