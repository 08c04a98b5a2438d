"""When a desk works: weekly hours in a zone, holidays of a market, days of its own. Pure; time comes in as arguments.

Working time is real time that passes while the calendar is open: on the night the clocks change, a span from 22:00 to
06:00 has seven or nine hours, and a wall time that the change skips stands for the moment of the change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import holidays

from dragoman.kit.errors import N_, Invalid

DAY_MINUTES = 24 * 60
FURTHEST = 3 * 366
"""Days that are looked through for an opening or an end; beyond that a calendar is as good as closed for ever."""
SPANS_A_DAY = 6
OWN_DAYS = 400
NO_HOURS = N_("A calendar needs opening hours on at least one day of the week.")
ZERO = timedelta(0)

Span = tuple[int, int]
"""From and to, in minutes since midnight by the wall clock; 1440 is the midnight that ends the day."""
Opening = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working hours. `week` has the spans of Monday to Sunday; `always` is round the clock and ignores all else.

    `closed` and `opened` are days of the workspace's own: closed though the week says open, and worked though the
    market has a holiday. A worked day whose weekday has no hours has those of the first weekday that has.
    """

    zone: str = "UTC"
    week: tuple[tuple[Span, ...], ...] = ((),) * 7
    market: str = ""
    closed: frozenset[date] = frozenset()
    opened: frozenset[date] = frozenset()
    always: bool = False
    names: tuple[tuple[date, str], ...] = field(default=(), compare=False)
    """What the workspace's own closed days are called."""


ROUND_THE_CLOCK = Calendar(always=True)


class NeverOpen(ValueError):
    """No opening within three years: nothing can be due by this calendar."""


@lru_cache(maxsize=512)
def _holidays(market: str, year: int) -> tuple[dict[date, str], frozenset[date]]:
    """A market's public holidays by name, and the weekend days worked in exchange for them."""
    try:
        found = holidays.country_holidays(market, years=year, language="en_US")
    except NotImplementedError:
        return {}, frozenset()
    swapped: set[date] = getattr(found, "weekend_workdays", None) or set()
    return {day: str(name) for day, name in found.items()}, frozenset(day for day in swapped if day.year == year)


@lru_cache(maxsize=1)
def markets() -> frozenset[str]:
    """The markets (ISO 3166) whose holidays are known."""
    return frozenset(code for code in holidays.list_supported_countries(include_aliases=False) if len(code) == 2)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """The time zones that a calendar can be in."""
    return frozenset(available_timezones())


def holiday(calendar: Calendar, day: date) -> str:
    """Why a day is closed though its weekday may have hours: the holiday's name, or that of an own day; else ''."""
    if calendar.always or day in calendar.opened:
        return ""
    if day in calendar.closed:
        return dict(calendar.names).get(day, "") or "–"
    return _holidays(calendar.market, day.year)[0].get(day, "") if calendar.market else ""


