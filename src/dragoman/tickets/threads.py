"""SQL that tells to which thread a message belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, lateral, select, true

from dragoman.customers.models import Customer
from dragoman.platform.db import Session
from dragoman.tickets.models import Message, Ticket

RECENT = 5
PARTICIPANT_MESSAGES = 20


async def by_message_id(session: Session, message_ids: Sequence[str]) -> dict[str, UUID]:
    """Message-IDs and the tickets they stand in; of two with one id the earlier counts."""
    rows = await session.execute(
        select(Message.rfc_message_id, Message.ticket_id)
        .where(Message.rfc_message_id.in_(message_ids))
        .order_by(Message.at.desc())
    )
    return {rfc_message_id: ticket_id for rfc_message_id, ticket_id in rows if rfc_message_id}


async def by_answered_id(session: Session, message_ids: Sequence[str]) -> dict[str, UUID]:
    """Message-IDs and the tickets in which an answer to them stands; of two the earlier counts."""
    rows = await session.execute(
        select(Message.in_reply_to, Message.ticket_id)
        .where(Message.in_reply_to.in_(message_ids))
        .order_by(Message.at.desc())
    )
    return {answered: ticket_id for answered, ticket_id in rows if answered}


async def heads(session: Session, ticket_ids: Sequence[UUID]) -> list[Row[Any]]:
    """What threading needs of tickets."""
    return list(
        await session.execute(
            select(
                Ticket.id, Ticket.customer_id, Ticket.subject, Ticket.active, Ticket.last_activity_at, Ticket.order_refs
            ).where(Ticket.id.in_(ticket_ids))
        )
    )


async def participants(session: Session, ticket_ids: Sequence[UUID]) -> dict[UUID, set[str]]:
    """Those whom the customer or an agent brought in: To and Cc of the latest messages of each ticket."""
    wanted = func.unnest(list(ticket_ids)).table_valued("id").render_derived(name="wanted")
    latest = lateral(
        select(Message.recipients)
        .where(Message.ticket_id == wanted.c.id, Message.kind != "note")
        .order_by(Message.at.desc())
        .limit(PARTICIPANT_MESSAGES)
    )
    out: dict[UUID, set[str]] = {}
    for ticket_id, recipients in await session.execute(select(wanted.c.id, latest.c.recipients).join(latest, true())):
        found = out.setdefault(ticket_id, set())
        for field in ("to", "cc"):
            found |= {address.lower() for _name, address in recipients.get(field, ()) if address}
    return out


async def recent_of_customers(session: Session, customer_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The latest tickets of each customer, newest first."""
    latest = lateral(
        select(Ticket.id, Ticket.customer_id, Ticket.subject, Ticket.active, Ticket.last_activity_at, Ticket.order_refs)
        .where(Ticket.customer_id == Customer.id)
        .order_by(Ticket.last_activity_at.desc())
        .limit(RECENT)
    )
    statement = select(latest).select_from(Customer).join(latest, true()).where(Customer.id.in_(customer_ids))
    return list(await session.execute(statement))
