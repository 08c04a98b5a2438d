"""Clocks as their marks make them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dragoman.sla.calculator import Mark, Reading, is_late, read, used_by, warn_at
from dragoman.sla.calendars import ROUND_THE_CLOCK, Calendar, working

pytestmark = pytest.mark.req("R45")

START = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
OFFICE = Calendar("Europe/Berlin", (((540, 1080),),) * 5 + ((), ()), "DE")
HOUR = timedelta(hours=1)


def marks(text: str) -> list[Mark]:
    """`start 0, pause 1.5`: kinds and hours after the start."""
    out = []
    for part in text.split(","):
        kind, hours = part.split()
        out.append(Mark(START + timedelta(hours=float(hours)), kind))  # type: ignore[arg-type]
    return out


@pytest.mark.parametrize(
    ("text", "state", "used", "due", "late"),
    [
        ("start 0", "running", 0, 4, None),
        ("start 0, pause 1", "paused", 1, None, None),
        ("start 0, pause 1, resume 10", "running", 1, 13, None),
        ("start 0, pause 1, pause 2, resume 10, resume 11", "running", 2, 13, None),
        ("start 0, stop 3", "stopped", 3, None, None),
        ("start 0, stop 4", "stopped", 4, None, None),
        ("start 0, stop 5", "stopped", 5, None, 4),
        ("start 0, stop 3, stop 9", "stopped", 3, None, None),
        ("start 0, stop 3, resume 9", "running", 3, 10, None),
        ("start 0, stop 3, restart 9", "running", 0, 13, None),
        ("start 0, pause 1, restart 9, pause 10", "paused", 1, None, None),
        ("start 0, pause 5, resume 9", "running", 5, 4, 4),
        ("start 0, start 2", "running", 2, 4, None),
        ("pause 0, resume 1", "waiting", 0, None, None),
        ("pause 1, start 1", "paused", 0, None, None),
    ],
)
def test_what_marks_make(text: str, state: str, used: float, due: float | None, late: float | None) -> None:
    """Four hours round the clock."""
    found = read(ROUND_THE_CLOCK, 4 * HOUR, marks(text))
    assert found.state == state
    assert found.used == timedelta(hours=used)
    assert found.due_at == (None if due is None else START + timedelta(hours=due))
    assert found.late_at == (None if late is None else START + timedelta(hours=late))


def test_only_working_time_counts() -> None:
    """Paused from Friday noon to Monday ten: what is left is due on Monday."""
    friday = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)  # ten in Berlin
    monday = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    found = read(OFFICE, 4 * HOUR, [Mark(friday, "start"), Mark(friday + HOUR, "pause"), Mark(monday, "resume")])
    assert found.due_at == monday + 3 * HOUR
    assert warn_at(OFFICE, found, 4 * HOUR, HOUR) == monday + 2 * HOUR
    assert used_by(OFFICE, found, monday + HOUR) == 2 * HOUR
    assert not is_late(found, monday + 3 * HOUR - timedelta(seconds=1))
    assert is_late(found, monday + 3 * HOUR)


def test_a_warning_never_comes_before_the_clock_ran() -> None:
    """Where more warning is asked than there is time."""
    found = read(ROUND_THE_CLOCK, HOUR, [Mark(START, "start")])
    assert warn_at(ROUND_THE_CLOCK, found, HOUR, 2 * HOUR) == START


kinds = st.sampled_from(("start", "pause", "resume", "stop", "restart"))
at_some_time = st.integers(0, 400).map(lambda half: START + timedelta(minutes=30 * half))
any_marks = st.lists(st.builds(Mark, at_some_time, kinds), max_size=14)
calendars = st.sampled_from((ROUND_THE_CLOCK, OFFICE))
targets = st.integers(1, 60 * 40).map(lambda minutes: timedelta(minutes=minutes))


@given(any_marks, st.randoms(use_true_random=False), calendars, targets)
@settings(deadline=None, max_examples=300)
def test_the_order_of_marks_never_matters(made: list[Mark], chance: Random, calendar: Calendar, by: timedelta) -> None:
    """Shuffled, and with some told twice, they make the same clock."""
    shuffled = [*made, *made[::2]]
    chance.shuffle(shuffled)
    assert read(calendar, by, shuffled) == read(calendar, by, made)


@given(at_some_time, st.integers(0, 200), calendars, targets)
@example(START + timedelta(minutes=30), 1, ROUND_THE_CLOCK, timedelta(minutes=30))
@settings(deadline=None, max_examples=300)
def test_pausing_never_shortens(pause: datetime, minutes: int, calendar: Calendar, target: timedelta) -> None:
    """A clock that was paused for a while is due at the earliest when it would have been without; and later by no more
    than what the pause took. At its last moment it is not over yet."""
    plain = read(calendar, target, [Mark(START, "start")])
    resume = pause + timedelta(minutes=minutes)
    paused = read(calendar, target, [Mark(START, "start"), Mark(pause, "pause"), Mark(resume, "resume")])
    assert plain.due_at is not None
    assert paused.due_at is not None
    assert paused.due_at >= plain.due_at
    if pause <= plain.due_at:
        assert working(calendar, plain.due_at, paused.due_at) == working(calendar, pause, resume)
    else:
        assert paused.due_at == plain.due_at


@given(any_marks, calendars, targets, targets)
@settings(deadline=None, max_examples=200)
def test_a_tighter_target_is_never_due_later(made: list[Mark], calendar: Calendar, a: timedelta, b: timedelta) -> None:
    """And uses the same time."""
    tight, wide = read(calendar, min(a, b), made), read(calendar, max(a, b), made)
    assert (tight.state, tight.used) == (wide.state, wide.used)
    if tight.due_at and wide.due_at:
        assert tight.due_at <= wide.due_at
    assert wide.late_at is None or (tight.late_at is not None and tight.late_at <= wide.late_at)


def test_nothing_makes_no_clock() -> None:
    """Without a start it waits."""
    assert read(ROUND_THE_CLOCK, HOUR, []) == Reading("waiting")
