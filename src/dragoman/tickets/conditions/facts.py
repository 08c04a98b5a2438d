"""Whether conditions hold for a ticket: of what is known of it, without the database."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dragoman.commerce import queries as shops
from dragoman.customers import queries as customers
from dragoman.kit import clock
from dragoman.kit.text import fold
from dragoman.platform.db import Session
from dragoman.tickets.conditions.fields import FIELDS, NONE
from dragoman.tickets.conditions.parse import Condition, Conditions
from dragoman.tickets.models import PRIORITIES, Ticket

WHOLE_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Facts:
    """A ticket as conditions see it. `text` holds the customer's words while they arrive, else nothing."""

    ticket: Ticket
    now: datetime
    platform: str = ""
    customer_tier: str = ""
    text: str = ""

    def saying(self, text: str) -> Facts:
        """The same with the customer's words."""
        return replace(self, text=text[:WHOLE_TEXT])


async def facts_of(session: Session, tickets: Sequence[Ticket]) -> dict[UUID, Facts]:
    """What conditions ask about, for several tickets: two statements however many there are."""
    if not tickets:
        return {}
    now = clock.now()
    buyers = await customers.load_some(session, {ticket.customer_id for ticket in tickets})
    platforms = {shop.id: shop.platform for shop in await shops.list_shops(session)}
    return {
        ticket.id: Facts(
            ticket, now,
            platform=platforms.get(ticket.shop_id, "") if ticket.shop_id else "",
            customer_tier=buyers[ticket.customer_id].tier if ticket.customer_id in buyers else "",
        )
        for ticket in tickets
    }  # fmt: skip


def holds(conditions: Conditions, facts: Facts) -> bool:
    """Whether a ticket is meant."""
    if not all(_holds(one, facts) for one in conditions.all):
        return False
    return not conditions.any or any(_holds(one, facts) for one in conditions.any)


def _holds(one: Condition, facts: Facts) -> bool:
    kind = FIELDS[one.field].kind
    if kind == "flag":
        return _flag(one.field, facts) == (one.op == "yes")
    if kind in ("number", "minutes"):
        value = _number(one.field, facts)
        if value is None:
            return False
        return value > int(one.values[0]) if one.op == "more" else value < int(one.values[0])
    if kind == "words":
        text = fold(facts.ticket.subject if one.field == "subject" else facts.text)
        return any(fold(word) in text for word in one.values) == (one.op == "contains")
    if kind == "tag":
        return bool(set(one.values) & set(facts.ticket.tags)) == (one.op == "has")
    if one.field == "language":
        return speaks(facts.ticket.language, one.values) == (one.op == "is")
    return (_value(one.field, facts) in one.values) == (one.op == "is")


def speaks(language: str, wanted: Collection[str]) -> bool:
    """Whether a language is one of some: `pt` means all its variants, `pt-BR` that one."""
    tag = language.casefold()
    return tag in wanted or tag.partition("-")[0] in wanted if tag else NONE in wanted


def _value(field: str, facts: Facts) -> str:
    ticket = facts.ticket
    match field:
        case "priority":
            return PRIORITIES[ticket.priority]
        case "tier":
            return str(ticket.tier)
        case "assignee":
            return str(ticket.assignee_id or NONE)
        case "team":
            return str(ticket.team_id or NONE)
        case "shop":
            return str(ticket.shop_id or NONE)
        case "platform":
            return facts.platform or NONE
        case "customer_tier":
            return facts.customer_tier.casefold() or NONE
        case "severity" | "kind" | "intent" | "emotion":
            return str(getattr(ticket, field)) or NONE
        case "language" | "market" | "channel":
            return str(getattr(ticket, field)).casefold() or NONE
    return ticket.status


def _flag(field: str, facts: Facts) -> bool:
    ticket = facts.ticket
    match field:
        case "order":
            return bool(ticket.order_refs)
        case "unread":
            return ticket.unread_since is not None
        case "snoozed":
            return ticket.snoozed_until is not None
    return ticket.due_at is not None and ticket.due_at <= facts.now


def _number(field: str, facts: Facts) -> float | None:
    ticket, now = facts.ticket, facts.now
    if field == "messages":
        return ticket.message_count
    if field == "due":
        return (ticket.due_at - now).total_seconds() / 60 if ticket.due_at else None
    since = {"waiting": ticket.waiting_since, "idle": ticket.last_activity_at, "age": ticket.created_at}[field]
    return (now - since).total_seconds() / 60 if since else None
