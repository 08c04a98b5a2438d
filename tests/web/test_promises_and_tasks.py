"""Pages of promises, questions, notices and departments, as people use them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from dragoman.accounts.models import Person, Role
from dragoman.accounts.notices import queries as notices
from dragoman.kit import clock
from dragoman.replies import queries as drafts
from dragoman.tickets.access import get_ticket
from dragoman.tickets.promises import queries as promises
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.tasks import queries as tasks
from dragoman.tickets.tasks.models import Task
from tests.cast import Company
from tests.desk_work import receive, thread, ticket
from tests.post import letter
from tests.tickets.tasks.desk import department
from tests.web.conftest import Browser, signed_in


async def the_promise(company: Company) -> Promise:
    async with company.desk.db.work(company.workspace_id) as session:
        (found,) = await session.scalars(select(Promise).where(Promise.state == "open"))
        return found


async def the_task(company: Company) -> Task:
    async with company.desk.db.work(company.workspace_id) as session:
        (found,) = await session.scalars(select(Task))
        return found


@pytest.mark.req("R43", "R39", "R42")
async def test_a_promise_from_the_answer_to_its_renewal(company: Company, agent: Browser) -> None:
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    offered = await agent.post("/tickets/1/promises/offer", {"text": "Hello. I will write by tomorrow noon. Bye."})
    assert "I will write by tomorrow noon." in offered.text
    assert 'name="due"' in offered.text
    wrong = await agent.post("/tickets/1/promises", {"text": "I will write", "due": "some day"})
    assert wrong.status_code == 422
    assert "I will write" in wrong.text
    made = await agent.post("/tickets/1/promises", {"text": "I will write by tomorrow noon.", "due": "tomorrow 12"})
    assert made.headers["location"] == "/tickets/1"
    found = await the_promise(company)
    assert found.person_id == company.agent.person_id
    listed = await agent.get("/promises")
    assert "I will write by tomorrow noon." in listed.text
    page = await agent.get(f"/promises/{found.id}")
    assert "A 5 % voucher" in page.text
    bad = await agent.post(f"/promises/{found.id}/renew", {"due": "yesterday", "word": "Sorry"})
    assert bad.status_code == 422
    assert "Sorry" in bad.text
    renewed = await agent.post(f"/promises/{found.id}/renew", {"due": "in 2 hours", "word": "We need <until> Friday."})
    assert renewed.headers["location"] == "/tickets/1"
    async with company.desk.db.work(company.workspace_id) as session:
        one = await get_ticket(session, company.agent, 1)
        draft = (await drafts.find(session, one.id, company.agent.person_id))["reply"]
        assert "We need &lt;until&gt; Friday." in draft.html
    after = await the_promise(company)
    assert (await agent.post(f"/promises/{after.id}/keep", {"next": "/promises"})).status_code == 303
    assert (await agent.post(f"/promises/{after.id}/keep")).status_code == 409
    assert (await agent.post(f"/promises/{after.id}/reopen")).status_code == 303
    assert (await agent.post(f"/promises/{after.id}/break", {"goodwill": "A voucher"})).status_code == 303
    assert "A voucher" in (await agent.get(f"/promises/{after.id}")).text
    with clock.travel(clock.now() + timedelta(hours=3)):
        report = await agent.get("/promises/report")
    assert "0 %" in report.text
    assert company.agent.name not in report.text.partition("<main")[2]  # people's rates are for those who lead


async def test_a_promise_just_noted_is_taken_back_by_whoever_noted_it(
    company: Company, agent: Browser, admin: Browser
) -> None:
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/promises", {"text": "x", "due": "tomorrow"})
    found = await the_promise(company)
    await admin.get("/tickets/1")
    assert (await admin.post(f"/promises/{found.id}/undo")).status_code == 409
    assert (await agent.post(f"/promises/{found.id}/undo")).status_code == 303
    async with company.desk.db.work(company.workspace_id) as session:
        assert await promises.load(session, found.id) is None


@pytest.mark.req("R228", "R144")
async def test_a_department_member_answers_and_sees_no_customer(app: FastAPI, company: Company, agent: Browser) -> None:
    await receive(company, letter(to=company.address, text="Wo ist meine Lampe 302-5829104-1234567?"))
    member = company.people["trainer"]
    logistics = await department(company, members=[member.person_id])
    async with company.desk.db.work(company.workspace_id) as session:
        role = await session.scalar(select(Role.id).where(Role.key == "department"))
        await session.execute(update(Person).where(Person.id == member.person_id).values(role_id=role))
    page = await agent.get("/tickets/1/tasks")
    assert "Logistics" in page.text
    form = {"to": f"department:{logistics.id}", "title": "Where is it?", "question": "Please look.", "waits": "yes",
            "order": "302-5829104-1234567"}  # fmt: skip
    wrong = await agent.post("/tickets/1/tasks", form | {"due": "never"})
    assert wrong.status_code == 422
    assert "Please look." in wrong.text
    assert (await agent.post("/tickets/1/tasks", form)).headers["location"] == "/tickets/1"
    task = await the_task(company)
    assert task.order_refs == ["302-5829104-1234567"]
    assert (await ticket(company, 1)).status == "on_hold"
    theirs = await signed_in(app, company.desk, member)
    async with theirs.http:
        assert (await theirs.get("/")).headers["location"] == "/tasks"
        listed = await theirs.get("/tasks")
        assert "Where is it?" in listed.text
        shown = await theirs.get(f"/tasks/{task.id}")
        assert "302-5829104-1234567" in shown.text
        for text in (listed.text, shown.text):
            assert not {word for word in ("Anna", "anna@buyer.example", "Lampe", 'href="/tickets/') if word in text}
        for door in ("/desk", "/tickets/1", "/search?q=Lampe", "/promises", "/settings/people"):
            assert (await theirs.get(door)).status_code in (303, 403), door
        assert (await theirs.post(f"/tasks/{task.id}/take")).status_code == 303
        empty = await theirs.post(f"/tasks/{task.id}/answer", {"text": " "})
        assert empty.status_code == 422
        done = await theirs.http.post(
            f"/tasks/{task.id}/answer", data={"csrf": theirs.token, "text": "At customs."},
            files={"files": ("a.txt", b"proof", "text/plain")},
        )  # fmt: skip
        assert done.status_code == 303
    assert (await thread(company, 1))[-1].text == "At customs."
    assert (await ticket(company, 1)).status == "open"
    assert "At customs." in (await agent.get(f"/tasks/{task.id}")).text


async def test_forwarding_names_whom_it_may_go_to(company: Company, agent: Browser) -> None:
    await receive(company, letter(to=company.address, text="Die Lampe ist kaputt."))
    page = await agent.get("/tickets/1/forward")
    assert "Die Lampe ist kaputt." in page.text
    message = (await thread(company, 1))[0]
    wrong = await agent.post("/tickets/1/forward", {"title": "x", "question": "y", "message": str(message.id)})
    assert wrong.status_code == 422
    form = {"address": "maker@repairs.example", "title": "x", "question": "y", "message": str(message.id)}
    assert (await agent.post("/tickets/1/forward", form)).status_code == 303
    task = await the_task(company)
    assert (task.address, task.forwards) == ("maker@repairs.example", [str(message.id)])
    async with company.desk.db.work(company.workspace_id) as session:
        assert len((await tasks.list_asked(session, person_id=company.agent.person_id)).rows) == 1


async def test_departments_are_added_and_changed(company: Company, admin: Browser) -> None:
    await admin.get("/settings/departments")
    assert (await admin.post("/settings/departments", {"name": "Logistics", "hours": "4"})).status_code == 422
    assert (await admin.post("/settings/departments", {"name": "Studio", "hours": "0"})).status_code == 422
    made = await admin.post("/settings/departments", {"name": "Studio", "address": "s@x.example", "hours": "4"})
    href = made.headers["location"]
    person = str(company.lead.person_id)
    form = {"name": "Photo studio", "address": "", "hours": "8", "lead": person, "member": person, "active": "yes"}
    assert (await admin.post(href, form)).status_code == 303
    page = await admin.get(href)
    assert 'value="Photo studio"' in page.text
    assert "Ana Costa" in (await admin.get("/settings/departments")).text


async def test_the_bell_and_ones_wishes(company: Company, agent: Browser, admin: Browser) -> None:
    await receive(company, letter(to=company.address))
    await admin.get("/tickets/1")
    await admin.post("/tickets/1/assignee", {"assignee": str(company.agent.person_id)})
    bell = await agent.get("/notices/bell")
    assert 'data-count="1"' in bell.text
    assert "Wang Fang gives you #1" in bell.text
    page = await agent.get("/notices")
    assert "Wang Fang gives you #1" in page.text
    async with company.desk.db.work(company.workspace_id) as session:
        (one,) = await notices.list_unseen(session, company.agent.person_id)
    assert (await admin.get(f"/notices/{one.id}")).status_code == 404
    opened = await agent.get(f"/notices/{one.id}")
    assert (opened.status_code, opened.headers["location"]) == (303, "/tickets/1")
    assert 'data-count="0"' in (await agent.get("/notices/bell")).text
    await agent.get("/notices/wishes")
    await agent.post("/notices/wishes", {"assigned": "mail"})
    again = await agent.get("/notices/wishes")
    assert 'name="assigned" value="mail" checked' in again.text
    assert 'name="woken" value="desk" checked' not in again.text
    await agent.post("/notices/seen")


async def test_times_of_events_are_the_readers(company: Company, agent: Browser) -> None:
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/promises", {"text": "x", "due": "tomorrow 12:00"})
    shown = (await agent.get("/tickets/1")).text
    (line,) = [one for one in shown.splitlines() if "promised something by" in one]
    assert "12:00" in line
