"""What was moved from where to where, so that it can be moved back."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Move(Tenant, Base):
    """A merge (all messages of one ticket into another) or a split (some into a new one)."""

    __tablename__ = "moves"
    __table_args__ = (
        ref("tickets", "from_ticket_id", cascade=True),
        ref("tickets", "to_ticket_id", cascade=True),
        ref("people", "person_id"),
        Index("ix_moves_from", "workspace_id", "from_ticket_id"),
        Index("ix_moves_to", "workspace_id", "to_ticket_id"),
    )

    kind: Mapped[str]
    """`merge` or `split`."""
    from_ticket_id: Mapped[UUID]
    to_ticket_id: Mapped[UUID]
    message_ids: Mapped[list[UUID]] = mapped_column(ARRAY(PgUUID(as_uuid=True)), default=list)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """The two tickets as they were (changes.service.state_of, and what else moving changes)."""
    person_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]
