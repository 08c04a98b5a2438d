"""Public holidays, busy times, and whether advertising may go out now. Pure; days are local to the market.

Days by the moon are computed (`holidays`, MIT) and marked as estimated: sightings move them by a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Literal

import holidays
from holidays.calendars.islamic import _IslamicLunar

from dragoman.markets.packs import Pack, Rule
from dragoman.markets.values import Marketing, Peak, Quiet

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
CHRISTMAS_LEAD = (11, 25)
"""Christmas promotion starts a month ahead (R95)."""
DAWN, DUSK = time(4), time(20)
"""The daytime of Ramadan at its widest in the markets served; prayer times everywhere lie within it."""
_ESTIMATED = " (estimated)"


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off, named in English."""

    day: date
    name: str
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Season:
    """A busy or quiet time, its last day included; a month where no day is known."""

    first: date
    last: date
    peak: Peak
    estimated: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether advertising may go out; `why` is a key when it may not."""

    allowed: bool
    why: Literal["quiet_hours", "ramadan", ""] = ""
    estimated: bool = False
    rule: Rule | None = None


@cache
def public_holidays(iso: str, year: int) -> tuple[Holiday, ...]:
    """The public holidays of a country in a year, in their order."""
    known = holidays.country_holidays(iso)
    language = "en_US" if "en_US" in known.supported_languages else None
    found = holidays.country_holidays(iso, years=year, language=language)
    return tuple(
        Holiday(day, name.removesuffix(_ESTIMATED), name.endswith(_ESTIMATED))
        for day in sorted(found)
        for name in found.get_list(day)
        if day.year == year
    )


def next_holiday(iso: str, today: date) -> Holiday | None:
    """The next day off, today included."""
    later = (*public_holidays(iso, today.year), *public_holidays(iso, today.year + 1))
    return next((one for one in later if one.day >= today), None)


def off(pack: Pack, day: date) -> bool:
    """Whether it is a weekend or a public holiday there."""
    return WEEKDAYS[day.weekday()] in pack.weekend or any(one.day == day for one in public_holidays(pack.iso, day.year))


def business_day(pack: Pack, start: date, days: int) -> date:
    """The day that ends a term of business days; the first day counted is the one after `start`."""
    day = start
    while days > 0:
        day += timedelta(days=1)
        days -= not off(pack, day)
    return day


@cache
def ramadans(year: int) -> tuple[tuple[date, date], ...]:
    """First and last day of each Ramadan that touches the year, estimated; two may."""
    moon = _IslamicLunar()
    years = range(year - 1, year + 2)
    firsts = sorted({day for one in years for day, _ in moon.ramadan_beginning_dates(one)})
    feasts = sorted({day for one in years for day, _ in moon.eid_al_fitr_dates(one)})
    ends = {first: min(day for day in feasts if day > first) for first in firsts if first < feasts[-1]}
    spans = ((first, feast - timedelta(days=1)) for first, feast in ends.items())
    return tuple((first, last) for first, last in spans if year in {first.year, last.year})


def _weekday_in(year: int, month: int, weekday: int, nth: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _by_rule(iso: str, rule: str, year: int) -> Iterator[tuple[date, date, bool]]:
    """First day, last day and whether estimated. Raises ValueError for a rule that nobody wrote."""
    thanksgiving = _weekday_in(year, 11, 3, 4)
    fixed = {
        "thanksgiving_us": thanksgiving,
        "black_friday": thanksgiving + timedelta(days=1),
        "cyber_monday": thanksgiving + timedelta(days=4),
        "second_sunday_may": _weekday_in(year, 5, 6, 2),
    }
    if rule in fixed:
        yield fixed[rule], fixed[rule], False
    elif rule == "ramadan":
        yield from ((first, last, True) for first, last in ramadans(year))
    elif rule in {"eid_al_fitr", "eid_al_adha"}:
        found = getattr(_IslamicLunar(), f"{rule}_dates")(year)  # it names feasts of the years around, too
        yield from ((day, day, True) for day, _ in found if day.year == year)
    elif rule == "carnival":  # Shrove Tuesday, 45 days before Good Friday
        yield from ((one.day - timedelta(days=45),) * 2 + (False,) for one in _named(iso, year, "Good Friday"))
    elif rule.startswith("public_holiday:"):
        yield from ((one.day, one.day, one.estimated) for one in _named(iso, year, rule.partition(":")[2]))
    else:
        raise ValueError(f"unknown rule {rule}")


def _named(iso: str, year: int, name: str) -> list[Holiday]:
    return [one for one in public_holidays(iso, year) if one.name == name]


def seasons(pack: Pack, year: int) -> tuple[Season, ...]:
    """The busy and quiet times of a market in a year, in their order."""
    found: list[Season] = []
    for peak in pack.value("peaks") or ():
        if peak.month is None:
            found += [Season(a, b, peak, moon) for a, b, moon in _by_rule(pack.iso, peak.rule, year)]
        elif peak.day is None:
            after = date(year + peak.month // 12, peak.month % 12 + 1, 1)
            found.append(Season(date(year, peak.month, 1), after - timedelta(days=1), peak))
        else:
            day = date(year, peak.month, peak.day)
            found.append(Season(day, day, peak))
    return tuple(sorted(found, key=lambda one: (one.first, one.peak.name)))


def year_ahead(pack: Pack, today: date) -> tuple[Season, ...]:
    """What is on today or begins within a year of it."""
    found = (*seasons(pack, today.year), *seasons(pack, today.year + 1))
    ahead = (one for one in found if one.last >= today and one.first < today + timedelta(days=365))
    return tuple(dict.fromkeys(ahead))


def christmas_promotion(today: date) -> bool:
    """Whether Christmas promotion has started: a month ahead of the day, until the day (R95)."""
    return date(today.year, *CHRISTMAS_LEAD) <= today <= date(today.year, 12, 25)


def within(quiet: Quiet, at: time) -> bool:
    """Whether the hour is quiet: from `start` to before `end`, over midnight too."""
    if quiet.start <= quiet.end:
        return quiet.start <= at < quiet.end
    return at >= quiet.start or at < quiet.end


def marketing_now(pack: Pack, local: datetime, channel: str) -> Verdict:
    """Whether advertising may go out at that local time of the customer on that channel (R96).

    Only the hour is judged: whether the person agreed is another question.
    """
    rule = pack.rules.get("marketing")
    if rule is None:
        return Verdict(True)
    value: Marketing = rule.value
    at = local.time()
    for quiet in value.quiet_hours:
        if (not quiet.channels or channel in quiet.channels) and within(quiet, at):
            return Verdict(False, "quiet_hours", rule=rule)
    fasting = any(first <= local.date() <= last for first, last in ramadans(local.year))
    if value.ramadan_daytime and fasting and DAWN <= at < DUSK:
        return Verdict(False, "ramadan", estimated=True, rule=rule)
    return Verdict(True, rule=rule)
