"""Drafts: what an agent has written and not sent."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Draft(Tenant, Base):
    """One person's unsent words in one ticket, a reply or a note."""

    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("workspace_id", "ticket_id", "person_id", "kind"),
        ref("tickets", "ticket_id", cascade=True),
        ref("people", "person_id", cascade=True),
    )

    ticket_id: Mapped[UUID]
    person_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default="reply")
    html: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime] = mapped_column(default=clock.now)
