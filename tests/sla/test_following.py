"""Clocks follow what happens to tickets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dragoman.kit import clock
from dragoman.sla.calculator import Mark
from dragoman.sla.clocks import load_book
from dragoman.sla.policies import language_tier, matching, offers
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.conditions.facts import Facts
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.desk_work import answer, receive, ticket, tickets_of
from tests.post import letter
from tests.sla.desk import HOUR, alarms_of, ask, clocks, only

FOUR = {"targets": {"first_response": 4 * 3600, "next_response": 2 * 3600}}


async def change(company: Company, number: int, verb: str, **what: object) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        await getattr(service, verb)(session, company.agent, ticket=found, **what)


@pytest.mark.req("R19", "R45")
async def test_a_mail_starts_a_clock_and_an_answer_ends_it(company: Company) -> None:
    """The ticket knows by when it is due, the inbox is ordered by it, and an alarm is set."""
    await only(company, FOUR)
    number = await ask(company)
    first = (await clocks(company, number))["first_response"]
    found = await ticket(company, number)
    assert first.state == "running"
    assert first.due_at == first.started_at + 4 * HOUR
    assert (found.due_at, found.due_metric, found.rank_at) == (first.due_at, "first_response", first.due_at)
    assert [one.at for one in await alarms_of(company)] == [first.due_at]
    await answer(company, number)
    first = (await clocks(company, number))["first_response"]
    assert first.state == "met"
    assert first.ended_at is not None
    assert (await ticket(company, number)).due_at is None
    assert await alarms_of(company) == []


async def test_the_next_words_of_the_customer_start_another(company: Company) -> None:
    """Each round has a clock of its own; the earlier ones are kept."""
    await only(company, FOUR)
    await receive(company, letter(to=company.address, message_id="<1@buyer.example>"))
    (row,) = await tickets_of(company)
    for place in (2, 3):
        await answer(company, row.number)
        again = letter(
            to=company.address, subject=f"Re: [#{row.number}]", message_id=f"<{place}@buyer.example>",
            In_Reply_To="<1@buyer.example>",
        )  # fmt: skip
        await receive(company, again)
        found = (await clocks(company, row.number))["next_response"]
        assert (found.state, found.round) == ("running", place - 1)
        assert found.due_at == found.started_at + 2 * HOUR


async def test_waiting_for_the_customer_pauses(company: Company) -> None:
    """The time that was left is left afterwards."""
    await only(company, FOUR)
    number = await ask(company)
    start = (await clocks(company, number))["first_response"].started_at
    with clock.travel(start + HOUR):
        await change(company, number, "set_status", status="pending")
    paused = (await clocks(company, number))["first_response"]
    assert (paused.state, paused.due_at) == ("paused", None)
    assert paused.elapsed == pytest.approx(3600, abs=30)
    assert await alarms_of(company) == []
    with clock.travel(start + 10 * HOUR):
        await change(company, number, "set_status", status="open")
    again = (await clocks(company, number))["first_response"]
    assert again.state == "running"
    assert abs(again.due_at - (start + 13 * HOUR)) < timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.req("R20", "R27", "R28", "R29", "R30")
async def test_severity_and_urgency_tighten_what_is_owed(company: Company) -> None:
    """With the trade's own policies: the tightest time holds, and what was matched is kept."""
    number = await ask(company)
    for severity, minutes in (("blue", None), ("yellow", None), ("red", 15)):
        await change(company, number, "set_severity", severity=severity)
        found = (await clocks(company, number))["first_response"]
        keys = [one["key"] for one in found.why["policies"]]
        assert severity in keys
        assert "email" in keys
        if minutes:
            assert keys[0] == severity
            assert found.due_at == found.started_at + timedelta(minutes=minutes)
    await change(company, number, "set_severity", severity="")
    await change(company, number, "set_priority", priority=1)
    urgent = (await clocks(company, number))["first_response"]
    assert urgent.due_at is not None
    assert urgent.due_at <= urgent.started_at + HOUR
    assert "urgent" in [one["key"] for one in urgent.why["policies"]]


