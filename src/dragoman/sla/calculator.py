"""A clock from what happened to it. Pure: a calendar, a target and marks in; state, time used and due moment out.

The marks may come in any order and more than once: the same marks always make the same clock. Time runs in working time
of the calendar between a start or resume and the pause or stop that follows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from dragoman.sla.calendars import ZERO, Calendar, add, working

Kind = Literal["start", "pause", "resume", "stop", "restart"]
State = Literal["waiting", "running", "paused", "stopped"]
ORDER: dict[str, int] = {"start": 0, "pause": 1, "stop": 2, "resume": 3, "restart": 4}
"""What comes first of marks of one moment: what goes on comes last and has its way, so that no clock is stuck."""


class Mark(NamedTuple):
    """Something that happened to a clock. `restart` begins it anew, with nothing used; after a stop, `resume` goes on
    with what was used (a ticket opened again)."""

    at: datetime
    kind: Kind


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock as its marks make it. `used` is the working time up to its last mark; while it runs it goes on from
    `since`. `due_at` is when a running clock runs out; a paused one has none. `late_at` is when a clock that ran out
    before it was paused or stopped did so."""

    state: State
    started: datetime | None = None
    since: datetime | None = None
    used: timedelta = ZERO
    due_at: datetime | None = None
    late_at: datetime | None = None
    stopped_at: datetime | None = None


def read(calendar: Calendar, target: timedelta, marks: Iterable[Mark]) -> Reading:
    """What the marks make of a clock. Raises NeverOpen for a calendar without an opening in sight."""
    state: State = "waiting"
    started = since = late_at = stopped_at = None
    used = ZERO
    for mark in sorted(set(marks), key=lambda one: (one.at, ORDER[one.kind])):
        if since is not None:
            passed = working(calendar, since, mark.at)
            if late_at is None and used + passed > target:
                late_at = add(calendar, since, target - used)
            used += passed
            since = mark.at
        if mark.kind == "restart" or (mark.kind == "start" and state == "waiting"):
            state, started, since, used, late_at, stopped_at = "running", mark.at, mark.at, ZERO, None, None
        elif mark.kind == "resume" and state in ("paused", "stopped"):
            state, since, stopped_at = "running", mark.at, None
        elif mark.kind == "pause" and state == "running":
            state, since = "paused", None
        elif mark.kind == "stop" and state in ("running", "paused"):
            state, since, stopped_at = "stopped", None, mark.at
    due_at = None
    if state == "running" and since is not None:
        due_at = late_at or add(calendar, since, target - used)
    return Reading(state, started, since, used, due_at, late_at, stopped_at)


def used_by(calendar: Calendar, reading: Reading, now: datetime) -> timedelta:
    """The working time used up to `now`."""
    return reading.used + (working(calendar, reading.since, now) if reading.since else ZERO)


def is_late(reading: Reading, now: datetime) -> bool:
    """Whether the clock has run out, however it stands now."""
    return reading.late_at is not None or (reading.due_at is not None and reading.due_at <= now)


def warn_at(calendar: Calendar, reading: Reading, target: timedelta, before: timedelta) -> datetime | None:
    """When to warn that a running clock runs out: `before` in working time, never before it ran."""
    if reading.due_at is None or reading.since is None or reading.late_at is not None:
        return None
    left = target - reading.used - before
    return add(calendar, reading.since, max(left, ZERO))
