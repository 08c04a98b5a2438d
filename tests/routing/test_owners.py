"""Owners who are not there: their tickets go back before their clocks are over."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.presence import service as presence
from dragoman.kit import clock
from dragoman.platform.alarms import Alarm
from dragoman.routing import owners
from dragoman.routing.explain import why_me
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.routing.conftest import events, here, into, mails, owner, team_of


async def give_to_agent(company: Company, number: int = 1, *, due: timedelta = timedelta(hours=2)) -> None:
    """Li Wei's, with a clock that is over in so long."""
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, number, lock=True)
        await service.assign(session, company.lead, ticket=ticket, to=company.agent.person_id)
    await set_due(company, number, due)


async def set_due(company: Company, number: int, due: timedelta) -> None:
    """A clock of so long, as the clocks' room would write it, and owners looked after."""
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Ticket).where(Ticket.number == number).values(due_at=clock.now() + due))
    async with company.desk.db.work(company.workspace_id) as session:
        from dragoman.tickets.touched import Touched

        ticket = await get_ticket(session, company.lead, number, lock=True)
        await owners.watch(session, [Touched(ticket, "message", clock.now())])


async def ring(company: Company, after: timedelta) -> None:
    """The owners' alarms of a later moment."""
    with clock.travel(clock.now() + after):
        async with company.desk.db.work(company.workspace_id) as session:
            keys = await session.scalars(
                select(Alarm.key).where(
                    Alarm.kind == owners.ALARM, Alarm.at <= clock.now(), Alarm.workspace_id == company.workspace_id
                )
            )
            await owners.ring(session, list(keys))


async def watched(company: Company) -> int:
    async with company.desk.db.work(company.workspace_id) as session:
        found = select(func.count()).where(Alarm.kind == owners.ALARM, Alarm.workspace_id == company.workspace_id)
        return await session.scalar(found) or 0


async def test_where_nobody_asked_the_desk_nothing_is_taken_away(company: Company) -> None:
    team = await team_of(company, "aftersales", company.agent)
    await mails(company, 1)
    await into(company, 1, team)
    await give_to_agent(company)
    assert await watched(company) == 0


async def test_a_ticket_of_somebody_away_goes_to_a_colleague_in_time(company: Company) -> None:
    other = company.people["agent1"]
    team = await team_of(company, "aftersales", company.agent, other, strategy="least_load")
    await here(company, company.agent)
    await mails(company, 1)
    await into(company, 1, team)
    assert await owner(company, 1) == company.agent.person_id
    await set_due(company, 1, timedelta(hours=2))
    await ring(company, timedelta(minutes=60))
    assert await owner(company, 1) == company.agent.person_id, "it is early"
    await here(company, company.agent, seen=timedelta(minutes=30))
    await here(company, other, seen=-timedelta(minutes=91))
    await ring(company, timedelta(minutes=91))
    assert await owner(company, 1) == other.person_id
    back = (await events(company, 1, "assigned"))[-2]
    assert (back["to"], back["why"], back["state"]) == (None, "owner_absent", "away")
    told = why_me(back)
    assert told is not None
    assert "Li Wei was not there" in told.sentence


async def test_an_owner_who_is_there_keeps_it_and_is_looked_after_again(company: Company) -> None:
    team = await team_of(company, "aftersales", company.agent, give_back=True)
    await mails(company, 1)
    await into(company, 1, team)
    await give_to_agent(company)
    await here(company, company.agent, seen=-timedelta(minutes=91))
    await ring(company, timedelta(minutes=91))
    assert await owner(company, 1) == company.agent.person_id
    assert await watched(company) == 1


async def test_out_of_office_gives_to_the_stand_in(company: Company) -> None:
    await mails(company, 1)
    await give_to_agent(company, due=timedelta(minutes=20))
    stand_in = company.people["agent1"]
    await here(company, stand_in)
    async with company.desk.db.work(company.workspace_id) as session:
        await presence.add_absence(
            session, company.agent, company.agent.person_id, starts_at=clock.now() - timedelta(seconds=1),
            ends_at=clock.now() + timedelta(days=3), stand_in=stand_in.person_id,
        )  # fmt: skip
    while await company.desk.alarms.ring():
        pass
    assert await owner(company, 1) == stand_in.person_id
    assert (await events(company, 1, "assigned"))[-1]["why"] == "stand_in"


@pytest.mark.req("R44")
async def test_what_comes_back_and_finds_nobody_is_told_to_the_lead(company: Company) -> None:
    team = await team_of(company, "aftersales", company.agent, leads=(company.lead,), give_back=True)
    await mails(company, 1)
    await into(company, 1, team)
    await give_to_agent(company, due=timedelta(minutes=10))
    await ring(company, timedelta(0))
    assert await owner(company, 1) is None
    async with company.desk.db.work(company.workspace_id) as session:
        told = list(await session.scalars(select(PersonNotice).where(PersonNotice.kind == "returned")))
    assert [(one.person_id, one.ticket) for one in told] == [(company.lead.person_id, 1)]


async def test_an_outdated_alarm_does_nothing(company: Company) -> None:
    await mails(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, 1)
        await owners.ring(session, [ticket.id, UUID(int=7)])
    assert await owner(company, 1) is None
