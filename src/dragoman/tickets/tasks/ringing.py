"""Tasks whose answer is overdue: the department's lead, whoever asked and the ticket's owner are told, once."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.departments import queries as departments
from dragoman.accounts.departments.names import department_label
from dragoman.accounts.notices import service as notices
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets import filing
from dragoman.tickets.models import Ticket
from dragoman.tickets.tasks import queries
from dragoman.tickets.tasks.models import Task
from dragoman.tickets.tasks.service import record


async def ring(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: mark some tasks as overdue and tell those who can do something about it."""
    now = clock.now()
    known = await queries.load_some(session, keys)
    tickets = await filing.lock(session, {one.ticket_id for one in known.values()})
    for task in await queries.lock_open(session, keys):
        if task.due_at <= now and task.overdue_at is None:
            task.overdue_at = now
            await _tell(session, task, tickets[task.ticket_id])


async def _tell(session: Session, task: Task, ticket: Ticket) -> None:
    department = await departments.load(session, task.department_id) if task.department_id else None
    told = {task.asked_by_id, ticket.assignee_id, task.person_id}
    who = task.address
    if department is not None:
        members = await departments.list_members(session, [department.id])
        told |= {department.lead_id} if department.lead_id else {one.person_id for one in members}
        who = department_label(department.key, department.name)
    elif task.person_id is not None:
        person = await people.find_person(session, task.person_id)
        who = person.name if person else ""
    await record(session, ticket, None, "task_overdue", task, department, who=who)
    await notices.tell(
        session, [one for one in told if one], "task_overdue", ticket=ticket.number, href=f"/tasks/{task.id}",
        who=who, title=task.title,
    )  # fmt: skip
