"""A desk that asks its departments, in a line each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from dragoman.accounts.access import Actor
from dragoman.accounts.departments import queries as departments
from dragoman.accounts.departments.models import Department
from dragoman.accounts.departments.service import save
from dragoman.accounts.notices.models import PersonNotice
from dragoman.flow import tasks
from dragoman.tickets.access import get_ticket
from dragoman.tickets.tasks import queries
from dragoman.tickets.tasks.models import Task, TaskEntry
from dragoman.tickets.tasks.service import To
from tests.cast import Company
from tests.desk_work import receive, tickets_of
from tests.post import letter


async def department(company: Company, key: str = "logistics", **values: Any) -> Department:
    """A shipped department, changed as said."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = next(one for one in await departments.list_departments(session) if one.key == key)
        if values:
            found = await save(session, company.admin, found.id, **({"name": "Logistics"} | values))
    return found


async def asked(company: Company, to: To, actor: Actor | None = None, **more: Any) -> tuple[UUID, int]:
    """A customer writes and somebody is asked about it; returns the task and the ticket's number."""
    await receive(company, letter(to=company.address, text="Wo ist 302-5829104-1234567? anna@buyer.example"))
    number = (await tickets_of(company))[-1].number
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, number, lock=True)
        facts = {"title": "Where is the parcel?", "question": "Please look up the parcel."} | more
        made = await tasks.ask(session, company.desk.jobs, actor or company.agent, ticket=ticket, to=to, **facts)
    return made.id, number


async def task(company: Company, task_id: UUID) -> Task:
    """A task as it is now."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = await queries.load(session, task_id)
        assert found is not None
        return found


async def entries(company: Company, task_id: UUID) -> list[TaskEntry]:
    """What was said in a task."""
    async with company.desk.db.work(company.workspace_id) as session:
        return await queries.list_entries(session, [task_id])


async def notices(company: Company, kind: str) -> set[UUID]:
    """Who was told of something."""
    async with company.desk.db.work(company.workspace_id) as session:
        return set(await session.scalars(select(PersonNotice.person_id).where(PersonNotice.kind == kind)))


async def run_jobs(company: Company) -> None:
    """Do what waits to be done."""
    await company.desk.jobs.run_worker_async(wait=False, install_signal_handlers=False)
