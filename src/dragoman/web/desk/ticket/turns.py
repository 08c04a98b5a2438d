"""Further small changes to a ticket: queue, severity, kind, snoozing. Each answers with how to take it back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.kit import clock, when
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import service
from dragoman.tickets.models import Ticket
from dragoman.web import formats
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, fields
from dragoman.web.desk.ticket.actions import change
from dragoman.web.words import KIND, SEVERITY

router = APIRouter(prefix="/tickets/{number}")
UNREADABLE = N_("This time can’t be read. Write for example “tomorrow 9”, “in 2 days” or “周五下午3点”.")


def moment_of(reader: Reader, text: str, name: str) -> datetime:
    """The moment that a text means in the reader's zone. Raises Invalid beside the field `name`."""
    found = when.parse(text, now=clock.now(), zone=reader.zone, locale=reader.actor.locale)
    if found is None:
        raise Invalid(fields={name: UNREADABLE})
    return found.at


@router.post("/team")
async def set_team(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Put the ticket into a queue, or into none."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, wanted = ticket.team_id, field(data, "team", 40)
        try:
            to = UUID(wanted) if wanted else None
        except ValueError as error:
            raise Invalid(fields={"team": N_("Choose a team of this desk.")}) from error
        await service.set_team(session, reader.actor, ticket=ticket, to=to)
        undo = (("team", str(before or "")),)
        return (
            Flash(_("#{number}: queue changed", number=number), f"/tickets/{number}/team", undo)
            if before != to
            else None
        )

    return await change(reader, number, work)


@router.post("/severity")
async def set_severity(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Say how grave the matter is."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, after = ticket.severity, field(data, "severity", 20)
        await service.set_severity(session, reader.actor, ticket=ticket, severity=after)
        text = _("#{number}: {state}", number=number, state=_(SEVERITY[after].label))
        return Flash(text, f"/tickets/{number}/severity", (("severity", before),)) if before != after else None

    return await change(reader, number, work)


@router.post("/kind")
async def set_kind(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Say what kind of matter it is."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before, after = ticket.kind, field(data, "kind", 20)
        await service.set_kind(session, reader.actor, ticket=ticket, kind=after)
        text = _("#{number}: {state}", number=number, state=_(KIND[after].label))
        return Flash(text, f"/tickets/{number}/kind", (("kind", before),)) if before != after else None

    return await change(reader, number, work)


def until_of(reader: Reader, data: FormData) -> datetime:
    """Until when to snooze: typed in words, or so many minutes by a button. Raises Invalid beside `until`."""
    minutes = field(data, "minutes", 8)
    if minutes.isascii() and minutes.isdecimal():
        return clock.now() + timedelta(minutes=int(minutes))
    return moment_of(reader, field(data, "until", 80), "until")


@router.post("/snooze")
async def snooze(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Set the ticket aside until a time, or until the customer writes."""
    reader.actor.require("ticket.change")

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        until = until_of(reader, data)
        await service.snooze(session, reader.actor, ticket=ticket, until=until)
        with formats.use(reader.zone):
            text = _("#{number} is back {time}", number=number, time=formats.left(until))
        return Flash(text, f"/tickets/{number}/wake")

    return await change(reader, number, work)


@router.post("/orders")
async def set_orders(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Link an order number, or unlink one."""

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        before = list(ticket.order_refs)
        gone = field(data, "remove", 80)
        wanted = fields(data, "orders") or [*(one for one in before if one != gone), field(data, "order", 200)]
        await service.set_orders(session, reader.actor, ticket=ticket, orders=wanted)
        undo = tuple(("orders", one) for one in before) or (("orders", " "),)
        return Flash(_("Orders set"), f"/tickets/{number}/orders", undo) if before != ticket.order_refs else None

    return await change(reader, number, work)


@router.post("/wake")
async def wake(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Bring a snoozed ticket back."""
    del data

    async def work(session: Session, ticket: Ticket) -> Flash | None:
        await service.wake(session, reader.actor, ticket=ticket)
        return Flash(_("#{number} is back", number=number))

    return await change(reader, number, work)
