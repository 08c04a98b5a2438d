"""Questions on their way: asked in one transaction with their mail, which a job hands over and repeats until it went.

The mail leaves by the ticket's mailbox with a reply address and a Message-ID that are signed for the task, so that
its answer finds back (flow/sidemail.py). It holds what was asked, order numbers and, for a ticket that is forwarded,
the chosen messages with their files; never the customer's address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import procrastinate

from dragoman.accounts import queries as accounts
from dragoman.accounts.access import Actor
from dragoman.accounts.departments import queries as departments
from dragoman.accounts.notices import service as notices
from dragoman.channels.email import smtp, tokens
from dragoman.channels.email.compose import OutgoingFile, OutgoingMail, compose
from dragoman.channels.email.mail import Address
from dragoman.channels.email.models import Mailbox
from dragoman.kit import clock
from dragoman.kit.errors import DeskError
from dragoman.platform import files, i18n, jobs, logs
from dragoman.platform.db import Database, Session
from dragoman.platform.i18n import gettext as _
from dragoman.platform.secrets import Keys
from dragoman.replies import service as replies
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Message, Ticket
from dragoman.tickets.tasks import queries, service
from dragoman.tickets.tasks.models import Task, TaskEntry

log = logs.get(__name__)
MAIL = "tasks.mail"
SECRET = "task-token"  # noqa: S105 - the purpose from which the secret is derived
RETRY = procrastinate.RetryStrategy(max_attempts=8, exponential_wait=8, retry_exceptions={smtp.Refused, DeskError})
"""A day in all: a mail server that is down for a night loses no question."""
FILES_SIZE = 15 * 1024 * 1024


async def ask(session: Session, job_app: procrastinate.App, actor: Actor, *, ticket: Ticket, **asked: Any) -> Task:
    """Put a question (see tasks.service.ask), and let its mail go out where it has an address."""
    task = await service.ask(session, actor, ticket=ticket, **asked)
    await _defer(session, job_app, task, None)
    return task


async def ask_more(
    session: Session, job_app: procrastinate.App, actor: Actor, task_id: UUID, *, text: str,
    due_at: datetime | None = None,
) -> Task:  # fmt: skip
    """Ask further, by mail too (see tasks.service.ask_more)."""
    entry = await service.ask_more(session, actor, task_id, text=text, due_at=due_at)
    task = await queries.load(session, task_id)
    if task is None:
        raise LookupError(task_id)
    await session.flush()
    await _defer(session, job_app, task, entry)
    return task


async def _defer(session: Session, job_app: procrastinate.App, task: Task, entry: TaskEntry | None) -> None:
    if await address_of(session, task):
        await jobs.defer(session, job_app, MAIL, task=str(task.id), entry=str(entry.id) if entry else "")


async def address_of(session: Session, task: Task) -> str:
    """Where a task's mails go; empty for one that is read in the desk only."""
    if task.department_id is None:
        return task.address
    department = await departments.load(session, task.department_id)
    return department.address if department else ""


