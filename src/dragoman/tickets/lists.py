"""The inbox: views, filters, keyset pages, bounded counts, search. Nothing here costs more as history grows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, func, literal, literal_column, select, text, tuple_
from sqlalchemy.sql.elements import ColumnElement

from dragoman.accounts.access import Actor
from dragoman.accounts.models import Person
from dragoman.commerce.models import Shop
from dragoman.customers.models import Customer
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.kit.paging import Page, decode, decode_as, encode
from dragoman.kit.text import fold
from dragoman.kit.text import query as search_query
from dragoman.platform.db import Session
from dragoman.tickets.models import STATUSES, Event, Mention, Message, Ticket

VIEWS = ("unread", "mine", "unassigned", "mentions", "all", "snoozed")
COUNTED = ("unread", "mine", "unassigned", "mentions")
SORTS = ("urgent", "newest", "oldest")
PAGE_SIZE = 50
COUNT_LIMIT = 100
SEARCH_DOCS = 200
SHOWN_OF_A_TICKET = 3
RECENT_DOCS = 3_000

_EXACT = text("SELECT message_id, ticket_id, at FROM search_messages(cast(:words AS tsquery), :before, :n)")
_BEGUN = text(
    "SELECT message_id, ticket_id, at FROM "
    "(SELECT * FROM search_docs WHERE at < :before ORDER BY at DESC LIMIT :recent) AS late "
    "WHERE tokens @@ cast(:words AS tsquery) LIMIT :n"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What the inbox shows. `status` None: all but solved and closed ones (in `all`: every one)."""

    view: str = "unassigned"
    shop_id: UUID | None = None
    status: str | None = None
    sort: str = "urgent"


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as lists show it."""

    id: UUID
    number: int
    subject: str
    snippet: str
    status: str
    priority: int
    channel: str
    tags: list[str]
    order_refs: list[str]
    unread_since: datetime | None
    waiting_since: datetime | None
    rank_at: datetime
    last_activity_at: datetime
    last_by: str
    version: int
    customer_name: str
    customer_language: str
    customer_market: str
    assignee: str | None
    shop: str | None


active = literal_column("tickets.active", Boolean)

_columns = (
    Ticket.id, Ticket.number, Ticket.subject, Ticket.snippet, Ticket.status, Ticket.priority, Ticket.channel,
    Ticket.tags, Ticket.order_refs, Ticket.unread_since, Ticket.waiting_since, Ticket.rank_at,
    Ticket.last_activity_at, Ticket.last_by, Ticket.version, Customer.name, Customer.language, Customer.market,
    Person.name.label("assignee"), Shop.name.label("shop"),
)  # fmt: skip


def _rows(statement: Any) -> Any:
    """Join what a row shows to a statement that has already chosen few tickets."""
    return (
        statement.join(Customer, (Customer.workspace_id == Ticket.workspace_id) & (Customer.id == Ticket.customer_id))
        .outerjoin(Person, (Person.workspace_id == Ticket.workspace_id) & (Person.id == Ticket.assignee_id))
        .outerjoin(Shop, (Shop.workspace_id == Ticket.workspace_id) & (Shop.id == Ticket.shop_id))
    )


def _conditions(actor: Actor, chosen: Filter) -> list[ColumnElement[bool]]:
    out: list[ColumnElement[bool]] = []
    if chosen.view == "unread":
        out.append(Ticket.unread_since.is_not(None))
    elif chosen.view == "mine":
        out += [Ticket.assignee_id == actor.person_id, Ticket.assignee_id.is_not(None)]
    elif chosen.view == "unassigned":
        out.append(Ticket.assignee_id.is_(None))
    elif chosen.view == "mentions":
        mentioned = select(Mention.ticket_id).where(Mention.person_id == actor.person_id, Mention.seen_at.is_(None))
        out.append(Ticket.id.in_(mentioned))
    if chosen.view == "snoozed":
        out.append(Ticket.snoozed_until.is_not(None))
    elif chosen.view in ("unread", "mine", "unassigned"):
        out.append(Ticket.snoozed_until.is_(None))
    if chosen.shop_id:
        out.append(Ticket.shop_id == chosen.shop_id)
    if chosen.status:
        out.append(Ticket.status == chosen.status)
        if chosen.status not in ("solved", "closed"):
            out.append(active)
    elif chosen.view not in ("all", "mentions"):
        out.append(active)
    return out


def check_filter(chosen: Filter) -> Filter:
    """Raise Invalid for a view, state or order that does not exist."""
    if chosen.view not in VIEWS or chosen.sort not in SORTS or (chosen.status and chosen.status not in STATUSES):
        raise Invalid(N_("This view does not exist."))
    return chosen


async def list_tickets(
    session: Session, actor: Actor, chosen: Filter, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[TicketRow]:
    """One page of the inbox. Raises Invalid for a filter or cursor that makes no sense, Forbidden."""
    actor.require("ticket.read")
    check_filter(chosen)
    wanted = select(Ticket).where(*_conditions(actor, chosen))
    if chosen.sort == "urgent" and chosen.view == "all" and chosen.status is None:
        wanted = wanted.where(active)  # urgency is a matter of what is not done
    key: tuple[Any, ...] = (Ticket.last_activity_at, Ticket.id)
    if chosen.sort == "urgent":
        key = (Ticket.rank_at, Ticket.id)
    if cursor:
        last = tuple(literal(part) for part in decode(cursor))
        if len(last) != len(key):
            raise Invalid(N_("This page link is damaged. Start again from the first page."))
        here = tuple_(*key)
        wanted = wanted.where(here < tuple_(*last) if chosen.sort == "newest" else here > tuple_(*last))
    order = [part.desc() for part in key] if chosen.sort == "newest" else list(key)
    inner = wanted.order_by(*order).limit(size + 1).with_only_columns(Ticket.workspace_id, Ticket.id).subquery()
    statement = _rows(
        select(*_columns).join(inner, (inner.c.workspace_id == Ticket.workspace_id) & (inner.c.id == Ticket.id))
    ).order_by(*order)
    rows = [TicketRow(*row) for row in await session.execute(statement)]
    if len(rows) <= size:
        return Page(tuple(rows))
    end = rows[size - 1]
    last_key = (end.rank_at, end.id) if chosen.sort == "urgent" else (end.last_activity_at, end.id)
    return Page(tuple(rows[:size]), encode(*last_key))


async def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many tickets each view holds, up to 100: beyond that the page says "99+" and nothing counts further."""
    actor.require("ticket.read")
    parts = []
    for view in COUNTED:
        some = select(literal(1)).select_from(Ticket).where(*_conditions(actor, Filter(view))).limit(COUNT_LIMIT)
        parts.append(select(func.count()).select_from(some.subquery()).scalar_subquery().label(view))
    row = (await session.execute(select(*parts))).one()
    return dict(zip(COUNTED, row, strict=True))


