"""Tasks: questions about tickets to departments, colleagues and people outside, and their answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import Cursor, In, Limit, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.promises import as_named
from dragoman.api.tickets import Me, Number
from dragoman.flow import tasks as flow
from dragoman.kit.errors import Invalid
from dragoman.tickets.access import get_ticket
from dragoman.tickets.tasks import access, queries, service
from dragoman.tickets.tasks.models import Task, TaskEntry
from dragoman.tickets.tasks.service import To

router = APIRouter(route_class=Door, tags=["Tasks"])
State = Literal["open", "answered", "done", "cancelled"]
Long = Annotated[Words, Field(min_length=1, max_length=20_000)]


class TaskOut(Out):
    """A question about a ticket: to a department, to a person, or to an address outside."""

    id: UUID
    ticket_id: UUID
    department_id: UUID | None
    person_id: UUID | None = Field(description="The colleague asked, or who of the department answers.")
    address: str
    title: str
    question: str
    order_refs: list[str]
    due_at: datetime
    state: State
    waits: bool = Field(description="Whether the ticket rests until it is answered.")
    asked_by_id: UUID | None
    asked_at: datetime
    overdue_at: datetime | None
    answered_at: datetime | None
    mailed_at: datetime | None
    mail_problem: str


class TaskEntryOut(Out):
    """Something said in a task after its question."""

    id: UUID
    kind: Literal["answer", "question"]
    person_id: UUID | None
    from_name: str
    from_address: str
    text: str
    automatic: bool
    note_id: UUID | None = Field(description="The note of the ticket that repeats it.")
    at: datetime


class TaskNew(In):
    """A question to put. Give one of `department_id`, `person_id` and `address`."""

    title: Annotated[Words, Field(min_length=1, max_length=120, examples=["Where is the parcel?"])]
    question: Long
    department_id: UUID | None = None
    person_id: UUID | None = None
    address: Annotated[Words, Field(max_length=254)] = ""
    due_at: AwareDatetime | None = Field(None, description="Null: as the department has agreed, else 48 hours.")
    waits: StrictBool = False
    order_refs: list[Annotated[Words, Field(max_length=64)]] = Field([], max_length=20)


class AnswerNew(In):
    """An answer."""

    text: Long


def shown(task: Task) -> TaskOut:
    """A task as the API gives it."""
    return TaskOut.model_validate({name: getattr(task, name) for name in TaskOut.model_fields})


def _entry(one: TaskEntry) -> TaskEntryOut:
    return TaskEntryOut.model_validate({name: getattr(one, name) for name in TaskEntryOut.model_fields})


@router.get("/tasks", summary="List tasks", response_model=Listed[TaskOut], **needs("tickets:read"))
async def list_tasks(
    me: Me, state: State | None = None, ticket_id: UUID | None = None, department_id: UUID | None = None,
    limit: Limit = 50, cursor: Cursor = "",
) -> Response:  # fmt: skip
    """Tasks by the time they are due."""
    me.actor.require("ticket.read")
    page = await queries.list_all(
        me.session, state=state, ticket_id=ticket_id, department_id=department_id, cursor=cursor or None, size=limit
    )
    return answers.page(me, [shown(row.task) for row in page.rows], page.next)


@router.get("/tasks/{task_id}", summary="Read a task", response_model=TaskOut, **needs("tickets:read"))
async def read_task(me: Me, task_id: UUID) -> Response:
    """One task."""
    task, _ticket = await access.get_task(me.session, me.actor, task_id)
    return answers.one(me, shown(task))


@router.get(
    "/tasks/{task_id}/entries", summary="List what was said", response_model=Listed[TaskEntryOut],
    **needs("tickets:read"),
)  # fmt: skip
async def list_entries(me: Me, task_id: UUID) -> Response:
    """Answers and further questions in their order; the latest 200."""
    await access.get_task(me.session, me.actor, task_id)
    return answers.page(me, [_entry(one) for one in await queries.list_entries(me.session, [task_id])])


@router.post(
    "/tickets/{number}/tasks", summary="Ask about a ticket", response_model=TaskOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def ask(me: Me, number: Number, new: TaskNew) -> Response:
    """Puts a question; where it goes to an address, its mail leaves at once."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    try:
        made = await flow.ask(
            me.session, me.desk.outbound.jobs, me.actor, ticket=ticket, title=new.title, question=new.question,
            to=To(new.department_id, new.person_id, new.address), due_at=new.due_at, waits=new.waits,
            order_refs=new.order_refs,
        )  # fmt: skip
    except Invalid as error:
        raise as_named(error) from error
    return answers.one(me, shown(made), status=201, at=f"/tasks/{made.id}")


@router.post(
    "/tasks/{task_id}/answer", summary="Answer a task", response_model=TaskOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def answer(me: Me, task_id: UUID, new: AnswerNew) -> Response:
    """Answers a task: a note of its ticket; 409 for one that is closed."""
    return answers.one(me, shown(await service.answer(me.session, me.actor, task_id, text=new.text)))


@router.post(
    "/tasks/{task_id}/done", summary="Close a task", response_model=TaskOut, status_code=200, **needs("tickets:write")
)
async def close(me: Me, task_id: UUID) -> Response:
    """Closes a task as done; 409 for one that is closed."""
    return answers.one(me, shown(await service.close(me.session, me.actor, task_id)))


@router.post(
    "/tasks/{task_id}/cancel", summary="Take a task back", response_model=TaskOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def cancel(me: Me, task_id: UUID) -> Response:
    """Takes a question back; 409 for one that is closed."""
    return answers.one(me, shown(await service.close(me.session, me.actor, task_id, cancelled=True)))
