"""Further pages of a ticket: its clocks and why, a view to print, the way to one message; what a time means."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from dragoman.kit import clock, when
from dragoman.kit.errors import NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.sla import explain
from dragoman.sla.explain import Explained
from dragoman.tickets import access, queries
from dragoman.web import formats, respond
from dragoman.web.deps import Number, SignedIn, known_id
from dragoman.web.desk.ticket.routes import look_up
from dragoman.web.desk.ticket.turns import UNREADABLE
from dragoman.web.desk.ticket.view import TicketPage

router = APIRouter()


@dataclass(frozen=True, slots=True)
class ClocksPage:
    """The clocks of a ticket, each with the policies that matched."""

    number: int
    subject: str
    clocks: tuple[Explained, ...]
    zone: ZoneInfo | None = None


@router.get("/tickets/{number}/clocks")
async def clocks(reader: SignedIn, number: Number) -> Response:
    """Which clocks run, by which policy, and why."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        found = tuple(await explain.of_ticket(session, ticket))
        around = await respond.shell(reader, session, "inbox")
    view = ClocksPage(number, ticket.subject, found)
    if reader.fragment:
        return respond.fragment("desk/ticket/clocks.html", "clocks", view, around)
    return respond.page(reader.request, "desk/ticket/clocks.html", view, around)


@router.get("/tickets/{number}/print")
async def print_view(reader: SignedIn, number: Number) -> Response:
    """The whole ticket on paper: what was said and what was done, in order."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        matter = await look_up(session, reader, ticket, whole=True)
        around = await respond.shell(reader, session, "inbox")
    return respond.page(reader.request, "desk/ticket/print.html", TicketPage(None, matter), around)


@router.get("/messages/{message_id}")
async def message(reader: SignedIn, message_id: str) -> Response:
    """The way to one message, wherever its ticket has gone since."""
    async with reader.work() as session:
        found = await access.get_message(session, reader.actor, known_id(message_id))
        ticket = await queries.load_ticket(session, found.ticket_id)
    if ticket is None:
        raise NotFound
    return respond.redirect(reader.request, f"/tickets/{ticket.number}?whole=1#i-{found.id}")


@router.get("/when")
async def meaning(reader: SignedIn, text: str = "", zone: str = "") -> Response:
    """What a time in words means, for the reader and on another clock, while it is being typed."""
    found = when.parse(text[: when.LONGEST], now=clock.now(), zone=reader.zone, locale=reader.actor.locale)
    if found is None:
        return JSONResponse({"text": _(UNREADABLE) if text.strip() else "", "ok": False})
    with formats.use(reader.zone):
        said = f"{formats.theirs(reader.zone, found.at)} · {formats.full(found.at)}"
    try:
        there = ZoneInfo(zone) if zone else None
    except (ValueError, OSError):
        there = None
    if there is not None:
        said += " · " + _("there {time}", time=formats.theirs(there, found.at))
    return JSONResponse({"text": said, "ok": True})
