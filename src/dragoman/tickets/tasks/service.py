"""Asking departments, colleagues and people outside about a ticket, and taking their answers in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.checks import clean_email
from dragoman.accounts.departments import queries as departments
from dragoman.accounts.departments.models import ANSWER_HOURS, Department
from dragoman.accounts.departments.names import department_label
from dragoman.accounts.notices import service as notices
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid
from dragoman.platform import alarms, i18n
from dragoman.platform.db import Session
from dragoman.tickets import filing, service
from dragoman.tickets import queries as tickets
from dragoman.tickets.filing import IncomingFile
from dragoman.tickets.models import Ticket
from dragoman.tickets.tasks import access, queries
from dragoman.tickets.tasks.models import Task, TaskEntry

ALARM = "task"
TITLE, LONGEST, FORWARDED = 120, 20_000, 40
FARTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class To:
    """Whom a task goes to: exactly one of the three is given."""

    department_id: UUID | None = None
    person_id: UUID | None = None
    address: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, and from whom; `automatic` where a machine wrote it."""

    text: str
    from_name: str = ""
    from_address: str = ""
    rfc_message_id: str = ""
    automatic: bool = False
    files: tuple[IncomingFile, ...] = ()


async def ask(
    session: Session, actor: Actor, *, ticket: Ticket, to: To, title: str, question: str,
    due_at: datetime | None = None, waits: bool = False, order_refs: Sequence[str] = (),
    forwards: Sequence[UUID] = (),
) -> Task:  # fmt: skip
    """Put a question about a ticket; with `waits` the ticket rests until it is answered.

    `forwards` are messages of the ticket that go with it by mail. Raises Invalid beside the fields at fault,
    Forbidden (an address outside takes the permission to answer customers).
    """
    actor.require("ticket.reply" if to.address or forwards else "ticket.note")
    now = clock.now()
    department, address = await _check_to(session, to)
    due_at = due_at or now + timedelta(hours=department.hours if department else ANSWER_HOURS)
    title, question = " ".join(title.split()), question.strip()
    _check(title, question, due_at, now)
    task = Task(
        id=ids.new(), ticket_id=ticket.id, department_id=to.department_id, person_id=to.person_id, address=address,
        title=title, question=question, due_at=due_at, waits=waits, asked_by_id=actor.person_id, asked_at=now,
        order_refs=[one for one in ticket.order_refs if one in set(order_refs)],
        forwards=await _messages(session, ticket, forwards),
    )  # fmt: skip
    session.add(task)
    await session.flush()
    await alarms.put(session, ALARM, {task.id: due_at})
    await record(session, ticket, actor, "task_asked", task, department, waits=waits)
    if waits and ticket.active_now and ticket.status != "on_hold":
        who = actor if actor.may("ticket.change") else None
        await service.set_status(session, who, ticket=ticket, status="on_hold", task=str(task.id))
    await _tell_asked(session, task, ticket, department, "task_asked", actor)
    return task


def _check(title: str, question: str, due_at: datetime, now: datetime) -> None:
    faults = {}
    if not title or len(title) > TITLE:
        faults["title"] = N_("Say in a few words what it is about, in at most 120 characters.")
    if not question or len(question) > LONGEST:
        faults["question"] = N_("Write what you want to know.")
    if not now < due_at <= now + FARTHEST:
        faults["due"] = N_("Choose a time from now to a year ahead.")
    if faults:
        raise Invalid(fields=faults)


async def _check_to(session: Session, to: To) -> tuple[Department | None, str]:
    wrong = Invalid(fields={"to": N_("Choose a department, a colleague, or give an address.")})
    if sum((to.department_id is not None, to.person_id is not None, bool(to.address.strip()))) != 1:
        raise wrong
    if to.department_id is not None:
        found = await departments.load(session, to.department_id)
        if found is None or not found.active:
            raise wrong
        return found, ""
    if to.person_id is not None:
        person = await people.find_person(session, to.person_id)
        if person is None or not person.active:
            raise wrong
        return None, ""
    try:
        return None, clean_email(to.address)
    except Invalid as error:
        raise Invalid(fields={"address": error.fields["email"]}) from error