@dataclass(frozen=True, slots=True)
class TaskMail:
    """The mails of tasks; `main/wiring.py` makes it. `public_url` leads department members to their page."""

    db: Database
    keys: Keys
    allow_private: bool
    public_url: str

    async def send(self, workspace: str, task: str, entry: str) -> None:
        """The job: hand one mail over. Raises Refused for what may pass, to be tried again."""
        workspace_id, task_id = UUID(workspace), UUID(task)
        async with self.db.work(workspace_id) as session:
            made = await self._mail(session, task_id, UUID(entry) if entry else None)
        if made is None:
            return
        box, mail = made
        to = mail.to[0].email
        try:
            await smtp.send(
                smtp.account_of(box, self.keys), compose(mail), sender=box.address, recipients=[to],
                before_data=_nothing, allow_private=self.allow_private,
            )  # fmt: skip
        except smtp.Refused as error:
            log.warning("question not sent", permanent=error.permanent, detail=error.detail)
            await self._note(workspace_id, task_id, error.detail, tell=error.permanent)
            if not error.permanent:
                raise
            return
        await self._note(workspace_id, task_id, "", tell=False)

    async def _note(self, workspace_id: UUID, task_id: UUID, problem: str, *, tell: bool) -> None:
        async with self.db.work(workspace_id) as session:
            await undelivered(session, task_id, problem, tell=tell)

    async def _mail(
        self, session: Session, task_id: UUID, entry_id: UUID | None
    ) -> tuple[Mailbox, OutgoingMail] | None:
        """A question as a mail; None when it was taken back, or has no address any more."""
        task = await queries.load(session, task_id)
        ticket = await tickets.load_ticket(session, task.ticket_id) if task else None
        entry = await queries.load_entry(session, entry_id) if entry_id else None
        if task is None or ticket is None or task.state == "cancelled" or (entry_id and entry is None):
            return None
        to = await address_of(session, task)
        workspace = await accounts.find_workspace(session, session.workspace_id)
        if not to or workspace is None:
            return None
        box = await replies.mailbox_of(session, ticket)
        asker = await accounts.find_person(session, task.asked_by_id) if task.asked_by_id else None
        messages = await self._forwarded(session, task) if entry is None else []
        with i18n.use(workspace.locale):
            text = _text(task, entry, asker.name if asker else workspace.name, self._link(task))
            text += "".join(_quoted(one, own=workspace.name) for one in messages)
        secret = self.keys.derive(SECRET)
        first = tokens.new_message_id(secret, ticket=task.id, message=task.id, domain=_domain(box))
        mail_id = (
            tokens.new_message_id(secret, ticket=task.id, message=entry.id, domain=_domain(box)) if entry else first
        )
        reply_to = Address("", tokens.reply_address(secret, box.address, task.id)) if box.plus_addressing else None
        return box, OutgoingMail(
            from_=Address(asker.name if asker else workspace.name, box.address), to=(Address("", to),),
            subject=f"{'Re: ' if entry else ''}{task.title} [#{ticket.number}]", text=text, message_id=mail_id,
            date=entry.at if entry else task.asked_at, reply_to=reply_to, in_reply_to=first if entry else None,
            references=(first,) if entry else (), attachments=await _files(session, messages),
            loop=self.keys.sign("mail-loop", session.workspace_id.hex),
        )  # fmt: skip

    def _link(self, task: Task) -> str:
        return f"{self.public_url}/tasks/{task.id}" if self.public_url and task.department_id else ""

    async def _forwarded(self, session: Session, task: Task) -> list[Message]:
        chosen = set(task.forwards)
        if not chosen:
            return []
        return [one for one in await tickets.list_messages(session, task.ticket_id) if str(one.id) in chosen]


async def undelivered(session: Session, task_id: UUID, problem: str, *, tell: bool) -> None:
    """Note what became of a task's mail: it went (no `problem`), or why not; whoever asked is told at the end."""
    task = await queries.load(session, task_id, lock=True)
    if task is None:
        return
    task.mail_problem = problem[:500]
    if not problem:
        task.mailed_at = clock.now()
    elif tell and task.asked_by_id:
        ticket = await tickets.load_ticket(session, task.ticket_id)
        await notices.tell(
            session, [task.asked_by_id], "task_undelivered", ticket=ticket.number if ticket else None,
            who=await address_of(session, task),
        )  # fmt: skip


async def _nothing() -> None:
    """A question that arrives twice does no harm: both carry one Message-ID."""


def _domain(box: Mailbox) -> str:
    return box.address.rpartition("@")[2]


def _text(task: Task, entry: TaskEntry | None, asker: str, link: str) -> str:
    parts = [entry.text if entry else task.question]
    if task.order_refs and entry is None:
        parts.append(_("Orders: {orders}", orders=", ".join(task.order_refs)))
    parts.append(
        _(
            "Please answer this mail by {time}. Your answer comes to {name} only, never to the customer.",
            time=f"{task.due_at:%Y-%m-%d %H:%M} UTC", name=asker,
        )
    )  # fmt: skip
    if link:
        parts.append(link)
    return "\n\n".join(parts) + "\n"


def _quoted(message: Message, *, own: str) -> str:
    """A message of the thread as it is forwarded: who (by name, never by address), when, and their words."""
    who = (message.from_name or _("Customer")) if message.kind == "inbound" else (message.from_name or own)
    head = _("{who} wrote on {time}:", who=who, time=f"{message.at:%Y-%m-%d %H:%M} UTC")
    return f"\n---\n{head}\n\n" + "\n".join(f"> {line}" for line in message.text.splitlines()) + "\n"


async def _files(session: Session, messages: Sequence[Message]) -> tuple[OutgoingFile, ...]:
    """The files of forwarded messages, as far as they fit into a mail."""
    out: list[OutgoingFile] = []
    room = FILES_SIZE
    for one in await tickets.list_attachments(session, [message.id for message in messages]) if messages else []:
        room -= one.size
        content = await files.read(session, one.file_id) if room >= 0 else None
        if content is not None:
            out.append(OutgoingFile(one.name, one.type, content))
    return tuple(out)
