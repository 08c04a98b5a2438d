"""All SQL about tasks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, or_, select, tuple_
from sqlalchemy.orm import aliased

from dragoman.accounts.departments.models import Department
from dragoman.accounts.models import Person
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.tickets.models import Ticket
from dragoman.tickets.tasks.models import Task, TaskEntry

PAGE_SIZE, ON_TICKET, ENTRIES = 50, 30, 200
_asker = aliased(Person)
_Rows = Select[Task, int, list[str], str | None, str | None, str | None, str | None]


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as lists show it: with its ticket's number, tags and owner, whom it went to, and who asked."""

    task: Task
    number: int
    tags: list[str]
    department: tuple[str, str] | None
    """Key and name."""
    person: str
    asker: str


def _rows() -> _Rows:
    return (
        select(Task, Ticket.number, Ticket.tags, Department.key, Department.name, Person.name, _asker.name)
        .join(Ticket, (Ticket.workspace_id == Task.workspace_id) & (Ticket.id == Task.ticket_id))
        .outerjoin(Department, (Department.workspace_id == Task.workspace_id) & (Department.id == Task.department_id))
        .outerjoin(Person, (Person.workspace_id == Task.workspace_id) & (Person.id == Task.person_id))
        .outerjoin(_asker, (_asker.workspace_id == Task.workspace_id) & (_asker.id == Task.asked_by_id))
    )


async def _all(session: Session, statement: _Rows) -> list[TaskRow]:
    return [
        TaskRow(task, number, tags, (key, name or "") if key else None, person or "", asker or "")
        for task, number, tags, key, name, person, asker in await session.execute(statement)
    ]


async def load(session: Session, task_id: UUID, *, lock: bool = False) -> Task | None:
    """A task by its id; `lock` lets only one transaction change it."""
    found = select(Task).where(Task.id == task_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    task: Task | None = await session.scalar(found)
    return task


async def load_some(session: Session, task_ids: Collection[UUID]) -> dict[UUID, Task]:
    """Some tasks by their ids."""
    found = await session.scalars(select(Task).where(Task.id.in_(task_ids)))
    return {task.id: task for task in found}


async def lock_open(session: Session, task_ids: Collection[UUID]) -> list[Task]:
    """Those of some tasks that wait for an answer, to be changed."""
    found = select(Task).where(Task.id.in_(task_ids), Task.state == "open").order_by(Task.id)
    return list(await session.scalars(found.with_for_update().execution_options(populate_existing=True)))


async def find_row(session: Session, task_id: UUID) -> TaskRow | None:
    """A task with what lists show of it."""
    found = await _all(session, _rows().where(Task.id == task_id))
    return found[0] if found else None


async def list_on_ticket(session: Session, ticket_id: UUID) -> list[TaskRow]:
    """The tasks of a ticket: unanswered ones first, then the latest."""
    return await _all(
        session,
        _rows()
        .where(Task.ticket_id == ticket_id)
        .order_by(case((Task.state == "open", 0), (Task.state == "answered", 1), else_=2), Task.id.desc())
        .limit(ON_TICKET),
    )


async def list_entries(session: Session, task_ids: Collection[UUID]) -> list[TaskEntry]:
    """What was said in some tasks, in order; the latest ENTRIES of them."""
    statement = (
        select(TaskEntry).where(TaskEntry.task_id.in_(task_ids)).order_by(TaskEntry.at.desc(), TaskEntry.id.desc())
    )
    return list(reversed(list(await session.scalars(statement.limit(ENTRIES)))))


async def has_entry(session: Session, task_id: UUID, rfc_message_id: str) -> bool:
    """Whether a mail stands in a task already."""
    statement = select(TaskEntry.id).where(
        TaskEntry.task_id == task_id, TaskEntry.rfc_message_id == rfc_message_id
    ).limit(1)  # fmt: skip
    return await session.scalar(statement) is not None


async def load_entry(session: Session, entry_id: UUID) -> TaskEntry | None:
    """Something said in a task."""
    return await session.get(TaskEntry, (session.workspace_id, entry_id))


async def still_waits(session: Session, ticket_id: UUID) -> bool:
    """Whether a ticket waits for an answer yet."""
    statement = select(Task.id).where(Task.ticket_id == ticket_id, Task.state == "open", Task.waits).limit(1)
    return await session.scalar(statement) is not None


async def list_open(
    session: Session, *, person_id: UUID, departments: Sequence[UUID], cursor: str | None = None,
    size: int = PAGE_SIZE,
) -> Page[TaskRow]:  # fmt: skip
    """One page of what somebody owes an answer to, for themselves or their departments, the next due first."""
    mine = or_(Task.person_id == person_id, Task.department_id.in_(departments))
    return await _page(session, _rows().where(Task.state == "open", mine), cursor, size)


async def list_asked(
    session: Session, *, person_id: UUID, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[TaskRow]:
    """One page of what somebody has asked and waits for."""
    return await _page(session, _rows().where(Task.state == "open", Task.asked_by_id == person_id), cursor, size)


async def list_all(
    session: Session, *, state: str | None = None, ticket_id: UUID | None = None, department_id: UUID | None = None,
    before: datetime | None = None, cursor: str | None = None, size: int = PAGE_SIZE,
) -> Page[TaskRow]:  # fmt: skip
    """One page of tasks by their time; `before` those due before a moment."""
    statement = _rows()
    if state:
        statement = statement.where(Task.state == state)
    if ticket_id:
        statement = statement.where(Task.ticket_id == ticket_id)
    if department_id:
        statement = statement.where(Task.department_id == department_id)
    if before:
        statement = statement.where(Task.due_at <= before)
    return await _page(session, statement, cursor, size)


async def list_settled(
    session: Session, *, person_id: UUID, departments: Sequence[UUID], size: int = PAGE_SIZE
) -> list[TaskRow]:
    """What somebody or their departments answered, or what was closed, the latest first."""
    mine = or_(Task.person_id == person_id, Task.department_id.in_(departments))
    statement = _rows().where(Task.settled_at.is_not(None), mine).order_by(Task.settled_at.desc(), Task.id.desc())
    return await _all(session, statement.limit(size))


async def _page(session: Session, statement: _Rows, cursor: str | None, size: int) -> Page[TaskRow]:
    if cursor:
        statement = statement.where(tuple_(Task.due_at, Task.id) > decode_as(cursor, datetime, UUID))
    rows = await _all(session, statement.order_by(Task.due_at, Task.id).limit(size + 1))
    last = rows[size - 1].task if len(rows) > size else None
    return Page(tuple(rows[:size]), encode(last.due_at, last.id) if last else None)
