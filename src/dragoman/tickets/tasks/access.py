"""The door to tasks: whoever reads tickets, and else only who is asked."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.accounts.departments import queries as departments
from dragoman.kit.errors import N_, Forbidden, NotFound
from dragoman.platform.db import Session
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Ticket
from dragoman.tickets.tasks import queries
from dragoman.tickets.tasks.models import Task


async def get_task(session: Session, actor: Actor, task_id: UUID, *, lock: bool = False) -> tuple[Task, Ticket]:
    """A task and its ticket, for whoever reads tickets or is asked. What is somebody else's does not exist for a
    department's member. `lock` keeps others from changing both. Raises NotFound, Forbidden."""
    if not actor.may("ticket.read"):
        actor.require("task.work")
    task = await queries.load(session, task_id)
    if task is None or not (actor.may("ticket.read") or await is_asked(session, actor, task)):
        raise NotFound(N_("There is no such question."))
    ticket = await tickets.load_ticket(session, task.ticket_id, lock=lock)
    found = await queries.load(session, task_id, lock=True) if lock else task
    if found is None or ticket is None:
        raise NotFound(N_("There is no such question."))
    return found, ticket


async def is_asked(session: Session, actor: Actor, task: Task) -> bool:
    """Whether somebody is the one, or of the department, that a task was put to."""
    if task.person_id == actor.person_id:
        return True
    return task.department_id is not None and task.department_id in await departments.departments_of(
        session, actor.person_id
    )


async def require_asked(session: Session, actor: Actor, task: Task) -> None:
    """Raise Forbidden unless the actor is asked, or takes answers down for others (who may write notes)."""
    actor.require("task.work")
    if not actor.may("ticket.note") and not await is_asked(session, actor, task):
        raise Forbidden(N_("This question was put to somebody else."))
