"""Drafts: what an agent has written and not sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
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


class PlannedReply(Tenant, Base):
    """An answer that is to leave at a later moment. Until then the customer still waits, and clocks run on."""

    __tablename__ = "planned_replies"
    __table_args__ = (
        UniqueConstraint("workspace_id", "ticket_id", "person_id"),
        ref("tickets", "ticket_id", cascade=True),
        ref("people", "person_id", cascade=True),
    )

    ticket_id: Mapped[UUID]
    person_id: Mapped[UUID]
    html: Mapped[str]
    cc: Mapped[list[Any]] = mapped_column(default=list)
    then: Mapped[str] = mapped_column(default="")
    """The state to set when it leaves; empty: none."""
    at: Mapped[datetime]
    seen_at: Mapped[datetime]
    """The customer's last words when it was planned: newer ones hold it back."""
    held_at: Mapped[datetime | None]
    """When it was not sent after all, because the customer had written meanwhile or it could not be."""
    problem: Mapped[str] = mapped_column(default="")
    review: Mapped[str] = mapped_column(default="")
    """The language (BCP 47) for which a colleague has to look at it before it leaves; empty: none."""
    own: Mapped[str] = mapped_column(default="")
    """What its writer wrote, before it was put into the customer's language."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class ReplyFinding(Tenant, Base):
    """What a check found in an answer that was sent all the same: for quality work, and to see which cry wolf."""

    __tablename__ = "reply_findings"
    __table_args__ = (
        ref("messages", "message_id", cascade=True),
        Index("ix_reply_findings_message", "workspace_id", "message_id"),
        Index("ix_reply_findings_at", "workspace_id", "at", "check"),
    )

    message_id: Mapped[UUID]
    check: Mapped[str]
    severity: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    """The words it spoke of; empty: the whole text."""
    passed: Mapped[str] = mapped_column(default="")
    """Why somebody sent it in spite of a finding that blocks; empty for the others."""
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Signature(Tenant, Base):
    """What stands under a person's answers for one shop or in one language; the profile's holds where none fits."""

    __tablename__ = "signatures"
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id", "shop_id", "language", postgresql_nulls_not_distinct=True),
        ref("people", "person_id", cascade=True),
        ref("shops", "shop_id", cascade=True),
    )

    person_id: Mapped[UUID]
    shop_id: Mapped[UUID | None]
    """None: for any shop."""
    language: Mapped[str] = mapped_column(default="")
    """BCP 47 of the customer; empty: for any language."""
    text: Mapped[str]
