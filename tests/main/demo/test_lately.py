"""What the demo's people did beside answering: at its time, and refused with its place where it is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.main.demo.lately import happenings, span
from dragoman.main.demo.load import load
from dragoman.main.demo.model import DemoError
from dragoman.main.demo.script import steps

DEMO = load()
NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "minutes"), [("-2d4h", -3120), ("+40m", 40), ("-1h30m", -90), ("+1d", 1440), ("-5d6h1m", -7561)]
)
def test_spans_are_read(text: str, minutes: int) -> None:
    assert span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "-", "2h", "-2w", "-h", "+3m2h", "-1d 08:00"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no time"):
        span(text)


def test_everything_happens_in_order_and_nothing_ahead() -> None:
    found = happenings(DEMO, NOW)
    assert [one.at for one in found] == sorted(one.at for one in found)
    assert found[-1].at <= NOW
    kinds = {one.kind for one in found}
    assert kinds >= {"promises", "keep", "give_up", "renew", "questions", "answer", "mail", "escalations", "take"}
    kept = next(one for one in found if one.kind == "keep")
    made = next(one for one in found if one.place == kept.place)
    assert made.at < kept.at
    assert made.facts["due"] > made.at


@settings(max_examples=12, deadline=None)
@given(st.integers(min_value=0, max_value=3 * 365 * 24 * 60))
def test_whatever_the_hour_nothing_happens_to_a_ticket_before_it_is_there(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    opened: dict[str, datetime] = {}
    for step in steps(DEMO, now):
        opened.setdefault(step.ticket_key, step.at)
    for one in happenings(DEMO, now):
        if one.ticket_key:
            assert opened[one.ticket_key] < one.at, one.place


def test_a_demo_without_a_ticket_leaves_out_what_speaks_of_it() -> None:
    few = replace(DEMO, tickets={key: DEMO.tickets[key] for key in ("de-danke", "us-alexa")})
    assert {one.ticket_key for one in happenings(few, NOW)} == {"", "us-alexa"}


@pytest.mark.parametrize(
    ("part", "entry", "complaint"),
    [
        ("snoozes", {"ticket": "de-danke", "by": "ghost", "at": "-1h", "until": "+1h"}, "unknown person 'ghost'"),
        ("snoozes", {"ticket": "de-danke", "by": "lena", "at": "gestern", "until": "+1h"}, "is no time"),
        ("promises", {"ticket": "de-danke", "by": "lena"}, "'at'"),
        ("notes", {"ticket": "de-danke", "by": "lena", "at": "-1h", "sobald es da ist": None}, "needs quotes"),
    ],
)
def test_wrong_entries_are_refused_with_their_place(part: str, entry: dict[str, str | None], complaint: str) -> None:
    with pytest.raises(DemoError, match=f"desk.yaml: {part}/0: .*{complaint}"):
        happenings(replace(DEMO, desk={**DEMO.desk, part: [entry]}), NOW)
