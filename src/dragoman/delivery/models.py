"""The outbox and what became of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref

QUEUED, SENDING, SENT, FAILED, CANCELLED, UNCERTAIN, BOUNCED = (
    "queued", "sending", "sent", "failed", "cancelled", "uncertain", "bounced",
)  # fmt: skip


class Outbox(Tenant, Base):
    """A message on its way out.

    `queued` → `sending` → `sent`; or `failed` (for good, with the reason), `cancelled` (taken back in time),
    `uncertain` (the desk was cut off while the server was taking it: a person decides, nothing is sent twice
    unasked), `bounced` (the other side gave it back later).
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("workspace_id", "message_id"),
        Index(
            "ix_outbox_open", "workspace_id", "next_attempt_at",
            postgresql_where=text("state IN ('queued', 'sending')"),
        ),
        ForeignKeyConstraint(
            ["workspace_id", "message_id"], ["messages.workspace_id", "messages.id"], ondelete="CASCADE"
        ),
    )  # fmt: skip

    message_id: Mapped[UUID]
    channel: Mapped[str]
    source_id: Mapped[UUID]
    """The channel's account it goes out by (for e-mail the mailbox)."""
    state: Mapped[str] = mapped_column(default=QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    """Why it is not out: the server's own words."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    settled_at: Mapped[datetime | None]


class Attempt(Tenant, Base):
    """One try to hand a message over. `phase` is committed before the point of no return is passed."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        Index("ix_delivery_attempts_outbox", "workspace_id", "outbox_id"),
        ref("outbox", "outbox_id", cascade=True),
    )

    outbox_id: Mapped[UUID]
    phase: Mapped[str] = mapped_column(default="connecting")
    """`connecting` → `handing_over` (the server may have it from here on) → `done`."""
    outcome: Mapped[str] = mapped_column(default="")
    """`sent`, `later` (passing error), `failed` (permanent), `lost` (cut off)."""
    code: Mapped[int | None]
    detail: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime] = mapped_column(default=clock.now)
    ended_at: Mapped[datetime | None]
