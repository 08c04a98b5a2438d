"""The five weeks as steps: in order, never in the future, lively to the last hour."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.main.demo.load import load
from dragoman.main.demo.model import Incoming
from dragoman.main.demo.script import (
    AgentReply,
    Assign,
    CustomerMail,
    Note,
    SetStatus,
    Step,
    Tag,
    ending,
    steps,
    to_html,
)

DEMO = load()
NOW = datetime(2026, 11, 21, 21, 0, tzinfo=UTC)


def _mails(played: list[Step]) -> list[CustomerMail]:
    return [step for step in played if isinstance(step, CustomerMail)]


@settings(max_examples=12, deadline=None)
@given(st.integers(min_value=0, max_value=3 * 365 * 24 * 60))
def test_whatever_the_hour_steps_are_sorted_and_none_lies_ahead(minutes: int) -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    played = steps(DEMO, now)
    times = [step.at for step in played]
    assert times == sorted(times)
    assert times[-1] <= now
    assert now - timedelta(days=37) < times[0] < now - timedelta(days=32)
    opened: set[str] = set()
    for step in played:
        if isinstance(step, CustomerMail):
            opened.add(step.ticket_key)
        assert step.ticket_key in opened, f"{step} comes before its ticket's first mail"


def test_a_present_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        steps(DEMO, datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_last_night_leaves_much_unread_and_the_last_hours_go_on() -> None:
    played = steps(DEMO, NOW)
    answered = {step.ticket_key for step in played if not isinstance(step, CustomerMail)}
    fresh = [mail for mail in _mails(played) if mail.at > NOW - timedelta(hours=16)]
    untouched = [mail for mail in fresh if mail.ticket_key not in answered]
    assert len({mail.ticket_key for mail in untouched}) >= 20
    assert len([mail for mail in fresh if mail.at > NOW - timedelta(hours=2)]) >= 5
    assert any(mail.ticket_key in answered for mail in fresh)


def test_every_turn_is_played() -> None:
    turns = [turn for ticket in DEMO.tickets.values() for turn in ticket.turns]
    played = steps(DEMO, NOW)
    assert len(_mails(played)) == sum(isinstance(turn, Incoming) for turn in turns)
    assert len([s for s in played if isinstance(s, AgentReply)]) >= 130
    assert len([s for s in played if isinstance(s, Note)]) >= 60


def test_a_claim_stands_before_the_first_answer_and_nothing_is_done_twice() -> None:
    mine = [step for step in steps(DEMO, NOW) if step.ticket_key == "de-lampe-scherben"]
    kinds = [type(step).__name__ for step in mine]
    assert kinds[:5] == ["CustomerMail", "Assign", "Tag", "Tag", "SetStatus"]
    assert isinstance(mine[1], Assign)
    assert mine[1].to == "lena"
    changes = [s for s in steps(DEMO, NOW) if isinstance(s, Assign | Tag)]
    keyed = [(s.ticket_key, s.to if isinstance(s, Assign) else s.tag) for s in changes]
    assert len(set(keyed)) >= len(keyed) - 3  # a ticket may come back to somebody


def test_endings_follow_the_turns() -> None:
    assert ending(DEMO, DEMO.tickets["de-lampe-scherben"]).status == "closed"
    assert ending(DEMO, DEMO.tickets["de-schrauben-regal"]).status == "open"
    assert ending(DEMO, DEMO.tickets["de-lieferadresse"]).status == "new"
    reassigned = ending(DEMO, DEMO.tickets["ru-berlin-naushniki"])
    assert (reassigned.assignee, reassigned.status) == ("tomasz", "solved")
    assert ending(DEMO, DEMO.tickets["sv-leverans"]).status == "pending"  # a bounce is no word of the customer


def test_placeholders_become_dates_of_the_customers_tongue() -> None:
    said = [(step.ticket_key, step.text) for step in steps(DEMO, NOW) if isinstance(step, AgentReply | Note)]
    assert not [key for key, text in said if "{" in text]
    assert any("Steht sie am Samstag noch da" in text for key, text in said if key == "de-doppelt-abgebucht")
    assert any("11月16日" in text for key, text in said if key == "ja-hakoware")  # already the 22nd in Tokyo


def test_a_closing_is_somebodys_deed() -> None:
    closed = [s for s in steps(DEMO, NOW) if isinstance(s, SetStatus) and s.status == "closed"]
    assert len(closed) >= 25
    assert all(step.person_key in DEMO.people for step in closed)


def test_plain_answers_become_html() -> None:
    assert to_html("Dear A & B,\n\n- one\n- two\n\nBye\nLin") == (
        "<p>Dear A &amp; B,</p><ul><li>one</li><li>two</li></ul><p>Bye<br>Lin</p>"
    )
