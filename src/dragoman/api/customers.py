"""Customers and how they are known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from dragoman.accounts.checks import clean_email
from dragoman.api import answers
from dragoman.api.answers import Cursor, Email, In, Limit, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.customers import adding, lists, service
from dragoman.customers.models import Customer, Identity
from dragoman.kit.errors import N_, Invalid

router = APIRouter(route_class=Door, tags=["Customers"])
Language = Annotated[str, Field(max_length=35, pattern=r"^[A-Za-z0-9-]*$", description="BCP 47.", examples=["de"])]
Market = Annotated[str, Field(pattern=r"^([A-Za-z]{2})?$", description="ISO 3166 country.", examples=["DE"])]
Name = Annotated[Words, Field(min_length=1, max_length=200)]
Zone = Annotated[Words, Field(max_length=64, description="IANA time zone.", examples=["Europe/Berlin"])]
Notes = Annotated[Words, Field(max_length=10_000, description="What colleagues should know.")]


class IdentityOut(Out):
    """One way a customer is known."""

    kind: str = Field(examples=["email"])
    value: str = Field(examples=["anna@buyer.example"])


class CustomerOut(Out):
    """A buyer, as far as the desk knows."""

    id: UUID
    name: str
    language: str
    market: str
    timezone: str
    notes: str
    identities: list[IdentityOut]
    created_at: datetime
    last_seen_at: datetime


class CustomerNew(In):
    """A customer to add, known by an e-mail address."""

    email: Email
    name: Name = Field(examples=["Anna Schmidt"])
    language: Language = ""
    market: Market = ""
    timezone: Zone = ""
    notes: Notes = ""


class CustomerChange(In):
    """What to change; what is not named stays."""

    name: Name = "-"
    language: Language = ""
    market: Market = ""
    timezone: Zone = ""
    notes: Notes = ""


def shown(customer: Customer, identities: Sequence[Identity]) -> CustomerOut:
    """A customer as the API gives them."""
    return CustomerOut(
        id=customer.id, name=customer.name, language=customer.language, market=customer.market,
        timezone=customer.timezone, notes=customer.notes, created_at=customer.created_at,
        last_seen_at=customer.last_seen_at,
        identities=[IdentityOut(kind=one.kind, value=one.value) for one in identities],
    )  # fmt: skip


@router.get("/customers", summary="List customers", response_model=Listed[CustomerOut], **needs("customers:read"))
async def list_customers(
    me: Me, email: Annotated[Words, Query(max_length=254, description="Only the one known by it.")] = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Response:  # fmt: skip
    """Customers, the last to write first; or, by `email`, the one who is known by it."""
    page = await lists.list_customers(me.session, me.actor, email=email, cursor=cursor or None, size=limit)
    known = await lists.identities_of(me.session, [one.id for one in page.rows])
    return answers.page(me, [shown(one, known[one.id]) for one in page.rows], page.next)


@router.post(
    "/customers", summary="Add a customer", response_model=CustomerOut, status_code=201, **needs("customers:write")
)
async def add_customer(me: Me, new: CustomerNew) -> Response:
    """Adds a customer who has not written yet. Those who write are added by themselves."""
    customer = await adding.add_customer(
        me.session, me.actor, email=clean_email(new.email), name=new.name, language=new.language, market=new.market,
        timezone=new.timezone, notes=new.notes,
    )  # fmt: skip
    known = await lists.identities_of(me.session, [customer.id])
    return answers.one(me, shown(customer, known[customer.id]), status=201, at=f"/customers/{customer.id}")


@router.get(
    "/customers/{customer_id}", summary="Read a customer", response_model=CustomerOut, **needs("customers:read")
)
async def read_customer(me: Me, customer_id: UUID) -> Response:
    """One customer and all addresses they are known by."""
    return answers.one(me, shown(*await service.get_customer(me.session, me.actor, customer_id)))


@router.patch(
    "/customers/{customer_id}", summary="Change a customer", response_model=CustomerOut,
    **needs("customers:write", 412),
)  # fmt: skip
async def change_customer(me: Me, customer_id: UUID, change: CustomerChange) -> Response:
    """Changes the named fields. With If-Match only if nobody changed them meanwhile."""
    customer, identities = await service.get_customer(me.session, me.actor, customer_id)
    await me.session.refresh(customer, with_for_update=True)
    answers.check_unchanged(me, shown(customer, identities))
    names = ("name", "language", "market", "timezone", "notes")
    values = {name: getattr(customer, name) for name in names} | change.model_dump(exclude_unset=True)
    if not values["name"].strip():
        raise Invalid(fields={"name": N_("A name is needed, of at most 200 characters.")})
    await service.change_customer(me.session, me.actor, customer_id, **values)
    return answers.one(me, shown(customer, identities))
