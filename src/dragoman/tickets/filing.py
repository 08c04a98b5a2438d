"""Filing what came in, a batch in one transaction: into the ticket it belongs to, or into a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dragoman.kit import clock, ids
from dragoman.platform import files
from dragoman.platform.db import Session
from dragoman.tickets import queries, told
from dragoman.tickets.models import Attachment, Event, Message, SearchDoc, Ticket
from dragoman.tickets.search import doc_tokens
from dragoman.tickets.service import apply_status, snippet
from dragoman.tickets.touched import Touched, touch
from dragoman.webhooks import service as webhooks
from dragoman.webhooks.service import Happening

NEWS = timedelta(hours=6)
"""A mail that reached its mailbox this long before the last activity is still news: it was merely fetched late."""
TOLD = timedelta(days=7)
"""Messages older than this when they come in are history, not news for other software."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file of an inbound message."""

    name: str
    type: str
    content: bytes
    inline: bool = False
    cid: str = ""


@dataclass(slots=True)
class Incoming:
    """A message from outside, read and decided upon. `ticket_id` is a new id when `new` is true.

    `past` marks what was said at another desk before it was brought in: it wakes nobody. `words` are further words
    that it is found by.
    """

    ticket_id: UUID
    new: bool
    customer_id: UUID
    envelope_id: UUID | None
    from_name: str
    from_address: str
    subject: str
    text: str
    at: datetime
    channel: str = "email"
    kind: str = "inbound"
    mailbox_id: UUID | None = None
    shop_id: UUID | None = None
    linked_id: UUID | None = None
    link_reason: str = ""
    recipients: dict[str, Any] = field(default_factory=dict)
    sections: list[Any] = field(default_factory=list)
    html: str | None = None
    rfc_message_id: str | None = None
    in_reply_to: str | None = None
    reply_to: str = ""
    references: list[str] = field(default_factory=list)
    automatic: bool = False
    problems: list[str] = field(default_factory=list)
    written_at: datetime | None = None
    order_refs: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    priority: int = 3
    language: str = ""
    market: str = ""
    files: list[IncomingFile] = field(default_factory=list)
    message_id: UUID = field(default_factory=ids.new)
    person_id: UUID | None = None
    past: bool = False
    words: tuple[str, ...] = ()


async def file_all(session: Session, incoming: Sequence[Incoming]) -> dict[UUID, Ticket]:
    """File messages in their order; writes tickets, messages, attachments, events, search words and notices.

    Returns the tickets that messages were filed into, by id.
    """
    new = [one for one in incoming if one.new]
    number = await queries.next_numbers(session, len(new)) if new else 0
    tickets = {one.ticket_id: _new_ticket(one, number + place) for place, one in enumerate(new)}
    fresh = list(tickets.values())
    tickets |= await lock(session, {one.ticket_id for one in incoming} - tickets.keys())
    events = [event for one in incoming for event in _apply(tickets[one.ticket_id], one)]
    session.add_all(fresh)
    await session.flush()  # tickets first, as the batch has left them: what refers to them follows
    messages = [_message(one) for one in incoming]
    session.add_all([*events, *messages])
    await session.flush()
    await _store_files(session, incoming)
    session.add_all(_doc(session, one) for one in incoming)
    touch(session, *_touched(tickets, incoming))
    changed = tickets.values()
    await session.notify_each("ticket", [{"number": one.number, "version": one.version, "by": None} for one in changed])
    await webhooks.tell(session, *_happenings(tickets, incoming, messages))
    return tickets


async def lock(session: Session, ticket_ids: Set[UUID]) -> dict[UUID, Ticket]:
    """Tickets to be changed, by id; nobody else changes them until this transaction ends."""
    if not ticket_ids:
        return {}
    locked = select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id).with_for_update()
    return {ticket.id: ticket for ticket in await session.scalars(locked)}


def _touched(tickets: Mapping[UUID, Ticket], incoming: Sequence[Incoming]) -> Iterator[Touched]:
    for one in incoming:
        ticket = tickets[one.ticket_id]
        if one.new:
            yield Touched(ticket, "created", one.at, {"past": one.past, "automatic": one.automatic})
        if one.kind == "inbound":
            facts = {"automatic": one.automatic, "message": str(one.message_id), "past": one.past}
            yield Touched(ticket, "message", one.at, facts)
        elif not one.new:
            yield Touched(ticket, "brought", one.at, {"kind": one.kind, "past": one.past})


def _happenings(
    tickets: Mapping[UUID, Ticket], incoming: Sequence[Incoming], messages: Sequence[Message]
) -> Iterator[Happening]:
    """What webhooks hear of a batch; of history that is brought in (old mails, another desk) they hear nothing."""
    oldest = clock.now() - TOLD
    for one, message in zip(incoming, messages, strict=True):
        if one.past or one.at < oldest:
            continue
        if one.new:
            yield told.created(tickets[one.ticket_id])
        if one.kind == "inbound":
            yield told.received(tickets[one.ticket_id], message)


