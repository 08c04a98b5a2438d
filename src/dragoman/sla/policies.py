"""Which policies mean a ticket, and which of them sets the time. Pure: rows read once make a `Book`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dragoman.kit.errors import N_, Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.sla import calendars
from dragoman.sla.calculator import Mark, Reading, read
from dragoman.sla.calendars import ROUND_THE_CLOCK, Calendar, NeverOpen
from dragoman.sla.metrics import METRICS
from dragoman.sla.models import BUSINESS, SlaPolicy, WorkCalendar
from dragoman.tickets.conditions.facts import Facts, holds
from dragoman.tickets.conditions.parse import Conditions
from dragoman.tickets.conditions.parse import read as read_conditions

COMMON = ("en", "zh", "de", "fr", "es", "it", "pt", "ja")
"""Languages that a desk reads without a translator, unless the workspace says otherwise (R31, R32)."""

POLICY_NAMES: dict[str, str] = {
    "red": N_("Red: at once"),
    "yellow": N_("Yellow: within two hours"),
    "blue": N_("Blue: within a day"),
    "urgent": N_("Urgent tickets"),
    "high": N_("High priority"),
    "complaint": N_("Complaints, holidays included"),
    "quality": N_("Quality accidents"),
    "amazon": N_("Amazon: 24 hours, weekends included"),
    "chat": N_("Chat"),
    "presale": N_("Inquiries before a sale"),
    "email": N_("E-mail inquiries"),
    "common": N_("Common languages"),
    "minor": N_("Less common languages"),
    "customs": N_("Customs cases"),
    "handover": N_("Hand-over and call back"),
    "complex": N_("Complex cases: progress reports"),
}
CALENDAR_NAMES: dict[str, str] = {BUSINESS: N_("Working hours"), "always": N_("Round the clock")}


def policy_label(key: str, name: str = "") -> str:
    """What a policy is called, in the reader's language; a name of the workspace's own goes before the shipped one."""
    return name or _(POLICY_NAMES.get(key, key))


def calendar_label(key: str, name: str = "") -> str:
    """What a calendar is called, in the reader's language."""
    return name or _(CALENDAR_NAMES.get(key, key))


def common_languages(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """The workspace's own list, or the usual one; primary subtags in lower case."""
    return tuple(settings.get("common_languages", COMMON))


def language_tier(language: str, common: Sequence[str]) -> str:
    """`common`, `minor`, or '' where the language is unknown."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    if not primary:
        return ""
    return "common" if primary in common else "minor"


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy ready to be asked."""

    id: UUID
    key: str
    name: str
    conditions: Conditions
    targets: dict[str, int]
    languages: str
    hours: str
    calendar_id: UUID | None
    warn: dict[str, Any]
    on_warning: dict[str, Any]
    on_breach: dict[str, Any]

    def warn_before(self, target: int) -> timedelta | None:
        """How much working time before the end to warn; None: not at all."""
        if "percent" in self.warn:
            return timedelta(seconds=target * int(self.warn["percent"]) / 100)
        if "minutes" in self.warn:
            return timedelta(minutes=int(self.warn["minutes"]))
        return None


@dataclass(frozen=True, slots=True)
class Book:
    """A workspace's policies and hours, read once for a batch. Calendars by id; those that can't be used are left out,
    and the business hours stand in; where even these are broken, time runs round the clock."""

    policies: tuple[Policy, ...]
    calendars: dict[UUID, Calendar]
    business_id: UUID | None
    team_calendars: dict[UUID, UUID | None] = field(default_factory=dict)
    common: tuple[str, ...] = COMMON

    def hours_of(self, policy: Policy, team_id: UUID | None) -> UUID | None:
        """The calendar by which a policy counts for a ticket of a team; None: round the clock."""
        if policy.hours == "always":
            return None
        wanted = policy.calendar_id if policy.hours == "calendar" else None
        if policy.hours == "team" and team_id is not None:
            wanted = self.team_calendars.get(team_id)
        found = wanted if wanted in self.calendars else self.business_id
        return found if found in self.calendars else None

    def calendar(self, calendar_id: UUID | None) -> Calendar:
        """A calendar by its id."""
        return self.calendars.get(calendar_id, ROUND_THE_CLOCK) if calendar_id else ROUND_THE_CLOCK


def make_policy(row: SlaPolicy) -> Policy | None:
    """A policy out of its row; None where a condition can't be read any more: a policy never guesses whom it means."""
    conditions, problems = read_conditions(row.conditions)
    if problems:
        return None
    targets = {metric: int(seconds) for metric, seconds in row.targets.items() if metric in METRICS and seconds > 0}
    return Policy(
        row.id, row.key, row.name, conditions, targets, row.languages, row.hours, row.calendar_id, row.warn,
        row.on_warning, row.on_breach,
    )  # fmt: skip


def make_book(
    policies: Sequence[SlaPolicy], rows: Sequence[WorkCalendar], *, teams: Mapping[UUID, UUID | None],
    settings: Mapping[str, Any],
) -> Book:  # fmt: skip
    """A workspace's rows as a book. Never raises: what is broken is told on its page, not in intake."""
    made: dict[UUID, Calendar] = {}
    for row in rows:
        try:
            made[row.id] = calendars.build(row.data())
        except (Invalid, KeyError, ValueError, TypeError):
            continue
    business = next((row.id for row in rows if row.key == BUSINESS), None)
    read_ones = (make_policy(row) for row in policies if row.active)
    return Book(
        tuple(one for one in read_ones if one is not None), made, business, dict(teams), common_languages(settings)
    )


def matching(book: Book, facts: Facts) -> list[Policy]:
    """The policies that mean a ticket, in their order."""
    tier = language_tier(facts.ticket.language, book.common)
    return [
        one
        for one in book.policies
        if (not one.languages or one.languages == tier) and holds(one.conditions, facts)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Offer:
    """What one policy makes of a clock. `due` is when it runs out (paused: would, if it went on now)."""

    policy: Policy
    target: int
    calendar_id: UUID | None
    reading: Reading
    due: datetime


def offers(
    book: Book, policies: Sequence[Policy], metric: str, marks: Sequence[Mark], *, team_id: UUID | None, now: datetime
) -> list[Offer]:
    """What the policies make of a clock, tightest first; among equals in their order."""
    out = []
    for policy in policies:
        target = policy.targets.get(metric)
        if target is None:
            continue
        calendar_id = book.hours_of(policy, team_id)
        calendar = book.calendar(calendar_id)
        span = timedelta(seconds=target)
        try:
            reading = read(calendar, span, marks)
            due = reading.late_at or reading.due_at
            if due is None:
                due = calendars.add(calendar, now, span - reading.used)
        except NeverOpen:
            continue
        out.append(Offer(policy, target, calendar_id, reading, due))
    return sorted(out, key=lambda offer: offer.due)
