"""Rules and what they have done."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Rule(Tenant, Base):
    """When – if – then. Rules are tried in the order of `position`."""

    __tablename__ = "rules"
    __table_args__ = (Index("ix_rules_position", "workspace_id", "position"),)

    name: Mapped[str]
    event: Mapped[str]
    """A key of rules.engine.EVENTS."""
    since: Mapped[str] = mapped_column(default="")
    """For the event `waited`: which other event the time counts from."""
    minutes: Mapped[int] = mapped_column(default=0)
    """For the event `waited`: how long after it."""
    conditions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    changes: Mapped[list[Any]] = mapped_column(default=list)
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    stop: Mapped[bool] = mapped_column(default=False)
    """Whether no later rule is tried on a ticket that this one fired on, for the same event."""
    problems: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """Why it is broken and skipped (gettext ids); empty: it works."""
    looped_with: Mapped[str] = mapped_column(default="")
    """The rule that set it off again after it had fired, when that last happened; empty: never."""
    looped_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class RuleFiring(Tenant, Base):
    """A rule fired on a ticket; kept for 30 days, for the rules page."""

    __tablename__ = "rule_firings"
    __table_args__ = (
        ref("rules", "rule_id", cascade=True),
        ref("tickets", "ticket_id", cascade=True),
        Index("ix_rule_firings_rule", "workspace_id", "rule_id", "at"),
        Index("ix_rule_firings_at", "workspace_id", "at"),
    )

    rule_id: Mapped[UUID]
    ticket_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class RuleTimer(Tenant, Base):
    """A `waited` rule that will be tried on a ticket at a time; its alarm's key is its id."""

    __tablename__ = "rule_timers"
    __table_args__ = (
        UniqueConstraint("workspace_id", "ticket_id", "rule_id"),
        ref("rules", "rule_id", cascade=True),
        ref("tickets", "ticket_id", cascade=True),
    )

    rule_id: Mapped[UUID]
    ticket_id: Mapped[UUID]
    at: Mapped[datetime]
