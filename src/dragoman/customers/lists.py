"""Lists of customers, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import literal, select, tuple_

from dragoman.customers.models import Customer, Identity
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted


async def list_customers(
    session: Session, actor: Permitted, *, email: str = "", cursor: str | None = None, size: int = 50
) -> Page[Customer]:
    """One page of customers, the last to write first; with `email` the one known by it. Raises Invalid, Forbidden."""
    actor.require("customer.read")
    statement = select(Customer)
    if email:
        known = select(Identity.customer_id).where(Identity.kind == "email", Identity.value == email.strip().lower())
        statement = statement.where(Customer.id.in_(known))
    if cursor:
        last = tuple_(*(literal(part) for part in decode_as(cursor, datetime, UUID)))
        statement = statement.where(tuple_(Customer.last_seen_at, Customer.id) < last)
    statement = statement.order_by(Customer.last_seen_at.desc(), Customer.id.desc()).limit(size + 1)
    rows = list(await session.scalars(statement))
    if len(rows) <= size:
        return Page(tuple(rows))
    return Page(tuple(rows[:size]), encode(rows[size - 1].last_seen_at, rows[size - 1].id))


async def identities_of(session: Session, customer_ids: Sequence[UUID]) -> dict[UUID, list[Identity]]:
    """How several customers are known."""
    out: dict[UUID, list[Identity]] = {customer_id: [] for customer_id in customer_ids}
    statement = select(Identity).where(Identity.customer_id.in_(customer_ids)).order_by(Identity.id)
    for identity in await session.scalars(statement) if customer_ids else ():
        out[identity.customer_id].append(identity)
    return out
