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


def clause(conditions: Conditions, *, me: UUID, now: datetime, of: Any = Ticket) -> list[ColumnElement[bool]]:
    """The conditions of a statement over tickets, or over an alias of them. `me` is whom the value "me" means."""
    out = [_one(one, of, me, now) for one in conditions.all]
    if conditions.any:
        out.append(or_(*(_one(one, of, me, now) for one in conditions.any)))
    return out


def _one(one: Condition, of: Any, me: UUID, now: datetime) -> Any:
    kind = FIELDS[one.field].kind
    if kind == "flag":
        flag = _flag(of, one.field, now)
        return flag if one.op == "yes" else not_(flag)
    if kind in ("number", "minutes"):
        return _number(of, one, now)
    if kind == "words":
        return _words(of, one)
    if kind == "tag":
        has = of.tags.bool_op("&&")(cast(list(one.values), ARRAY(Text)))
        return has if one.op == "has" else not_(has)
    found = _among(of, one.field, [str(me) if value == ME else value for value in one.values])
    return found if one.op == "is" else not_(found)


def _among(of: Any, field: str, values: list[str]) -> Any:
    """Whether a column holds one of some values; NONE is NULL or empty."""
    named = [value for value in values if value != NONE]
    match field:
        case "assignee" | "team" | "shop":
            column: Any = getattr(of, f"{field}_id")
            some = column.in_([UUID(value) for value in named])
            return or_(func.coalesce(some, False), column.is_(None)) if NONE in values else func.coalesce(some, False)
        case "priority":
            return of.priority.in_([LEVELS[value] for value in named])
        case "tier":
            return of.tier.in_([int(value) for value in named])
        case "platform":
            shops = select(Shop.id).where(Shop.platform.in_(named))
            found = func.coalesce(of.shop_id.in_(shops), False)
            return or_(found, of.shop_id.is_(None)) if NONE in values else found
        case "customer_tier":
            wanted = ["" if value == NONE else value for value in values]
            return of.customer_id.in_(select(Customer.id).where(func.lower(Customer.tier).in_(wanted)))
        case "language":
            tags = ["" if value == NONE else value for value in values]
            tag = func.lower(of.language)
            return or_(tag.in_(tags), func.split_part(tag, "-", 1).in_(tags))
        case "market" | "channel":
            return func.lower(getattr(of, field)).in_(["" if value == NONE else value for value in values])
    stored: Any = getattr(of, field)
    return stored.in_(["" if value == NONE else value for value in values])


def _flag(of: Any, field: str, now: datetime) -> Any:
    match field:
        case "order":
            return of.order_refs != []
        case "unread":
            return of.unread_since.is_not(None)
        case "snoozed":
            return of.snoozed_until.is_not(None)
    return and_(of.due_at.is_not(None), of.due_at <= now)


def _number(of: Any, one: Condition, now: datetime) -> Any:
    amount = int(one.values[0])
    if one.field == "messages":
        return of.message_count > amount if one.op == "more" else of.message_count < amount
    span = timedelta(minutes=amount)
    if one.field == "due":
        found = of.due_at > now + span if one.op == "more" else of.due_at < now + span
    else:
        since: Any = {"waiting": of.waiting_since, "idle": of.last_activity_at, "age": of.created_at}[one.field]
        found = since < now - span if one.op == "more" else since > now - span
    return func.coalesce(found, False)


def _words(of: Any, one: Condition) -> Any:
    """Letters of any case; what folding does beyond that (accents) is left to search."""
    found = or_(*(of.subject.icontains(word, autoescape=True) for word in one.values))
    return found if one.op == "contains" else not_(found)
