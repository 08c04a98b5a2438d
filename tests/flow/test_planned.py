"""Answers that leave later: at their time, as their writer; held back when the customer wrote meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from dragoman.accounts.notices.models import PersonNotice
from dragoman.flow import planned
from dragoman.flow.planned import Plan
from dragoman.kit import clock
from dragoman.kit.errors import Invalid, NotFound
from dragoman.replies import queries as replies
from dragoman.replies.models import PlannedReply
from dragoman.tickets.access import get_ticket
from tests.cast import Company
from tests.desk_work import receive, thread, ticket
from tests.post import letter


async def plan(company: Company, html: str = "<p>Morgen mehr.</p>", hours: int = 2, then: str = "") -> PlannedReply:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, 1, lock=True)
        at = clock.now() + timedelta(hours=hours)
        return await planned.plan(session, company.agent, ticket=found, wanted=Plan(html, at, then=then))


async def ring(company: Company, hours: float) -> None:
    with clock.travel(clock.now() + timedelta(hours=hours)):
        while await company.desk.alarms.ring():
            pass


async def test_a_planned_answer_leaves_at_its_time_and_not_before(company: Company) -> None:
    await receive(company, letter(to=company.address))
    await plan(company, then="pending")
    waiting = await ticket(company, 1)
    assert waiting.waiting_since is not None, "until it leaves, the customer waits and the clocks run"
    assert waiting.due_at is not None
    await ring(company, 1.9)
    assert len(await thread(company, 1)) == 1
    await ring(company, 2.1)
    said = (await thread(company, 1))[-1]
    assert (said.kind, said.text, said.person_id) == ("outbound", "Morgen mehr.", company.agent.person_id)
    sent = await ticket(company, 1)
    assert (sent.status, sent.waiting_since) == ("pending", None)
    await ring(company, 3)
    assert len(await thread(company, 1)) == 2


async def test_it_is_held_back_when_the_customer_has_written_since(company: Company) -> None:
    await receive(company, letter(to=company.address))
    made = await plan(company)
    await receive(company, letter(to=company.address, subject="Re: Wo ist mein Paket?", text="Es ist da!"))
    await ring(company, 2.1)
    assert [one.kind for one in await thread(company, 1)] == ["inbound", "inbound"]
    async with company.desk.db.work(company.workspace_id) as session:
        kept = await replies.lock_planned(session, made.id)
        told = list(await session.scalars(select(PersonNotice.kind)))
    assert kept is not None
    assert kept.held_at is not None
    assert "held" in told


async def test_giving_it_up_brings_the_words_back_as_a_draft(company: Company) -> None:
    await receive(company, letter(to=company.address))
    made = await plan(company)
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(NotFound):
            await planned.drop(session, company.lead, planned_id=made.id)
        found = await planned.drop(session, company.agent, planned_id=made.id)
        drafts = await replies.find(session, found.id, company.agent.person_id)
    assert drafts["reply"].html == "<p>Morgen mehr.</p>"
    await ring(company, 3)
    assert len(await thread(company, 1)) == 1


async def test_a_second_plan_replaces_the_first(company: Company) -> None:
    await receive(company, letter(to=company.address))
    await plan(company, "<p>Erst.</p>", hours=2)
    await plan(company, "<p>Dann.</p>", hours=5)
    await ring(company, 3)
    assert len(await thread(company, 1)) == 1
    await ring(company, 6)
    assert [one.text for one in await thread(company, 1)][-1] == "Dann."


@pytest.mark.parametrize(("html", "hours"), [("", 2), ("<p>x</p>", -1), ("<p>x</p>", 24 * 91), ("<p>{{order}}</p>", 2)])
async def test_a_plan_that_can_not_be_is_refused(company: Company, html: str, hours: int) -> None:
    await receive(company, letter(to=company.address))
    with pytest.raises(Invalid):
        await plan(company, html, hours)
    async with company.desk.db.work(company.workspace_id) as session:
        assert list(await session.scalars(select(PlannedReply))) == []


async def test_changing_it_and_its_time_coming_do_not_block_each_other(company: Company) -> None:
    """The writer drops it in the moment it rings: one of the two wins, nobody hangs, and it is said once or not."""
    await receive(company, letter(to=company.address))
    for _round in range(5):
        made = await plan(company)

        async def give_up(made: PlannedReply = made) -> None:
            async with company.desk.db.work(company.workspace_id) as session:
                await get_ticket(session, company.agent, 1, lock=True)
                with contextlib.suppress(NotFound):
                    await planned.drop(session, company.agent, planned_id=made.id)

        before = len(await thread(company, 1))
        async with asyncio.timeout(20):
            await asyncio.gather(give_up(), ring(company, 2.1))
        said = len(await thread(company, 1)) - before
        async with company.desk.db.work(company.workspace_id) as session:
            assert await replies.load_planned(session, made.id) is None
        assert said in (0, 1)
