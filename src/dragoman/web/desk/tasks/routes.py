"""Tasks: the small view of departments, and what is done with one question."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts.departments import queries as departments
from dragoman.flow import tasks as flow
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.filing import IncomingFile
from dragoman.tickets.tasks import access, queries, service
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said_fields, uploads
from dragoman.web.desk.promises.routes import due_of
from dragoman.web.desk.tasks.build import row, said, tabs
from dragoman.web.desk.tasks.view import TaskPage, TasksPage
from dragoman.web.forms import Form

router = APIRouter(prefix="/tasks")
LISTS = ("mine", "asked", "settled")
LONGEST = 25_000


@router.get("")
async def tasks_page(reader: SignedIn, of: str = "mine", cursor: str = "") -> Response:
    """What oneself or one's department is to answer, what one waits for, and what is settled."""
    reader.actor.require("task.work")
    chosen = of if of in LISTS else "mine"
    me = reader.actor.person_id
    async with reader.work() as session:
        own = await departments.departments_of(session, me)
        after = ""
        if chosen == "settled":
            rows = await queries.list_settled(session, person_id=me, departments=own)
        else:
            if chosen == "asked":
                page = await queries.list_asked(session, person_id=me, cursor=cursor or None)
            else:
                page = await queries.list_open(session, person_id=me, departments=own, cursor=cursor or None)
            rows, after = list(page.rows), page.next or ""
        around = await respond.shell(reader, session, "tasks")
    more = respond.query("/tasks", {"of": chosen, "cursor": after}) if after else ""
    view = TasksPage(tabs(reader, chosen), tuple(row(one) for one in rows), chosen, more)
    return respond.page(reader.request, "desk/tasks/tasks.html", view, around)


async def _show(reader: Reader, task_id: UUID, **forms: Form) -> Response:
    actor = reader.actor
    async with reader.work() as session:
        task, ticket = await access.get_task(session, actor, task_id)
        found = await queries.find_row(session, task_id)
        if found is None:
            raise NotFound
        entries = await queries.list_entries(session, [task_id])
        asked = await access.is_asked(session, actor, task)
        around = await respond.shell(reader, session, "tasks")
    going_on = task.state in ("open", "answered")
    view = TaskPage(
        row=row(found), question=task.question, order_refs=tuple(task.order_refs), tags=tuple(found.tags),
        said=tuple(said(one) for one in entries),
        ticket_href=f"/tickets/{ticket.number}" if actor.may("ticket.read") else "",
        may_answer=going_on and actor.may("task.work") and (asked or actor.may("ticket.note")),
        may_take=task.state == "open" and asked and task.department_id is not None and task.person_id is None,
        may_ask=going_on and actor.may("ticket.reply" if task.address else "ticket.note"),
        forwarded=len(task.forwards), **forms,
    )  # fmt: skip
    return respond.page(reader.request, "desk/tasks/task.html", view, around, status=422 if forms else 200)


@router.get("/{task_id}")
async def task_page(reader: SignedIn, task_id: str) -> Response:
    """One question and its answers."""
    return await _show(reader, known_id(task_id))


async def _do(
    reader: Reader, task_id: str, work: Callable[[Session, UUID], Awaitable[object]], words: str, form: str = "",
    values: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """Do one thing in a transaction of its own; what is wrong stands beside the fields of its form."""
    found = known_id(task_id)
    try:
        async with reader.work() as session:
            await work(session, found)
    except Invalid as error:
        if not form:
            raise
        return await _show(reader, found, **{form: Form(values or {}, said_fields(error))})
    return respond.redirect(reader.request, f"/tasks/{found}", Flash(words))


@router.post("/{task_id}/answer")
async def answer(reader: SignedIn, task_id: str, data: Posted) -> Response:
    """Answer; files go with it."""
    text, files = field(data, "text", LONGEST), await _files(data)
    return await _do(
        reader, task_id, lambda session, one: service.answer(session, reader.actor, one, text=text, files=files),
        _("Answered"), "answer", {"text": text},
    )  # fmt: skip


async def _files(data: FormData) -> list[IncomingFile]:
    return [
        IncomingFile(one.filename or "file", one.content_type or "application/octet-stream", await one.read())
        for one in uploads(data, "files")
    ]


@router.post("/{task_id}/take")
async def take(reader: SignedIn, task_id: str, data: Posted) -> Response:
    """Say that oneself answers."""
    del data
    return await _do(reader, task_id, lambda session, one: service.take(session, reader.actor, one), _("It is yours"))


@router.post("/{task_id}/more")
async def more(reader: SignedIn, task_id: str, data: Posted) -> Response:
    """Ask further."""
    reader.actor.require("ticket.note")
    values = {"text": field(data, "text", LONGEST), "due": field(data, "due", 80)}

    async def work(session: Session, one: UUID) -> None:
        due_at = due_of(reader, values["due"]) if values["due"].strip() else None
        await flow.ask_more(session, reader.desk.jobs, reader.actor, one, text=values["text"], due_at=due_at)

    return await _do(reader, task_id, work, _("Asked"), "more", values)


@router.post("/{task_id}/due")
async def due(reader: SignedIn, task_id: str, data: Posted) -> Response:
    """Give it another time."""
    reader.actor.require("ticket.note")
    values = {"due": field(data, "due", 80)}

    async def work(session: Session, one: UUID) -> None:
        await service.set_due(session, reader.actor, one, due_at=due_of(reader, values["due"]))

    return await _do(reader, task_id, work, _("Saved"), "due", values)


@router.post("/{task_id}/done")
async def done(reader: SignedIn, task_id: str, data: Posted) -> Response:
    """Close it as done."""
    reader.actor.require("ticket.note")
    del data
    return await _do(reader, task_id, lambda session, one: service.close(session, reader.actor, one), _("Closed"))


@router.post("/{task_id}/cancel")
async def cancel(reader: SignedIn, task_id: str, data: Posted) -> Response:
    """Take the question back."""
    reader.actor.require("ticket.note")
    del data
    return await _do(
        reader, task_id, lambda session, one: service.close(session, reader.actor, one, cancelled=True),
        _("Taken back"),
    )  # fmt: skip
