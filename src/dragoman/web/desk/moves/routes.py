"""Merging a ticket into another, splitting one, and taking either back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit.errors import N_, DeskError, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import access, lists, queries
from dragoman.tickets.filing import lock
from dragoman.tickets.models import Ticket
from dragoman.tickets.moves import service
from dragoman.web import respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.desk.moves.view import MergePage, Other, Said, SplitPage
from dragoman.web.forms import Form

router = APIRouter()


def _number(text: str) -> int:
    plain = text.strip().lstrip("#")
    if not (plain.isascii() and plain.isdecimal() and len(plain) < 10):
        raise Invalid(fields={"into": N_("Choose a ticket, or write its number.")})
    return int(plain)


async def _show_merge(reader: Reader, number: int, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("ticket.change")
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        history = await queries.list_history(session, ticket.customer_id, besides=ticket.id)
        rows = await lists.list_by_numbers(session, reader.actor, [one.number for one in history])
        around = await respond.shell(reader, session, "inbox")
    ordered = sorted(rows, key=lambda one: one.last_activity_at, reverse=True)
    others = tuple(
        Other(one.number, one.subject, one.customer_name, one.status, one.last_activity_at, same=True)
        for one in ordered if one.number != number
    )  # fmt: skip
    form = form or Form()
    page = MergePage(number, ticket.subject, others, form, strangers=bool(form.error("strangers")))
    return respond.page(reader.request, "desk/moves/merge.html", page, around, status=status)


@router.get("/tickets/{number}/merge")
async def merge_page(reader: SignedIn, number: Number) -> Response:
    """What a ticket can be merged into."""
    return await _show_merge(reader, number)


@router.post("/tickets/{number}/merge")
async def merge(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Merge a ticket into another, and go there."""
    given = field(data, "other", 12) or field(data, "into", 12)
    try:
        into = _number(given)
        async with reader.work() as session:
            both = await _both(session, reader, number, into)
            made = await service.merge(
                session, reader.actor, ticket=both[0], into=both[1], strangers=field(data, "strangers") == "yes"
            )
    except DeskError as error:
        beside = said_fields(error) or {"into": said(error)}
        return await _show_merge(reader, number, Form({"into": given}, beside), status=error.status)
    text = _("#{number} is part of #{into} now", number=number, into=into)
    return respond.redirect(reader.request, f"/tickets/{into}", Flash(text, f"/moves/{made.id}/undo"))


async def _both(session: Session, reader: Reader, number: int, into: int) -> Sequence[Ticket]:
    """Both tickets, locked in one order whoever merges which into which, so that two who do so don't block."""
    found = [await access.get_ticket(session, reader.actor, one) for one in (number, into)]
    locked = await lock(session, {one.id for one in found})
    return [locked[one.id] for one in found]


async def _show_split(
    reader: Reader, number: int, chosen: Sequence[str], form: Form | None = None, *, status: int = 200
) -> Response:
    reader.actor.require("ticket.change")
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        messages = await queries.list_messages(session, ticket.id)
        around = await respond.shell(reader, session, "inbox")
    said_ones = tuple(
        Said(str(one.id), one.from_name or one.from_address, one.kind, one.at, " ".join(one.text[:600].split())[:240],
             str(one.id) in chosen)
        for one in messages
    )  # fmt: skip
    page = SplitPage(number, ticket.subject, said_ones, form or Form({"subject": ticket.subject}))
    return respond.page(reader.request, "desk/moves/split.html", page, around, status=status)


@router.get("/tickets/{number}/split")
async def split_page(reader: SignedIn, number: Number, message: str = "") -> Response:
    """Which messages make a new ticket."""
    return await _show_split(reader, number, [message])


@router.post("/tickets/{number}/split")
async def split(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Make a new ticket of the chosen messages, and go there."""
    chosen, subject = fields(data, "message"), field(data, "subject", 1000)
    try:
        ids: list[UUID] = [known_id(one) for one in chosen]
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            fresh, made = await service.split(session, reader.actor, ticket=ticket, messages=ids, subject=subject)
    except Invalid as error:
        return await _show_split(reader, number, chosen, Form({"subject": subject}, said_fields(error)), status=422)
    text = _("#{number} was made of #{other}", number=fresh.number, other=number)
    return respond.redirect(reader.request, f"/tickets/{fresh.number}", Flash(text, f"/moves/{made.id}/undo"))


@router.post("/moves/{move_id}/undo")
async def undo(reader: SignedIn, move_id: str, data: Posted) -> Response:
    """Take a merge or split back, and show the ticket that it began with."""
    del data
    async with reader.work() as session:
        made = await service.undo(session, reader.actor, move_id=known_id(move_id))
        ticket = await queries.load_ticket(session, made.from_ticket_id)
        number = ticket.number if ticket else 0
    return respond.redirect(reader.request, f"/tickets/{number}", Flash(_("Taken back")))
