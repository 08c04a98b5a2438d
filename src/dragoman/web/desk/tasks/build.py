"""Tasks as pages show them."""

from __future__ import annotations

from dragoman.accounts.departments.names import department_label
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.models import Ticket
from dragoman.tickets.tasks import queries
from dragoman.tickets.tasks.models import TaskEntry
from dragoman.web import respond
from dragoman.web.deps import Reader
from dragoman.web.desk.inbox.view import Option
from dragoman.web.desk.tasks.view import OnTicket, Said, TaskRow
from dragoman.web.words import TASK


def row(found: queries.TaskRow) -> TaskRow:
    """One task of a list."""
    task = found.task
    late = task.state == "open" and task.due_at <= clock.now()
    department = department_label(*found.department) if found.department else ""
    return TaskRow(
        title=task.title, number=found.number, to=department or found.person or task.address, asker=found.asker,
        taken_by=found.person if department else "", due_at=task.due_at, state=TASK["late" if late else task.state],
        open=task.state == "open", late=late, waits=task.waits and task.state == "open", href=f"/tasks/{task.id}",
        problem=task.mail_problem,
    )  # fmt: skip


def said(entry: TaskEntry) -> Said:
    """Something said in a task."""
    who = entry.from_name or entry.from_address or _("Somebody")
    return Said(who, entry.from_address, entry.text, entry.at, entry.kind == "answer", entry.automatic)


async def on_ticket(session: Session, reader: Reader, ticket: Ticket) -> OnTicket:
    """The tasks of a ticket, for its page (desk/tasks/on_ticket.html)."""
    base = f"/tickets/{ticket.number}"
    return OnTicket(
        rows=tuple(row(one) for one in await queries.list_on_ticket(session, ticket.id)),
        ask=f"{base}/tasks" if reader.actor.may("ticket.note") else "",
        forward=f"{base}/forward" if reader.actor.may("ticket.reply") else "",
    )


def tabs(reader: Reader, current: str) -> tuple[Option, ...]:
    """The lists of tasks that the reader has."""
    words = {"mine": _("To answer"), "asked": _("I wait for"), "settled": _("Settled")}
    if not reader.actor.may("ticket.read"):
        words.pop("asked")
    return tuple(Option(label, respond.query("/tasks", {"of": key}), key == current) for key, label in words.items())
