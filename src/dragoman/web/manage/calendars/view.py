"""What the pages of working hours show."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """A calendar in the list; `now` says whether it is open, and until or from when."""

    name: str
    href: str
    zone: str
    hours: tuple[str, ...]
    market: str
    open: bool
    now: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class CalendarsPage:
    """All calendars."""

    calendars: tuple[CalendarRow, ...]


@dataclass(frozen=True, slots=True)
class DayField:
    """The hours of a weekday, as typed: `09:00-12:00, 13:00-18:00`."""

    name: str
    label: str
    value: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class OwnDay:
    """A row of the days of one's own."""

    day: str = ""
    kind: str = "closed"
    name: str = ""


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """Days in a row without work, in words."""

    when: str
    names: str
    days: int


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """One calendar in a form, and its closures of the next twelve months."""

    title: str
    href: str
    action: str
    form: Form
    week: tuple[DayField, ...]
    days: tuple[OwnDay, ...]
    zones: tuple[str, ...]
    markets: tuple[Choice, ...]
    closures: tuple[ClosureRow, ...]
    shipped: bool = False
