"""Knowing customers again by the addresses they write from, a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update

from dragoman.customers import queries
from dragoman.customers.models import Customer, Identity
from dragoman.kit import clock, ids
from dragoman.platform.db import Session


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who wrote; what is not known stays empty."""

    name: str = ""
    language: str = ""
    market: str = ""


async def know_by_email(session: Session, senders: Mapping[str, Sender]) -> dict[str, UUID]:
    """The customers behind e-mail addresses (lower case); unknown ones are added."""
    known = await queries.find_by_values(session, "email", list(senders))
    now = clock.now()
    fresh = {address: ids.new() for address in senders if address not in known}
    session.add_all(
        Customer(
            id=customer_id, name=senders[address].name or address.partition("@")[0], last_seen_at=now,
            language=senders[address].language, market=senders[address].market, created_at=now,
        )
        for address, customer_id in fresh.items()
    )  # fmt: skip
    await session.flush()
    session.add_all(
        Identity(customer_id=customer_id, kind="email", value=address) for address, customer_id in fresh.items()
    )
    if known:
        await session.execute(update(Customer).where(Customer.id.in_(known.values())).values(last_seen_at=now))
    await session.flush()
    return known | fresh


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody another desk knows; `customer_id` when they were brought in before. E-mail addresses in lower case,
    phone numbers as + and digits; the first of each kind that is known here says who it is."""

    name: str
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    created_at: datetime
    seen_at: datetime
    language: str = ""
    customer_id: UUID | None = None


async def know_contacts(session: Session, contacts: Sequence[Contact]) -> list[UUID]:
    """The customers behind contacts, in their order; unknown ones are added, new addresses are noted."""
    known = {
        (kind, value): customer_id
        for kind, values in (("email", _all(contacts, "emails")), ("phone", _all(contacts, "phones")))
        for value, customer_id in (await queries.find_by_values(session, kind, values) if values else {}).items()
    }
    out, fresh, identities = [], {}, []
    for contact in contacts:
        ways = [*(("email", one) for one in contact.emails), *(("phone", one) for one in contact.phones)]
        customer_id = contact.customer_id or next((known[way] for way in ways if way in known), None)
        if customer_id is None:
            customer_id = ids.new()
            fresh[customer_id] = Customer(
                id=customer_id, name=contact.name or (ways[0][1].partition("@")[0] if ways else ""),
                language=contact.language, created_at=contact.created_at, last_seen_at=contact.seen_at,
            )  # fmt: skip
        for kind, value in ways:
            if (kind, value) not in known:
                known[kind, value] = customer_id
                identities.append(Identity(customer_id=customer_id, kind=kind, value=value))
        out.append(customer_id)
    session.add_all(fresh.values())
    await session.flush()
    session.add_all(identities)
    await _seen(session, {one: contact.seen_at for one, contact in zip(out, contacts, strict=True)})
    await session.flush()
    return out


def _all(contacts: Sequence[Contact], name: str) -> list[str]:
    return list(dict.fromkeys(value for contact in contacts for value in getattr(contact, name)))


async def _seen(session: Session, seen: Mapping[UUID, datetime]) -> None:
    for customer in await session.scalars(select(Customer).where(Customer.id.in_(seen.keys()))):
        customer.last_seen_at = max(customer.last_seen_at, seen[customer.id])
