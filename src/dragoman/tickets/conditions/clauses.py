"""The same conditions as SQL. What holds here holds in `facts.holds`: a test compares the two."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, cast, func, not_, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from dragoman.commerce.models import Shop
from dragoman.customers.models import Customer
from dragoman.tickets.conditions.fields import FIELDS, ME, NONE
from dragoman.tickets.conditions.parse import Condition, Conditions
from dragoman.tickets.models import PRIORITIES, Ticket

LEVELS = {name: level for level, name in PRIORITIES.items()}


def clause(conditions: Conditions, *, me: UUID, now: datetime) -> list[ColumnElement[bool]]:
    """The conditions of a statement over tickets. `me` is whom the value "me" means."""
    out = [_one(one, me, now) for one in conditions.all]
    if conditions.any:
        out.append(or_(*(_one(one, me, now) for one in conditions.any)))
    return out


def _one(one: Condition, me: UUID, now: datetime) -> ColumnElement[bool]:
    kind = FIELDS[one.field].kind
    if kind == "flag":
        flag = _flag(one.field, now)
        return flag if one.op == "yes" else not_(flag)
    if kind in ("number", "minutes"):
        return _number(one, now)
    if kind == "words":
        return _words(one)
    if kind == "tag":
        has = func.coalesce(Ticket.tags.op("&&")(cast(list(one.values), ARRAY(Text))), False)
        return has if one.op == "has" else not_(has)
    found = _among(one.field, [str(me) if value == ME else value for value in one.values])
    return found if one.op == "is" else not_(found)


def _among(field: str, values: list[str]) -> ColumnElement[bool]:
    """Whether a column holds one of some values; NONE is NULL or empty."""
    named = [value for value in values if value != NONE]
    match field:
        case "assignee" | "team" | "shop":
            column: Any = getattr(Ticket, f"{field}_id")
            some = column.in_([UUID(value) for value in named])
            return or_(func.coalesce(some, False), column.is_(None)) if NONE in values else func.coalesce(some, False)
        case "priority":
            return Ticket.priority.in_([LEVELS[value] for value in named])
        case "tier":
            return Ticket.tier.in_([int(value) for value in named])
        case "platform":
            shops = select(Shop.id).where(Shop.platform.in_(named))
            found = func.coalesce(Ticket.shop_id.in_(shops), False)
            return or_(found, Ticket.shop_id.is_(None)) if NONE in values else found
        case "customer_tier":
            wanted = ["" if value == NONE else value for value in values]
            return Ticket.customer_id.in_(select(Customer.id).where(func.lower(Customer.tier).in_(wanted)))
        case "language" | "market" | "channel":
            return func.lower(getattr(Ticket, field)).in_(["" if value == NONE else value for value in values])
    stored: Any = getattr(Ticket, field)
    return stored.in_(["" if value == NONE else value for value in values])  # type: ignore[no-any-return]


def _flag(field: str, now: datetime) -> ColumnElement[bool]:
    match field:
        case "order":
            return Ticket.order_refs != []
        case "unread":
            return Ticket.unread_since.is_not(None)
        case "snoozed":
            return Ticket.snoozed_until.is_not(None)
    return and_(Ticket.due_at.is_not(None), Ticket.due_at <= now)


def _number(one: Condition, now: datetime) -> ColumnElement[bool]:
    amount = int(one.values[0])
    if one.field == "messages":
        return Ticket.message_count > amount if one.op == "more" else Ticket.message_count < amount
    span = timedelta(minutes=amount)
    if one.field == "due":
        found = Ticket.due_at > now + span if one.op == "more" else Ticket.due_at < now + span
    else:
        since: Any = {"waiting": Ticket.waiting_since, "idle": Ticket.last_activity_at, "age": Ticket.created_at}[
            one.field
        ]
        found = since < now - span if one.op == "more" else since > now - span
    return func.coalesce(found, False)


def _words(one: Condition) -> ColumnElement[bool]:
    """Letters of any case; what folding does beyond that (accents) is left to search."""
    found = or_(*(Ticket.subject.icontains(word, autoescape=True) for word in one.values))
    return found if one.op == "contains" else not_(found)