async def _messages(session: Session, ticket: Ticket, chosen: Sequence[UUID]) -> list[str]:
    """Those of the chosen messages that were said with the customer in this ticket: notes never leave the desk."""
    if not chosen:
        return []
    thread = {one.id for one in await tickets.list_messages(session, ticket.id) if one.kind != "note"}
    if len(chosen) > FORWARDED or not set(chosen) <= thread:
        raise Invalid(fields={"messages": N_("Choose at most 40 messages of this ticket.")})
    return [str(one) for one in dict.fromkeys(chosen)]


async def answer(
    session: Session, actor: Actor, task_id: UUID, *, text: str, files: Sequence[IncomingFile] = ()
) -> Task:
    """Answer in the desk. Raises Invalid beside `text`, NotFound, Forbidden, Conflict for one that is closed."""
    task, ticket = await access.get_task(session, actor, task_id, lock=True)
    await access.require_asked(session, actor, task)
    given = Answer(text=text.strip(), from_name=actor.name, files=tuple(files))
    if not given.text or len(given.text) > LONGEST:
        raise Invalid(fields={"text": N_("Write something first.")})
    await _take_in(session, actor, task, ticket, given)
    return task


async def answer_by_mail(session: Session, task: Task, ticket: Ticket, given: Answer) -> TaskEntry:
    """Take in what came back by mail: a note of whoever wrote, never more. Both are locked by the caller."""
    return await _take_in(session, None, task, ticket, given)


async def _take_in(session: Session, actor: Actor | None, task: Task, ticket: Ticket, given: Answer) -> TaskEntry:
    if task.state in ("done", "cancelled") and actor is not None:
        raise Conflict(N_("This question is closed."))
    now = clock.now()
    department = await departments.load(session, task.department_id) if task.department_id else None
    who = given.from_name or given.from_address or "?"
    entry = TaskEntry(
        id=ids.new(), task_id=task.id, kind="answer", person_id=actor.person_id if actor else None, text=given.text,
        from_name=given.from_name, from_address=given.from_address, automatic=given.automatic,
        rfc_message_id=given.rfc_message_id, at=now,
    )  # fmt: skip
    if given.automatic:
        session.add(entry)
        return entry
    html = "".join(f"<p>{escape(line, quote=False)}</p>" for line in given.text.splitlines() if line.strip())
    author = await _author(session, who, department)
    note = await service.add_note(
        session, None, ticket=ticket, html=html or "<p></p>", text=given.text or "…", author=author, task=str(task.id)
    )
    if given.files:
        await filing.add_files(session, [(note.id, file) for file in given.files])
    entry.note_id = note.id
    session.add(entry)
    if task.state == "open":
        task.state, task.answered_at, task.settled_at = "answered", now, now
        await alarms.drop(session, ALARM, [task.id])
    await record(session, ticket, actor, "task_answered", task, department, who=who)
    woken = await _wake(session, task, ticket)
    told = {one for one in (task.asked_by_id, ticket.assignee_id if woken else None) if one}
    told -= {actor.person_id} if actor else set()
    await notices.tell(session, told, "task_answered", ticket=ticket.number, who=who, title=task.title)
    return entry


async def _author(session: Session, who: str, department: Department | None) -> str:
    if department is None:
        return who
    workspace = await people.find_workspace(session, session.workspace_id)
    with i18n.use(workspace.locale if workspace else "en"):
        return f"{who} · {department_label(department.key, department.name)}"


async def _wake(session: Session, task: Task, ticket: Ticket) -> bool:
    """Bring a ticket back that rested for this answer, once it was the last one awaited."""
    await session.flush()
    if not task.waits or ticket.status != "on_hold" or await queries.still_waits(session, ticket.id):
        return False
    ticket.unread_since = clock.now()
    await service.set_status(session, None, ticket=ticket, status="open", task=str(task.id))
    return True


