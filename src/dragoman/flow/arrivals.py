"""What a customer said through other software: the given words are kept as they came, then filed, in one step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.audit import service as audit
from dragoman.channels.email import queries as mailboxes
from dragoman.commerce import queries as shops
from dragoman.customers import queries as customers
from dragoman.customers.filing import Sender, know_by_email
from dragoman.intake import queries as envelopes
from dragoman.intake.models import FILED
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid
from dragoman.kit.text import storable
from dragoman.platform import origin
from dragoman.platform.db import Session
from dragoman.platform.origin import Origin
from dragoman.replies.queries import customer_address
from dragoman.tickets import queries, service, told
from dragoman.tickets.filing import Incoming, file_all
from dragoman.tickets.models import PRIORITIES, Message, Ticket

CHANNEL = "api"
LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """The request that brought some words: its raw bytes, and an id that is the same when it is sent again."""

    raw: bytes
    external_id: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A ticket to open: who wrote (an address in its stored form, or a known customer's id) and what about."""

    subject: str
    text: str
    email: str = ""
    sender: Sender = field(default_factory=Sender)
    customer_id: UUID | None = None
    shop_id: UUID | None = None
    mailbox_id: UUID | None = None
    assignee_id: UUID | None = None
    priority: int = 3
    tags: tuple[str, ...] = ()
    order_refs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody's wish for a ticket, and where it came from."""

    actor: Actor
    arrived: Arrived
    opening: Opening
    origin: Origin


def check_opening(opening: Opening) -> Opening:
    """An opening in the form in which it is filed. Raises Invalid."""
    subject = " ".join(opening.subject.split())
    if not subject or len(subject) > 300:
        raise Invalid(fields={"subject": N_("A subject is needed, of at most 300 characters.")})
    if opening.priority not in PRIORITIES:
        raise Invalid(fields={"priority": N_("This priority does not exist.")})
    return replace(
        opening, subject=subject, text=_checked(opening.text), tags=tuple(service.clean_tags(opening.tags)),
        order_refs=tuple(dict.fromkeys(opening.order_refs)),
    )  # fmt: skip


async def open_tickets(session: Session, asked: Sequence[Asked]) -> list[Ticket]:
    """File customers' words (checked openings) as new tickets, all or none.

    Raises Invalid for what does not exist, Conflict for what was taken in before, Forbidden.
    """
    for each in asked:
        each.actor.require("ticket.reply")
    senders = {each.opening.email: each.opening.sender for each in asked if each.opening.customer_id is None}
    known = await know_by_email(session, senders) if senders else {}
    incoming = [await _incoming(session, each.opening, known) for each in asked]
    await _keep(session, [(each.arrived, one) for each, one in zip(asked, incoming, strict=True)])
    tickets = await file_all(session, incoming)
    opened = [tickets[one.ticket_id] for one in incoming]
    for each, ticket in zip(asked, opened, strict=True):
        with origin.use(each.origin):
            audit.record(session, each.actor, "ticket.created", told.subject(ticket))
            if each.opening.assignee_id:
                await service.assign(session, each.actor, ticket=ticket, to=each.opening.assignee_id)
    return opened


async def _incoming(session: Session, opening: Opening, known: Mapping[str, UUID]) -> Incoming:
    shop_id = await _shop_of(session, opening)
    name, address, customer_id = opening.sender.name, opening.email, opening.customer_id
    if customer_id is None:
        customer_id = known[opening.email]
    else:
        customer = await customers.load(session, customer_id)
        if customer is None:
            raise Invalid(fields={"customer_id": N_("There is no such customer.")})
        name, address = customer.name, await customer_address(session, customer.id) or ""
    return Incoming(
        ticket_id=ids.new(), new=True, customer_id=customer_id, envelope_id=ids.new(), from_name=name,
        from_address=address, subject=opening.subject, text=opening.text, at=clock.now(), channel=CHANNEL,
        mailbox_id=opening.mailbox_id, shop_id=shop_id, tags=list(opening.tags), priority=opening.priority,
        order_refs=list(opening.order_refs),
    )  # fmt: skip


async def add_message(session: Session, actor: Actor, arrived: Arrived, *, ticket: Ticket, text: str) -> Message:
    """File a customer's further words into their ticket; it opens again where it was done."""
    actor.require("ticket.reply")
    customer = await customers.load(session, ticket.customer_id)
    one = Incoming(
        ticket_id=ticket.id, new=False, customer_id=ticket.customer_id, envelope_id=ids.new(),
        from_name=customer.name if customer else "", subject="", text=_checked(text), at=clock.now(),
        from_address=await customer_address(session, ticket.customer_id) or "", channel=CHANNEL,
    )  # fmt: skip
    await _keep(session, [(arrived, one)])
    await file_all(session, [one])
    message = await queries.load_message(session, one.message_id)
    assert message is not None
    audit.record(session, actor, "ticket.message", told.subject(ticket), message=str(message.id))
    return message


def _checked(text: str) -> str:
    text = storable(text).replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(fields={"text": N_("Write something first.")})
    if len(text) > LONGEST:
        raise Invalid(fields={"text": N_("This text is too long.")})
    return text


async def _shop_of(session: Session, opening: Opening) -> UUID | None:
    shop_id = opening.shop_id
    if shop_id and await shops.load(session, shop_id) is None:
        raise Invalid(fields={"shop_id": N_("There is no such shop.")})
    if opening.mailbox_id:
        box = await mailboxes.load(session, opening.mailbox_id)
        if box is None:
            raise Invalid(fields={"mailbox_id": N_("There is no such mailbox.")})
        shop_id = shop_id or box.shop_id
    return shop_id


async def _keep(session: Session, pairs: Sequence[tuple[Arrived, Incoming]]) -> None:
    """Store the requests as they came: the proof of what was said, as the raw mail is for a mail."""
    rows: list[dict[str, Any]] = [
        {
            "id": one.envelope_id, "channel": CHANNEL, "external_id": arrived.external_id, "source_id": None,
            "raw": arrived.raw, "meta": {}, "received_at": one.at, "arrived_at": one.at, "settled_at": one.at,
            "state": FILED, "problem": "", "attempts": 1, "message_id": one.message_id,
        }
        for arrived, one in pairs
    ]  # fmt: skip
    if len(await envelopes.insert_new(session, rows)) < len(rows):
        raise Conflict(N_("This Idempotency-Key has brought in a message before. Use a new key for a new message."))
