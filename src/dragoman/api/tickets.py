"""Tickets: list and find them, open them for a customer, change them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from pydantic import AwareDatetime, Field, StrictBool

from dragoman.accounts.checks import clean_email
from dragoman.api import answers
from dragoman.api.answers import Cursor, Email, In, Limit, Listed, Out, Words, naming
from dragoman.api.conditions import filter_from
from dragoman.api.door import Caller, Door, Guest, caller, guest, needs
from dragoman.api.gathering import Gatherer, Waiting
from dragoman.api.idempotency import claim_of, key_of
from dragoman.customers.filing import Sender
from dragoman.flow import arrivals
from dragoman.flow.arrivals import Arrived, Asked, Opening
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import origin
from dragoman.tickets import finding, lists, service, understood
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import PRIORITIES, Ticket

router = APIRouter(route_class=Door, tags=["Tickets"])
Me = Annotated[Caller, Depends(caller)]
Number = Annotated[int, Path(ge=1, lt=2**31, description="The ticket's number.", examples=[1])]
Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
View = Literal["all", "unread", "mine", "unassigned", "mentions", "snoozed"]
Priority = Literal["urgent", "high", "normal", "low"]
Severity = Literal["", "red", "yellow", "blue"]
Intent = Annotated[str, Field(max_length=40, pattern=r"^[a-z_.]*$", examples=["delivery.lost"])]
Matter = Literal["", "presale", "order", "delivery", "aftersale", "complaint", "quality", "wholesale", "social", "care"]
RANK = {word: rank for rank, word in PRIORITIES.items()}
Tag = Annotated[Words, Field(max_length=100)]
Short = Annotated[Words, Field(max_length=300)]
Text = Annotated[Words, Field(max_length=arrivals.LONGEST)]


class TicketOut(Out):
    """One matter of one customer."""

    number: int = Field(description="What people call it by, and its address here.", examples=[1])
    id: UUID
    subject: str
    status: Status
    priority: Priority
    severity: Severity = Field(description="How grave the matter is; empty: not said.")
    kind: Matter = Field(description="What kind of matter it is; empty: not said.")
    channel: str = Field(description="How it came in: `email`, `api` …", examples=["email"])
    customer_id: UUID
    assignee_id: UUID | None = Field(description="The person it is given to.")
    team_id: UUID | None = Field(description="The team in whose queue it is.")
    tier: int = Field(description="The line of service that has it: 1 to 3; see its escalations.")
    language: str = Field(description="What the customer writes in (BCP 47); empty: not known.", examples=["de"])
    market: str = Field(description="ISO 3166 country; empty: not known.", examples=["DE"])
    intent: str = Field(description="What the customer wants; empty: not sure.", examples=["delivery.lost"])
    emotion: str = Field(description="How their last words feel; empty: not read.", examples=["worried"])
    shop_id: UUID | None
    mailbox_id: UUID | None = Field(description="The mailbox that it came to and answers leave by.")
    tags: list[str]
    order_refs: list[str] = Field(description="Order numbers named in it.")
    unread: bool
    waiting_since: datetime | None = Field(description="Since when the customer's last words are unanswered.")
    snoozed_until: datetime | None = Field(description="Set aside until then, or until the customer writes.")
    due_at: datetime | None = Field(description="When the next of its clocks runs out; see its clocks.")
    due_metric: str = Field(description="Which clock that is; empty: none runs.", examples=["first_response"])
    merged_into_id: UUID | None = Field(description="The ticket that has its messages now; see its moves.")
    snippet: str = Field(description="The first of the last words.")
    last_by: Literal["customer", "agent"]
    message_count: int
    version: int = Field(description="Counts up with every change.")
    created_at: datetime
    last_activity_at: datetime
    solved_at: datetime | None


def shown(ticket: Ticket) -> TicketOut:
    """A ticket as the API gives it."""
    return TicketOut(
        number=ticket.number, id=ticket.id, subject=ticket.subject, status=ticket.status,
        priority=PRIORITIES[ticket.priority], severity=ticket.severity, kind=ticket.kind, channel=ticket.channel,
        customer_id=ticket.customer_id, assignee_id=ticket.assignee_id, team_id=ticket.team_id, tier=ticket.tier,
        language=ticket.language, market=ticket.market, intent=ticket.intent, emotion=ticket.emotion,
        shop_id=ticket.shop_id, mailbox_id=ticket.mailbox_id,
        tags=list(ticket.tags), order_refs=list(ticket.order_refs), unread=ticket.unread_since is not None,
        waiting_since=ticket.waiting_since, snoozed_until=ticket.snoozed_until, due_at=ticket.due_at,
        due_metric=ticket.due_metric, merged_into_id=ticket.merged_into_id, snippet=ticket.snippet,
        last_by=ticket.last_by,
        message_count=ticket.message_count, version=ticket.version, created_at=ticket.created_at,
        last_activity_at=ticket.last_activity_at, solved_at=ticket.solved_at,
    )  # fmt: skip


class Writer(In):
    """The customer who wrote, by e-mail address; one who is not known yet is added."""

    email: Email
    name: Words = Field("", max_length=200, examples=["Anna Schmidt"])
    language: str = Field("", max_length=35, pattern=r"^[A-Za-z0-9-]*$", description="BCP 47.", examples=["de"])
    market: str = Field("", pattern=r"^([A-Za-z]{2})?$", description="ISO 3166 country.", examples=["DE"])


class TicketNew(In):
    """A ticket to open: what a customer said through other software. Give `customer` or `customer_id`."""

    subject: Short = Field(min_length=1, examples=["Wo ist mein Paket?"])
    text: Text = Field(min_length=1, examples=["Guten Tag, mein Paket ist nicht angekommen."])
    customer: Writer | None = None
    customer_id: UUID | None = None
    shop_id: UUID | None = None
    mailbox_id: UUID | None = Field(None, description="The mailbox that answers; else the shop's.")
    assignee_id: UUID | None = None
    priority: Priority = "normal"
    tags: list[Tag] = Field([], max_length=20, examples=[["parcel"]])
    order_refs: list[Annotated[Words, Field(max_length=64)]] = Field([], max_length=20, examples=[["302-5829104-1"]])


class TicketChange(In):
    """What to change; what is not named stays."""

    subject: Short = Field("", min_length=1)
    status: Status = "open"
    priority: Priority = "normal"
    tags: list[Tag] = Field([], max_length=20, description="Replaces all tags.")
    assignee_id: UUID | None = Field(None, description="A person's id; null gives it to nobody.")
    team_id: UUID | None = Field(None, description="A team's id; null takes it out of every queue.")
    severity: Severity = ""
    kind: Matter = ""
    intent: Intent = Field("", description="Says or confirms what the customer wants; the desk learns from it.")
    language: str = Field("", max_length=20, description="BCP 47; empty: not known.", examples=["pt-BR"])
    snoozed_until: AwareDatetime | None = Field(
        None, description="Sets it aside until then, a year at most, or until the customer writes; null wakes it."
    )
    unread: StrictBool = False


FILTER = "Conditions as a saved view has them, as JSON: `all` of them must hold, and one of `any`."
FILTERED = '{"all": [{"field": "severity", "op": "is", "value": ["red"]}]}'


@router.get("/tickets", summary="List tickets", response_model=Listed[TicketOut], **needs("tickets:read"))
async def list_tickets(
    me: Me,
    view: Annotated[View, Query(description="As in the desk.")] = "all",
    status: Annotated[Status | None, Query(description="One state only.")] = None,
    shop_id: UUID | None = None,
    assignee_id: UUID | None = None,
    customer_id: UUID | None = None,
    conditions: Annotated[Words, Query(alias="filter", max_length=4000, description=FILTER, examples=[FILTERED])] = "",
    q: Annotated[Words, Query(max_length=200, description="Words to search for, without other filters.")] = "",
    sort: Literal["urgent", "newest", "oldest"] = "newest",
    limit: Limit = 50,
    cursor: Cursor = "",
) -> Response:
    """Tickets in the order of `sort`. `urgent` lists what is not done, most urgent first. Views other than `all` leave
    solved and closed tickets out, unless `status` asks for them."""
    if q.strip():
        if view != "all" or status or shop_id or assignee_id or customer_id or conditions:
            raise Invalid(fields={"q": N_("A search takes no other filters; leave them out.")})
        hits = await finding.search(me.session, me.actor, q, cursor=cursor or None, size=limit)
        found = await lists.list_by_ids(me.session, [hit.ticket.id for hit in hits.rows])
        return answers.page(me, [shown(one) for one in found], hits.next)
    view_ = lists.Filter(view=view, shop_id=shop_id, status=status, sort=sort, conditions=filter_from(conditions))
    chosen = lists.Narrowed(view_, assignee_id, customer_id)
    page = await lists.list_records(me.session, me.actor, chosen, cursor=cursor or None, size=limit)
    return answers.page(me, [shown(one) for one in page.rows], page.next)


def arrived(me: Guest, body: bytes) -> Arrived:
    """The request as it is kept beside what it brought in; its Idempotency-Key names it, or else a fresh id."""
    key = key_of(me.request)
    return Arrived(body, f"{me.bearer.id.hex}:{key}" if key else ids.new().hex)


_open = needs("tickets:write")
_open["openapi_extra"]["x-gathered"] = True


@router.post("/tickets", summary="Open a ticket", response_model=TicketOut, status_code=201, **_open)
async def open_ticket(me: Annotated[Guest, Depends(guest)], request: Request, new: TicketNew) -> Response:
    """Files what a customer said elsewhere (a form, a chat, a marketplace) as a new ticket, as a mail of theirs would
    be; an answer to it goes to their e-mail address. Send an Idempotency-Key to be able to repeat this safely."""
    if (new.customer is None) == (new.customer_id is None):
        raise Invalid(fields={"customer": N_("Give either the customer or the customer's id.")})
    email, sender = "", Sender()
    if new.customer is not None:
        try:
            email = clean_email(new.customer.email)
        except Invalid as error:
            raise Invalid(fields={"customer.email": error.fields["email"]}) from error
        sender = Sender(new.customer.name.strip(), new.customer.language, new.customer.market.upper())
    opening = Opening(
        subject=new.subject, text=new.text, email=email, sender=sender, customer_id=new.customer_id,
        shop_id=new.shop_id, mailbox_id=new.mailbox_id, assignee_id=new.assignee_id, priority=RANK[new.priority],
        tags=tuple(new.tags), order_refs=tuple(new.order_refs),
    )  # fmt: skip
    asked = Asked(me.actor, arrived(me, await request.body()), arrivals.check_opening(opening), origin.current())
    claim = await claim_of(request, me.bearer.id)
    gatherer: Gatherer = request.app.state.gatherer
    return await gatherer.open(Waiting(asked, claim, lambda ticket: _opened(me, ticket)))


def _opened(me: Guest, ticket: Ticket) -> Response:
    return answers.one(me, shown(ticket), status=201, at=f"/tickets/{ticket.number}")


@router.get("/tickets/{number}", summary="Read a ticket", response_model=TicketOut, **needs("tickets:read"))
async def read_ticket(me: Me, number: Number) -> Response:
    """One ticket. Reading it here leaves it unread for the desk."""
    return answers.one(me, shown(await get_ticket(me.session, me.actor, number)))


@router.patch("/tickets/{number}", summary="Change a ticket", response_model=TicketOut, **needs("tickets:write", 412))
async def change_ticket(me: Me, number: Number, change: TicketChange) -> Response:
    """Changes the named fields together, or none of them. With If-Match only if nobody changed it meanwhile."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    answers.check_unchanged(me, shown(ticket))
    named = change.model_fields_set
    if "subject" in named:
        await service.set_subject(me.session, me.actor, ticket=ticket, subject=change.subject)
    if "tags" in named:
        await service.set_tags(me.session, me.actor, ticket=ticket, tags=change.tags)
    if "priority" in named:
        await service.set_priority(me.session, me.actor, ticket=ticket, priority=RANK[change.priority])
    if "severity" in named:
        await service.set_severity(me.session, me.actor, ticket=ticket, severity=change.severity)
    if "kind" in named:
        await service.set_kind(me.session, me.actor, ticket=ticket, kind=change.kind)
    if "intent" in named:
        await understood.set_intent(me.session, me.actor, ticket=ticket, intent=change.intent)
    if "language" in named:
        await understood.set_language(me.session, me.actor, ticket=ticket, language=change.language)
    with naming(assignee="assignee_id", team="team_id", until="snoozed_until"):
        await _hand_on(me, ticket, change)
    if "unread" in named:
        mark = service.mark_unread if change.unread else service.mark_read
        await mark(me.session, me.actor, ticket=ticket)
    await me.session.settle()  # now, so that the answer tells what rules and clocks have made of it
    return answers.one(me, shown(ticket))


async def _hand_on(me: Caller, ticket: Ticket, change: TicketChange) -> None:
    """Whose it is, how it stands, and until when it sleeps: in this order, for what is over does not sleep."""
    named = change.model_fields_set
    if "assignee_id" in named:
        await service.assign(me.session, me.actor, ticket=ticket, to=change.assignee_id)
    if "team_id" in named:
        await service.set_team(me.session, me.actor, ticket=ticket, to=change.team_id)
    if "status" in named:
        await service.set_status(me.session, me.actor, ticket=ticket, status=change.status)
    if "snoozed_until" in named and change.snoozed_until is None:
        await service.wake(me.session, me.actor, ticket=ticket)
    elif change.snoozed_until is not None:
        await service.snooze(me.session, me.actor, ticket=ticket, until=change.snoozed_until)