def spans(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """The hours of one day by the wall clock."""
    if calendar.always:
        return ((0, DAY_MINUTES),)
    if day in calendar.closed:
        return ()
    own = calendar.week[day.weekday()]
    usual = own or next((hours for hours in calendar.week if hours), ())
    if day in calendar.opened:
        return usual
    if calendar.market:
        off, worked = _holidays(calendar.market, day.year)
        if day in worked:
            return usual
        if day in off:
            return ()
    return own


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def moment(zone: str, day: date, minute: int) -> datetime:
    """The first instant at which the wall clock shows this minute of the day, or a later one."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    found = wall.replace(tzinfo=_zone(zone))
    out = found.astimezone(UTC)
    if out.astimezone(found.tzinfo).replace(tzinfo=None) == wall:
        return out
    early, late = found.replace(fold=1).astimezone(UTC), out  # the clock skips this time: the change lies between
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        if middle.astimezone(found.tzinfo).replace(tzinfo=None) < wall:
            early = middle
        else:
            late = middle
    return late.replace(microsecond=0)


@lru_cache(maxsize=20_000)
def openings(calendar: Calendar, day: date) -> tuple[Opening, ...]:
    """The openings of one local day as moments, in order; those that a change of the clocks swallows are left out."""
    made = ((moment(calendar.zone, day, a), moment(calendar.zone, day, b)) for a, b in spans(calendar, day))
    return tuple((a, b) for a, b in made if a < b)


def _from(calendar: Calendar, at: datetime) -> Iterator[Opening]:
    """Openings that end after `at`, in order, for three years."""
    first = at.astimezone(_zone(calendar.zone)).date() - timedelta(days=1)  # a night span may end after midnight
    for ahead in range(FURTHEST):
        for opening in openings(calendar, first + timedelta(days=ahead)):
            if opening[1] > at:
                yield opening


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Whether somebody works at this moment."""
    return calendar.always or any(a <= at < b for a, b in _near(calendar, at))


def _near(calendar: Calendar, at: datetime) -> Iterator[Opening]:
    day = at.astimezone(_zone(calendar.zone)).date()
    for other in (-1, 0, 1):
        yield from openings(calendar, day + timedelta(days=other))


def next_opening(calendar: Calendar, at: datetime) -> datetime:
    """`at` itself while open, else when work begins again. Raises NeverOpen."""
    if calendar.always:
        return at
    for start, _end in _from(calendar, at):
        return max(start, at)
    raise NeverOpen


def working(calendar: Calendar, a: datetime, b: datetime) -> timedelta:
    """How much working time lies between two moments; nothing where `b` is not after `a`."""
    if b <= a:
        return ZERO
    if calendar.always:
        return b - a
    total = ZERO
    zone = _zone(calendar.zone)
    day, last = a.astimezone(zone).date() - timedelta(days=1), b.astimezone(zone).date() + timedelta(days=1)
    while day <= last:
        for start, end in openings(calendar, day):
            if end > a and start < b:
                total += min(end, b) - max(start, a)
        day += timedelta(days=1)
    return total


def add(calendar: Calendar, at: datetime, span: timedelta) -> datetime:
    """The first moment by which `span` of working time has passed since `at`. Raises NeverOpen.

    Nothing to wait for is `at` itself, also outside the hours.
    """
    if span <= ZERO or calendar.always:
        return at + max(span, ZERO)
    left = span
    for start, end in _from(calendar, at):
        begin = max(start, at)
        if end - begin >= left:
            return begin + left
        left -= end - begin
    raise NeverOpen


@dataclass(frozen=True, slots=True)
class Closure:
    """Days in a row without work of which at least one is a holiday or an own closed day; both ends included."""

    first: date
    last: date
    names: tuple[str, ...]

    @property
    def days(self) -> int:
        """How many days, weekends beside the holiday included."""
        return (self.last - self.first).days + 1


def closure(calendar: Calendar, day: date) -> Closure | None:
    """The closure that a local day lies in; None on a working day and on a plain weekend."""
    if calendar.always or spans(calendar, day):
        return None
    first = last = day
    while not spans(calendar, first - timedelta(days=1)) and (day - first).days < FURTHEST:
        first -= timedelta(days=1)
    while not spans(calendar, last + timedelta(days=1)) and (last - day).days < FURTHEST:
        last += timedelta(days=1)
    names = [holiday(calendar, first + timedelta(days=ahead)) for ahead in range((last - first).days + 1)]
    found = tuple(dict.fromkeys(name for name in names if name))
    return Closure(first, last, found) if found else None


def closures(calendar: Calendar, start: date, days: int = 366) -> list[Closure]:
    """The closures of the time to come, in order."""
    out: list[Closure] = []
    day, end = start, start + timedelta(days=days)
    while day < end:
        found = closure(calendar, day)
        if found is not None:
            out.append(found)
            day = found.last
        day += timedelta(days=1)
    return out


def check_week(week: Sequence[Sequence[Sequence[int]]]) -> tuple[tuple[Span, ...], ...]:
    """The week's spans in order. Raises Invalid beside `hours.0` (Monday) … `hours.6`, or beside `hours`."""
    faults: dict[str, str] = {}
    out: list[tuple[Span, ...]] = []
    for day, given in enumerate(week):
        day_spans = tuple(sorted((int(a), int(b)) for a, b in given))
        out.append(day_spans)
        if any(not 0 <= a < b <= DAY_MINUTES for a, b in day_spans):
            faults[f"hours.{day}"] = N_("A span ends after it begins, within the day: a night is two spans.")
        elif any(second[0] < first[1] for first, second in pairwise(day_spans)):
            faults[f"hours.{day}"] = N_("Two spans of this day overlap.")
        elif len(day_spans) > SPANS_A_DAY:
            faults[f"hours.{day}"] = N_("At most six spans a day.")
    if len(out) != 7 or not any(out):
        faults["hours"] = NO_HOURS
    if faults:
        raise Invalid(fields=faults)
    return tuple(out)


def _days(given: Sequence[Mapping[str, Any]], kind: str) -> dict[date, str]:
    return {date.fromisoformat(one["day"]): str(one.get("name", "")) for one in given if one["kind"] == kind}


def build(data: Mapping[str, Any]) -> Calendar:
    """A calendar from its stored form: `always`, `zone`, `week`, `market`, `days` ([{day, kind: closed|open, name}]).

    Raises Invalid beside the fields at fault: a zone or market nobody knows, hours that contradict themselves, none.
    """
    if data.get("always"):
        return ROUND_THE_CLOCK
    if data["zone"] not in zones():
        raise Invalid(fields={"zone": N_("Choose a time zone.")})
    if data.get("market") and data["market"] not in markets():
        raise Invalid(fields={"market": N_("The holidays of this country are not known here. Add them as own days.")})
    closed = _days(data.get("days", ()), "closed")
    return Calendar(
        zone=data["zone"],
        week=check_week(data["week"]),
        market=data.get("market", ""),
        closed=frozenset(closed),
        opened=frozenset(_days(data.get("days", ()), "open")),
        names=tuple(sorted((day, name) for day, name in closed.items() if name)),
    )
