"""What is written to customers and colleagues: sending, drafts, taking back, trying again."""

from __future__ import annotations

import html as entities
import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts import queries as people
from dragoman.delivery import service as delivery
from dragoman.flow import review
from dragoman.flow.planned import Plan, plan
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.replies import checking, uploads
from dragoman.replies import queries as drafts
from dragoman.replies import service as replies
from dragoman.replies.checking import Blocked
from dragoman.replies.macros import service as macros
from dragoman.replies.signatures import fitting
from dragoman.tickets import access, lists, queries, service
from dragoman.tickets.changes.service import apply
from dragoman.tickets.models import STATUSES, Attachment, Ticket
from dragoman.web import formats, respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.deps import uploads as chosen_files
from dragoman.web.desk.inbox.routes import filter_at
from dragoman.web.desk.inbox.view import place_of
from dragoman.web.desk.ticket.actions import came_from, settled
from dragoman.web.desk.ticket.clashes import clash_of
from dragoman.web.desk.ticket.findings import build_findings
from dragoman.web.desk.ticket.routes import show
from dragoman.web.desk.ticket.tongues import keep as keep_both
from dragoman.web.desk.ticket.tongues import rendition_of, words_before
from dragoman.web.desk.ticket.turns import moment_of, until_of
from dragoman.web.desk.ticket.view import Clash

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
    """Send a reply now or later, or add a note. Bad input changes nothing and comes back with what was written.

    Where others have spoken since the composer was opened, they are shown first; sending again means it.
    """
    note = field(data, "kind", 10) == "note"
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            clash = [] if note else await _clash(session, reader, ticket, data)
            if clash:
                return await _warn(session, reader, ticket, data, clash)
            files = await _attached(session, reader, ticket, data)
            flash = await (_note if note else _reply)(session, reader, ticket, data, files)
            if field(data, "go", 10) == "next":
                return await _go_on(session, reader, ticket, flash)
    except Blocked as error:
        return await _blocked(reader, number, data, error)
    except Invalid as error:
        return await _refused(reader, number, data, error)
    return await settled(reader, number, flash, sent={})


async def _clash(session: Session, reader: Reader, ticket: Ticket, data: FormData) -> list[Clash]:
    """What others have said since the composer was opened, or since the last of it that was shown."""
    seen = field(data, "anyway", 40) or field(data, "seen", 40)
    if not seen:
        return []
    since = await queries.spoken_since(session, ticket.id, known_id(seen), besides=reader.actor.person_id)
    mine = words_of(data).plain
    names = {one.id: one.name for one in await people.list_people(session)} if since else {}
    return [clash_of(one, mine, names.get(one.person_id, "") if one.person_id else "") for one in since]


async def _warn(session: Session, reader: Reader, ticket: Ticket, data: FormData, clash: Sequence[Clash]) -> Response:
    """What came meanwhile, over the composer; nothing is sent yet, and the words stay."""
    if reader.fragment:
        around = await respond.shell(reader, session, "inbox")
        response = respond.fragment("desk/ticket/clash.html", "clash", clash, around, status=422)
        response.headers.update({"HX-Retarget": "#composer-clash", "HX-Reswap": "innerHTML"})
        return response
    await _keep_words(session, reader, ticket, data)
    return await show(session, reader, ticket, came_from(reader.request), status=422, clash=clash)


async def _go_on(session: Session, reader: Reader, ticket: Ticket, flash: Flash | None) -> Response:
    """The next ticket of the list that the reader came from, else the list."""
    params = came_from(reader.request)
    place = place_of(params)
    chosen, _view, _problems = await filter_at(session, reader, place)
    await session.flush()
    page = await lists.list_tickets(session, reader.actor, chosen, size=2)
    following = next((row.number for row in page.rows if row.number != ticket.number), None)
    where = place.href(f"/tickets/{following}") if following else place.href()
    if not reader.fragment:
        return respond.redirect(reader.request, where, flash)
    response = Response(status_code=204)
    if following is None:  # nothing is left: the list itself, as a whole page
        response.headers["HX-Redirect"] = where
        return respond.leave(response, reader.desk, flash) if flash else response
    response.headers["HX-Location"] = json.dumps({"path": where, "target": "#matter", "swap": "innerHTML"})
    return respond.trigger(response, **{"desk:toast": flash.facts()}) if flash else response


async def _attached(session: Session, reader: Reader, ticket: Ticket, data: FormData) -> Sequence[Attachment]:
    """What was uploaded before, and what came with the form itself where no script uploads."""
    for file in chosen_files(data, "files"):
        await uploads.add(
            session, reader.actor, ticket=ticket, name=file.filename or "", media_type=file.content_type or "",
            content=await file.read(), largest=reader.desk.settings.upload_max_size,
        )  # fmt: skip
    return await queries.list_pending_attachments(session, ticket.id, reader.actor.person_id)


