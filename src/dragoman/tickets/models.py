"""The ticket and what hangs on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Computed, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import CURRENT_WORKSPACE, Base, Tenant
from dragoman.platform.tables import Tokens, ref

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed")
PRIORITIES = {1: "urgent", 2: "high", 3: "normal", 4: "low"}
SEVERITIES = ("", "red", "yellow", "blue")
KINDS = ("", "presale", "order", "delivery", "aftersale", "complaint", "quality", "wholesale", "social", "care")
TIERS = (1, 2, 3)

active = text("active")


class Ticket(Tenant, Base):
    """One matter of one customer.

    `rank_at` orders the queue, most urgent first: by when somebody should look at it (tickets/rank.py).
    """

    __tablename__ = "tickets"
    __table_args__ = (
        UniqueConstraint("workspace_id", "number"),
        ref("customers", "customer_id"),
        ref("people", "assignee_id"),
        ref("teams", "team_id"),
        ref("tickets", "merged_into_id"),
        ref("shops", "shop_id"),
        ref("mailboxes", "mailbox_id"),
        Index("ix_tickets_activity", "workspace_id", "last_activity_at", "id"),
        Index("ix_tickets_active_activity", "workspace_id", "last_activity_at", "id", postgresql_where=active),
        Index("ix_tickets_active_rank", "workspace_id", "rank_at", "id", postgresql_where=active),
        Index(
            "ix_tickets_mine", "workspace_id", "assignee_id", "rank_at", "id",
            postgresql_where=text("active AND assignee_id IS NOT NULL"),
        ),
        Index(
            "ix_tickets_unassigned", "workspace_id", "rank_at", "id",
            postgresql_where=text("active AND assignee_id IS NULL"),
        ),
        Index(
            "ix_tickets_unread", "workspace_id", "rank_at", "id",
            postgresql_where=text("unread_since IS NOT NULL"),
        ),
        Index(
            "ix_tickets_team", "workspace_id", "team_id", "rank_at", "id",
            postgresql_where=text("active AND team_id IS NOT NULL"),
        ),
        Index("ix_tickets_due", "workspace_id", "due_at", "id", postgresql_where=text("due_at IS NOT NULL")),
        Index(
            "ix_tickets_snoozed", "workspace_id", "snoozed_until", "id",
            postgresql_where=text("snoozed_until IS NOT NULL"),
        ),
        Index(
            "ix_tickets_merged", "workspace_id", "merged_into_id", postgresql_where=text("merged_into_id IS NOT NULL")
        ),
        Index("ix_tickets_shop", "workspace_id", "shop_id", "last_activity_at", "id"),
        Index("ix_tickets_status", "workspace_id", "status", "last_activity_at", "id"),
        Index("ix_tickets_customer", "workspace_id", "customer_id", "last_activity_at"),
        Index("ix_tickets_orders", "workspace_id", "customer_id", postgresql_where=text("order_refs <> '{}'")),
    )  # fmt: skip

    number: Mapped[int]
    subject: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default="new")
    active: Mapped[bool] = mapped_column(Computed("status NOT IN ('solved', 'closed')", persisted=True))
    priority: Mapped[int] = mapped_column(SmallInteger, default=3)
    channel: Mapped[str] = mapped_column(default="email")
    shop_id: Mapped[UUID | None]
    mailbox_id: Mapped[UUID | None]
    customer_id: Mapped[UUID]
    assignee_id: Mapped[UUID | None]
    team_id: Mapped[UUID | None]
    """The queue it stands in."""
    kind: Mapped[str] = mapped_column(default="")
    severity: Mapped[str] = mapped_column(default="")
    """The trade's red, yellow, blue; empty while nobody has judged."""
    tier: Mapped[int] = mapped_column(SmallInteger, default=1)
    """The line of service that has it: 1 routine, 2 technical or payment, 3 operations."""
    language: Mapped[str] = mapped_column(default="")
    """BCP 47, of the conversation; empty: unknown."""
    market: Mapped[str] = mapped_column(default="")
    """ISO 3166 country of the customer; empty: unknown."""
    intent: Mapped[str] = mapped_column(default="")
    """What the customer wants (a key of understanding.taxonomy); empty: not read, or not sure enough."""
    emotion: Mapped[str] = mapped_column(default="")
    """How the customer's last words feel (understanding.emotion.MOODS); empty: not read."""
    by_hand: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Which of language, intent, kind and severity a person has set: those the desk does not touch again."""
    snoozed_until: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    """When its next running clock is over; written by the sla room alone."""
    due_metric: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[UUID | None]
    """Where its messages went when it was merged away; mails to it go there too."""
    linked_ticket_id: Mapped[UUID | None]
    """The earlier ticket this one goes on from, or that a stranger's mail pointed at."""
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    order_refs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    unread_since: Mapped[datetime | None]
    waiting_since: Mapped[datetime | None]
    """Since when the customer's last words have gone unanswered."""
    rank_at: Mapped[datetime]
    last_activity_at: Mapped[datetime]
    last_by: Mapped[str] = mapped_column(default="customer")
    snippet: Mapped[str] = mapped_column(default="")
    message_count: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    solved_at: Mapped[datetime | None]

    @property
    def active_now(self) -> bool:
        """`active` as the present state makes it, before the database has computed it."""
        return self.status not in ("solved", "closed")


