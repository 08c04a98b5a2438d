"""Calendars, policies, and the clocks of tickets."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref

BUSINESS = "business"
"""The key of a workspace's own working hours: what holds wherever nothing else is said."""


class WorkCalendar(Tenant, Base):
    """When somebody works; sla/calendars.py reads it. Round the clock needs no row."""

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)

    key: Mapped[str]
    """`business`, or its id in hex."""
    name: Mapped[str] = mapped_column(default="")
    """What the workspace calls it; empty: the shipped name of its key."""
    zone: Mapped[str]
    week: Mapped[list[Any]] = mapped_column(default=list)
    """Seven days from Monday, each with its spans `[[from, to]…]` in minutes since midnight."""
    market: Mapped[str] = mapped_column(default="")
    """ISO 3166: whose public holidays are free; empty: none."""
    days: Mapped[list[Any]] = mapped_column(default=list)
    """Days of its own: `[{day, kind: closed|open, name}…]`."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)

    def data(self) -> dict[str, Any]:
        """What sla.calendars.build reads."""
        return {"zone": self.zone, "week": self.week, "market": self.market, "days": self.days}


class SlaPolicy(Tenant, Base):
    """What is owed to which tickets. Of several that match, the tightest holds for each metric."""

    __tablename__ = "sla_policies"
    __table_args__ = (
        ref("calendars", "calendar_id"),
        Index("ix_sla_policies_position", "workspace_id", "position", "id"),
    )

    key: Mapped[str] = mapped_column(default="")
    """Names a shipped one (sla/defaults.yaml)."""
    name: Mapped[str] = mapped_column(default="")
    position: Mapped[int]
    """The order in which pages show them and, where two are due at the same moment, which is named."""
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    languages: Mapped[str] = mapped_column(default="")
    """`common`, `minor` (see sla.policies.common_languages) or any."""
    targets: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Seconds by metric."""
    hours: Mapped[str] = mapped_column(default="team")
    """By which hours time is counted: those of the ticket's `team`, `always`, or of the `calendar` named."""
    calendar_id: Mapped[UUID | None]
    warn: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """When to warn: `{"percent": of the target that is left}` or `{"minutes": left}`; empty: never."""
    on_warning: Mapped[dict[str, Any]] = mapped_column(default=dict)
    on_breach: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What then happens: `{"notify": [owner, leads], "raise": bool, "escalate": bool, "changes": […]}`."""
    source: Mapped[str] = mapped_column(default="")
    """Where a rule of a platform or market stands; `as_of` when it was read, `confidence` H, M or L."""
    as_of: Mapped[date | None]
    confidence: Mapped[str] = mapped_column(default="")
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Clock(Tenant, Base):
    """One thing owed to the customer of a ticket, by when. A metric that begins anew (each next reply) gets a new row;
    `live` marks the newest of its kind."""

    __tablename__ = "clocks"
    __table_args__ = (
        ref("tickets", "ticket_id", cascade=True),
        Index("ix_clocks_live", "workspace_id", "ticket_id", "metric", unique=True, postgresql_where=text("live")),
        Index("ix_clocks_ticket", "workspace_id", "ticket_id", "id"),
        Index("ix_clocks_ended", "workspace_id", "metric", "ended_at", postgresql_where=text("ended_at IS NOT NULL")),
    )

    ticket_id: Mapped[UUID]
    metric: Mapped[str]
    live: Mapped[bool] = mapped_column(default=True)
    round: Mapped[int] = mapped_column(SmallInteger, default=1)
    state: Mapped[str]
    """A key of sla.metrics.STATES. One that ran out and is still owed is `breached` without `ended_at`."""
    policy_id: Mapped[UUID | None]
    """The one that sets the time; it may have been removed since."""
    target: Mapped[int]
    """Seconds of working time."""
    calendar_id: Mapped[UUID | None]
    """By which it is counted; None: round the clock."""
    marks: Mapped[list[Any]] = mapped_column(default=list)
    """What happened to it: `[[moment, kind, message]…]`, read by sla.calculator in any order."""
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    """None while paused. What ran out keeps the moment at which it did."""
    warn_at: Mapped[datetime | None]
    elapsed: Mapped[int] = mapped_column(default=0)
    """Seconds of working time used up to the last mark."""
    warned_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    """When the breach was acted upon."""
    ended_at: Mapped[datetime | None]
    why: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """All that matched, tightest first, as it was: `{"policies": [{id, key, name, seconds, calendar, due}…]}`."""


class AutoReply(Tenant, Base):
    """An automatic answer that was sent, so that a conversation gets one of its kind and a sender few a day."""

    __tablename__ = "auto_replies"
    __table_args__ = (
        UniqueConstraint("workspace_id", "ticket_id", "kind"),
        ref("tickets", "ticket_id", cascade=True),
        ref("messages", "message_id", cascade=True),
        Index("ix_auto_replies_sender", "workspace_id", "address", "at"),
    )

    ticket_id: Mapped[UUID]
    message_id: Mapped[UUID]
    kind: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