async def test_an_answer_taken_back_has_stopped_nothing(company: Company) -> None:
    """The clock goes on as if it had not been written."""
    await only(company, FOUR)
    number = await ask(company)
    before = (await clocks(company, number))["first_response"]
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        message = await company.desk.outbound.reply(session, company.agent, ticket=found, html="<p>Ja</p>")
    assert (await clocks(company, number))["first_response"].state == "met"
    async with company.desk.db.work(company.workspace_id) as session:
        await company.desk.outbound.take_back(session, company.agent, message=message)
    after = (await clocks(company, number))["first_response"]
    assert (after.state, after.due_at, after.ended_at) == ("running", before.due_at, None)


async def test_solving_and_opening_again(company: Company) -> None:
    """What was solved within its time is kept; opened again the clock goes on with what it had used."""
    await only(company, {"targets": {"resolution": 8 * 3600}})
    number = await ask(company)
    start = (await clocks(company, number))["resolution"].started_at
    with clock.travel(start + 2 * HOUR):
        await change(company, number, "set_status", status="solved")
    assert (await clocks(company, number))["resolution"].state == "met"
    with clock.travel(start + 20 * HOUR):
        await change(company, number, "set_status", status="open")
    found = (await clocks(company, number))["resolution"]
    assert found.state == "running"
    assert abs(found.due_at - (start + 26 * HOUR)) < timedelta(minutes=1)  # type: ignore[operator]


@pytest.mark.req("R42")
async def test_progress_is_owed_while_a_case_is_on_hold(company: Company) -> None:
    """From one answer to the next, also on hold; not while the customer is asked."""
    await only(company, {"targets": {"periodic_update": 24 * 3600}})
    number = await ask(company)
    assert "periodic_update" not in await clocks(company, number)
    await answer(company, number)
    first = (await clocks(company, number))["periodic_update"]
    await change(company, number, "set_status", status="on_hold")
    assert (await clocks(company, number))["periodic_update"].state == "running"
    await answer(company, number)
    second = (await clocks(company, number))["periodic_update"]
    assert second.round == first.round + 1
    await change(company, number, "set_status", status="pending")
    assert (await clocks(company, number))["periodic_update"].state == "paused"


@pytest.mark.req("R34")
async def test_a_hand_over_is_answered_by_somebody_else(company: Company) -> None:
    """The note of whoever handed it over ends nothing."""
    await only(company, {"targets": {"handover": 48 * 3600}})
    number = await ask(company)
    await change(company, number, "set_tier", tier=2)
    await change(company, number, "add_note", html="<p>x</p>", text="x")
    found = (await clocks(company, number))["handover"]
    assert (found.state, found.due_at) == ("running", found.started_at + 48 * HOUR)
    async with company.desk.db.work(company.workspace_id) as session:
        one = await get_ticket(session, company.lead, number, lock=True)
        await service.add_note(session, company.lead, ticket=one, html="<p>y</p>", text="y")
    assert (await clocks(company, number))["handover"].state == "met"


@pytest.mark.req("R35")
async def test_a_supervisor_calls_back_within_half_an_hour(company: Company) -> None:
    """Asked for, and made."""
    number = await ask(company)
    for verb, state in (("callback_asked", "running"), ("callback_done", "met")):
        async with company.desk.db.work(company.workspace_id) as session:
            one = await get_ticket(session, company.agent, number, lock=True)
            await service.record(session, one, company.agent, verb)
        found = (await clocks(company, number))["callback"]
        assert found.state == state
        assert found.target == 1800


async def test_a_late_older_mail_moves_the_start_back(company: Company) -> None:
    """Mails that arrive out of order make the clock that they would have made in order."""
    await only(company, FOUR)
    number = await ask(company)
    row = (await tickets_of(company))[-1]
    before = (await clocks(company, number))["first_response"].started_at
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        found.waiting_since = row.last_activity_at - HOUR
        await service.record(session, found, None, "message")
    after = (await clocks(company, number))["first_response"]
    assert after.started_at == before - HOUR
    assert after.due_at == before + 3 * HOUR


@pytest.mark.req("R31", "R32")
async def test_less_common_languages_have_more_time(company: Company) -> None:
    """Which are common is the workspace's own list."""
    assert language_tier("en-GB", ("en", "de")) == "common"
    assert language_tier("th", ("en", "de")) == "minor"
    assert language_tier("", ("en", "de")) == ""
    number = await ask(company)
    for language, key in (("de", "common"), ("th", "minor")):
        async with company.desk.db.work(company.workspace_id) as session:
            one = await get_ticket(session, company.agent, number, lock=True)
            one.language = language
            await service.record(session, one, None, "language", after=language)
        found = (await clocks(company, number))["first_response"]
        assert key in [policy["key"] for policy in found.why["policies"]]
        assert found.target == (7200 if key == "common" else 14400)  # the e-mail policy is tighter than six hours