class Message(Tenant, Base):
    """Something said: by the customer (`inbound`), to them (`outbound`), or among colleagues (`note`)."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_ticket", "workspace_id", "ticket_id", "at", "id"),
        Index(
            "ix_messages_rfc",
            "workspace_id",
            "rfc_message_id",
            postgresql_where=text("rfc_message_id IS NOT NULL"),
        ),
        Index("ix_messages_answers", "workspace_id", "in_reply_to", postgresql_where=text("in_reply_to IS NOT NULL")),
        ref("tickets", "ticket_id", cascade=True),
        ref("people", "person_id"),
    )

    ticket_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID | None]
    customer_id: Mapped[UUID | None]
    envelope_id: Mapped[UUID | None]
    from_name: Mapped[str] = mapped_column(default="")
    from_address: Mapped[str] = mapped_column(default="")
    recipients: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`{"to": [[name, address]…], "cc": […]}`"""
    subject: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(default="")
    """The writer's own words: quotes and signature removed."""
    sections: Mapped[list[Any]] = mapped_column(default=list)
    """The whole text in order, `[[kind, text]…]` with kind own, quote or signature; empty when all is own."""
    html: Mapped[str | None]
    """Sanitised (channels.email.html); None for plain mails."""
    rfc_message_id: Mapped[str | None]
    in_reply_to: Mapped[str | None]
    reply_to: Mapped[str] = mapped_column(default="")
    """Where an answer goes, when that is not `from_address`."""
    references: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    automatic: Mapped[bool] = mapped_column(default=False)
    """Written by a machine (auto-reply, bounce, list); never answered by one."""
    language: Mapped[str] = mapped_column(default="")
    """BCP 47, as read from its words; empty: unknown."""
    reading: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What was understood (understanding.reader.Reading.facts); empty: not read."""
    problems: Mapped[list[Any]] = mapped_column(default=list)
    written_at: Mapped[datetime | None]
    """What the writer's clock said; shown, never sorted by."""
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Correction(Tenant, Base):
    """Somebody said what a message means: what the workspace's own reading is taught with."""

    __tablename__ = "corrections"
    __table_args__ = (
        ref("messages", "message_id", cascade=True),
        ref("people", "person_id"),
        UniqueConstraint("workspace_id", "message_id", "field"),
        Index("ix_corrections_at", "workspace_id", "field", "at"),
    )

    message_id: Mapped[UUID]
    field: Mapped[str]
    before: Mapped[str]
    """What the desk had read; the same as `after` where somebody confirmed it."""
    after: Mapped[str]
    confidence: Mapped[float]
    """How sure the desk had been, 0 to 1."""
    person_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Attachment(Tenant, Base):
    """A file that came or goes with a message."""

    __tablename__ = "attachments"
    __table_args__ = (
        Index("ix_attachments_message", "workspace_id", "message_id"),
        ref("files", "file_id"),
        ref("messages", "message_id", cascade=True),
    )

    message_id: Mapped[UUID | None]
    """None while an agent is still writing."""
    file_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    """Who added it, for one that is not yet part of a message."""
    ticket_id: Mapped[UUID | None]
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    inline: Mapped[bool] = mapped_column(default=False)
    cid: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Event(Tenant, Base):
    """What happened to a ticket, by whom. Written in the same transaction as the change, never changed."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_ticket", "workspace_id", "ticket_id", "at", "id"),
        ref("tickets", "ticket_id", cascade=True),
        ref("people", "person_id"),
    )

    ticket_id: Mapped[UUID]
    verb: Mapped[str]
    person_id: Mapped[UUID | None]
    """None: the desk itself, or the customer's mail."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=clock.now)


class Mention(Tenant, Base):
    """A colleague called into a ticket by a note."""

    __tablename__ = "mentions"
    __table_args__ = (
        Index("ix_mentions_person", "workspace_id", "person_id", "at", "id"),
        Index("ix_mentions_unseen", "workspace_id", "person_id", postgresql_where=text("seen_at IS NULL")),
        ref("tickets", "ticket_id", cascade=True),
        ref("messages", "message_id", cascade=True),
        ref("people", "person_id", cascade=True),
    )

    ticket_id: Mapped[UUID]
    message_id: Mapped[UUID]
    person_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime | None]


class SearchDoc(Base):
    """The words of one message, for search. Its row-level security binds the application's role but is not forced
    on the owner: see docs/adr/0003."""

    __tablename__ = "search_docs"
    __table_args__ = (
        Index(
            "ix_search_docs_tokens",
            "tokens",
            postgresql_using="gin",
            postgresql_with={"gin_pending_list_limit": 512},
        ),
        Index("ix_search_docs_at", "workspace_id", "at"),
        ref("tickets", "ticket_id", cascade=True),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=CURRENT_WORKSPACE)
    message_id: Mapped[UUID] = mapped_column(primary_key=True)
    ticket_id: Mapped[UUID]
    at: Mapped[datetime]
    tokens: Mapped[Any] = mapped_column(Tokens, nullable=False)
