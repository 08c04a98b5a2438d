"""What the desk answers by itself: whether, which text, and the concrete time in it. Pure.

Off the working hours, in a long holiday, and for languages that need a translator (R48, R49, R32). All are off until
somebody who manages the desk has read the texts and switches them on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from babel.core import UnknownLocaleError, get_global
from babel.dates import format_skeleton, format_time, get_timezone_gmt

from dragoman.kit.errors import N_, Invalid
from dragoman.sla import calendars
from dragoman.sla.calendars import Calendar, NeverOpen

OFF_HOURS, HOLIDAY, RECEIPT = "off_hours", "holiday", "receipt"
KINDS: dict[str, str] = {
    OFF_HOURS: N_("Outside the working hours"),
    HOLIDAY: N_("In a long holiday"),
    RECEIPT: N_("A translator is being arranged"),
}
HOLIDAY_DAYS = 3
"""A closure must last longer than so many days to be told as a holiday (R49)."""
A_DAY = 3
"""So many automatic answers a sender gets in 24 hours."""
LONGEST = 2_000
USUALLY = timedelta(hours=4)
"""What is said where no clock runs: so much working time from the next opening."""
FIELDS = ("time", "hours")
_FIELD = re.compile(r"\{([^{}]*)\}")
_FIRST = re.compile(r"[^{}]+?[.!?。！？।]\s*")


@dataclass(frozen=True, slots=True)
class Choices:
    """What a workspace has chosen. `texts` are its own, by language and kind."""

    on: frozenset[str] = frozenset()
    holiday_days: int = HOLIDAY_DAYS
    texts: Mapping[str, Mapping[str, str]] | None = None


def choices(settings: Mapping[str, Any]) -> Choices:
    """A workspace's choices out of its settings."""
    stored = settings.get("auto_replies", {})
    return Choices(
        frozenset(kind for kind in KINDS if stored.get(kind)), int(stored.get("holiday_days", HOLIDAY_DAYS)),
        stored.get("texts", {}),
    )  # fmt: skip


@cache
def shipped() -> dict[str, dict[str, Any]]:
    """The texts that come with the desk, by language."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(
        Path(__file__).with_name("texts.yaml").read_text(encoding="utf-8")
    )
    return found


def text_of(chosen: Choices, language: str, kind: str) -> str:
    """The text of a language, the workspace's own before the shipped one."""
    own = (chosen.texts or {}).get(language, {}).get(kind, "")
    return own or str(shipped().get(language, {}).get(kind, ""))


def speaks(chosen: Choices, language: str, kind: str) -> str:
    """The language to answer in: the customer's where a text exists, else English."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return primary if primary and text_of(chosen, primary, kind) else "en"


def check_text(text: str) -> str:
    """A text of the workspace's own, trimmed. Raises Invalid beside `text`."""
    text = text.strip()
    unknown = [name for name in _FIELD.findall(text) if name not in FIELDS]
    if unknown or text.count("{") != text.count("}"):
        raise Invalid(fields={"text": N_("Only {time} and {hours} can stand in braces.")})
    if text and "{time}" not in text:
        raise Invalid(fields={"text": N_("Say by when: the text needs {time}.")})
    if len(text) > LONGEST:
        raise Invalid(fields={"text": N_("At most 2,000 characters.")})
    return text


def which(chosen: Choices, calendar: Calendar, at: datetime, *, tier: str) -> list[str]:
    """What is to be said to words that came at a moment: the holiday or the hours, and that a translator is arranged
    where the language (`tier`: see sla.policies.language_tier) needs one."""
    out = []
    if not calendars.is_open(calendar, at):
        day = at.astimezone(ZoneInfo(calendar.zone)).date()
        closed = calendars.closure(calendar, day)
        if HOLIDAY in chosen.on and closed is not None and closed.days > chosen.holiday_days:
            out.append(HOLIDAY)
        elif OFF_HOURS in chosen.on:
            out.append(OFF_HOURS)
    if RECEIPT in chosen.on and tier == "minor":
        out.append(RECEIPT)
    return out


def promised(calendar: Calendar, now: datetime, due: datetime | None) -> datetime:
    """The moment that is named: when the running clock is over, or four working hours after the next opening where none
    runs; never before somebody is there, and rounded up to the half hour."""
    try:
        opening = calendars.next_opening(calendar, now)
        by = due if due is not None and due > now else calendars.add(calendar, opening, USUALLY)
        by = max(by, opening)
    except NeverOpen:
        by = now + timedelta(days=1)
    half = 1800
    return datetime.fromtimestamp(math.ceil(by.timestamp() / half) * half, tz=now.tzinfo)


@cache
def _zones(market: str) -> tuple[str, ...]:
    places: Mapping[str, str] = get_global("zone_territories")
    return tuple(sorted(zone for zone, territory in places.items() if territory == market and zone != "Asia/Urumqi"))


def zone_of(timezone: str, market: str, at: datetime) -> str:
    """A customer's time zone: the one known, else that of their market where all of it has one time; else ''."""
    for name in (timezone, *_zones(market)):
        try:
            offset = at.astimezone(ZoneInfo(name)).utcoffset() if name else None
        except (KeyError, ValueError, OSError):
            offset = None
        if offset is None:
            continue
        if name == timezone or all(_offset(other, at) in (offset, None) for other in _zones(market)):
            return name
        return ""
    return ""


def _offset(zone: str, at: datetime) -> timedelta | None:
    try:
        return at.astimezone(ZoneInfo(zone)).utcoffset()
    except (KeyError, ValueError, OSError):
        return None


def moment(language: str, at: datetime, *, theirs: str, ours: str) -> str:
    """A moment in a customer's language and zone; where theirs is not known ours, and it is named."""
    local = at.astimezone(ZoneInfo(theirs or ours))
    try:
        day = format_skeleton("MMMMEEEEd", local, locale=language)
        hour = format_time(local, "short", tzinfo=local.tzinfo, locale=language)
    except (UnknownLocaleError, ValueError):
        return moment("en", at, theirs=theirs, ours=ours)
    form = str(shipped().get(language, shipped()["en"])["yours" if theirs else "ours"])
    return form.format(time=f"{day} {hour}", zone=f"{ours}, {get_timezone_gmt(local, locale='en')}")


def compose(
    chosen: Choices, kinds: list[str], language: str, *, by: datetime, now: datetime, theirs: str, ours: str
) -> str:
    """The whole answer, a paragraph for each thing that is to be said."""
    hours = max(1, math.ceil((by - now) / timedelta(hours=1)))
    parts: list[str] = []
    thanks = set()
    for kind in kinds:
        spoken = speaks(chosen, language, kind)
        time = moment(spoken, by, theirs=theirs, ours=ours)
        text = text_of(chosen, spoken, kind)
        first = _FIRST.match(text)
        if first and first[0] in thanks:  # nobody is thanked twice in one letter
            text = text[first.end() :]
        elif first:
            thanks.add(first[0])
        parts.append(text.replace("{time}", time).replace("{hours}", str(hours)))
    return "\n\n".join(parts)
