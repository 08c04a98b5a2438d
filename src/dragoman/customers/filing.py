"""Knowing customers again by the addresses they write from, a batch at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import update

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
