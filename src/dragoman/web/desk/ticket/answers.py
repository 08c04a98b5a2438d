"""What is written to customers and colleagues: sending, drafts, taking back, trying again."""

from __future__ import annotations

import html as entities
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts import queries as people
from dragoman.delivery import service as delivery
from dragoman.kit.errors import Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.replies import queries as drafts
from dragoman.replies import service as replies
from dragoman.replies import uploads
from dragoman.tickets import access, queries, service
from dragoman.tickets.models import Attachment, Ticket
from dragoman.web import respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.deps import uploads as chosen_files
from dragoman.web.desk.ticket.actions import came_from, settled
from dragoman.web.desk.ticket.routes import show

router = APIRouter()
LONGEST = 250_000
MENTION = "@"


@dataclass(frozen=True, slots=True)
class Words:
    """What was written, as HTML by the editor and as plain text without one."""

    html: str
    plain: str


def signed(words: Words, signature: str) -> Words:
    """An answer with the writer's signature under it, once; nothing stays nothing."""
    sign = signature.strip()
    if not sign or not (words.html.strip() or words.plain.strip()):
        return words
    block = f"<p>{entities.escape(sign, quote=False)}</p>".replace("\n", "<br>")
    there = sign in words.plain or block in words.html
    if there:
        return words
    html = f"{words.html}{block}" if words.html.strip() else ""
    return Words(html, f"{words.plain.rstrip()}\n\n{sign}")


def words_of(data: FormData) -> Words:
    """The words of a posted composer."""
    return Words(field(data, "html", LONGEST), field(data, "text", LONGEST))


@router.post("/tickets/{number}/messages")
async def answer(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Send a reply, or add a note. Bad input changes nothing and comes back with what was written."""
    note = field(data, "kind", 10) == "note"
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            files = await _attached(session, reader, ticket, data)
            if note:
                await _note(session, reader, ticket, data, files)
                message = None
            else:
                message = await _reply(session, reader, ticket, data, files)
    except Invalid as error:
        return await _refused(reader, number, data, error)
    flash = None
    if message is not None:
        seconds = reader.desk.settings.undo_seconds
        flash = Flash(_("Goes out in {n} s", n=seconds), f"/messages/{message}/undo")
    return await settled(reader, number, flash, sent={})


async def _attached(session: Session, reader: Reader, ticket: Ticket, data: FormData) -> Sequence[Attachment]:
    """What was uploaded before, and what came with the form itself where no script uploads."""
    for file in chosen_files(data, "files"):
        await uploads.add(
            session, reader.actor, ticket=ticket, name=file.filename or "", media_type=file.content_type or "",
            content=await file.read(), largest=reader.desk.settings.upload_max_size,
        )  # fmt: skip
    return await queries.list_pending_attachments(session, ticket.id, reader.actor.person_id)


async def _reply(session: Session, reader: Reader, ticket: Ticket, data: FormData, files: Sequence[Attachment]) -> UUID:
    me = await people.find_person(session, reader.actor.person_id)
    words = signed(words_of(data), me.signature if me else "")
    copies = [one for one in field(data, "cc", 2000).replace(";", ",").split(",") if one.strip()]
    message = await reader.desk.outbound.reply(
        session, reader.actor, ticket=ticket, html=words.html, plain=words.plain, attachments=files, cc=copies,
        then=field(data, "then", 20) or None,
    )  # fmt: skip
    return message.id


async def _note(session: Session, reader: Reader, ticket: Ticket, data: FormData, files: Sequence[Attachment]) -> None:
    words = words_of(data)
    body = replies.body_from(words.html, words.plain)
    mentioned = await _mentioned(session, fields(data, "mention"), body.text)
    await service.add_note(
        session, reader.actor, ticket=ticket, html=body.html, text=body.text, mentions=mentioned, attachments=files
    )
    await drafts.drop(session, ticket.id, reader.actor.person_id, "note")


async def _mentioned(session: Session, given: Sequence[str], text: str) -> list[UUID]:
    """The colleagues whom a note calls by name; the ids say which of two namesakes is meant."""
    if MENTION not in text:
        return []
    called = [one for one in await people.list_people(session, active_only=True) if MENTION + one.name in text]
    chosen = [one for one in called if str(one.id) in given]
    names = {one.name for one in chosen}
    return [one.id for one in called if one in chosen or one.name not in names]


async def _refused(reader: Reader, number: int, data: FormData, error: Invalid) -> Response:
    """The ticket with what is wrong beside the composer. The words stay: in the open page, or else as a draft."""
    beside = said_fields(error)
    problem = next(iter(beside.values()), "") or said(error)
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        if not reader.fragment:
            kind = "note" if field(data, "kind", 10) == "note" else "reply"
            words = words_of(data)
            html = words.html or entities.escape(words.plain).replace("\n", "<br>")
            if len(html) <= replies.LONGEST:
                await replies.save_draft(session, reader.actor, ticket=ticket, kind=kind, html=html)
            return await show(session, reader, ticket, came_from(reader.request), error=problem, status=422)
    response = respond.trigger(Response(problem, 422), **{"composer:problem": {"text": problem}})
    response.headers["HX-Reswap"] = "none"
    return response


@router.post("/tickets/{number}/draft")
async def keep_draft(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Keep what is being written."""
    kind = "note" if field(data, "kind", 10) == "note" else "reply"
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        await replies.save_draft(session, reader.actor, ticket=ticket, kind=kind, html=field(data, "html", LONGEST))
    return Response(status_code=204)


@router.post("/messages/{message_id}/undo")
async def take_back(reader: SignedIn, message_id: str, data: Posted) -> Response:
    """Take a reply back before it leaves; its words stand in the composer again."""
    del data
    async with reader.work() as session:
        message = await access.get_message(session, reader.actor, known_id(message_id))
        ticket = await reader.desk.outbound.take_back(session, reader.actor, message=message)
        number = ticket.number
    return await settled(reader, number, Flash(_("Taken back. The reply is in the composer again.")), refill=True)


@router.post("/messages/{message_id}/again")
async def send_again(reader: SignedIn, message_id: str, data: Posted) -> Response:
    """Try a message anew that did not get through."""
    del data
    async with reader.work() as session:
        message = await access.get_message(session, reader.actor, known_id(message_id))
        await delivery.send_again(session, reader.desk.jobs, reader.actor, message.id)
        number = await _touched(session, reader, message.ticket_id)
    return await settled(reader, number, Flash(_("It is tried again now.")))


@router.post("/messages/{message_id}/arrived")
async def call_sent(reader: SignedIn, message_id: str, data: Posted) -> Response:
    """Decide that a message of unknown fate did arrive."""
    del data
    async with reader.work() as session:
        message = await access.get_message(session, reader.actor, known_id(message_id))
        await delivery.call_sent(session, reader.actor, message.id)
        number = await _touched(session, reader, message.ticket_id)
    return await settled(reader, number, None)


async def _touched(session: Session, reader: Reader, ticket_id: UUID) -> int:
    """Tell open pages that a message of a ticket stands differently; returns the ticket's number."""
    ticket = await queries.load_ticket(session, ticket_id, lock=True)
    if ticket is None:
        raise LookupError(f"message without its ticket {ticket_id}")
    await service.announce(session, ticket, by=reader.actor)
    return ticket.number
