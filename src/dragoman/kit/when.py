"""What a person means by "tomorrow 9", "周五下午3点" or "in 2 days": one moment, in their zone, always ahead.

Pure: text, the present moment and a zone give a moment or None. All of the text must be understood; a single word
that is not gives None, so nothing is ever guessed from half a sentence.

How it reads, where people differ:

- What names its own day ("today", "tonight", "this Friday", a date with its year) is None once it is past. What
  recurs (a weekday, a time of day, a date without a year, "end of the week") means its next occurrence.
- "Friday" is the next one; "next Friday" and "下周五" are in the week after this one, weeks beginning on Monday.
- A bare hour from 1 to 6 without minutes is in the afternoon ("tomorrow 3", "明天3点"); "03:00" is at night.
- Durations of minutes and hours are exact; days, weeks and months keep the time of day on the wall, also across a
  change of clocks. A wall time that such a change skips is read as that much later; of one that happens twice the
  first that lies ahead is meant. Working days are Monday to Friday, holidays are not known here.
- Where no hour is named, a day means 9:00, or 18:00 when it is a deadline ("by tomorrow").
- "3/4" is read by the locale (en-US month first); plain "en" reads it only where it has one meaning.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dragoman.kit.text import fold
from dragoman.kit.when_tokens import NUMBER, Unread, number, tokens
from dragoman.kit.when_words import LANGUAGES

LONGEST = 80
"""Characters; what is longer is no time."""

MORNING, EVENING = 9, 18

PARTS = {
    "dawn": (6, 9), "morning": (9, 12), "noon": (12, 12), "afternoon": (15, 18), "dusk": (18, 19),
    "evening": (19, 21), "night": (21, 23), "midnight": (24, 24),
}  # fmt: skip
"""The hour a part of the day begins to be meant at, and the one it is over by as a deadline."""

MINUTES = {"minute": 1, "hour": 60}


@dataclass(frozen=True)
class When:
    """A moment that was understood: `at` aware in UTC; `exact` where the text itself named the time of day."""

    at: datetime
    exact: bool


@dataclass
class _Said:
    """What the words gave, before it is put together."""

    day: int | None = None
    weekday: int | None = None
    week: int | None = None
    date: tuple[int | None, int, int] | None = None
    dom: int | None = None
    month: int | None = None
    month_shift: int | None = None
    year: int | None = None
    clock: tuple[int, int, bool] | None = None
    """Hour, minute, and whether the hour is bare: "3" and "3点" may mean the afternoon, "3:00" does not."""
    part: str | None = None
    half: str | None = None
    ends: str | None = None
    weekend: int | None = None
    next: int | None = None
    lone: str | None = None
    spans: list[tuple[float, str]] = field(default_factory=list)
    within: bool = False
    at: bool = False
    this: bool = False
    end: bool = False
    before: bool = False

    def put(self, name: str, value: object) -> None:
        if getattr(self, name) is not None:
            raise Unread
        setattr(self, name, value)

    @property
    def names_day(self) -> bool:
        said = (self.day, self.weekday, self.week, self.date, self.dom, self.month, self.ends, self.weekend)
        return any(one is not None for one in (*said, self.month_shift, self.lone))


def parse(text: str, *, now: datetime, zone: ZoneInfo, locale: str = "en", deadline: bool = False) -> When | None:
    """The moment `text` means to somebody in `zone` at `now`, or None. Never raises, never in the past.

    The locale's language is tried first, then English and Chinese: agents type whichever is at hand. `deadline`
    reads "by tomorrow" as the end of that day rather than its beginning.
    """
    folded = fold(text).strip()
    if not folded or len(text) > LONGEST:
        return None
    tag = locale.replace("_", "-").lower()
    for language in dict.fromkeys((tag.partition("-")[0], "en", "zh")):
        if language not in LANGUAGES:
            continue
        try:
            found = _resolve(_gather(folded, language, tag), now.astimezone(zone), deadline)
        except (Unread, ValueError, OverflowError):
            continue
        if found.at > now:
            return found
    return None


def _gather(folded: str, language: str, tag: str) -> _Said:
    said = _Said()
    rest = list(tokens(folded, language))
    while rest:
        kind, value = rest.pop(0)
        if kind in ("num", "ordinal"):
            _count(said, kind, float(value.replace(",", ".")), rest)
        elif kind in ("iso", "monthday", "slash", "dots", "dom"):
            _dated(said, kind, value, tag)
        elif kind in ("clock", "uhr", "clockh", "dian"):
            _timed(said, kind, value)
        elif kind == "weekday" and not value.isdigit():
            _han_weekday(said, value)
        else:
            _word(said, kind, value)
    if said.spans and (said.before or said.names_day or said.ends):
        raise Unread
    return said


def _count(said: _Said, kind: str, count: float, rest: list[tuple[str, str]]) -> None:
    """A number means what follows it: a duration, a day of a month, a year, minutes, or an hour."""
    after, value = rest[0] if rest else ("", "")
    whole = int(count)
    if after == "unit" and kind == "num":
        rest.pop(0)
        if value == "hour" and said.at and not said.spans:
            said.put("clock", (whole, 0, False))
        else:
            said.spans.append((count, value))
        return
    if after == "unit_half":
        rest.pop(0)
        said.spans.append((count + 0.5, value))
        return
    if whole != count:
        raise Unread
    if after in ("am", "pm"):
        said.put("clock", (whole, 0, True))
    elif after == "month" or kind == "ordinal" or (said.month and said.dom is None and whole <= 31 and not said.at):
        said.put("dom", whole)
    elif whole >= 1000 and said.month is not None:
        said.put("year", whole)
    elif said.spans and said.spans[-1][1] == "hour" and whole < 60 and not said.at:
        said.spans.append((whole, "minute"))
    else:
        said.put("clock", (whole, 0, True))
        if not (said.at or said.names_day or said.part or any(one[0] in ("part", "day", "weekday") for one in rest)):
            raise Unread


def _dated(said: _Said, kind: str, value: str, tag: str) -> None:
    parts = [number(one) for one in re.findall(NUMBER, value)]
    if kind == "iso":
        said.put("date", (parts[0], parts[1], parts[2]))
    elif kind == "monthday":
        said.put("date", (None, parts[0], parts[1]))
    elif kind == "dom":
        said.put("dom", parts[0])
    else:
        year = parts[2] if len(parts) > 2 else None
        day, month = parts[0], parts[1]
        if kind == "slash" and (tag in ("en-us", "zh") or tag.startswith(("zh-", "ja")) or month > 12):
            day, month = month, day
        elif kind == "slash" and tag == "en" and day <= 12 and day != month:
            raise Unread
        said.put("date", (year, month, day))


def _timed(said: _Said, kind: str, value: str) -> None:
    parts = [number(one) for one in re.findall(NUMBER, value)]
    if kind == "clockh" and said.within:
        said.spans += [(float(count), unit) for count, unit in zip(parts, ("hour", "minute"), strict=False)]
        return
    hour, minute = parts[0], parts[1] if len(parts) > 1 else 0
    if kind == "dian" and value.endswith("半"):
        minute = 30
    elif kind == "dian" and value.endswith("刻"):
        minute *= 15
    said.put("clock", (hour, minute, kind == "dian" and (minute == 0 or value[-1] in "半刻")))


def _han_weekday(said: _Said, value: str) -> None:
    said.put("weekday", "一二三四五六日1234567".index(value[-1].replace("天", "日")) % 7)
    if value[0] in "下这本":
        said.put("week", value[:2].count("下"))


def _word(said: _Said, kind: str, value: str) -> None:
    if kind in ("within", "at", "this", "end", "before"):
        setattr(said, kind, True)
    elif kind in ("day", "weekday", "week", "month", "month_shift", "next", "weekend"):
        said.put(kind, int(value or 0))
    elif kind == "tonight":
        said.put("day", int(value))
        said.put("part", "evening")
    elif kind in ("today_part", "tomorrow_part"):
        said.put("day", int(kind == "tomorrow_part"))
        said.put("part", value)
    elif kind == "part":
        said.put("part", value)
    elif kind in ("am", "pm"):
        said.put("half", kind)
    elif kind == "endof":
        said.put("ends", value)
    elif kind == "unit":
        said.put("lone", value)
    elif kind == "span":
        count, unit = value.split()
        said.spans.append((float(count), unit))
    elif kind != "skip":
        raise Unread


def _resolve(said: _Said, here: datetime, deadline: bool) -> When:
    if said.spans:
        return _after(said, here)
    hour, minute, exact = _time_of_day(said, deadline)
    for day in _days(said, here.date(), deadline):
        at = _moment(day, hour, minute, here)
        if at > here.astimezone(UTC):
            return When(at, exact)
    raise Unread


def _after(said: _Said, here: datetime) -> When:
    """A duration from now: minutes and hours as they pass, longer ones on the calendar."""
    minutes = sum(count * MINUTES[unit] for count, unit in said.spans if unit in MINUTES)
    longer = [(count, unit) for count, unit in said.spans if unit not in MINUTES]
    if not longer:
        if said.clock or said.part or said.half:
            raise Unread
        return When(here.astimezone(UTC) + timedelta(minutes=minutes), exact=True)
    day = here.date()
    for count, unit in longer:
        if count != int(count):
            raise Unread
        day = _later(day, int(count), unit)
    if said.clock or said.part or said.half:
        hour, minute, exact = _time_of_day(said, deadline=False)
        return When(_moment(day, hour, minute, here) + timedelta(minutes=minutes), exact)
    wall = datetime.combine(day, here.time(), here.tzinfo)
    return When(wall.astimezone(UTC) + timedelta(minutes=minutes), exact=False)


def _later(day: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    if unit == "workday":
        if count > 1000:
            raise Unread
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5
        return day
    months = day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def _time_of_day(said: _Said, deadline: bool) -> tuple[int, int, bool]:
    """Hour (24 and more reach into the next day), minute, and whether the text named them."""
    part = said.part
    if said.clock is None:
        if said.half:
            return (PARTS["noon"] if deadline and said.half == "am" else PARTS["morning"])[0], 0, False
        if part:
            return PARTS[part][deadline], 0, part in ("noon", "midnight")
        return (EVENING if deadline or said.ends or said.end else MORNING), 0, False
    hour, minute, bare = said.clock
    if not (0 <= hour <= 24 and 0 <= minute < 60) or (hour == 24 and minute):
        raise Unread
    if said.half:
        if not 1 <= hour <= 12:
            raise Unread
        return hour % 12 + 12 * (said.half == "pm"), minute, True
    return (_in_part(hour, part) if part else hour + 12 * (bare and 1 <= hour <= 6)), minute, True


def _in_part(hour: int, part: str) -> int:
    """The hour of the day that "3" is in the afternoon, or "12" at night; what contradicts itself is unread."""
    early = part in ("dawn", "morning")
    late = part in ("dusk", "evening", "night")
    if part == "midnight" or (early and hour > 12) or (part == "afternoon" and hour == 0):
        raise Unread
    if early:
        return 0 if part == "dawn" and hour == 12 else hour
    if part == "noon":
        return hour + 12 if hour <= 2 else hour
    if late and hour < 5:
        raise Unread
    if late and hour == 12:
        return 24
    return hour + 12 if hour < 12 else hour


def _moment(day: date, hour: int, minute: int, here: datetime) -> datetime:
    """The wall time as a moment; of the two that autumn gives it, the first that lies ahead."""
    day += timedelta(days=hour // 24)
    wall = datetime.combine(day, time(hour % 24, minute), here.tzinfo)
    first = wall.astimezone(UTC)
    return first if first > here.astimezone(UTC) else wall.replace(fold=1).astimezone(UTC)


def _days(said: _Said, today: date, deadline: bool) -> Iterator[date]:
    """The days that are meant, nearest first; one where the text names its own."""
    monday = today - timedelta(days=today.weekday())
    named = [said.day, said.date, said.weekday, said.weekend, said.dom]
    if sum(one is not None for one in named) > 1 and not (said.weekday is not None and (said.date or said.dom)):
        raise Unread
    if said.date or said.dom is not None:
        days = _dates(said, today)
        if said.weekday is not None:
            days = (day for day in days if day.weekday() == said.weekday)
        yield from days
    elif said.day is not None:
        yield today + timedelta(days=said.day)
    elif said.weekday is not None or said.weekend is not None:
        yield from _weekdays(said, today, monday, deadline)
    elif said.week is not None or said.lone or said.ends or said.month_shift is not None or said.month is not None:
        yield from _stretches(said, today, monday, deadline)
    elif said.clock or said.part:
        yield from (today, today + timedelta(days=1))
    else:
        raise Unread


def _dates(said: _Said, today: date) -> Iterator[date]:
    year, month, day = said.date or (said.year, said.month, said.dom or 0)
    if year is None:
        year = said.year
    if said.date and (said.dom or said.month):
        raise Unread
    if month is None:
        first = _later(today.replace(day=1), said.month_shift or 0, "month")
        for ahead in range(1 if said.month_shift is not None else 3):
            start = _later(first, ahead, "month")
            if day <= calendar.monthrange(start.year, start.month)[1]:
                yield start.replace(day=day)
        return
    for some in (year,) if year is not None else range(today.year, today.year + 9):
        if month == 2 and day == 29 and not calendar.isleap(some):
            continue
        yield date(some, month, day)


def _weekdays(said: _Said, today: date, monday: date, deadline: bool) -> Iterator[date]:
    week = said.next if said.next is not None else said.week
    if said.weekend is not None:
        weekday = 6 if deadline else 5
        week = week if week is not None else said.weekend or (0 if said.this else None)
    else:
        weekday = said.weekday or 0
        week = week if week is not None else 0 if said.this else None
    if week is not None:
        yield monday + timedelta(days=weekday + 7 * week)
    else:
        first = today + timedelta(days=(weekday - today.weekday()) % 7)
        yield from (first, first + timedelta(days=7))


def _stretches(said: _Said, today: date, monday: date, deadline: bool) -> Iterator[date]:
    """A week, month or year: its beginning, or its last working moment where an end is meant."""
    unit = said.lone or (said.ends or "").removeprefix("next") or ("week" if said.week is not None else "month")
    shift = said.next or said.week or said.month_shift or int((said.ends or "").startswith("next"))
    fixed = bool(said.this or said.next or said.week is not None or said.month_shift is not None)
    ending = bool(said.end or said.ends or deadline or shift == 0)
    if said.month is not None:
        if not said.end or said.lone:
            raise Unread
        for year in (today.year, today.year + 1):
            yield date(year, said.month, calendar.monthrange(year, said.month)[1])
    elif said.lone and not (fixed or said.end):
        raise Unread
    elif unit == "day":
        yield today + timedelta(days=shift)
    elif unit == "week":
        for ahead in (shift,) if fixed else (0, 1):
            yield monday + timedelta(days=7 * ahead + (4 if ending else 0))
    elif unit in ("month", "year"):
        start = today.replace(day=1) if unit == "month" else date(today.year, 1, 1)
        for ahead in (shift,) if fixed else (shift, shift + 1):
            first = _later(start, ahead, unit)
            yield _later(first, 1, unit) - timedelta(days=1) if ending else first
    else:
        raise Unread
