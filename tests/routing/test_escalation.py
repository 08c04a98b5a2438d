"""The three lines of service."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from dragoman.accounts.access import Actor
from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.teams.models import Team
from dragoman.kit import clock
from dragoman.kit.errors import Conflict, Forbidden, Invalid
from dragoman.routing import escalation, queries
from dragoman.routing.models import Escalation
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.desk_work import thread
from tests.routing.conftest import events, here, mails, owner, team_of

FOUND = "Charged twice on 3 May; the provider's log shows two captures."


async def hand_on(company: Company, to: UUID, actor: Actor | None = None, **more: Any) -> Escalation:
    facts: dict[str, Any] = {"reason": "payment", "analysis": FOUND} | more
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, 1, lock=True)
        return await escalation.escalate(session, actor or company.agent, ticket=ticket, to=to, **facts)


async def ticket_of(company: Company) -> Ticket:
    async with company.desk.db.work(company.workspace_id) as session:
        return await get_ticket(session, company.lead, 1)


async def present(company: Company) -> Escalation | None:
    async with company.desk.db.work(company.workspace_id) as session:
        return await queries.open_escalation(session, (await get_ticket(session, company.lead, 1)).id)


@pytest.mark.req("R168", "R243")
async def test_the_next_line_gets_the_ticket_with_what_was_found(company: Company) -> None:
    other = company.people["agent1"]
    payment = await team_of(company, "payment", other)
    await mails(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, 1, lock=True)
        await service.assign(session, company.lead, ticket=ticket, to=company.agent.person_id)
        due = ticket.due_at
    await hand_on(company, payment)
    ticket = await ticket_of(company)
    assert (ticket.tier, ticket.team_id, ticket.assignee_id) == (2, payment, None)
    assert due is None or ticket.due_at is not None, "the customer's clocks run on"
    assert [one.text for one in await thread(company, 1) if one.kind == "note"] == [FOUND]
    (told,) = await events(company, 1, "escalated")
    assert told == {"tier": 2, "team": ["payment", ""], "reason": "payment"}
    async with company.desk.db.work(company.workspace_id) as session:
        noticed = list(await session.scalars(select(PersonNotice).where(PersonNotice.kind == "escalated")))
    assert [one.person_id for one in noticed] == [other.person_id]
    waiting = await present(company)
    assert waiting is not None
    assert (waiting.taken_at, waiting.analysis) == (None, FOUND)


@pytest.mark.req("R168")
async def test_all_three_lines_and_back(company: Company) -> None:
    technical = await team_of(company, "technical", company.people["agent1"])
    operations = await team_of(company, "operations", company.lead)
    await mails(company, 1)
    await hand_on(company, technical, reason="technical")
    await hand_on(company, operations, company.people["agent1"], reason="legal")
    assert (await ticket_of(company)).tier == 3
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, 1, lock=True)
        assert await escalation.receivers(session, ticket) == []
        await escalation.hand_back(session, company.lead, ticket=ticket, word="The courier pays. Tell the customer.")
    ticket = await ticket_of(company)
    assert (ticket.tier, ticket.team_id) == (2, technical)
    assert [one.text for one in await thread(company, 1) if one.kind == "note"][
        -1
    ] == "The courier pays. Tell the customer."
    async with company.desk.db.work(company.workspace_id) as session:
        assert len(await queries.list_escalations(session, ticket.id)) == 2


@pytest.mark.req("R168")
async def test_nobody_hands_a_ticket_into_a_void(company: Company) -> None:
    payment = await team_of(company, "payment")
    await mails(company, 1)
    with pytest.raises(Conflict) as refused:
        await hand_on(company, payment)
    assert "Payments" in str(refused.value)
    assert "Wang Fang" in str(refused.value), "it says who can mend that"
    assert (await ticket_of(company)).tier == 1


@pytest.mark.parametrize(
    ("more", "field"),
    [({"analysis": "too short"}, "analysis"), ({"reason": "boredom"}, "reason"), ({"to": None}, "team")],
)
async def test_the_form_demands_an_analysis_a_reason_and_a_team(
    company: Company, more: dict[str, Any], field: str
) -> None:
    payment = await team_of(company, "payment", company.lead)
    first = await team_of(company, "social", company.lead)
    await mails(company, 1)
    with pytest.raises(Invalid) as refused:
        await hand_on(company, **({"to": payment} | more if "to" not in more else {"to": first}))
    assert list(refused.value.fields) == [field]
    assert (await ticket_of(company)).version == 1


async def test_the_teams_strategy_finds_who_goes_on_and_working_on_it_is_taking_it_over(company: Company) -> None:
    other = company.people["agent1"]
    payment = await team_of(company, "payment", other, strategy="least_load")
    await here(company, other)
    await mails(company, 1)
    await hand_on(company, payment)
    assert await owner(company, 1) == other.person_id
    waiting = await present(company)
    assert waiting is not None
    assert waiting.taken_at is None, "being given something is not taking it over"
    later = clock.now() + timedelta(minutes=12)
    with clock.travel(later):
        async with company.desk.db.work(company.workspace_id) as session:
            ticket = await get_ticket(session, other, 1, lock=True)
            await service.add_note(session, other, ticket=ticket, html="<p>I look.</p>", text="I look.")
    taken = await present(company)
    assert taken is not None
    assert taken.taken_by_id == other.person_id
    assert taken.taken_at is not None
    assert taken.taken_at - taken.at > timedelta(minutes=11)


async def test_taking_over_by_hand_works_once(company: Company) -> None:
    other = company.people["agent1"]
    payment = await team_of(company, "payment", other)
    await mails(company, 1)
    await hand_on(company, payment)
    for again in (False, True):
        async with company.desk.db.work(company.workspace_id) as session:
            ticket = await get_ticket(session, other, 1, lock=True)
            if again:
                with pytest.raises(Conflict):
                    await escalation.take_over(session, other, ticket=ticket)
            else:
                await escalation.take_over(session, other, ticket=ticket)
    assert await owner(company, 1) == other.person_id
    assert len(await events(company, 1, "taken_over")) == 1


@pytest.mark.req("R35")
async def test_a_call_is_owed_until_it_is_made(company: Company) -> None:
    payment = await team_of(company, "payment", company.people["agent1"], leads=(company.lead,))
    await mails(company, 1)
    await hand_on(company, payment, callback=True)
    assert len(await events(company, 1, "callback_asked")) == 1
    async with company.desk.db.work(company.workspace_id) as session:
        noticed = list(await session.scalars(select(PersonNotice).where(PersonNotice.kind == "callback")))
        assert [one.person_id for one in noticed] == [company.lead.person_id]
        ticket = await get_ticket(session, company.lead, 1, lock=True)
        await escalation.call_back(session, company.lead, ticket=ticket)
        with pytest.raises(Conflict):
            await escalation.call_back(session, company.lead, ticket=ticket)
    assert len(await events(company, 1, "callback_done")) == 1


async def test_who_may_not_change_tickets_may_not_hand_them_on(company: Company) -> None:
    payment = await team_of(company, "payment", company.lead)
    await mails(company, 1)
    with pytest.raises(Forbidden):
        await hand_on(company, payment, company.people["trainer"])
    poor = replace(company.agent, permissions=company.agent.permissions - {"ticket.assign"})
    await hand_on(company, payment, poor)
    assert (await ticket_of(company)).tier == 2, "handing on includes its parts"


async def test_a_line_without_teams_is_passed_over(company: Company) -> None:
    operations = await team_of(company, "operations", company.lead)
    async with company.desk.db.work(company.workspace_id) as session:
        for team in await session.scalars(select(Team).where(Team.tier == 2)):
            team.active = False
    await mails(company, 1)
    await hand_on(company, operations, reason="legal")
    assert (await ticket_of(company)).tier == 3
