"""What somebody's presence is, out of what they chose, their open pages, hours and absences. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dragoman.kit.errors import N_, Invalid

CHOSEN = {
    "available": N_("Available"),
    "busy": N_("Busy"),
    "away": N_("Away"),
    "offline": N_("Offline"),
}
"""What somebody can say of themselves. Only who is available is given work; who is busy keeps what they have."""
STATES = CHOSEN | {"absent": N_("Out of office"), "off_hours": N_("Outside working hours")}
HERE = ("available", "busy")
AWAY_AFTER = timedelta(minutes=10)
"""Without an open page for so long, somebody who had said available or busy counts as away."""
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANS = 4
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody's presence. `state` is what they chose, `seen_at` None before their first page."""

    person_id: UUID
    name: str
    timezone: str = "UTC"
    active: bool = True
    state: str = "offline"
    capacity: int | None = None
    hours: Mapping[str, Any] = field(default_factory=dict)
    seen_at: datetime | None = None
    absent_until: datetime | None = None
    """The end of the absence that holds now."""
    stand_in_id: UUID | None = None


def present(one: Standing, now: datetime) -> str:
    """What holds for somebody now: a key of STATES."""
    if not one.active:
        return "offline"
    if one.absent_until is not None:
        return "absent"
    if one.state == "offline" or one.seen_at is None:
        return "offline"
    if one.hours and not within(one.hours, now.astimezone(ZoneInfo(one.timezone))):
        return "off_hours"
    if one.state == "away" or now - one.seen_at > AWAY_AFTER:
        return "away"
    return one.state


def within(hours: Mapping[str, Any], local: datetime) -> bool:
    """Whether a local moment lies in weekly hours; a span that ends before it begins goes on past midnight."""
    minute = f"{local:%H:%M}"
    today, yesterday = DAYS[local.weekday()], DAYS[local.weekday() - 1]
    for start, end in hours.get(today, ()):
        if start <= minute and (minute < end or end <= start):
            return True
    return any(end <= start and minute < end for start, end in hours.get(yesterday, ()))


def check_hours(hours: Mapping[str, Any]) -> dict[str, list[list[str]]]:
    """Weekly hours as they are stored, days without any left out. Raises Invalid beside `hours`."""
    wrong = Invalid(fields={"hours": N_("Write times of day as 09:00 to 18:00, at most four spans a day.")})
    if set(hours) - set(DAYS):
        raise wrong
    out: dict[str, list[list[str]]] = {}
    for day in DAYS:
        spans = hours.get(day) or []
        if not isinstance(spans, list) or len(spans) > SPANS:
            raise wrong
        for span in spans:
            if not isinstance(span, list | tuple) or len(span) != 2 or span[0] == span[1]:
                raise wrong
            if not all(isinstance(at, str) and _TIME.fullmatch(at) for at in span) or span[0] == "24:00":
                raise wrong
        if spans:
            out[day] = sorted([str(start), str(end)] for start, end in spans)
    return out


def spans_of(text: str) -> list[list[str]]:
    """What somebody typed for a day, "9-12, 13:00–18" for instance. Raises Invalid beside `hours`."""
    out = []
    for part in filter(None, (piece.strip() for piece in re.split(r"[,;，、]", text))):
        ends = [piece.strip() for piece in re.split(r"[-–—~至]", part)]
        if len(ends) != 2:
            raise Invalid(fields={"hours": N_("Write times of day as 09:00 to 18:00, at most four spans a day.")})
        out.append([_clock(end) for end in ends])
    return out


def _clock(text: str) -> str:
    hour, _colon, minute = text.replace("：", ":").partition(":")
    try:
        if (int(hour), int(minute or 0)) == (24, 0):
            return "24:00"
        return time(int(hour), int(minute or 0)).strftime("%H:%M")
    except ValueError as error:
        raise Invalid(
            fields={"hours": N_("Write times of day as 09:00 to 18:00, at most four spans a day.")}
        ) from error
