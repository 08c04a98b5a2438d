"""Answers of departments and people outside: mails that carry our signature for a task, taken in beside the threads.

They become notes of the ticket and are never threaded as a customer's mail. Whoever holds the signed address may
answer (a department forwards a question to the one who knows); the note says by which address it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from dragoman.channels.email import tokens
from dragoman.channels.email.mail import ParsedMail
from dragoman.flow import tasks
from dragoman.intake.models import DROPPED, FILED, Envelope
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_
from dragoman.kit.text import storable
from dragoman.platform.db import Session
from dragoman.platform.secrets import Keys
from dragoman.tickets import filing
from dragoman.tickets.filing import IncomingFile
from dragoman.tickets.tasks import queries, service

Mails = list[tuple[Envelope, ParsedMail]]
LONGEST = 100_000


async def take(session: Session, keys: Keys, mails: Mails) -> Mails:
    """Take the answers of tasks out of a batch; returns the other mails. Asks the database nothing where no mail
    carries such a signature."""
    secrets = keys.derive_all(tasks.SECRET)
    loop = keys.sign("mail-loop", session.workspace_id.hex)
    named = {envelope.id: next(iter(_named(secrets, mail)), None) for envelope, mail in mails if mail.loop != loop}
    wanted = {task_id for task_id in named.values() if task_id}
    if not wanted:
        return mails
    known = await queries.load_some(session, wanted)
    locked = await filing.lock(session, {task.ticket_id for task in known.values()})
    rest: Mails = []
    for envelope, mail in mails:
        task_id = named.get(envelope.id)
        task = await queries.load(session, task_id, lock=True) if task_id in known and task_id else None
        if task is None:
            rest.append((envelope, mail))
            continue
        envelope.settled_at, envelope.attempts = clock.now(), envelope.attempts + 1
        if tokens.read_message_id(secrets, mail.message_id):
            envelope.state, envelope.problem = DROPPED, N_("Our own mail came back to us.")
        elif mail.bounce is not None:
            envelope.state, envelope.problem = DROPPED, N_("A question came back undelivered.")
            if mail.bounce.action == "failed":
                await tasks.undelivered(session, task.id, mail.bounce.diagnostic or mail.bounce.status, tell=True)
        elif mail.message_id and await queries.has_entry(session, task.id, storable(mail.message_id)[:990]):
            envelope.state, envelope.problem = DROPPED, N_("This answer came twice.")
        else:
            entry = await service.answer_by_mail(session, task, locked[task.ticket_id], _answer(mail))
            await session.flush()
            envelope.state, envelope.message_id, envelope.problem = FILED, entry.note_id or ids.new(), ""
    return rest


def _named(secrets: Sequence[bytes], mail: ParsedMail) -> Iterable[UUID]:
    """Tasks named by our own signature: in the address that was written to, else in a mail that is answered."""
    for address in (*mail.delivered_to, *(one.email for one in (*mail.to, *mail.cc))):
        if found := tokens.read_reply_address(secrets, address):
            yield found
    given_back = (mail.bounce.original_message_id or "") if mail.bounce else ""
    for reference in (given_back, mail.message_id, mail.in_reply_to, *reversed(mail.references)):
        if reference and (named := tokens.read_message_id(secrets, reference)):
            yield named[0]


def _answer(mail: ParsedMail) -> service.Answer:
    return service.Answer(
        text=storable(mail.text_reply.strip() or mail.text.strip())[:LONGEST],
        from_name=storable(mail.from_.name)[:200], from_address=storable(mail.from_.email.lower())[:320],
        rfc_message_id=storable(mail.message_id)[:990], automatic=mail.auto_reply or mail.machine.from_machine,
        files=tuple(
            IncomingFile(name=storable(one.name), type=storable(one.type), content=one.content)
            for one in mail.attachments
        ),
    )  # fmt: skip
