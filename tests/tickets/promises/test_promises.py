"""Promises: made, kept, renewed, broken; reminded of, and heard of by the leads when they are overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dragoman.accounts.access import Actor
from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.presence.models import Absence
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import TeamMember
from dragoman.kit import clock, ids
from dragoman.kit.errors import Conflict, Forbidden, Invalid
from dragoman.platform.alarms import Alarm
from dragoman.tickets import queries as tickets
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Event
from dragoman.tickets.promises import queries, service
from dragoman.tickets.promises.models import Promise
from dragoman.webhooks.models import Delivery, Webhook
from tests.cast import Company
from tests.desk_work import answer, receive, tickets_of
from tests.post import letter

HOUR = timedelta(hours=1)


async def promised(company: Company, due_in: timedelta = 2 * HOUR, actor: Actor | None = None) -> tuple[UUID, int]:
    """A customer writes and is promised something; returns the promise and the ticket's number."""
    await receive(company, letter(to=company.address))
    number = (await tickets_of(company))[-1].number
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, number, lock=True)
        made = await service.make(
            session, actor or company.agent, ticket=ticket, text="I will write by tomorrow noon.",
            due_at=clock.now() + due_in,
        )  # fmt: skip
    return made.id, number


async def promise(company: Company, promise_id: UUID) -> Promise:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await queries.load(session, promise_id)
        assert found is not None
        return found


