"""Whose mail it is and where it belongs: all look-ups of a batch at once, then mail by mail in their order.

Mails of one batch can answer each other; what an earlier one decides is known to the later ones.
"""

from __future__ import annotations

import hmac
from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as accounts
from dragoman.accounts.service import reopen_days
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email import tokens
from dragoman.channels.email.mail import ParsedMail
from dragoman.channels.email.models import Mailbox
from dragoman.channels.email.subjects import bare_subject
from dragoman.customers.filing import Sender, know_by_email
from dragoman.flow import lookups
from dragoman.intake.models import Envelope
from dragoman.intake.threading import Candidate, Decision, Via, decide
from dragoman.kit import ids
from dragoman.kit.text import storable
from dragoman.platform.db import Session
from dragoman.platform.secrets import Keys
from dragoman.tickets.filing import Incoming, IncomingFile
from dragoman.tickets.moves.queries import merged_into

SUBJECT_DAYS = 14
UNKNOWN = "unknown@invalid"


@dataclass(slots=True)
class Resolver:
    """What is known while a batch is filed."""

    secrets: Sequence[bytes]
    loop: str
    reopen_within: timedelta
    boxes: dict[UUID, Mailbox]
    own_addresses: frozenset[str]
    customers: dict[str, UUID]
    by_message_id: dict[str, UUID]
    by_answer: dict[str, UUID]
    """Threads that hold an answer to a mail which comes only now."""
    tickets: dict[UUID, lookups.Known]
    merged: dict[UUID, UUID] = field(default_factory=dict)
    """Tickets that were merged away, and where they went."""
    by_customer: dict[UUID, list[UUID]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    async def prepare(cls, session: Session, keys: Keys, mails: Sequence[ParsedMail]) -> Resolver:
        """Look up everything that a batch may need, in a handful of statements."""
        secrets = keys.derive_all("mail-token")
        workspace = await accounts.find_workspace(session, session.workspace_id)
        settings: dict[str, Any] = workspace.settings if workspace else {}
        boxes = {box.id: box for box in await mailboxes.list_mailboxes(session)}
        own = frozenset(box.address for box in boxes.values())
        customers = await know_by_email(session, dict(_party(mail, own) for mail in mails))
        named = {reference for mail in mails for reference in _references(mail)}
        by_message_id = await lookups.tickets_by_message_id(session, named)
        by_answer = await lookups.tickets_that_answer(session, {mail.message_id for mail in mails if mail.message_id})
        tokened = {ticket for mail in mails for ticket in _tokens(secrets, mail)}
        merged = await merged_into(session, tokened) if tokened else {}
        pointed = {merged.get(one, one) for one in tokened}
        known = await lookups.tickets(session, {*by_message_id.values(), *by_answer.values(), *pointed})
        recent = await lookups.recent_of_customers(session, set(customers.values()))
        made = cls(
            secrets=secrets, loop=keys.sign("mail-loop", session.workspace_id.hex), boxes=boxes, own_addresses=own,
            customers=customers, reopen_within=timedelta(days=reopen_days(settings)), by_message_id=by_message_id,
            by_answer=by_answer, merged=merged,
            tickets={one.id: one for one in recent} | known,
        )  # fmt: skip
        for one in recent:
            made.by_customer[one.customer_id].append(one.id)
        return made

    def is_ours(self, mail: ParsedMail) -> bool:
        """Whether the desk itself wrote this mail: its Message-ID carries our signature, or, where something on the
        way gave it another one, its loop header does."""
        return tokens.read_message_id(self.secrets, mail.message_id) is not None or (
            bool(mail.loop) and hmac.compare_digest(mail.loop.encode(), self.loop.encode())
        )

    def customer_of(self, mail: ParsedMail) -> UUID:
        """The customer who wrote, or whom a colleague wrote to outside the desk."""
        return self.customers[_party(mail, self.own_addresses)[0]]

    def decide(self, mail: ParsedMail, at: datetime) -> Decision:
        """Where a mail that arrived at a moment belongs."""
        address, _ = _sender(mail)
        customer_id = self.customer_of(mail)
        return decide(
            self._candidates(mail, customer_id, at), sender=address, customer_id=customer_id, now=at,
            reopen_within=self.reopen_within, trusted=self._trusted(mail, address),
        )  # fmt: skip

    def _trusted(self, mail: ParsedMail, sender: str) -> tuple[Via, ...]:
        if mail.bounce is not None:
            return ("token",)
        return ("token", "reference") if sender in self.own_addresses else ()

    def _candidates(self, mail: ParsedMail, customer_id: UUID, at: datetime) -> Iterable[Candidate]:
        pointing: dict[UUID, Via] = {}
        subject, is_reply = bare_subject(mail.subject)
        for ticket_id in reversed(self.by_customer[customer_id]):
            known = self.tickets[ticket_id]
            if mail.marketplace and set(mail.order_refs) & set(known.order_refs):
                pointing[ticket_id] = "order"
            elif is_reply and subject and subject == known.subject and _fresh(known, at):
                pointing[ticket_id] = "subject"
        if mail.message_id in self.by_answer:
            pointing[self.by_answer[mail.message_id]] = "answered"
        for reference in _references(mail):
            if reference in self.by_message_id:
                pointing[self.by_message_id[reference]] = "reference"
        for ticket_id in _tokens(self.secrets, mail):
            pointing[self.merged.get(ticket_id, ticket_id)] = "token"
        for ticket_id, via in pointing.items():
            if one := self.tickets.get(ticket_id):
                yield Candidate(
                    one.id, one.customer_id, via, frozenset(one.participants - self.own_addresses), one.done,
                    one.last_activity_at,
                )  # fmt: skip

    def remember(self, one: Incoming, people: set[str]) -> None:
        """Let later mails of the batch know of this one."""
        known = self.tickets.get(one.ticket_id)
        if known is None:
            known = lookups.Known(
                id=one.ticket_id, customer_id=one.customer_id, subject=bare_subject(one.subject)[0], done=False,
                last_activity_at=one.at, order_refs=tuple(one.order_refs), participants=set(),
            )  # fmt: skip
            self.tickets[one.ticket_id] = known
            self.by_customer[one.customer_id].insert(0, one.ticket_id)
        known.participants |= people
        known.done, known.last_activity_at = False, max(one.at, known.last_activity_at)
        if one.rfc_message_id:
            self.by_message_id.setdefault(one.rfc_message_id, one.ticket_id)
        if one.in_reply_to:
            self.by_answer.setdefault(one.in_reply_to, one.ticket_id)


def incoming_from(envelope: Envelope, mail: ParsedMail, resolver: Resolver) -> Incoming:
    """A mail, decided upon, in the form in which tickets are filed."""
    decision = resolver.decide(mail, envelope.arrived_at)
    address, sender = _sender(mail)
    box = resolver.boxes.get(envelope.source_id) if envelope.source_id else None
    ours = address in resolver.own_addresses and _party(mail, resolver.own_addresses)[0] != address
    reply_to = next((one.email for one in mail.reply_to if one.email), "")
    incoming = Incoming(
        ticket_id=decision.ticket_id or ids.new(), new=decision.ticket_id is None,
        customer_id=resolver.tickets[decision.ticket_id].customer_id if decision.ticket_id else
        resolver.customer_of(mail),
        at=envelope.arrived_at, envelope_id=envelope.id, kind="outbound" if ours else "inbound",
        from_name=storable(sender.name)[:200], from_address=address if address != UNKNOWN else "",
        subject=storable(mail.subject)[:990], text=storable(own_words(mail)),
        mailbox_id=box.id if box else None, shop_id=box.shop_id if box else None,
        linked_id=decision.linked_id, link_reason=decision.reason,
        recipients={"to": _pairs(mail.to), "cc": _pairs(mail.cc)},
        sections=_sections(mail), html=storable(mail.html) if mail.html else None,
        rfc_message_id=storable(mail.message_id)[:990] or None,
        in_reply_to=storable(mail.in_reply_to)[:990] or None, reply_to=reply_to if reply_to != address else "",
        references=[storable(one) for one in mail.references][-50:],
        automatic=mail.auto_reply or mail.bounce is not None or mail.is_list,
        problems=[storable(one) for one in mail.problems], written_at=mail.date,
        order_refs=[storable(one) for one in mail.order_refs],
        tags=_tags(mail), priority=4 if mail.auto_reply or mail.is_list or mail.bounce else 3,
        files=[
            IncomingFile(storable(one.name), storable(one.type), one.content, one.inline, storable(one.cid or ""))
            for one in mail.attachments
        ],
    )  # fmt: skip
    resolver.remember(incoming, {address, *(one.email for one in (*mail.to, *mail.cc) if one.email)})
    return incoming


def own_words(mail: ParsedMail) -> str:
    """What its writer says in a mail, without what it quotes."""
    if mail.marketplace and mail.marketplace.message:
        return mail.marketplace.message
    return mail.text_reply or mail.text


def _sections(mail: ParsedMail) -> list[list[str]]:
    if all(section.kind == "own" for section in mail.sections):
        return []
    return [[section.kind, storable(section.text)] for section in mail.sections]


def _tags(mail: ParsedMail) -> list[str]:
    if mail.bounce:
        return ["bounce"]
    if mail.auto_reply:
        return ["auto-reply"]
    return ["list"] if mail.is_list else []


def _sender(mail: ParsedMail) -> tuple[str, Sender]:
    """Who wrote: behind a shop's contact form, the buyer it names."""
    relay = mail.marketplace
    if relay and relay.buyer_email:
        return relay.buyer_email.lower(), Sender(name=relay.buyer_name or mail.from_.name, language=mail.language)
    address = mail.from_.email.lower() or UNKNOWN
    name = (relay.buyer_name if relay else "") or mail.from_.name
    return storable(address)[:320], Sender(name=storable(name)[:200], language=mail.language)


def _party(mail: ParsedMail, own: AbstractSet[str]) -> tuple[str, Sender]:
    """Whose matter it is: the sender's; when a colleague wrote outside the desk, that of whom they wrote to."""
    address, sender = _sender(mail)
    if address in own:
        for one in mail.to:
            if one.email and one.email.lower() not in own:
                return storable(one.email.lower())[:320], Sender(name=storable(one.name)[:200])
    return address, sender


def _fresh(known: lookups.Known, at: datetime) -> bool:
    return not known.done and at - known.last_activity_at < timedelta(days=SUBJECT_DAYS)


def _references(mail: ParsedMail) -> Iterable[str]:
    given_back = (mail.bounce.original_message_id or "") if mail.bounce else ""
    return dict.fromkeys(one for one in (given_back, mail.in_reply_to, *reversed(mail.references)) if one)


def _tokens(secrets: Sequence[bytes], mail: ParsedMail) -> Iterable[UUID]:
    """Tickets named by our own signature, in a Message-ID or in the address that was written to."""
    for reference in _references(mail):
        if found := tokens.read_message_id(secrets, reference):
            yield found[0]
    for address in (*mail.delivered_to, *(one.email for one in (*mail.to, *mail.cc))):
        if ticket_id := tokens.read_reply_address(secrets, address):
            yield ticket_id


def _pairs(addresses: Iterable[Any]) -> list[list[str]]:
    return [[storable(one.name), storable(one.email)] for one in addresses][:200]
