"""All SQL about customers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select

from dragoman.customers.models import Customer, Identity
from dragoman.platform.db import Session

RECENT = 3_000
"""Customers among whom names are looked for."""


async def find_by_values(session: Session, kind: str, values: Sequence[str]) -> dict[str, UUID]:
    """Which customers are known by these addresses."""
    rows = await session.execute(
        select(Identity.value, Identity.customer_id).where(Identity.kind == kind, Identity.value.in_(values))
    )
    return dict(rows.all())


async def search(session: Session, words: str, *, limit: int) -> list[Customer]:
    """Customers whose address begins so, and of those seen lately (RECENT of them) whose name holds it.

    A bounded cost: no index serves the middle of a name, so the whole table is never looked through.
    """
    low = words.lower()
    by_address = (
        select(Identity.customer_id)
        .where(Identity.kind == "email", Identity.value >= low, Identity.value < low + "\U0010ffff")
        .limit(limit)
    )
    lately = (
        select(Customer.id, Customer.name, Customer.last_seen_at)
        .order_by(Customer.last_seen_at.desc(), Customer.id.desc())
        .limit(RECENT)
        .subquery()
    )
    by_name = (
        select(lately.c.id)
        .where(lately.c.name.icontains(words, autoescape=True))
        .order_by(lately.c.last_seen_at.desc())
        .limit(limit)
    )
    ids = [*await session.scalars(by_address), *await session.scalars(by_name)]
    found = await load_some(session, set(ids[: 2 * limit])) if ids else {}
    return [found[one] for one in dict.fromkeys(ids) if one in found][:limit]


async def load_some(session: Session, customer_ids: Collection[UUID]) -> dict[UUID, Customer]:
    """Customers by their ids."""
    found = await session.scalars(select(Customer).where(Customer.id.in_(customer_ids)))
    return {customer.id: customer for customer in found}


async def load(session: Session, customer_id: UUID) -> Customer | None:
    """A customer, to show or to change."""
    return await session.get(Customer, (session.workspace_id, customer_id))


async def list_identities(session: Session, customer_id: UUID) -> list[Identity]:
    """How a customer is known."""
    return list(
        await session.scalars(select(Identity).where(Identity.customer_id == customer_id).order_by(Identity.id))
    )


async def list_identity_values(session: Session, customer_ids: Sequence[UUID], kind: str) -> dict[UUID, set[str]]:
    """The addresses of several customers."""
    out: dict[UUID, set[str]] = {customer_id: set() for customer_id in customer_ids}
    rows = await session.execute(
        select(Identity.customer_id, Identity.value).where(
            Identity.kind == kind, Identity.customer_id.in_(customer_ids)
        )
    )
    for customer_id, value in rows:
        out[customer_id].add(value)
    return out