async def told(company: Company) -> list[tuple[str, UUID]]:
    """Which notices of promises there are, and for whom."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = await session.scalars(
            select(PersonNotice).where(PersonNotice.kind.like("promise%")).order_by(PersonNotice.at, PersonNotice.id)
        )
        return [(one.kind, one.person_id) for one in found]


async def alarm(company: Company, promise_id: UUID) -> datetime | None:
    async with company.desk.db.work(company.workspace_id) as session:
        found: datetime | None = await session.scalar(select(Alarm.at).where(Alarm.key == promise_id))
        return found


async def at(company: Company, moment: datetime) -> None:
    """Let time come to a moment."""
    with clock.travel(moment):
        while await company.desk.alarms.ring():
            pass


@pytest.mark.req("R43")
async def test_a_promise_reminds_then_tells_then_escalates(company: Company) -> None:
    """R43: an internal reminder for each promise; overdue, the leads hear of it and are asked for a gift."""
    promise_id, number = await promised(company)
    start = (await promise(company, promise_id)).due_at - 2 * HOUR
    assert await alarm(company, promise_id) == start + 90 * timedelta(minutes=1)
    await at(company, start + HOUR)
    assert await told(company) == []
    await at(company, start + 95 * timedelta(minutes=1))
    assert await told(company) == [("promise_soon", company.agent.person_id)]
    await at(company, start + 2 * HOUR + timedelta(seconds=1))
    assert await told(company) == [
        ("promise_soon", company.agent.person_id), ("promise_due", company.agent.person_id)
    ]  # fmt: skip
    await at(company, start + 3 * HOUR)
    leads = {person for kind, person in await told(company) if kind == "promise_overdue"}
    assert company.lead.person_id in leads
    assert company.agent.person_id not in leads
    assert await alarm(company, promise_id) is None
    await at(company, start + 9 * HOUR)
    assert len(await told(company)) == 2 + len(leads)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, number)
        verbs = list(await session.scalars(select(Event.verb).where(Event.ticket_id == ticket.id).order_by(Event.id)))
    assert verbs.count("promise_overdue") == 1
    found = await promise(company, promise_id)
    assert found.overdue_at
    assert found.escalated_at
    assert found.state == "open"


async def test_a_worker_that_slept_tells_late_but_once(company: Company) -> None:
    promise_id, _number = await promised(company)
    due = (await promise(company, promise_id)).due_at
    await at(company, due + 5 * HOUR)
    kinds = [kind for kind, _person in await told(company)]
    assert kinds.count("promise_due") == 1
    assert "promise_soon" not in kinds
    assert "promise_overdue" in kinds


@pytest.mark.req("R36")
async def test_a_short_promise_is_reminded_of_half_way(company: Company) -> None:
    promise_id, _number = await promised(company, timedelta(minutes=40))
    due = (await promise(company, promise_id)).due_at
    at_ = await alarm(company, promise_id)
    assert at_ is not None
    assert abs((due - at_) - timedelta(minutes=20)) < timedelta(seconds=5)


async def test_what_is_kept_rings_no_more(company: Company) -> None:
    promise_id, _number = await promised(company)
    async with company.desk.db.work(company.workspace_id) as session:
        await service.keep(session, company.lead, promise_id)
    due = (await promise(company, promise_id)).due_at
    await at(company, due + HOUR)
    assert await told(company) == []
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Conflict):
            await service.give_up(session, company.agent, promise_id)
    async with company.desk.db.work(company.workspace_id) as session:
        await service.reopen(session, company.agent, promise_id)
    await at(company, due + HOUR)
    assert (await told(company))[0][0] == "promise_due"


@pytest.mark.req("R42")
async def test_a_renewed_promise_leaves_a_new_one(company: Company) -> None:
    promise_id, number = await promised(company)
    async with company.desk.db.work(company.workspace_id) as session:
        made = await service.renew(
            session, company.agent, promise_id, due_at=clock.now() + 5 * HOUR, word="We need until tonight."
        )
        ticket = await get_ticket(session, company.agent, number)
        rows = await queries.list_on_ticket(session, ticket.id)
    assert [(row.promise.id, row.promise.state) for row in rows] == [(made.id, "open"), (promise_id, "renewed")]
    assert made.renewed_from_id == promise_id
    assert made.text == rows[1].promise.text
    assert await alarm(company, promise_id) is None
    assert await alarm(company, made.id)


async def test_a_broken_one_keeps_its_reason_and_gift(company: Company) -> None:
    promise_id, _number = await promised(company)
    async with company.desk.db.work(company.workspace_id) as session:
        await service.give_up(session, company.agent, promise_id, word="The carrier", goodwill="A voucher")
    found = await promise(company, promise_id)
    assert (found.state, found.word, found.goodwill) == ("broken", "The carrier", "A voucher")
    assert found.settled_by_id == company.agent.person_id


async def test_who_is_absent_is_stood_in_for(company: Company) -> None:
    promise_id, number = await promised(company)
    now = clock.now()
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(
            Absence(
                person_id=company.agent.person_id, starts_at=now - HOUR, ends_at=now + 48 * HOUR,
                stand_in_id=company.people["agent1"].person_id,
            )
        )  # fmt: skip
    due = (await promise(company, promise_id)).due_at
    await at(company, due - timedelta(minutes=5))
    assert await told(company) == [("promise_soon", company.people["agent1"].person_id)]
    async with company.desk.db.work(company.workspace_id) as session:
        (absence,) = await session.scalars(select(Absence))
        absence.stand_in_id = None
        team = (await teams.list_teams(session))[0]
        for role, lead in (("agent2", False), ("agent1", False), ("lead", True)):
            session.add(TeamMember(team_id=team.id, person_id=company.people[role].person_id, lead=lead))
        ticket = await get_ticket(session, company.agent, number, lock=True)
        ticket.team_id = team.id
    await at(company, due + timedelta(minutes=1))
    assert {person for kind, person in await told(company) if kind == "promise_due"} == {
        company.people["agent1"].person_id, company.lead.person_id
    }  # fmt: skip
    await at(company, due + HOUR)
    assert [person for kind, person in await told(company) if kind == "promise_overdue"] == [company.lead.person_id]


async def test_bad_input_is_told_and_changes_nothing(company: Company) -> None:
    await receive(company, letter(to=company.address))
    number = (await tickets_of(company))[-1].number
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, number, lock=True)
        for text, due, owner, field in (
            ("", HOUR, None, "text"), ("x" * 501, HOUR, None, "text"), ("x", -HOUR, None, "due"),
            ("x", 9999 * HOUR, None, "due"), ("x", HOUR, ids.new(), "owner"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as caught:
                await service.make(
                    session, company.agent, ticket=ticket, text=text, due_at=clock.now() + due, owner=owner
                )
            assert list(caught.value.fields) == [field]
        with pytest.raises(Forbidden):
            await service.make(session, company.people["trainer"], ticket=ticket, text="x", due_at=clock.now() + HOUR)
        assert await queries.list_on_ticket(session, ticket.id) == []


async def test_a_promise_of_an_answer_goes_with_it_when_it_is_taken_back(company: Company) -> None:
    await receive(company, letter(to=company.address))
    number = (await tickets_of(company))[-1].number
    await answer(company, number, "<p>I will write by tomorrow noon.</p>")
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, number, lock=True)

        message = (await tickets.list_messages(session, ticket.id))[-1]
        made = await service.make(
            session, company.agent, ticket=ticket, text="by noon", due_at=clock.now() + HOUR, message=message
        )
    async with company.desk.db.work(company.workspace_id) as session:
        await company.desk.outbound.take_back(session, company.agent, message=message)
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.load(session, made.id) is None
    await at(company, clock.now() + 3 * HOUR)
    assert await told(company) == []


async def test_lists_and_rates(company: Company) -> None:
    late, _ = await promised(company, timedelta(minutes=2))
    kept, _ = await promised(company, HOUR)
    lost, _ = await promised(company, 2 * HOUR, company.lead)
    coming, _ = await promised(company, 30 * HOUR)
    now = clock.now()
    with clock.travel(now + timedelta(minutes=30)):
        async with company.desk.db.work(company.workspace_id) as session:
            await service.keep(session, company.agent, kept)
            await service.keep(session, company.agent, late)
    with clock.travel(now + 3 * HOUR):
        async with company.desk.db.work(company.workspace_id) as session:
            facts = {"person_id": company.agent.person_id, "teams": [], "now": clock.now()}
            lists = {
                scope: [row.promise.id for row in (await queries.list_open(session, scope, **facts)).rows]
                for scope in queries.SCOPES
            }
            people = {one.name: one for one in await queries.tally_people(session, now - HOUR, clock.now())}
            (team,) = await queries.tally_teams(session, now - HOUR, clock.now())
    assert lists == {"mine": [coming], "team": [], "overdue": [lost], "next": [coming]}
    agent, lead = people[company.agent.name], people[company.lead.name]
    assert (agent.kept, agent.late, agent.missed, agent.rate) == (1, 1, 0, 0.5)
    assert (lead.missed, lead.rate) == (1, 0)
    assert (team.id, team.kept, team.late, team.missed) == (None, 1, 1, 1)


async def test_pages_go_on_by_key(company: Company) -> None:
    made = [(await promised(company, (n + 1) * HOUR))[0] for n in range(3)]
    seen: list[UUID] = []
    cursor: str | None = None
    for _ in range(3):
        async with company.desk.db.work(company.workspace_id) as session:
            page = await queries.list_open(
                session, "mine", person_id=company.agent.person_id, teams=[], now=clock.now(), cursor=cursor, size=1
            )
        seen += [row.promise.id for row in page.rows]
        cursor = page.next
    assert seen == made
    assert cursor is None


async def test_webhooks_hear_of_it_without_its_words(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        kinds = ["promise.made", "promise.kept", "promise.overdue"]
        session.add(Webhook(name="x", url="https://x.example", kinds=kinds, secret="v1."))
    promise_id, _number = await promised(company)
    async with company.desk.db.work(company.workspace_id) as session:
        await service.keep(session, company.agent, promise_id)
    async with company.desk.db.work(company.workspace_id) as session:
        sent = list(await session.scalars(select(Delivery).order_by(Delivery.id)))
    assert [one.kind for one in sent] == ["promise.made", "promise.kept"]
    assert sent[0].payload["data"]["change"]["promise"] == str(promise_id)
    assert "write by tomorrow" not in str(sent[0].payload)


@given(st.timedeltas(timedelta(seconds=1), timedelta(days=366)))
def test_the_reminder_lies_between_now_and_the_time(due_in: timedelta) -> None:
    now = datetime.fromisoformat("2026-11-19T10:30+08:00")
    reminded = service.remind_at(now, now + due_in)
    assert now <= reminded <= now + due_in
    assert now + due_in - reminded <= service.REMIND_BEFORE