def _new_ticket(one: Incoming, number: int) -> Ticket:
    now = one.at
    return Ticket(
        id=one.ticket_id, number=number, subject=one.subject[:500],
        status="new" if one.kind == "inbound" else "pending", priority=one.priority,
        channel=one.channel, shop_id=one.shop_id, mailbox_id=one.mailbox_id, customer_id=one.customer_id,
        linked_ticket_id=one.linked_id, tags=list(one.tags), order_refs=list(one.order_refs), rank_at=now,
        language=one.language, market=one.market,
        last_activity_at=now, created_at=now, message_count=0, version=0, last_by="customer", snippet="",
    )  # fmt: skip


def _apply(ticket: Ticket, one: Incoming) -> Iterator[Event]:
    """What a message means for its ticket, and the events it makes; one that comes after later ones changes less."""
    if one.new:
        data = {"channel": one.channel}
        if one.linked_id:
            data |= {"linked": str(one.linked_id), "why": one.link_reason}
        yield Event(ticket_id=ticket.id, verb="created", data=data, at=one.at)
    if one.at < ticket.created_at:
        ticket.created_at, ticket.subject = one.at, one.subject[:500] or ticket.subject
    ticket.message_count += 1
    ticket.version += 1
    ticket.order_refs = list(dict.fromkeys([*ticket.order_refs, *one.order_refs]))[:50]
    if one.past:
        _happened(ticket, one)
        return
    latest = one.at >= ticket.last_activity_at - NEWS
    if latest:
        ticket.last_activity_at = max(one.at, ticket.last_activity_at)
        ticket.last_by = "agent" if one.kind == "outbound" else "customer"
        ticket.snippet = snippet(one.text) or ticket.snippet
    if one.kind == "outbound":
        if latest:
            ticket.waiting_since = None
        return
    ticket.unread_since = ticket.unread_since or one.at
    if not one.automatic:
        yield from _customer_spoke(ticket, one.at, latest=latest)


def _happened(ticket: Ticket, one: Incoming) -> None:
    """What was said elsewhere, in its order: nobody is woken, but who waits since when is known afterwards."""
    if one.at < ticket.last_activity_at:
        return
    ticket.last_activity_at = one.at
    if one.kind == "note":
        return
    ticket.last_by = "agent" if one.kind == "outbound" else "customer"
    ticket.snippet = snippet(one.text) or ticket.snippet
    if one.kind == "outbound":
        ticket.waiting_since = None
    elif not one.automatic:
        ticket.waiting_since = ticket.waiting_since or one.at


def _customer_spoke(ticket: Ticket, at: datetime, *, latest: bool) -> Iterator[Event]:
    """The customer's own words: they reopen what was done, and waiting counts from the first unanswered ones."""
    if latest:
        ticket.snoozed_until = None  # its alarm, when it rings, finds nothing to do
    if latest and (not ticket.active_now or ticket.status in ("pending", "on_hold")):
        yield Event(ticket_id=ticket.id, verb="reopened", data={"before": ticket.status, "after": "open"}, at=at)
        apply_status(ticket, "open", at)
        ticket.unread_since = at
    if (ticket.waiting_since is None and latest) or (ticket.waiting_since and at < ticket.waiting_since):
        ticket.waiting_since = at


def _message(one: Incoming) -> Message:
    return Message(
        id=one.message_id, ticket_id=one.ticket_id, kind=one.kind, person_id=one.person_id,
        customer_id=one.customer_id if one.kind != "note" else None, envelope_id=one.envelope_id,
        from_name=one.from_name, from_address=one.from_address,
        recipients=one.recipients, subject=one.subject, text=one.text, sections=one.sections, html=one.html,
        rfc_message_id=one.rfc_message_id, in_reply_to=one.in_reply_to, reply_to=one.reply_to,
        references=one.references,
        automatic=one.automatic, problems=one.problems, written_at=one.written_at, at=one.at,
    )  # fmt: skip


def _doc(session: Session, one: Incoming) -> SearchDoc:
    quoted = (text for kind, text in one.sections if kind == "signature")
    words = doc_tokens(
        session.workspace_id, one.at, one.subject, one.text, one.from_name, one.from_address, *quoted,
        *one.order_refs, *one.words, *(file.name for file in one.files),
    )  # fmt: skip
    return SearchDoc(message_id=one.message_id, ticket_id=one.ticket_id, at=one.at, tokens=words)


async def _store_files(session: Session, incoming: Sequence[Incoming]) -> None:
    await add_files(session, [(one.message_id, file) for one in incoming for file in one.files])


async def add_files(session: Session, pairs: Sequence[tuple[UUID, IncomingFile]]) -> None:
    """Put files to messages that are stored."""
    stored = await files.store(session, [file.content for _message, file in pairs])
    session.add_all(
        Attachment(
            message_id=message_id, file_id=file_id, name=files.safe_name(file.name, fallback="attachment"),
            type=file.type[:200], size=len(file.content), inline=file.inline, cid=file.cid,
        )
        for (message_id, file), file_id in zip(pairs, stored, strict=True)
    )  # fmt: skip
