"""Questions to departments and colleagues: asked, answered in the desk, awaited, overdue."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dragoman.accounts.access import Actor
from dragoman.kit import clock, ids
from dragoman.kit.errors import Conflict, Forbidden, Invalid, NotFound
from dragoman.tickets.access import get_ticket
from dragoman.tickets.tasks import access, queries, service
from dragoman.tickets.tasks.service import To
from tests.cast import Company
from tests.desk_work import receive, thread, ticket, tickets_of
from tests.post import letter
from tests.tickets.tasks.desk import asked, department, entries, notices, task

HOUR = timedelta(hours=1)


def member(company: Company) -> Actor:
    """Somebody of a department: works at its questions and sees nothing else."""
    return replace(company.people["trainer"], permissions=frozenset({"task.work"}))


@pytest.mark.req("R33", "R34", "R228", "R144")
async def test_a_department_is_asked_and_answers_into_the_ticket(company: Company) -> None:
    """R33, R34: 48 hours, unless the department has its own; R144, R228: the question hangs on the ticket."""
    logistics = await department(company, members=[company.people["trainer"].person_id])
    task_id, number = await asked(company, To(department_id=logistics.id), waits=True)
    found = await task(company, task_id)
    assert found.due_at - found.asked_at == 48 * HOUR
    assert (await ticket(company, number)).status == "on_hold"
    assert await notices(company, "task_asked") == {company.people["trainer"].person_id}
    async with company.desk.db.work(company.workspace_id) as session:
        await service.take(session, member(company), task_id)
        await service.answer(session, member(company), task_id, text="It is at the customs office.")
    found = await task(company, task_id)
    assert (found.state, found.person_id) == ("answered", company.people["trainer"].person_id)
    after = await ticket(company, number)
    assert (after.status, after.unread_since is not None) == ("open", True)
    note = (await thread(company, number))[-1]
    assert (note.kind, note.text) == ("note", "It is at the customs office.")
    assert note.from_name == "Tom Baker · Logistics"
    assert await notices(company, "task_answered") == {company.agent.person_id}


async def test_a_department_has_its_own_time(company: Company) -> None:
    warehouse = await department(company, "warehouse", name="Warehouse", hours=4)
    task_id, _number = await asked(company, To(department_id=warehouse.id))
    found = await task(company, task_id)
    assert found.due_at - found.asked_at == 4 * HOUR


async def test_the_ticket_wakes_with_the_last_answer_it_waits_for(company: Company) -> None:
    logistics, finance = await department(company), await department(company, "finance")
    first, number = await asked(company, To(department_id=logistics.id), waits=True)
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        to = To(department_id=finance.id)
        second = await service.ask(session, company.agent, ticket=found, to=to, title="x", question="y", waits=True)
        idle = await service.ask(session, company.agent, ticket=found, to=to, title="x", question="y")
    async with company.desk.db.work(company.workspace_id) as session:
        await service.answer(session, company.lead, idle.id, text="By the way")
    async with company.desk.db.work(company.workspace_id) as session:
        await service.answer(session, company.lead, first, text="One")
    assert (await ticket(company, number)).status == "on_hold"
    async with company.desk.db.work(company.workspace_id) as session:
        await service.close(session, company.agent, second.id, cancelled=True)
    assert (await ticket(company, number)).status == "open"


@pytest.mark.req("R268")
async def test_a_colleague_is_asked(company: Company) -> None:
    task_id, number = await asked(company, To(person_id=company.lead.person_id))
    assert await notices(company, "task_asked") == {company.lead.person_id}
    async with company.desk.db.work(company.workspace_id) as session:
        await service.answer(session, company.lead, task_id, text="Offer an exchange.")
    assert (await thread(company, number))[-1].text == "Offer an exchange."
    async with company.desk.db.work(company.workspace_id) as session:
        await service.ask_more(session, company.agent, task_id, text="Also in Italy?")
    assert (await task(company, task_id)).state == "open"
    assert [entry.kind for entry in await entries(company, task_id)] == ["answer", "question"]
    assert await notices(company, "task_more") == {company.lead.person_id}


async def test_an_overdue_answer_is_told_to_lead_asker_and_owner_once(company: Company) -> None:
    logistics = await department(company, lead_id=company.lead.person_id)
    task_id, number = await asked(company, To(department_id=logistics.id))
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        found.assignee_id = company.people["agent1"].person_id
    due = (await task(company, task_id)).due_at
    for moment in (due - HOUR, due + timedelta(seconds=1), due + HOUR):
        with clock.travel(moment):
            while await company.desk.alarms.ring():
                pass
        overdue = (await task(company, task_id)).overdue_at
        assert (overdue is not None) == (moment > due)
    people = {company.lead.person_id, company.agent.person_id, company.people["agent1"].person_id}
    assert await notices(company, "task_overdue") == people
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid):
            await service.set_due(session, company.agent, task_id, due_at=clock.now() - HOUR)
        await service.set_due(session, company.agent, task_id, due_at=due + 9 * HOUR)
    assert (await task(company, task_id)).overdue_at is None


async def test_who_is_not_asked_sees_nothing(company: Company) -> None:
    logistics = await department(company)
    task_id, _number = await asked(company, To(department_id=logistics.id))
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(NotFound):
            await access.get_task(session, member(company), task_id)
        with pytest.raises(NotFound):
            await service.answer(session, member(company), task_id, text="x")
        nobody = replace(company.lead, permissions=frozenset[str]())
        with pytest.raises(Forbidden):
            await access.get_task(session, nobody, task_id)
        page = await queries.list_open(session, person_id=member(company).person_id, departments=[])
        assert page.rows == ()
    assert await entries(company, task_id) == []


async def test_bad_input_is_told_and_changes_nothing(company: Company) -> None:
    await receive(company, letter(to=company.address))
    number = (await tickets_of(company))[-1].number
    logistics = await department(company)
    good = {"to": To(department_id=logistics.id), "title": "x", "question": "y"}
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        for wrong, field in (
            ({"title": " "}, "title"), ({"question": ""}, "question"), ({"title": "x" * 121}, "title"),
            ({"to": To()}, "to"), ({"to": To(department_id=ids.new())}, "to"), ({"to": To(person_id=ids.new())}, "to"),
            ({"to": To(address="no address")}, "address"), ({"due_at": clock.now() - HOUR}, "due"),
            ({"to": To(department_id=logistics.id, address="a@b.example")}, "to"),
            ({"forwards": [ids.new()]}, "messages"),
        ):  # fmt: skip
            with pytest.raises(Invalid) as caught:
                await service.ask(session, company.agent, ticket=found, **(good | wrong))
            assert list(caught.value.fields) == [field]
        to = To(address="a@b.example")
        with pytest.raises(Forbidden):
            await service.ask(session, company.people["trainer"], ticket=found, to=to, title="x", question="y")
        assert await queries.list_on_ticket(session, found.id) == []


async def test_what_is_closed_takes_no_answer(company: Company) -> None:
    logistics = await department(company)
    task_id, number = await asked(company, To(department_id=logistics.id), waits=True)
    async with company.desk.db.work(company.workspace_id) as session:
        await service.close(session, company.agent, task_id)
    assert (await ticket(company, number)).status == "open"
    for verb in (service.take, service.close):
        async with company.desk.db.work(company.workspace_id) as session:
            with pytest.raises(Conflict):
                await verb(session, company.lead, task_id)
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Conflict):
            await service.answer(session, company.lead, task_id, text="late")
