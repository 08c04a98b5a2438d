"""From another desk's records to what is filed here. Decides; reads nothing, writes nothing."""

from __future__ import annotations

import html as entities
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.channels.email.html import sanitise
from dragoman.channels.email.html_text import plain
from dragoman.customers.filing import Contact
from dragoman.imports import records, values
from dragoman.imports.models import FILED, KEPT, Item
from dragoman.imports.records import Message, Record, Ticket
from dragoman.imports.sources import SOURCES
from dragoman.kit import ids
from dragoman.tickets.filing import Incoming, IncomingFile
from dragoman.tickets.history import Past, fitting_tags

LONGEST = 400_000
Known = Mapping[tuple[str, str], Item]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of this desk, as agents of the other one are known again."""

    id: UUID
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class Change:
    """What a ticket of the other desk means here: `item` is what is known of it, `fresh` are its new messages."""

    ticket: Ticket
    digest: bytes
    item: Item | None
    fresh: tuple[Message, ...]
    lacking: tuple[tuple[Message, UUID], ...] = ()
    """Messages that are here without some of their files, and ours."""

    @property
    def new(self) -> bool:
        """Whether it is not here yet."""
        return self.item is None or self.item.our_id is None


def message_key(ticket: Ticket, message: Message) -> str:
    """A message's external id: its own is unique in its ticket only."""
    return f"{ticket.id}/{message.id}"[:600]


def keys_of(found: Sequence[Record]) -> list[tuple[str, str]]:
    """The kinds and external ids of records and of all that hangs on them."""
    out = []
    for one in found:
        out.append((records.KINDS[type(one)], one.id))
        if isinstance(one, Ticket):
            out.append(("customer", one.customer.id))
            out += [("message", message_key(one, message)) for message in one.messages]
    return out


def change_of(ticket: Ticket, known: Known) -> Change | None:
    """What is to be done about a ticket; None when it is here as it is there."""
    digest, item = records.digest(ticket), known.get(("ticket", ticket.id))
    if item is not None and item.our_id is not None and item.digest == digest:
        return None
    here = {message.id: known.get(("message", message_key(ticket, message))) for message in ticket.messages}
    fresh = tuple(message for message in ticket.messages if here[message.id] is None)
    lacking = tuple(
        (message, one.our_id)
        for message in ticket.messages
        if (one := here[message.id]) is not None and one.our_id is not None and not one.digest
    )
    return Change(ticket, digest, item, fresh, lacking)


def contact_of(ticket: Ticket, known: Known) -> Contact:
    """A ticket's customer, to be known again or added."""
    customer, item = ticket.customer, known.get(("customer", ticket.customer.id))
    spoke = [one.at for one in ticket.messages if one.kind == "inbound"]
    began = min(customer.created_at or ticket.created_at, ticket.created_at)
    return Contact(
        customer.name, customer.emails, customer.phones, began, max(spoke, default=began), customer.language,
        item.our_id if item else None,
    )  # fmt: skip


def contact_alone(customer: records.Customer, known: Known, now: datetime) -> Contact:
    """A customer without a ticket."""
    item = known.get(("customer", customer.id))
    at = customer.created_at or now
    return Contact(
        customer.name, customer.emails, customer.phones, at, at, customer.language, item.our_id if item else None
    )


def past_of(
    change: Change, source: str, customer_id: UUID, people: Mapping[str, Colleague],
    fetched: Mapping[tuple[str, str], Sequence[IncomingFile]],
) -> Past:  # fmt: skip
    """A change as it is filed. `fetched` are the files that could be had, by ticket's and message's external id."""
    ticket, item = change.ticket, change.item
    ticket_id = item.our_id if item is not None and item.our_id is not None else ids.new()
    sign = f"{source}-{ticket.number}"
    assignee = people.get(ticket.assignee.email) if ticket.assignee else None
    messages = [
        _incoming(
            ticket, message, ticket_id, customer_id, people, (sign, ticket.number),
            fetched.get((ticket.id, message.id), ()),
        )
        for message in change.fresh
    ]  # fmt: skip
    if change.new and messages:
        messages[0].new = True
    return Past(
        ticket_id=ticket_id, version=None if change.new or item is None else item.version, subject=ticket.subject,
        created_at=ticket.created_at, status=ticket.status, priority=ticket.priority,
        assignee_id=assignee.id if assignee and assignee.active else None, tags=fitting_tags([sign, *ticket.tags]),
        messages=messages, told={"from": SOURCES[source].name, "number": ticket.number},
    )  # fmt: skip


def _incoming(
    ticket: Ticket, message: Message, ticket_id: UUID, customer_id: UUID, people: Mapping[str, Colleague],
    words: tuple[str, ...], files: Sequence[IncomingFile],
) -> Incoming:  # fmt: skip
    text, html = bodies(message)
    inbound = message.kind == "inbound"
    wrote = None if inbound else people.get(message.author.email)
    email = message.author.email or (next(iter(ticket.customer.emails), "") if inbound else "")
    name = message.author.name or (ticket.customer.name if inbound else wrote.name if wrote else "")
    return Incoming(
        ticket_id=ticket_id, new=False, customer_id=customer_id, envelope_id=None, from_name=name, from_address=email,
        subject=ticket.subject, text=text, at=message.at, channel=ticket.channel or "import", kind=message.kind,
        recipients={"to": [[one.name, one.email] for one in message.to],
                    "cc": [[one.name, one.email] for one in message.cc]},
        html=html, automatic=message.automatic, written_at=None, priority=ticket.priority or 3, files=list(files),
        person_id=wrote.id if wrote else None, past=True, words=words,
    )  # fmt: skip


def bodies(message: Message) -> tuple[str, str | None]:
    """A message's text, and its HTML as mails' is kept: sanitised; None where it says no more than the text."""
    html = sanitise(message.html) if message.html else ""
    text = message.text or (plain(html).strip() if html else "")
    same = not html or "".join(entities.escape(message.text).split()) == "".join(html.split())
    return text[:LONGEST], None if same else html


def item_row(
    import_id: UUID, identity: str, kind: str, external_id: str, raw: records.Json, at: datetime, **more: Any
) -> dict[str, Any]:
    """What is noted of an object."""
    row: dict[str, Any] = {
        "our_id": None, "digest": b"", "version": None, "state": KEPT if kind in ("macro", "article") else FILED,
        "problem": "", "problem_values": {},
    }  # fmt: skip
    row |= {"import_id": import_id, "source": identity, "kind": kind, "external_id": external_id, "at": at}
    return row | {"raw": values.storable(raw)} | more
