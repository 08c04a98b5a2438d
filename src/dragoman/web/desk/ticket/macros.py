"""What the composer asks for while it is written in: macros, tags."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from dragoman.channels.email.compose import html_to_text
from dragoman.commerce import queries as shops
from dragoman.customers import service as customers
from dragoman.replies.macros import service as macros
from dragoman.replies.macros.models import Macro
from dragoman.tickets import access, queries
from dragoman.tickets.bulk import service as bulk
from dragoman.web import respond
from dragoman.web.builders import Names, change_said, names
from dragoman.web.deps import Flash, Number, Posted, SignedIn, known_id
from dragoman.web.desk.inbox.bulk import said
from dragoman.web.desk.ticket import suggest
from dragoman.web.desk.ticket.actions import came_from, settled

router = APIRouter(prefix="/tickets/{number}")
SHOWN = 200


def _told(macro: Macro, known: Names) -> dict[str, object]:
    changes = [change_said(one, known) for one in macros.changes_of(macro)]
    return {
        "id": str(macro.id), "name": macro.name, "shortcut": macro.shortcut, "note": macro.note,
        "text": " ".join(html_to_text(macro.html).split())[:140], "changes": changes,
    }  # fmt: skip


@router.get("/macros")
async def list_macros(reader: SignedIn, number: Number) -> Response:
    """The macros that fit a ticket, those most used and in its language first."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        found = await macros.list_macros(session, reader.actor, ticket=ticket)
        known = await names(session)
    lines = [_line(text) for text in suggest.fitting(ticket)]
    return JSONResponse([*(_told(one, known) for one in found[:SHOWN]), *lines], headers={"Cache-Control": "no-store"})


def _line(text: str) -> dict[str, object]:
    """One of the desk's own lines, beside the macros."""
    return {"id": "", "name": text, "shortcut": "", "note": False, "text": "", "changes": [], "insert": text}


@router.get("/suggestion")
async def suggestion(reader: SignedIn, number: Number) -> Response:
    """A draft of an answer out of the desk's own lines, in the reader's language."""
    reader.actor.require("ticket.reply")
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        customer, _identities = await customers.get_customer(session, reader.actor, ticket.customer_id)
    html = suggest.draft_of(ticket, customer.name)
    return JSONResponse({"html": html}, headers={"Cache-Control": "no-store"})


@router.get("/macros/{macro_id}")
async def read_macro(reader: SignedIn, number: Number, macro_id: str) -> Response:
    """A macro with its text filled for this ticket."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        macro = await macros.get_macro(session, reader.actor, known_id(macro_id))
        customer, _identities = await customers.get_customer(session, reader.actor, ticket.customer_id)
        shop = await shops.load(session, ticket.shop_id) if ticket.shop_id else None
        values = macros.values_for(reader.actor, ticket, customer, shop)
        told = _told(macro, await names(session)) | {"html": macros.text_for(macro, values)}
    return JSONResponse(told, headers={"Cache-Control": "no-store"})


@router.post("/macros/{macro_id}")
async def run_macro(reader: SignedIn, number: Number, macro_id: str, data: Posted) -> Response:
    """Do at once what a macro changes (one that writes nothing), to be taken back like a bulk change."""
    del data
    async with reader.work() as session:
        await access.get_ticket(session, reader.actor, number)
        macro = await macros.get_macro(session, reader.actor, known_id(macro_id))
        outcome = await bulk.run(session, reader.actor, numbers=[number], changes=macros.changes_of(macro))
        await macros.used(session, [macro])
        undo = f"/desk/bulk/{outcome.run.id}/undo" if outcome.changed else ""
        text = f"{macro.name}: {said(outcome)}"
    where = respond.query(f"/tickets/{number}", came_from(reader.request))
    return await settled(reader, number, Flash(text, undo, (("next", where),)))


@router.get("/tags")
async def known_tags(reader: SignedIn, number: Number) -> Response:
    """Tags in use, for completion."""
    async with reader.work() as session:
        await access.get_ticket(session, reader.actor, number)
        found = await queries.known_tags(session)
    return JSONResponse(found, headers={"Cache-Control": "no-store"})
