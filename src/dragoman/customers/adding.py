"""Adding a customer who has not written yet."""

from __future__ import annotations

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.customers import queries
from dragoman.customers.models import Customer, Identity
from dragoman.customers.service import change_customer
from dragoman.kit import ids
from dragoman.kit.errors import N_, Conflict
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted


async def add_customer(
    session: Session, actor: Permitted, *, email: str, name: str, language: str, market: str, timezone: str, notes: str
) -> Customer:
    """Add a customer known by an e-mail address in its stored form. Raises Conflict when the address is known,
    Invalid beside the fields at fault, Forbidden.
    """
    actor.require("customer.change")
    if await queries.find_by_values(session, "email", [email]):
        raise Conflict(N_("A customer with this address is already here. Find them by it and change them."))
    customer = Customer(id=ids.new(), name=name)
    session.add(customer)
    await session.flush()
    session.add(Identity(customer_id=customer.id, kind="email", value=email))
    await session.flush()
    audit.record(session, actor, "customer.added", Subject("customer", customer.id))
    await change_customer(
        session, actor, customer.id, name=name, language=language, market=market, timezone=timezone, notes=notes
    )
    return customer
