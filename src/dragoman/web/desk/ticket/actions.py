"""Small changes to a ticket: who, state, priority, tags, subject, unread. Each answers with how to take it back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import access, service, understood
from dragoman.tickets.changes.kinds import split_tags
from dragoman.tickets.models import PRIORITIES, Ticket
from dragoman.web import respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field
from dragoman.web.desk.ticket.routes import show
from dragoman.web.wants import INTENT
from dragoman.web.words import PRIORITY, STATUS

router = APIRouter(prefix="/tickets/{number}")
Change = Callable[[Session, Ticket], Awaitable[Flash | None]]


def came_from(request: Request) -> dict[str, str]:
    """The query of the page that the form stood on, so that the list beside the ticket stays where it was."""
    at = request.headers.get("hx-current-url") or request.headers.get("referer") or ""
    parts = urlsplit(at)
    return dict(parse_qsl(parts.query)) if parts.path.startswith("/tickets/") else {}


async def change(reader: Reader, number: int, work: Change) -> Response:
    """Do one change in a transaction of its own, then show the ticket anew with its passing word."""
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number, lock=True)
        flash = await work(session, ticket)
    return await settled(reader, number, flash)


async def settled(
    reader: Reader, number: int, flash: Flash | None, *, refill: bool = False, **events: object
) -> Response:
    """The answer after a change has been committed."""
    params = came_from(reader.request)
    if not reader.fragment:
        return respond.redirect(reader.request, respond.query(f"/tickets/{number}", params), flash)
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        response = await show(session, reader, ticket, params, refill=refill)
    if flash:
        events["desk:toast"] = flash.facts()
    return respond.trigger(response, **events) if events else response


@router.post("/status")
async def set_status(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Change the state."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, after = ticket.status, field(data, "status", 20)
        await service.set_status(session, reader.actor, ticket=ticket, status=after)
        text = _("#{number}: {state}", number=number, state=_(STATUS[after].label))
        return Flash(text, f"/tickets/{number}/status", (("status", before),)) if before != after else None

    return await change(reader, number, work)


@router.post("/assignee")
async def assign(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Give the ticket to somebody, or to nobody."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, wanted = ticket.assignee_id, field(data, "assignee", 40)
        try:
            to = UUID(wanted) if wanted else None
        except ValueError as error:
            raise Invalid(fields={"assignee": N_("Choose somebody who works at this desk.")}) from error
        await service.assign(session, reader.actor, ticket=ticket, to=to)
        if before == to:
            return None
        text = _("#{number} is assigned", number=number) if to else _("#{number} is nobody’s now", number=number)
        return Flash(text, f"/tickets/{number}/assignee", (("assignee", str(before or "")),))

    return await change(reader, number, work)


@router.post("/priority")
async def set_priority(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Change how urgent the ticket is."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, wanted = PRIORITIES[ticket.priority], field(data, "priority", 20)
        level = next((key for key, name in PRIORITIES.items() if name == wanted), 0)
        await service.set_priority(session, reader.actor, ticket=ticket, priority=level)
        text = _("#{number}: priority {priority}", number=number, priority=_(PRIORITY[wanted].label))
        return Flash(text, f"/tickets/{number}/priority", (("priority", before),)) if before != wanted else None

    return await change(reader, number, work)


@router.post("/intent")
async def set_intent(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Say, or confirm, what the customer wants."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, after = ticket.intent, field(data, "intent", 40)
        await understood.set_intent(session, reader.actor, ticket=ticket, intent=after)
        text = _("#{number}: {intent}", number=number, intent=_(INTENT[after]))
        return Flash(text, f"/tickets/{number}/intent", (("intent", before),)) if before and before != after else None

    return await change(reader, number, work)


@router.post("/tags")
async def set_tags(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Replace the tags; commas of several scripts part them."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before = list(ticket.tags)
        wanted = split_tags(field(data, "tags", 2000))
        await service.set_tags(session, reader.actor, ticket=ticket, tags=wanted)
        undo = (("tags", ", ".join(before)),)
        return Flash(_("Tags set"), f"/tickets/{number}/tags", undo) if before != ticket.tags else None

    return await change(reader, number, work)


@router.post("/subject")
async def set_subject(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Rename the ticket."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before = ticket.subject
        await service.set_subject(session, reader.actor, ticket=ticket, subject=field(data, "subject", 1000))
        undo = (("subject", before),)
        return Flash(_("Renamed"), f"/tickets/{number}/subject", undo) if before and before != ticket.subject else None

    return await change(reader, number, work)


@router.post("/unread")
async def mark_unread(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Put the ticket back among the unread ones, and go back to the list (staying would read it again)."""
    del data
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number, lock=True)
        await service.mark_unread(session, reader.actor, ticket=ticket)
    params = came_from(reader.request)
    params.pop("whole", None)
    where = respond.query("/desk", params)
    if reader.fragment:
        return Response(status_code=204, headers={"HX-Redirect": where})
    return respond.redirect(reader.request, where)
