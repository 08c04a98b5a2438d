"""Customers' words are read the moment they are filed, before rules, queues and clocks look at the ticket.

Heard in the transaction that files them, so that everything that follows knows language, intent and hurry. A process
without a reader (pages alone) leaves an alarm for a worker instead; so does a reading that fails: a message never
waits for its reading, and never is lost by it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from dragoman.customers import queries as customers
from dragoman.customers.models import Customer
from dragoman.customers.service import learn_language
from dragoman.flow.teaching import Heads
from dragoman.kit import clock
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
FEELINGS = "read_feelings"
"""The workspace's switch: customers' feelings are read unless it is off."""
AT_ONCE = 200
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
        messages = await queries.load_messages(session, keys[:AT_ONCE])
        tickets = await filing.lock(session, {one.ticket_id for one in messages})
        if not await self._read(session, [(tickets[one.ticket_id], one) for one in messages if not one.reading]):
            raise RuntimeError("messages could not be read")  # the alarm rings again, later and later
        await alarms.put(session, ALARM, dict.fromkeys(keys[AT_ONCE:], clock.now()))

    async def _read(self, session: Session, said: Sequence[tuple[Ticket, Message]]) -> bool:
        """Read some messages and keep what they say; False where the reader failed."""
        if not said or self.reader is None:
            return True
        settings = (await workspaces.load_workspace(session)).settings
        buyers = await customers.load_some(session, {ticket.customer_id for ticket, _message in said})
        asked = [_asked(ticket, message, buyers.get(ticket.customer_id)) for ticket, message in said]
        feelings = bool(settings.get(FEELINGS, True))
        own = await self.heads.of(session, self.reader.setting)
        try:
            found: list[Reading] = await asyncio.to_thread(self.reader.read, asked, feelings=feelings, own=own)
        except Exception as error:  # whatever a model does, the message is filed
            log.error("reading failed", error=type(error).__name__, exc_info=True)
            return False
        read = [Read(ticket, message, one) for (ticket, message), one in zip(said, found, strict=True)]
        await note(session, read, threshold(settings))
        for one in read:
            buyer = buyers.get(one.ticket.customer_id)
            if buyer is not None and one.message.language:
                learn_language(buyer, one.message.language)
        return True


def threshold(settings: dict[str, Any]) -> float:
    """From which confidence on a workspace lets the desk set an intent."""
    return float(settings.get("read_threshold", THRESHOLD))


def _asked(ticket: Ticket, message: Message, customer: Customer | None) -> Asked:
    known = tuple(dict.fromkeys(one for one in (ticket.language, customer.language if customer else "") if one))
    own = (customer.name,) if customer and len(customer.name) > 3 else ()
    stakes = Stakes(
        tier=customer.tier.casefold() if customer else "", now=clock.now(), unanswered=_unanswered(ticket, message)
    )
    return Asked(
        message.text, message.subject, known, ticket.market, message.at.date(), stakes,
        Context(market=ticket.market, today=message.at.date(), known=own),
    )  # fmt: skip


def _unanswered(ticket: Ticket, message: Message) -> int:
    """How often the customer has asked before without an answer: none, once, or (a day after the first) more often."""
    if ticket.waiting_since is None or ticket.waiting_since >= message.at:
        return 0
    return 1 if message.at - ticket.waiting_since < A_DAY else 2