async def ask_more(
    session: Session, actor: Actor, task_id: UUID, *, text: str, due_at: datetime | None = None
) -> TaskEntry:
    """Ask further: the task is open again. Raises Invalid beside `text` or `due`, NotFound, Forbidden, Conflict."""
    task, ticket = await access.get_task(session, actor, task_id, lock=True)
    actor.require("ticket.reply" if task.address else "ticket.note")
    if task.state == "cancelled":
        raise Conflict(N_("This question is closed."))
    now, text = clock.now(), text.strip()
    department = await departments.load(session, task.department_id) if task.department_id else None
    due_at = due_at or max(task.due_at, now + timedelta(hours=department.hours if department else ANSWER_HOURS))
    if not text or len(text) > LONGEST:
        raise Invalid(fields={"text": N_("Write what you want to know.")})
    if not now < due_at <= now + FARTHEST:
        raise Invalid(fields={"due": N_("Choose a time from now to a year ahead.")})
    entry = TaskEntry(
        id=ids.new(), task_id=task.id, kind="question", person_id=actor.person_id, from_name=actor.name, text=text,
        at=now,
    )  # fmt: skip
    session.add(entry)
    task.state, task.due_at = "open", due_at
    task.overdue_at = task.answered_at = task.settled_at = None
    await alarms.put(session, ALARM, {task.id: due_at})
    await record(session, ticket, actor, "task_more", task, department)
    await _tell_asked(session, task, ticket, department, "task_more", actor)
    return entry


async def take(session: Session, actor: Actor, task_id: UUID) -> Task:
    """Say that oneself answers a question put to one's department. Raises NotFound, Forbidden, Conflict."""
    task, ticket = await access.get_task(session, actor, task_id, lock=True)
    await access.require_asked(session, actor, task)
    if task.state != "open":
        raise Conflict(N_("This question is closed."))
    if task.department_id is not None and task.person_id != actor.person_id:
        task.person_id = actor.person_id
        department = await departments.load(session, task.department_id)
        await record(session, ticket, actor, "task_taken", task, department)
    return task


async def close(session: Session, actor: Actor, task_id: UUID, *, cancelled: bool = False) -> Task:
    """Close a task as done, or take it back. The ticket wakes when it waited for nothing else. Raises NotFound,
    Forbidden, Conflict for one that is closed."""
    task, ticket = await access.get_task(session, actor, task_id, lock=True)
    actor.require("ticket.note")
    if task.state in ("done", "cancelled"):
        raise Conflict(N_("This question is closed."))
    task.state = "cancelled" if cancelled else "done"
    task.settled_at = task.settled_at or clock.now()
    await alarms.drop(session, ALARM, [task.id])
    department = await departments.load(session, task.department_id) if task.department_id else None
    await record(session, ticket, actor, f"task_{task.state}", task, department)
    await _wake(session, task, ticket)
    return task


async def set_due(session: Session, actor: Actor, task_id: UUID, *, due_at: datetime) -> Task:
    """Give an unanswered task another time. Raises Invalid beside `due`, NotFound, Forbidden, Conflict."""
    task, ticket = await access.get_task(session, actor, task_id, lock=True)
    actor.require("ticket.note")
    now = clock.now()
    if task.state != "open":
        raise Conflict(N_("This question is closed."))
    if not now < due_at <= now + FARTHEST:
        raise Invalid(fields={"due": N_("Choose a time from now to a year ahead.")})
    task.due_at, task.overdue_at = due_at, None
    await alarms.put(session, ALARM, {task.id: due_at})
    department = await departments.load(session, task.department_id) if task.department_id else None
    await record(session, ticket, actor, "task_due", task, department)
    return task


async def _tell_asked(
    session: Session, task: Task, ticket: Ticket, department: Department | None, kind: str, by: Actor
) -> None:
    told = {task.person_id} if task.person_id else set()
    if department is not None and not told:
        told = {one.person_id for one in await departments.list_members(session, [department.id])}
        told |= {department.lead_id} if department.lead_id else set()
    await notices.tell(
        session, [one for one in told if one and one != by.person_id], kind, ticket=ticket.number,
        href=f"/tasks/{task.id}", who=by.name, title=task.title,
    )  # fmt: skip


async def record(
    session: Session, ticket: Ticket, actor: Actor | None, verb: str, task: Task, department: Department | None,
    **data: object,
) -> None:  # fmt: skip
    """Write a task's event on its ticket, with whom it was put to."""
    person = await people.find_person(session, task.person_id) if task.person_id and department is None else None
    to: dict[str, object] = {"to": person.name} if person else {"address": task.address, "to": task.address}
    if department is not None:
        to = {"department": [department.key, department.name]}
    await service.record(
        session, ticket, actor, verb, task=str(task.id), title=task.title, due=task.due_at.isoformat(), **to, **data
    )
