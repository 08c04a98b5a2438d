"""Putting messages into the reader's language, answers into the customer's, and correcting both."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from dragoman.flow import tongues
from dragoman.flow.tongues import LONGEST
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import access, queries
from dragoman.tickets.models import Ticket
from dragoman.translation import service as translation
from dragoman.translation.service import Ask, Result
from dragoman.web.deps import Flash, Number, Posted, SignedIn, field, known_id
from dragoman.web.desk.ticket.actions import settled
from dragoman.web.desk.ticket.tongues import by, own_tongue, problem

router = APIRouter()
WHOLE = 200


@router.post("/tickets/{number}/translations")
async def ask(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Have the thread put into the reader's language; the page renews itself when it is there."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        messages = await queries.list_messages(session, ticket.id, limit=WHOLE)
        again = field(data, "again", 1) == "1"
        await tongues.ask_for(session, reader.desk.translator, ticket, messages, own_tongue(), again=again)
    if again or not reader.fragment:
        return await settled(reader, number, None)
    return Response(status_code=204)


@router.post("/tickets/{number}/render")
async def render(reader: SignedIn, number: Number, data: Posted) -> Response:
    """What the customer would receive of what is being written."""
    reader.actor.require("ticket.reply")
    text, target = field(data, "text", LONGEST), field(data, "tongue", 20)
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
    found = await tongues.render(
        reader.desk.translator, reader.actor.workspace_id, text=text, source=own_tongue(), target=target,
        market=ticket.market,
    )  # fmt: skip
    return _told(found)


@router.post("/tickets/{number}/back")
async def back(reader: SignedIn, number: Number, data: Posted) -> Response:
    """What the customer would understand, put back into the reader's language."""
    reader.actor.require("ticket.reply")
    async with reader.work() as session:
        await access.get_ticket(session, reader.actor, number)
    found = await reader.desk.translator.back_translate(
        reader.actor.workspace_id, text=field(data, "rendered", LONGEST), source=field(data, "tongue", 20),
        target=own_tongue(),
    )  # fmt: skip
    return _told(found)


def _told(found: Result) -> Response:
    forbidden = [
        _("The term base forbids “{word}”: write “{preferred}”.", word=one.word, preferred=one.preferred)
        for one in found.findings
    ]
    facts: dict[str, object] = {"text": found.text, "by": "", "problem": problem(found), "findings": forbidden}
    if found.shown:
        facts |= {"by": by(found), "problem": ""}
    return JSONResponse(facts, headers={"Cache-Control": "no-store"})


@router.post("/messages/{message_id}/translation")
async def correct(reader: SignedIn, message_id: str, data: Posted) -> Response:
    """Somebody puts a message into better words; the memory takes them over, and they win from now on."""
    async with reader.work() as session:
        message = await access.get_message(session, reader.actor, known_id(message_id))
        ticket = await _ticket(session, message.ticket_id)
        language = tongues.languages(ticket, [message]).get(message.id, "")
        text = message.text[:LONGEST]
        asked = Ask(text, language, own_tongue(), tongues.spans(text, ticket.market), message.id)
        await translation.correct(session, reader.actor, ask=asked, text=field(data, "text", LONGEST * 2))
    return await settled(reader, ticket.number, Flash(_("Kept. Your words are used from now on.")))


async def _ticket(session: Session, ticket_id: UUID) -> Ticket:
    ticket = await queries.load_ticket(session, ticket_id)
    if ticket is None:
        raise LookupError(f"message without its ticket {ticket_id}")
    return ticket