RED, YELLOW, BLUE = ({"severity": one} for one in ("red", "yellow", "blue"))
HOURS = 3600


@pytest.mark.parametrize(
    ("facts", "metric", "seconds", "key"),
    [
        pytest.param({}, "first_response", 4 * HOURS, "email", marks=pytest.mark.req("R19")),
        pytest.param({"priority": 1}, "first_response", HOURS, "urgent", marks=pytest.mark.req("R20")),
        pytest.param({"channel": "chat"}, "first_response", 30, "chat", marks=pytest.mark.req("R21")),
        pytest.param(
            {"channel": "chat", "kind": "presale"}, "first_response", 30, "chat", marks=pytest.mark.req("R26")
        ),
        pytest.param(
            {"channel": "whatsapp", "kind": "presale"}, "first_response", 300, "presale", marks=pytest.mark.req("R26")
        ),
        pytest.param(RED, "first_response", 900, "red", marks=pytest.mark.req("R27", "R30")),
        pytest.param(YELLOW, "first_response", 2 * HOURS, "yellow", marks=pytest.mark.req("R28", "R30")),
        pytest.param(
            BLUE | {"channel": "phone"}, "first_response", 24 * HOURS, "blue", marks=pytest.mark.req("R29", "R30")
        ),
        pytest.param({"language": "en"}, "first_response", 2 * HOURS, "common", marks=pytest.mark.req("R31")),
        pytest.param(
            {"language": "sw", "channel": "phone"}, "first_response", 6 * HOURS, "minor", marks=pytest.mark.req("R32")
        ),
        pytest.param({"tags": ["customs"]}, "resolution", 48 * HOURS, "customs", marks=pytest.mark.req("R33")),
        pytest.param({"tags": ["customs"]}, "handover", 48 * HOURS, "customs", marks=pytest.mark.req("R33")),
        pytest.param({"tier": 2}, "handover", 48 * HOURS, "handover", marks=pytest.mark.req("R34")),
        pytest.param({}, "callback", 1800, "handover", marks=pytest.mark.req("R35")),
        pytest.param(
            {"kind": "quality", "channel": "phone"}, "first_response", 24 * HOURS, "quality",
            marks=pytest.mark.req("R37"),
        ),
        pytest.param({"tags": ["complex"]}, "periodic_update", 48 * HOURS, "complex", marks=pytest.mark.req("R42")),
        pytest.param(
            {"kind": "complaint", "channel": "phone"}, "first_response", 4 * HOURS, "complaint",
            marks=pytest.mark.req("R44"),
        ),
        pytest.param({"platform": "amazon", "channel": "phone"}, "first_response", 24 * HOURS, "amazon"),
    ],
)  # fmt: skip
async def test_the_trades_own_times(
    company: Company, facts: dict[str, Any], metric: str, seconds: int, key: str
) -> None:
    """Of the policies that every workspace starts with, this one sets this time (counted while somebody works)."""
    noon = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # Tuesday noon in Shanghai
    values: dict[str, Any] = {
        "priority": 3, "channel": "email", "status": "new", "tags": [], "language": "", "severity": "", "kind": "",
        "tier": 1, "number": 1, "rank_at": noon, "last_activity_at": noon,
    }  # fmt: skip
    platform = facts.get("platform", "")
    one = Ticket(**values | {name: value for name, value in facts.items() if name != "platform"})
    async with company.desk.db.work(company.workspace_id) as session:
        book = await load_book(session)
    matched = matching(book, Facts(one, noon, platform=platform))
    best = offers(book, matched, metric, [Mark(noon, "start")], team_id=None, now=noon)[0]
    assert (best.policy.key, best.target) == (key, seconds)


@pytest.mark.req("R44")
async def test_what_is_serious_is_not_left_until_after_the_holidays(company: Company) -> None:
    """Red matters, complaints, quality accidents, urgent tickets and Amazon count nights, weekends and holidays."""
    async with company.desk.db.work(company.workspace_id) as session:
        always = {one.key for one in (await load_book(session)).policies if one.hours == "always"}
    assert always >= {"red", "blue", "urgent", "complaint", "quality", "amazon", "handover", "customs"}
