"""Why a ticket owes what by when, for pages and for other software: facts, not yet words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dragoman.kit import clock as time
from dragoman.kit.errors import N_
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.sla import calendars, queries
from dragoman.sla.clocks import load_book
from dragoman.sla.metrics import METRICS, STATES
from dragoman.sla.models import Clock
from dragoman.sla.policies import Book, calendar_label, matching, policy_label
from dragoman.sla.turns import marks_of
from dragoman.tickets.conditions.facts import facts_of
from dragoman.tickets.models import Ticket

PAUSED = N_("It stands still while we wait for the customer, or the ticket is on hold.")


@dataclass(frozen=True, slots=True)
class Reason:
    """A policy that matched: what it asks, by which hours, and when that is over. `holds`: it sets the time."""

    policy_id: UUID
    policy: str
    target: timedelta
    calendar: str
    due: datetime
    holds: bool


@dataclass(frozen=True, slots=True)
class Explained:
    """One clock of a ticket. `remaining` is working time (negative: late by so much), None once it has ended;
    `paused` says why it stands still."""

    metric: str
    label: str
    state: str
    state_label: str
    started: datetime
    due: datetime | None
    remaining: timedelta | None
    target: timedelta
    policy: str
    calendar: str
    paused: str
    ended: datetime | None
    reasons: tuple[Reason, ...]


async def of_ticket(session: Session, ticket: Ticket) -> list[Explained]:
    """The live clocks of a ticket, in the order of the metrics, what is still owed first."""
    live = (await queries.list_live(session, [ticket.id])).get(ticket.id, {})
    if not live:
        return []
    book, names = await load_book(session), await _calendar_names(session)
    found = [_explained(live[metric], book, names) for metric in METRICS if metric in live]
    return sorted(found, key=lambda one: one.ended is not None)


async def _calendar_names(session: Session) -> dict[str, str]:
    return {str(row.id): calendar_label(row.key, row.name) for row in await queries.list_calendars(session)}


def _explained(clock: Clock, book: Book, names: dict[str, str]) -> Explained:
    reasons = tuple(
        Reason(
            UUID(one["id"]), policy_label(one["key"], one["name"]), timedelta(seconds=one["seconds"]),
            _named(one["calendar"], names), datetime.fromisoformat(one["due"]), holds=place == 0,
        )
        for place, one in enumerate(clock.why.get("policies", ()))
    )  # fmt: skip
    still = clock.ended_at is None and clock.marks[-1][1] == "pause"
    return Explained(
        metric=clock.metric, label=_(METRICS[clock.metric].label), state=clock.state,
        state_label=_(STATES[clock.state]), started=clock.started_at, due=clock.due_at,
        remaining=remaining(clock, book), target=timedelta(seconds=clock.target),
        policy=reasons[0].policy if reasons else "", calendar=_named(_id(clock), names),
        paused=_(PAUSED) if still else "", ended=clock.ended_at, reasons=reasons,
    )  # fmt: skip


def _id(clock: Clock) -> str | None:
    return str(clock.calendar_id) if clock.calendar_id else None


def _named(calendar_id: str | None, names: dict[str, str]) -> str:
    return names.get(calendar_id, "") if calendar_id else calendar_label("always")


def remaining(clock: Clock, book: Book) -> timedelta | None:
    """Working time that is left: negative by what it is late, None once it has ended."""
    if clock.ended_at is not None:
        return None
    calendar, now = book.calendar(clock.calendar_id), time.now()
    if clock.due_at is None:
        return timedelta(seconds=clock.target - clock.elapsed)
    if clock.due_at <= now:
        return -calendars.working(calendar, clock.due_at, now)
    return calendars.working(calendar, max(now, marks_of(clock)[0].at), clock.due_at)


@dataclass(frozen=True, slots=True)
class Match:
    """Whether a policy means a ticket, for the page on which policies are tried."""

    policy_id: UUID
    policy: str
    targets: dict[str, int]


async def try_out(session: Session, ticket: Ticket) -> tuple[list[Match], list[Explained]]:
    """Which policies mean a ticket as it is now, in their order, and the clocks it has."""
    book = await load_book(session)
    facts = (await facts_of(session, [ticket]))[ticket.id]
    matched = [Match(one.id, policy_label(one.key, one.name), one.targets) for one in matching(book, facts)]
    return matched, await of_ticket(session, ticket)


def median(values: Sequence[int]) -> int | None:
    """The middle of some durations, None without any."""
    ordered = sorted(values)
    return ordered[len(ordered) // 2] if ordered else None


@dataclass(frozen=True, slots=True)
class Today:
    """First replies of the last 24 hours: how long the middle one took (seconds of working time), how many there were
    (of the newest 2,000) and how many of them were in time."""

    median: int | None
    count: int
    kept: int


async def today(session: Session) -> Today:
    """How first replies stand now (R24)."""
    ended = await queries.list_ended(session, "first_response", time.now() - timedelta(hours=24))
    return Today(median([took for took, _state in ended]), len(ended), sum(state == "met" for _took, state in ended))