async def _reply(
    session: Session, reader: Reader, ticket: Ticket, data: FormData, files: Sequence[Attachment]
) -> Flash:
    """Answer the customer, now or at the moment that is named; then what was chosen beside it."""
    actor = reader.actor
    sign = await _signature(session, reader, ticket)
    made = rendition_of(data)
    words = signed(Words("", made.text) if made else words_of(data), sign)
    copies = [one for one in field(data, "cc", 2000).replace(";", ",").split(",") if one.strip()]
    then = field(data, "then", 20)
    if then not in ("", "snooze", *STATUSES):
        raise Invalid(fields={"status": N_("This state does not exist.")})
    status = then if then in STATUSES else None
    later = field(data, "until", 80).strip() if field(data, "when", 10) == "later" else ""
    await _macros(session, reader, ticket, data)
    if made:
        sent = replies.body_from("", words.plain).text
        await keep_both(session, actor, made, sent=sent, own=words_of(data).plain, sign=sign)
        if await review.needed(session, actor, ticket, text=sent, language=made.language):
            wanted = Plan("", clock.now(), words.plain, tuple(copies), status or "")
            await review.ask(
                session, actor, ticket=ticket, wanted=wanted, own=words_of(data).plain, language=made.language
            )
            return Flash(_("A colleague looks at it before it is sent."))
    if field(data, "when", 10) == "later":
        wanted = Plan(words.html, moment_of(reader, later, "until"), words.plain, tuple(copies), status or "")
        planned = await plan(session, actor, ticket=ticket, wanted=wanted)
        with formats.use(reader.zone):
            return Flash(_("It leaves {time}", time=formats.left(planned.at)), f"/planned/{planned.id}/drop")
    message = await reader.desk.outbound.reply(
        session, actor, ticket=ticket, html=words.html, plain=words.plain, attachments=files, cc=copies, then=status,
        passed=field(data, "passed", 300),
    )  # fmt: skip
    if then == "snooze":
        await service.snooze(session, actor, ticket=ticket, until=until_of(reader, data))
    return Flash(_("Goes out in {n} s", n=reader.desk.settings.undo_seconds), f"/messages/{message.id}/undo")


async def _signature(session: Session, reader: Reader, ticket: Ticket) -> str:
    """What stands under the reader's answers in a ticket."""
    me = await people.find_person(session, reader.actor.person_id)
    own = await drafts.signatures_of(session, reader.actor.person_id)
    return fitting(own, shop_id=ticket.shop_id, language=ticket.language, usual=me.signature if me else "")


async def _macros(session: Session, reader: Reader, ticket: Ticket, data: FormData) -> None:
    """What the macros that were put into the answer change."""
    used = []
    for given in dict.fromkeys(fields(data, "macro")[:10]):
        macro = await macros.get_macro(session, reader.actor, known_id(given))
        await apply(session, ticket, macros.changes_of(macro), by=reader.actor, macro=macro.name)
        used.append(macro)
    await macros.used(session, used)


async def _note(session: Session, reader: Reader, ticket: Ticket, data: FormData, files: Sequence[Attachment]) -> None:
    """Add a note for colleagues."""
    words = words_of(data)
    body = replies.body_from(words.html, words.plain)
    mentioned = await _mentioned(session, fields(data, "mention"), body.text)
    await service.add_note(
        session, reader.actor, ticket=ticket, html=body.html, text=body.text, mentions=mentioned, attachments=files
    )
    await drafts.drop(session, ticket.id, reader.actor.person_id, "note")
    await _macros(session, reader, ticket, data)


async def _mentioned(session: Session, given: Sequence[str], text: str) -> list[UUID]:
    """The colleagues whom a note calls by name; the ids say which of two namesakes is meant."""
    if MENTION not in text:
        return []
    called = [one for one in await people.list_people(session, active_only=True) if MENTION + one.name in text]
    chosen = [one for one in called if str(one.id) in given]
    names = {one.name for one in chosen}
    return [one.id for one in called if one in chosen or one.name not in names]


async def _blocked(reader: Reader, number: int, data: FormData, error: Blocked) -> Response:
    """What stands against sending, over the composer; whoever sends all the same says why."""
    if not reader.fragment:
        return await _refused(reader, number, data, error)
    made = rendition_of(data)
    words = made.text if made else replies.body_from(words_of(data).html, words_of(data).plain).text
    async with reader.work() as session:
        around = await respond.shell(reader, session, "inbox")
    view = build_findings(words, error.findings, asks=True)
    response = respond.fragment("desk/ticket/findings.html", "findings", view, around, status=422)
    response.headers.update({"HX-Retarget": "#composer-findings", "HX-Reswap": "innerHTML"})
    return response


async def _refused(reader: Reader, number: int, data: FormData, error: Invalid) -> Response:
    """The ticket with what is wrong beside the composer. The words stay: in the open page, or else as a draft."""
    beside = said_fields(error)
    problem = next(iter(beside.values()), "") or said(error)
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        if not reader.fragment:
            await _keep_words(session, reader, ticket, data)
            return await show(session, reader, ticket, came_from(reader.request), error=problem, status=422)
    response = respond.trigger(Response(problem, 422), **{"composer:problem": {"text": problem}})
    response.headers["HX-Reswap"] = "none"
    return response


async def _keep_words(session: Session, reader: Reader, ticket: Ticket, data: FormData) -> None:
    """Keep what was written as a draft, for a page without scripts to show again."""
    kind = "note" if field(data, "kind", 10) == "note" else "reply"
    words = words_of(data)
    html = words.html or entities.escape(words.plain).replace("\n", "<br>")
    if len(html) <= replies.LONGEST:
        await replies.save_draft(session, reader.actor, ticket=ticket, kind=kind, html=html)


@router.post("/tickets/{number}/check")
async def look_over(reader: SignedIn, number: Number, data: Posted) -> Response:
    """What should be looked at in an answer while it is being written."""
    reader.actor.require("ticket.reply")
    text = field(data, "text", LONGEST)
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        found = await checking.review(session, ticket, text, await _signature(session, reader, ticket))
        around = await respond.shell(reader, session, "inbox")
    return respond.fragment("desk/ticket/findings.html", "findings", build_findings(text, found), around)


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
        own = await words_before(session, message)
        ticket = await reader.desk.outbound.take_back(session, reader.actor, message=message)
        if own:
            html = replies.body_from("", own).html
            await replies.save_draft(session, reader.actor, ticket=ticket, kind="reply", html=html)
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
