"""What was said in a ticket; answering, noting, and adding what the customer said elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers, attachments
from dragoman.api.answers import Cursor, Email, In, Limit, Listed, Out
from dragoman.api.attachments import AttachmentOut
from dragoman.api.door import Caller, Door, needs
from dragoman.api.tickets import Me, Number, Status, Text, arrived
from dragoman.delivery import queries as outbox
from dragoman.flow import arrivals
from dragoman.kit.errors import N_, Invalid
from dragoman.replies import service as replies
from dragoman.tickets import lists, queries, service
from dragoman.tickets.access import get_message, get_ticket
from dragoman.tickets.models import Attachment, Message, Ticket

router = APIRouter(route_class=Door, tags=["Messages"])


class Party(Out):
    """Somebody a message went to."""

    name: str
    email: str


class MessageOut(Out):
    """Something said: by the customer (`inbound`), to them (`outbound`), or among colleagues (`note`)."""

    id: UUID
    ticket_id: UUID
    kind: Literal["inbound", "outbound", "note"]
    person_id: UUID | None = Field(description="Who of the desk wrote it.")
    customer_id: UUID | None
    from_name: str
    from_address: str
    to: list[Party]
    cc: list[Party]
    subject: str
    text: str = Field(description="The writer's own words: quotes and signature are left out.")
    html: str | None = Field(description="The same as clean HTML; null where there is none.")
    automatic: bool = Field(description="Written by a machine.")
    delivery: str | None = Field(description="How an answer stands on its way out: `queued`, `sent`, `failed` …")
    attachments: list[AttachmentOut]
    at: datetime


class MessageNew(In):
    """A message: `reply` goes to the customer by mail, `note` stays among colleagues, `inbound` is what the customer
    said through other software. Give `text`, or for a reply or note `html`."""

    kind: Literal["reply", "note", "inbound"]
    text: Text = Field("", examples=["Ihr Paket ist unterwegs."])
    html: Text = ""
    cc: list[Email] = Field([], max_length=20, description="For a reply: copies.")
    attachments: list[UUID] = Field([], max_length=20, description="Files uploaded to this ticket before.")
    mentions: list[UUID] = Field([], max_length=50, description="For a note: people to call in.")
    status: Status | None = Field(None, description="For a reply: the ticket's state from then on.")
    passed: Text = Field(
        "", max_length=300, description="For a reply: why it is sent in spite of a check that blocks it."
    )


async def _shown(me: Caller, messages: Sequence[Message]) -> list[MessageOut]:
    """Messages with their files and how they stand on their way out, in two look-ups for all."""
    keys = [one.id for one in messages]
    states = await outbox.list_by_messages(me.session, keys)
    added: dict[UUID, list[AttachmentOut]] = {key: [] for key in keys}
    for one in await queries.list_attachments(me.session, keys):
        if one.message_id:
            added[one.message_id].append(attachments.shown(one))
    return [_message(one, states[one.id].state if one.id in states else None, added[one.id]) for one in messages]


def _message(one: Message, delivery: str | None, files: list[AttachmentOut]) -> MessageOut:
    to, cc = ([Party(name=name, email=email) for name, email in one.recipients.get(role, ())] for role in ("to", "cc"))
    return MessageOut(
        id=one.id, ticket_id=one.ticket_id, kind=one.kind, person_id=one.person_id,
        customer_id=one.customer_id, from_name=one.from_name, from_address=one.from_address, to=to, cc=cc,
        subject=one.subject, text=one.text, html=one.html, automatic=one.automatic, delivery=delivery,
        attachments=files, at=one.at,
    )  # fmt: skip


@router.get(
    "/tickets/{number}/messages", summary="List a ticket's messages", response_model=Listed[MessageOut],
    **needs("tickets:read"),
)  # fmt: skip
async def list_messages(me: Me, number: Number, limit: Limit = 50, cursor: Cursor = "") -> Response:
    """What was said, oldest first."""
    ticket = await get_ticket(me.session, me.actor, number)
    page = await lists.page_messages(me.session, ticket.id, cursor=cursor or None, size=limit)
    return answers.page(me, await _shown(me, page.rows), page.next)


@router.get("/messages/{message_id}", summary="Read a message", response_model=MessageOut, **needs("tickets:read"))
async def read_message(me: Me, message_id: UUID) -> Response:
    """One message."""
    (found,) = await _shown(me, [await get_message(me.session, me.actor, message_id)])
    return answers.one(me, found)


@router.post(
    "/tickets/{number}/messages", summary="Write a message", response_model=MessageOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def write(me: Me, request: Request, number: Number, new: MessageNew) -> Response:
    """A reply is put into the outbox and leaves after the time in which the desk can take it back; see its
    `delivery`. Send an Idempotency-Key to be able to repeat this safely."""
    _check(new)
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    files = await _chosen(me, ticket, new.attachments)
    if new.kind == "inbound":
        heard = arrived(me, await request.body())
        message = await arrivals.add_message(me.session, me.actor, heard, ticket=ticket, text=new.text)
    elif new.kind == "note":
        body = replies.body_from(new.html, new.text)
        message = await service.add_note(
            me.session, me.actor, ticket=ticket, html=body.html, text=body.text, mentions=new.mentions,
            attachments=files,
        )  # fmt: skip
    else:
        message = await me.desk.outbound.reply(
            me.session, me.actor, ticket=ticket, html=new.html, plain=new.text, attachments=files, cc=new.cc,
            then=new.status, passed=new.passed,
        )  # fmt: skip
    (made,) = await _shown(me, [message])
    return answers.one(me, made, status=201, at=f"/messages/{message.id}")


def _check(new: MessageNew) -> None:
    """Raise Invalid for what does not go together."""
    faults = {}
    if new.html and (new.text or new.kind == "inbound"):
        faults["html"] = N_("Give the text either plain or as HTML; a customer's words are plain.")
    if new.kind != "reply":
        faults |= {name: N_("Only a reply takes this.") for name in ("cc", "status", "passed") if getattr(new, name)}
    if new.kind != "note" and new.mentions:
        faults["mentions"] = N_("Only a note takes this.")
    if new.kind == "inbound" and new.attachments:
        faults["attachments"] = N_("A customer's words take no files here.")
    if faults:
        raise Invalid(fields=faults)


async def _chosen(me: Caller, ticket: Ticket, wanted: Sequence[UUID]) -> list[Attachment]:
    """The named files, of those that the actor has uploaded to this ticket and not sent yet."""
    if not wanted:
        return []
    waiting = {one.id: one for one in await queries.list_pending_attachments(me.session, ticket.id, me.actor.person_id)}
    if any(key not in waiting for key in wanted):
        raise Invalid(fields={"attachments": N_("One of these files is not waiting in this ticket to be sent.")})
    return [waiting[key] for key in dict.fromkeys(wanted)]
