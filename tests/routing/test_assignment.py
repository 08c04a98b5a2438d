"""Work finds its queue and its person."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import event, update

from dragoman.accounts.models import Person
from dragoman.accounts.presence import service as presence
from dragoman.kit import clock
from dragoman.routing.explain import why_me
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter
from tests.routing.conftest import events, here, into, mails, owner, speaks, team_of


@pytest.mark.req("R18")
async def test_manual_queues_leave_work_to_people(company: Company) -> None:
    team = await team_of(company, "aftersales", company.agent)
    await here(company, company.agent)
    await mails(company, 1)
    await into(company, 1, team)
    assert await owner(company, 1) is None


@pytest.mark.req("R18", "R225")
async def test_a_kind_leads_to_its_queue(company: Company) -> None:
    complaints = await team_of(company, "complaints")
    await mails(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, 1, lock=True)
        assert ticket.team_id is None, "nothing moves before somebody asks for it"
        await service.set_kind(session, company.lead, ticket=ticket, kind="quality")
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await get_ticket(session, company.lead, 1)).team_id == complaints


async def test_turns_go_round_and_never_past_what_somebody_takes(company: Company) -> None:
    people = (company.agent, company.people["agent1"], company.lead)
    team = await team_of(company, "aftersales", *people, strategy="round_robin", capacity=2)
    await here(company, *people)
    await mails(company, 8)
    async with company.desk.db.work(company.workspace_id) as session:
        for number in range(1, 9):
            ticket = await get_ticket(session, company.lead, number, lock=True)
            await service.set_team(session, company.lead, ticket=ticket, to=team)
    got = [await owner(company, number) for number in range(1, 9)]
    assert sorted(map(str, got[:3])) == sorted(str(one.person_id) for one in people)
    assert got[:3] == got[3:6], "the same turn again"
    assert got[6:] == [None, None], "everybody has the two they take"


async def test_the_language_decides_and_the_reasons_are_kept(company: Company) -> None:
    anna, bo = company.agent, company.people["agent1"]
    await speaks(company, anna, de="native")
    await speaks(company, bo, fr="native")
    team = await team_of(company, "aftersales", anna, bo, strategy="score")
    await here(company, anna, bo)
    await mails(company, 2)
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Ticket).where(Ticket.number == 1).values(language="de-AT"))
        await session.execute(update(Ticket).where(Ticket.number == 2).values(language="fr"))
    for number, who in ((1, anna), (2, bo)):
        await into(company, number, team)
        assert await owner(company, number) == who.person_id
    (data,) = await events(company, 1, "assigned")
    told = why_me(data)
    assert told is not None
    assert [(one.words, one.points) for one in told.grounds] == [
        ("speaks German (native)", 30), ("has 0 of 20 open", 20),
    ]  # fmt: skip
    assert "After-sales" in told.sentence
    assert told.among == 2


async def test_whoever_looked_after_the_customer_goes_on(company: Company) -> None:
    anna, bo = company.agent, company.people["agent1"]
    await mails(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, 1, lock=True)
        await service.assign(session, company.lead, ticket=ticket, to=bo.person_id)
        await service.set_status(session, company.lead, ticket=ticket, status="closed")
    team = await team_of(company, "aftersales", anna, bo, strategy="score")
    await here(company, anna, bo)
    await receive(company, letter(to=company.address, sender="b0-frage@buyer.example", subject="Noch etwas"))
    await into(company, 2, team)
    assert await owner(company, 2) == bo.person_id


@pytest.mark.parametrize("how", ["away", "busy", "offline", "stale", "absent", "left", "hours"])
async def test_nobody_who_is_not_there_is_given_anything(company: Company, how: str) -> None:
    who = company.agent
    team = await team_of(company, "aftersales", who, strategy="least_load")
    await here(company, who, state=how if how in ("away", "busy", "offline") else "available",
               seen=timedelta(minutes=11) if how == "stale" else timedelta(0))  # fmt: skip
    async with company.desk.db.work(company.workspace_id) as session:
        if how == "absent":
            await presence.add_absence(
                session, who, who.person_id, starts_at=clock.now() - timedelta(hours=1),
                ends_at=clock.now() + timedelta(hours=1), stand_in=None,
            )  # fmt: skip
        if how == "left":
            await session.execute(update(Person).where(Person.id == who.person_id).values(active=False))
        if how == "hours":
            tomorrow = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[(clock.now().weekday() + 3) % 7]
            await presence.set_room(session, who, who.person_id, capacity=None, hours={tomorrow: [["09:00", "10:00"]]})
    await mails(company, 1)
    await into(company, 1, team)
    assert await owner(company, 1) is None


async def test_who_comes_back_is_given_what_waits(company: Company) -> None:
    who = company.agent
    team = await team_of(company, "aftersales", who, strategy="least_load")
    await mails(company, 2)
    for number in (1, 2):
        await into(company, number, team)
    assert await owner(company, 1) is None
    async with company.desk.db.work(company.workspace_id) as session:
        await presence.set_state(session, who, "available")
    await company.desk.alarms.ring()
    assert [await owner(company, number) for number in (1, 2)] == [who.person_id] * 2


async def test_room_made_by_solving_is_filled(company: Company) -> None:
    who = company.agent
    team = await team_of(company, "aftersales", who, strategy="least_load", capacity=1)
    await here(company, who)
    await mails(company, 2)
    for number in (1, 2):
        await into(company, number, team)
    assert await owner(company, 2) is None
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, who, 1, lock=True)
        await service.set_status(session, who, ticket=ticket, status="solved")
    await company.desk.alarms.ring()
    assert await owner(company, 2) == who.person_id


async def test_two_hands_at_once_give_nobody_more_than_they_take(company: Company) -> None:
    people = (company.agent, company.people["agent1"])
    team = await team_of(company, "aftersales", *people, strategy="least_load", capacity=3)
    await here(company, *people)
    await mails(company, 12)
    await asyncio.gather(*(into(company, number, team) for number in range(1, 13)))
    got = [await owner(company, number) for number in range(1, 13)]
    assert [got.count(one.person_id) for one in people] == [3, 3]


async def test_a_large_batch_asks_no_more_questions_than_a_small_one(company: Company) -> None:
    team = await team_of(company, "aftersales", company.agent, strategy="score", capacity=200)
    await here(company, company.agent)
    async with company.desk.db.work(company.workspace_id) as session:
        workspace = await service.people.find_workspace(session, company.workspace_id)
        assert workspace is not None
        workspace.settings = workspace.settings | {"default_team": str(team)}
    counts = []
    for count in (2, 12):
        said: list[str] = []
        engine = company.desk.db.engine.sync_engine

        def note(_c, _cursor, statement, *_rest, said=said) -> None:  # type: ignore[no-untyped-def]
            said.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        await mails(company, count, subject=f"Batch{count}")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(sum(not one.startswith("INSERT") for one in said))
    assert counts[0] == counts[1]
    assert await owner(company, 14) == company.agent.person_id
