"""Calendars between their rows, their forms and words."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_interval, get_day_names
from starlette.datastructures import FormData

from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _
from dragoman.sla import calendars
from dragoman.sla.calendars import NeverOpen
from dragoman.sla.models import BUSINESS, WorkCalendar
from dragoman.sla.policies import calendar_label
from dragoman.web import formats
from dragoman.web.deps import field, fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.calendars.view import CalendarPage, CalendarRow, ClosureRow, DayField, OwnDay

BASE = "/settings/calendars"
SPARE = 3
_SPAN = re.compile(r"^(\d{1,2})(?:[:.：](\d{2}))?\s*[-–—~至到]\s*(\d{1,2})(?:[:.：](\d{2}))?$")


def weekday(day: int) -> str:
    """A weekday's name, Monday being 0."""
    return str(get_day_names("wide", locale=i18n.current())[day])


def spans_said(spans: Sequence[Sequence[int]]) -> str:
    """The spans of a day as people type them."""
    return ", ".join(f"{_hour(a)}-{_hour(b)}" for a, b in spans)


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def spans_read(text: str) -> list[list[int]]:
    """Spans out of what was typed: `9-12, 13:00-18:00`. Raises ValueError for what can't be read."""
    out = []
    for part in re.split(r"[,;，；、]", text):
        if not part.strip():
            continue
        found = _SPAN.match(part.strip())
        if found is None:
            raise ValueError(part)
        first, first_minute, last, last_minute = (int(one or 0) for one in found.groups())
        if first_minute > 59 or last_minute > 59:
            raise ValueError(part)
        out.append([first * 60 + first_minute, last * 60 + last_minute])
    return out


def row_of(row: WorkCalendar) -> CalendarRow:
    """A calendar in the list."""
    hours = tuple(
        f"{weekday(day)} {spans_said(spans)}" for day, spans in enumerate(row.week) if spans
    )  # fmt: skip
    opened, now, problem = False, "", ""
    try:
        made = calendars.build(row.data())
        opened = calendars.is_open(made, clock.now())
        now = _("open now") if opened else _("closed, opens {time}",
                                             time=formats.stamp(calendars.next_opening(made, clock.now())))  # fmt: skip
    except (Invalid, NeverOpen, KeyError, ValueError, TypeError):
        problem = _("These hours can’t be used: time runs round the clock until they are mended.")
    return CalendarRow(
        calendar_label(row.key, row.name), f"{BASE}/{row.id}", row.zone, hours, row.market, opened, now, problem
    )


@dataclass(frozen=True, slots=True)
class Typed:
    """What was posted, and what of it could not be read."""

    values: Mapping[str, str]
    hours: tuple[str, ...]
    week: list[list[list[int]]]
    days: list[dict[str, str]]
    errors: dict[str, str]


def typed(data: FormData) -> Typed:
    """The posted form; rows of own days without a date are left out."""
    hours = tuple(field(data, f"hours-{day}", 200) for day in range(7))
    week, errors = [], {}
    for day, text in enumerate(hours):
        try:
            week.append(spans_read(text))
        except ValueError:
            week.append([])
            errors[f"hours.{day}"] = _("Hours are written like 09:00-12:00, 13:00-18:00.")
    rows = zip(fields(data, "day"), fields(data, "day_kind"), fields(data, "day_name"), strict=False)
    days = [{"day": day, "kind": kind, "name": name[:80].strip()} for day, kind, name in rows if day.strip()]
    values = {name: field(data, name, 200) for name in ("name", "zone", "market")}
    return Typed(values, hours, week, days, errors)


def page_of(
    row: WorkCalendar | None, given: Typed | None, errors: Mapping[str, str], problem: str, zone: str
) -> CalendarPage:
    """The form of a calendar, as stored or as typed."""
    week: Sequence[Any] = row.week if row else [[[540, 1080]]] * 5 + [[], []]
    hours = given.hours if given else tuple(spans_said(spans) for spans in week)
    days = given.days if given else row.days if row else []
    values = given.values if given else {
        "name": row.name if row else "", "zone": row.zone if row else zone, "market": row.market if row else "",
    }  # fmt: skip
    return CalendarPage(
        title=calendar_label(row.key, row.name) if row else "",
        href=f"{BASE}/{row.id}" if row else "",
        action=f"{BASE}/{row.id}" if row else f"{BASE}/new",
        form=Form(values, errors, problem),
        week=tuple(
            DayField(f"hours-{day}", weekday(day), text, errors.get(f"hours.{day}", ""))
            for day, text in enumerate(hours)
        ),
        days=(*(OwnDay(**one) for one in days), *(OwnDay() for _n in range(SPARE))),
        zones=tuple(sorted(calendars.zones())),
        markets=_markets(),
        closures=closures_of(row) if row else (),
        shipped=bool(row and row.key == BUSINESS),
    )  # fmt: skip


def _markets() -> tuple[Choice, ...]:
    names = Locale.parse(i18n.current()).territories
    known = sorted((names.get(code, code), code) for code in calendars.markets())
    return (Choice("", _("none")), *(Choice(code, name) for name, code in known))


def closures_of(row: WorkCalendar) -> tuple[ClosureRow, ...]:
    """The closures of the next twelve months."""
    try:
        made = calendars.build(row.data())
    except (Invalid, KeyError, ValueError, TypeError):
        return ()
    today = clock.now().astimezone(ZoneInfo(made.zone)).date()
    return tuple(
        ClosureRow(_between(one.first, one.last), ", ".join(name for name in one.names if name != "–"), one.days)
        for one in calendars.closures(made, today)
    )


def _between(first: date, last: date) -> str:
    return str(format_interval(first, last, "yMMMEd", locale=i18n.current()))
