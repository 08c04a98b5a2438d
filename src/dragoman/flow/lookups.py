"""What the inbound way asks of the thread tables, a batch at a time."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from dragoman.channels.email.subjects import bare_subject
from dragoman.customers import queries as customers
from dragoman.platform.db import Session
from dragoman.tickets import threads


@dataclass(slots=True)
class Known:
    """A ticket as threading sees it."""

    id: UUID
    customer_id: UUID
    subject: str
    done: bool
    last_activity_at: datetime
    order_refs: tuple[str, ...]
    participants: set[str] = field(default_factory=set)


async def tickets_by_message_id(session: Session, message_ids: AbstractSet[str]) -> dict[str, UUID]:
    """The tickets in which these Message-IDs stand."""
    return await threads.by_message_id(session, list(message_ids)) if message_ids else {}


async def tickets_that_answer(session: Session, message_ids: AbstractSet[str]) -> dict[str, UUID]:
    """The tickets that hold answers to these Message-IDs."""
    return await threads.by_answered_id(session, list(message_ids)) if message_ids else {}


async def tickets(session: Session, ticket_ids: AbstractSet[UUID]) -> dict[UUID, Known]:
    """Tickets that mails point at, with everybody who takes part in them."""
    if not ticket_ids:
        return {}
    rows = await threads.heads(session, list(ticket_ids))
    people = await threads.participants(session, list(ticket_ids))
    addresses = await customers.list_identity_values(session, [row.customer_id for row in rows], "email")
    return {
        row.id: Known(
            row.id, row.customer_id, bare_subject(row.subject)[0], not row.active, row.last_activity_at,
            tuple(row.order_refs), addresses[row.customer_id] | people.get(row.id, set()),
        )
        for row in rows
    }  # fmt: skip


async def recent_of_customers(session: Session, customer_ids: AbstractSet[UUID]) -> list[Known]:
    """The latest tickets of each of these customers, newest first."""
    rows = await threads.recent_of_customers(session, list(customer_ids)) if customer_ids else []
    return [
        Known(
            row.id, row.customer_id, bare_subject(row.subject)[0], not row.active, row.last_activity_at,
            tuple(row.order_refs),
        )
        for row in rows
    ]  # fmt: skip