async def list_by_numbers(session: Session, actor: Actor, numbers: list[int]) -> list[TicketRow]:
    """The rows of some tickets, to renew them in place."""
    actor.require("ticket.read")
    statement = _rows(select(*_columns)).where(Ticket.number.in_(numbers[:PAGE_SIZE]))
    return [TicketRow(*row) for row in await session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that search found, with the words of the message that matched."""

    ticket: TicketRow
    text: str
    at: datetime


async def search(
    session: Session, actor: Actor, words: str, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Hit]:
    """Tickets whose messages hold all of the words, newest first; a ticket's number finds it at once.

    Raises Invalid for a damaged cursor, Forbidden.
    """
    actor.require("ticket.read")
    before = clock.now()
    if cursor:
        (last,) = decode(cursor) if len(decode(cursor)) == 1 else (None,)
        if not isinstance(last, datetime):
            raise Invalid(N_("This page link is damaged. Start again from the first page."))
        before = last
    found = await _found(session, words, before)
    first: dict[UUID, list[Any]] = {}
    for row in found:
        if row.ticket_id not in first and len(first) == size:
            break
        first.setdefault(row.ticket_id, []).append(row)
    hits = await _hits(session, first, words)
    more = len(found) == SEARCH_DOCS or len(first) == size
    end = min((rows[0].at for rows in first.values()), default=None)
    number = words.strip().lstrip("#")
    if not cursor and number.isdecimal() and len(number) < 10:
        exact = await list_by_numbers(session, actor, [int(number)])
        hits = [Hit(row, row.snippet, row.last_activity_at) for row in exact] + [
            hit for hit in hits if hit.ticket.number != int(number)
        ]
    return Page(tuple(hits), encode(end) if more and end else None)


async def _found(session: Session, words: str, before: datetime) -> list[Any]:
    """Messages that hold the words; where these are few, also those of late that hold words beginning so.

    An index can't find beginnings without reading every word that begins so, so these are looked for among the
    newest messages only: a bounded cost, and what somebody who is still typing mostly means.
    """
    exact, begun = search_query(words), search_query(words, beginnings=True)
    if exact is None:
        return []
    values = {"words": exact, "before": before, "n": SEARCH_DOCS}
    found = list(await session.execute(_EXACT, values))
    if len(found) < PAGE_SIZE and begun != exact:
        have = {row.message_id for row in found}
        recent = await session.execute(_BEGUN, values | {"words": begun, "recent": RECENT_DOCS})
        found += [row for row in recent if row.message_id not in have]
        found.sort(key=lambda row: row.at, reverse=True)
    return found


async def _hits(session: Session, found: dict[UUID, list[Any]], words: str) -> list[Hit]:
    """A hit a ticket, in the order found. A message is found by its ticket's subject too, so of the newest few of a
    ticket the first whose own text holds one of the words is shown."""
    if not found:
        return []
    statement = (
        _rows(select(*_columns, Message.text, Message.at))
        .join(Message, (Message.workspace_id == Ticket.workspace_id) & (Message.ticket_id == Ticket.id))
        .where(Message.id.in_([row.message_id for rows in found.values() for row in rows[:SHOWN_OF_A_TICKET]]))
        .order_by(Message.at.desc())
    )
    wanted = [fold(word) for word in words.split()]
    best: dict[UUID, tuple[bool, Hit]] = {}
    for row in await session.execute(statement):
        hit = Hit(TicketRow(*row[:-2]), row[-2], row[-1])
        said, other = best.get(hit.ticket.id, (False, None))
        if said:
            continue
        own = fold(hit.text[:20_000])
        holds = any(word in own for word in wanted)
        if holds or other is None:
            best[hit.ticket.id] = (holds, hit)
    return [best[ticket][1] for ticket in found if ticket in best]


@dataclass(frozen=True, slots=True)
class Narrowed:
    """A view's filter, narrowed to one person's or one customer's tickets."""

    view: Filter
    assignee_id: UUID | None = None
    customer_id: UUID | None = None


async def list_records(
    session: Session, actor: Actor, chosen: Narrowed, *, cursor: str | None, size: int
) -> Page[Ticket]:
    """One page of whole tickets, in the view's order. Raises Invalid for a filter or cursor that makes no sense."""
    actor.require("ticket.read")
    check_filter(chosen.view)
    statement = select(Ticket).where(*_conditions(actor, chosen.view))
    if chosen.assignee_id:
        statement = statement.where(Ticket.assignee_id == chosen.assignee_id)
    if chosen.customer_id:
        statement = statement.where(Ticket.customer_id == chosen.customer_id)
    urgent, newest = chosen.view.sort == "urgent", chosen.view.sort == "newest"
    if urgent and chosen.view.view == "all" and chosen.view.status is None:
        statement = statement.where(active)
    key: tuple[Any, ...] = (Ticket.last_activity_at, Ticket.id)
    kinds: tuple[type, ...] = (datetime, UUID)
    if urgent:
        key = (Ticket.rank_at, Ticket.id)
    if cursor:
        here, last = tuple_(*key), tuple_(*(literal(part) for part in decode_as(cursor, *kinds)))
        statement = statement.where(here < last if newest else here > last)
    statement = statement.order_by(*(part.desc() if newest else part for part in key)).limit(size + 1)
    rows = list(await session.scalars(statement))
    return _cut(rows, size, attrgetter("rank_at", "id") if urgent else attrgetter("last_activity_at", "id"))


async def list_by_ids(session: Session, ticket_ids: Sequence[UUID]) -> list[Ticket]:
    """Whole tickets in the given order."""
    found = {one.id: one for one in await session.scalars(select(Ticket).where(Ticket.id.in_(ticket_ids)))}
    return [found[ticket_id] for ticket_id in ticket_ids if ticket_id in found]


async def page_messages(session: Session, ticket_id: UUID, *, cursor: str | None, size: int) -> Page[Message]:
    """One page of a thread, oldest first. Raises Invalid for a damaged cursor."""
    return await _page_of(session, Message, ticket_id, cursor, size)


async def page_events(session: Session, ticket_id: UUID, *, cursor: str | None, size: int) -> Page[Event]:
    """One page of what happened to a ticket, oldest first. Raises Invalid for a damaged cursor."""
    return await _page_of(session, Event, ticket_id, cursor, size)


async def _page_of(session: Session, kind: Any, ticket_id: UUID, cursor: str | None, size: int) -> Page[Any]:
    statement = select(kind).where(kind.ticket_id == ticket_id)
    if cursor:
        last = tuple_(*(literal(part) for part in decode_as(cursor, datetime, UUID)))
        statement = statement.where(tuple_(kind.at, kind.id) > last)
    rows = list(await session.scalars(statement.order_by(kind.at, kind.id).limit(size + 1)))
    return _cut(rows, size, attrgetter("at", "id"))


def _cut(rows: list[Any], size: int, key: Callable[[Any], tuple[Any, ...]]) -> Page[Any]:
    if len(rows) <= size:
        return Page(tuple(rows))
    return Page(tuple(rows[:size]), encode(*key(rows[size - 1])))
