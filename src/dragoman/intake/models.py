"""Envelopes: what came in, as it came in."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant

RECEIVED, FILED, SET_ASIDE, DROPPED = "received", "filed", "set_aside", "dropped"


class Envelope(Tenant, Base):
    """One inbound item. Stored before it is acknowledged; `raw` is never changed.

    States: `received` (waits to be read), `filed` (stands in a ticket), `set_aside` (could not be read or filed; a
    person decides), `dropped` (on purpose: our own mail, a loop, or a person's word).
    """

    __tablename__ = "envelopes"
    __table_args__ = (
        UniqueConstraint("workspace_id", "channel", "external_id"),
        Index("ix_envelopes_received", "workspace_id", "id", postgresql_where=text("state = 'received'")),
        Index("ix_envelopes_set_aside", "workspace_id", "id", postgresql_where=text("state = 'set_aside'")),
    )

    channel: Mapped[str]
    external_id: Mapped[str]
    """The same for the same item however often and by whatever way it comes."""
    source_id: Mapped[UUID | None]
    """The channel's account it came through (for e-mail the mailbox)."""
    raw: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    meta: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the transport knew: sender and recipients of the SMTP envelope, folder and UID, file name."""
    state: Mapped[str] = mapped_column(default=RECEIVED)
    problem: Mapped[str] = mapped_column(default="")
    attempts: Mapped[int] = mapped_column(default=0)
    message_id: Mapped[UUID | None]
    arrived_at: Mapped[datetime] = mapped_column(default=clock.now)
    """When it reached its mailbox: earlier than `received_at` for what was fetched or imported later."""
    received_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]
