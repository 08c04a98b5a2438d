"""Customers' words are read the moment they are filed, before rules, queues and clocks look at the ticket.

Heard in the transaction that files them, so that everything that follows knows language, intent and hurry. A process
without a reader (pages alone) leaves an alarm for a worker instead; so does a reading that fails: a message never
waits for its reading, and never is lost by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.customers import queries as customers
from dragoman.customers.models import Customer
from dragoman.customers.service import learn_language
from dragoman.flow.teaching import Heads
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import alarms, logs
from dragoman.platform.db import Session
from dragoman.sla import queries as workspaces
from dragoman.tickets import filing, queries
from dragoman.tickets.models import Message, Ticket
from dragoman.tickets.touched import Touched
from dragoman.tickets.understood import THRESHOLD, Read, note
from dragoman.understanding.entities import Context
from dragoman.understanding.reader import Asked, Reader, Reading
from dragoman.understanding.severity import Stakes

log = logs.get(__name__)
ALARM = "read"
"""Rings for a message that is still to be read; its key is the message's id."""
THRESHOLDS = (30, 40, 50, 60, 70, 80, 90)
A_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Readings:
    """The reading of one process. `reader` is None where it is switched off; `here` says whether this process reads."""

    reader: Reader | None
    here: bool
    heads: Heads = field(default_factory=Heads)

    async def hear(self, session: Session, touched: Sequence[Touched]) -> None:
        """Read what customers have just said."""
        if self.reader is None:
            return
        spoken = {
            UUID(one.data["message"]): one.ticket
            for one in touched
            if one.verb == "message" and not one.data.get("past")
        }
        if not spoken:
            return
        if not self.here:
            await alarms.put(session, ALARM, dict.fromkeys(spoken, clock.now()))
            return
        messages = await queries.load_messages(session, list(spoken))
        if not await self._read(session, [(spoken[one.id], one) for one in messages]):
            await alarms.put(session, ALARM, dict.fromkeys(spoken, clock.now() + alarms.AGAIN[1]))

    async def ring(self, session: Session, keys: Sequence[UUID]) -> None:
        """The alarm: read messages that were filed unread."""
        if self.reader is None:
            return
        messages = await queries.load_messages(session, keys)
        tickets = await filing.lock(session, {one.ticket_id for one in messages})
        if not await self._read(session, [(tickets[one.ticket_id], one) for one in messages if not one.reading]):
            raise RuntimeError("messages could not be read")  # the alarm rings again, later and later

    async def _read(self, session: Session, said: Sequence[tuple[Ticket, Message]]) -> bool:
        """Read some messages and keep what they say; False where the reader failed."""
        if not said or self.reader is None:
            return True
        wishes = await load_wishes(session)
        buyers = await customers.load_some(session, {ticket.customer_id for ticket, _message in said})
        asked = [_asked(ticket, message, buyers.get(ticket.customer_id)) for ticket, message in said]
        own = await self.heads.of(session, self.reader.setting)
        try:
            found: list[Reading] = await asyncio.to_thread(self.reader.read, asked, feelings=wishes.feelings, own=own)
        except Exception as error:  # whatever a model does, the message is filed
            log.error("reading failed", error=type(error).__name__, exc_info=True)
            return False
        read = [Read(ticket, message, one) for (ticket, message), one in zip(said, found, strict=True)]
        await note(session, read, wishes.threshold)
        for one in read:
            buyer = buyers.get(one.ticket.customer_id)
            if buyer is not None and one.message.language:
                learn_language(buyer, one.message.language)
        return True


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a workspace wishes: from which confidence on the desk sets an intent, whether feelings are read."""

    threshold: float = THRESHOLD
    feelings: bool = True


def wishes_of(settings: Mapping[str, Any]) -> Wishes:
    """A workspace's wishes out of its settings."""
    return Wishes(float(settings.get("read_threshold", THRESHOLD)), bool(settings.get("read_feelings", True)))


async def load_wishes(session: Session) -> Wishes:
    """The entered workspace's wishes."""
    return wishes_of((await workspaces.load_workspace(session)).settings)


async def save_wishes(session: Session, actor: Actor, *, threshold: str, feelings: bool) -> None:
    """Change them; `threshold` in percent, one of THRESHOLDS. Raises Invalid, Forbidden."""
    actor.require("workspace.manage")
    if threshold not in {str(one) for one in THRESHOLDS}:
        raise Invalid(fields={"threshold": N_("Choose one of the shares.")})
    workspace = await workspaces.load_workspace(session)
    before = wishes_of(workspace.settings)
    after = Wishes(int(threshold) / 100, feelings)
    workspace.settings = {**workspace.settings, "read_threshold": after.threshold, "read_feelings": feelings}
    if before != after:
        subject = Subject("workspace", workspace.id, workspace.name)
        audit.record(session, actor, "reading.changed", subject, **audit.changes(asdict(before), asdict(after)))


def _asked(ticket: Ticket, message: Message, customer: Customer | None) -> Asked:
    known = tuple(dict.fromkeys(one for one in (ticket.language, customer.language if customer else "") if one))
    own = (customer.name,) if customer and len(customer.name) > 3 else ()
    stakes = Stakes(
        tier=customer.tier.casefold() if customer else "", now=clock.now(), unanswered=_unanswered(ticket, message)
    )
    return Asked(
        message.text, message.subject, known, stakes,
        Context(market=ticket.market, today=message.at.date(), known=own),
    )  # fmt: skip


def _unanswered(ticket: Ticket, message: Message) -> int:
    """How often the customer has asked before without an answer: none, once, or (a day after the first) more often."""
    if ticket.waiting_since is None or ticket.waiting_since >= message.at:
        return 0
    return 1 if message.at - ticket.waiting_since < A_DAY else 2
