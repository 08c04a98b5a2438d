"""A ticket's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.accounts.notices import service as notices
from dragoman.accounts.teams import queries as teams
from dragoman.channels.email import queries as mailboxes
from dragoman.commerce import queries as shops
from dragoman.customers import service as customers
from dragoman.delivery import queries as outbox
from dragoman.flow import tongues
from dragoman.platform.db import Session
from dragoman.replies import queries as replies
from dragoman.replies.macros import service as macros
from dragoman.tickets import access, queries, service
from dragoman.tickets.models import Ticket
from dragoman.web import formats, respond
from dragoman.web.deps import Number, Reader, SignedIn
from dragoman.web.desk.inbox.routes import list_zone
from dragoman.web.desk.inbox.view import place_of
from dragoman.web.desk.promises import build as promises
from dragoman.web.desk.tasks import build as tasks
from dragoman.web.desk.ticket.build import Facts, build_ticket
from dragoman.web.desk.ticket.tongues import own_tongue
from dragoman.web.desk.ticket.view import Clash, TicketPage, TicketView

router = APIRouter()
TEMPLATE = "desk/ticket/ticket.html"
SHOWN = 30
WHOLE = 200


async def look_up(
    session: Session, reader: Reader, ticket: Ticket, *, whole: bool = False, at: str = "", refill: bool = False,
    error: str = "", clash: Sequence[Clash] = (),
) -> TicketView:  # fmt: skip
    """Everything of a ticket that its page shows; a long thread starts with its newest messages."""
    actor = reader.actor
    messages = await queries.list_messages(session, ticket.id, limit=WHOLE if whole else SHOWN + 1)
    hidden = not whole and len(messages) > SHOWN
    messages = messages[1:] if hidden else messages
    ids = [message.id for message in messages]
    customer, identities = await customers.get_customer(session, actor, ticket.customer_id)
    shop = await shops.load(session, ticket.shop_id) if ticket.shop_id else None
    box = await mailboxes.load(session, ticket.mailbox_id) if ticket.mailbox_id else None
    linked = ticket.linked_ticket_id
    workspace = await people.find_workspace(session, actor.workspace_id)
    everybody = await people.list_people(session)
    facts = Facts(
        actor=actor, ticket=ticket, messages=messages,
        attachments=await queries.list_attachments(session, ids),
        pending=await queries.list_pending_attachments(session, ticket.id, actor.person_id),
        events=await queries.list_events(session, ticket.id),
        people=everybody,
        deliveries=await outbox.list_by_messages(session, [one.id for one in messages if one.kind == "outbound"]),
        customer=customer, identities=identities, settings=workspace.settings if workspace else {},
        history=await queries.list_history(session, ticket.customer_id, besides=ticket.id),
        drafts=await replies.find(session, ticket.id, actor.person_id),
        teams=await teams.list_teams(session), planned=await replies.planned_of(session, ticket.id),
        merged=await queries.load_ticket(session, ticket.merged_into_id) if ticket.merged_into_id else None,
        values=macros.values_for(actor, ticket, customer, shop),
        shop=shop.name if shop else "", mailbox=box.address if box else "",
        linked=await queries.load_ticket(session, linked) if linked else None,
        undo=timedelta(seconds=reader.desk.settings.undo_seconds),
        max_octets=reader.desk.settings.upload_max_size,
        earlier=f"/tickets/{ticket.number}?whole=1" if hidden else "", ticket_href=at, refill=refill, error=error,
        clash=clash, promises=await promises.on_ticket(session, reader, ticket, everybody),
        tasks=await tasks.on_ticket(session, reader, ticket),
        tongues=await tongues.of_thread(session, ticket, messages, own_tongue()),
    )  # fmt: skip
    with formats.use(reader.zone):  # its events name times
        return build_ticket(facts)


async def show(
    session: Session, reader: Reader, ticket: Ticket, params: Mapping[str, str], *, refill: bool = False,
    error: str = "", status: int = 200, clash: Sequence[Clash] = (),
) -> Response:  # fmt: skip
    """The ticket as a page, or as the parts of it that a script asks for."""
    place = place_of(params)
    whole = params.get("whole") == "1"
    at = place.href(f"/tickets/{ticket.number}", whole="1" if whole else "")
    matter = await look_up(session, reader, ticket, whole=whole, at=at, refill=refill, error=error, clash=clash)
    if reader.fragment:
        around = await respond.shell(reader, session, "inbox")
        view = TicketPage(None, matter, place.href())
        return respond.fragment(TEMPLATE, "matter", view, around, status=status)
    zone, counts = await list_zone(session, reader, place, current=ticket.number)
    around = await respond.shell(reader, session, "inbox", unread=counts["unread"])
    return respond.page(reader.request, TEMPLATE, TicketPage(zone, matter, place.href()), around, status=status)


@router.get("/tickets/{number}")
async def ticket_page(reader: SignedIn, number: Number) -> Response:
    """One ticket; opening it counts as reading it, for those it waits for.

    A page that stands open renews its ticket by itself when a notice tells it to: nobody may be looking then.
    """
    renewed = reader.fragment and reader.request.headers.get("hx-target") == "ticket"
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        if not renewed:
            await service.mark_read(session, reader.actor, ticket=ticket)
            await notices.see_all(session, reader.actor, ticket=ticket.number)
        return await show(session, reader, ticket, reader.request.query_params)
