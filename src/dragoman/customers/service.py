"""What can be done with customers."""

from __future__ import annotations

import zoneinfo
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.customers import queries
from dragoman.customers.models import Customer, Identity
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.webhooks import service as webhooks
from dragoman.webhooks.service import Happening


async def get_customer(session: Session, actor: Permitted, customer_id: UUID) -> tuple[Customer, list[Identity]]:
    """A customer and how they are known. Raises NotFound, Forbidden."""
    actor.require("customer.read")
    customer = await queries.load(session, customer_id)
    if customer is None:
        raise NotFound(N_("There is no such customer."))
    return customer, await queries.list_identities(session, customer_id)


async def reveal(session: Session, actor: Permitted, customer_id: UUID) -> tuple[Customer, list[Identity]]:
    """A customer with everything shown, which the audit log notes. Raises NotFound, Forbidden."""
    actor.require("customer.reveal")
    customer, identities = await get_customer(session, actor, customer_id)
    audit.record(session, actor, "customer.revealed", Subject("customer", customer.id))
    return customer, identities


async def change_customer(
    session: Session,
    actor: Permitted,
    customer_id: UUID,
    *,
    name: str,
    language: str,
    market: str,
    timezone: str,
    notes: str,
) -> None:
    """Change what the desk knows of a customer. `language` is a BCP 47 tag, `market` an ISO 3166 country."""
    actor.require("customer.change")
    faults = {}
    if not name.strip() or len(name) > 200:
        faults["name"] = N_("A name is needed, of at most 200 characters.")
    if len(notes) > 10_000:
        faults["notes"] = N_("At most 10,000 characters.")
    if timezone and timezone not in zoneinfo.available_timezones():
        faults["timezone"] = N_("This time zone is not known.")
    if market and not (len(market) == 2 and market.isalpha()):
        faults["market"] = N_("Use the two letters of the country, for example DE.")
    if faults:
        raise Invalid(fields=faults)
    customer, _identities = await get_customer(session, actor, customer_id)
    before = {field: getattr(customer, field) for field in ("name", "language", "market", "timezone", "notes")}
    customer.name, customer.language, customer.market = name.strip(), language.strip(), market.strip().upper()
    customer.timezone, customer.notes = timezone, notes
    changed = [name for name, value in before.items() if getattr(customer, name) != value]
    if changed:  # which fields, not what they say: the log outlives a customer's wish to be forgotten
        audit.record(session, actor, "customer.changed", Subject("customer", customer.id), fields=changed)
        await webhooks.tell(
            session, Happening("customer.changed", {"customer": {"id": str(customer.id)}, "fields": changed})
        )


def learn_language(customer: Customer, tag: str) -> None:
    """Take over a language (BCP 47) that a customer's words show, where nobody has named one."""
    if not customer.language:
        customer.language = tag
