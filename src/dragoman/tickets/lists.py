"""The inbox: views, filters, keyset pages, bounded counts. Nothing here costs more as history grows.

Lists of what is not done walk the partial indexes of active tickets, of which there are some thousands however old the
desk is. Lists that reach into history walk a window of it at a time (WINDOW tickets): a page may then hold few rows
and lead on, but never costs more than its window.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, func, literal, literal_column, select, text, tuple_
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from dragoman.accounts.access import Actor
from dragoman.accounts.models import Person
from dragoman.accounts.teams.models import Team
from dragoman.commerce.models import Shop
from dragoman.customers.models import Customer
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.tickets.conditions.clauses import clause
from dragoman.tickets.conditions.parse import Condition, Conditions
from dragoman.tickets.models import STATUSES, Event, Mention, Message, Ticket

VIEWS = ("unread", "mine", "unassigned", "mentions", "all", "snoozed", "overnight")
COUNTED = ("unread", "mine", "unassigned", "mentions")
SORTS = ("urgent", "newest", "oldest")
PAGE_SIZE = 50
COUNT_LIMIT = 100
WINDOW = 20_000
HEAPED = 20_000
OVER = ("solved", "closed")


@dataclass(frozen=True, slots=True)
class Filter:
    """What the inbox shows. `status` None: all but solved and closed ones (in `all`: every one).

    `conditions` narrow it further (a saved view's); `since` is when the reader left, for `overnight`.
    """

    view: str = "unassigned"
    shop_id: UUID | None = None
    status: str | None = None
    sort: str = "urgent"
    conditions: Conditions = field(default_factory=Conditions)
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket as lists show it. `team` is the key and the name of its queue."""

    id: UUID
    number: int
    subject: str
    snippet: str
    status: str
    priority: int
    kind: str
    severity: str
    intent: str
    emotion: str
    tier: int
    channel: str
    language: str
    market: str
    tags: list[str]
    order_refs: list[str]
    unread_since: datetime | None
    waiting_since: datetime | None
    snoozed_until: datetime | None
    due_at: datetime | None
    due_metric: str
    rank_at: datetime
    last_activity_at: datetime
    last_by: str
    message_count: int
    created_at: datetime
    version: int
    customer_name: str
    customer_language: str
    customer_market: str
    assignee: str | None
    shop: str | None
    team_key: str | None
    team_name: str | None


active = literal_column("tickets.active", Boolean)

columns = (
    Ticket.id, Ticket.number, Ticket.subject, Ticket.snippet, Ticket.status, Ticket.priority, Ticket.kind,
    Ticket.severity, Ticket.intent, Ticket.emotion, Ticket.tier, Ticket.channel, Ticket.language, Ticket.market,
    Ticket.tags, Ticket.order_refs, Ticket.unread_since, Ticket.waiting_since, Ticket.snoozed_until, Ticket.due_at,
    Ticket.due_metric, Ticket.rank_at, Ticket.last_activity_at, Ticket.last_by, Ticket.message_count,
    Ticket.created_at, Ticket.version, Customer.name, Customer.language, Customer.market,
    Person.name.label("assignee"), Shop.name.label("shop"), Team.key.label("team_key"), Team.name.label("team_name"),
)  # fmt: skip


def joined(statement: Any) -> Any:
    """Join what a row shows to a statement that has already chosen few tickets."""
    return (
        statement.join(Customer, (Customer.workspace_id == Ticket.workspace_id) & (Customer.id == Ticket.customer_id))
        .outerjoin(Person, (Person.workspace_id == Ticket.workspace_id) & (Person.id == Ticket.assignee_id))
        .outerjoin(Shop, (Shop.workspace_id == Ticket.workspace_id) & (Shop.id == Ticket.shop_id))
        .outerjoin(Team, (Team.workspace_id == Ticket.workspace_id) & (Team.id == Ticket.team_id))
    )


def _of_view(actor: Actor, chosen: Filter) -> list[ColumnElement[bool]]:
    """What the view itself says; its parts are those that the indexes know."""
    me = actor.person_id
    match chosen.view:
        case "unread":
            return [Ticket.unread_since.is_not(None), Ticket.snoozed_until.is_(None)]
        case "mine":
            return [Ticket.assignee_id == me, Ticket.assignee_id.is_not(None), Ticket.snoozed_until.is_(None)]
        case "unassigned":
            return [Ticket.assignee_id.is_(None), Ticket.snoozed_until.is_(None)]
        case "mentions":
            mentioned = select(Mention.ticket_id).where(Mention.person_id == me, Mention.seen_at.is_(None))
            return [Ticket.id.in_(mentioned)]
        case "snoozed":
            return [Ticket.snoozed_until.is_not(None)]
        case "overnight":
            since = chosen.since or clock.now()
            return [Ticket.unread_since.is_not(None), Ticket.unread_since >= since]
    return []


def reaches_back(chosen: Filter) -> bool:
    """Whether a list goes beyond what is not done, into all of history."""
    if chosen.status:
        return chosen.status in OVER
    if chosen.view not in ("all", "mentions"):
        return False
    if chosen.sort == "urgent":
        return False  # urgency is a matter of what is not done
    return not any(_shuts_out_what_is_over(one) for one in chosen.conditions.all)


def _shuts_out_what_is_over(one: Condition) -> bool:
    if one.field != "status":
        return False
    return not set(one.values) & set(OVER) if one.op == "is" else set(OVER) <= set(one.values)


def _conditions(actor: Actor, chosen: Filter) -> list[ColumnElement[bool]]:
    """All that a list of these tickets asks but a saved view's own conditions."""
    out = _of_view(actor, chosen)
    if chosen.shop_id:
        out.append(Ticket.shop_id == chosen.shop_id)
    if chosen.status:
        out.append(Ticket.status == chosen.status)
    if not reaches_back(chosen) and chosen.view != "mentions":
        out.append(active)
    return out


def check_filter(chosen: Filter) -> Filter:
    """Raise Invalid for a view, state or order that does not exist."""
    if chosen.view not in VIEWS or chosen.sort not in SORTS or (chosen.status and chosen.status not in STATUSES):
        raise Invalid(N_("This view does not exist."))
    return chosen


def _key(chosen: Filter) -> tuple[Any, ...]:
    return (Ticket.rank_at, Ticket.id) if chosen.sort == "urgent" else (Ticket.last_activity_at, Ticket.id)


def _key_of(chosen: Filter) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter("rank_at", "id") if chosen.sort == "urgent" else attrgetter("last_activity_at", "id")


def _walk(actor: Actor, chosen: Filter, cursor: str | None) -> tuple[Any, list[Any]]:
    """The tickets of a list from a cursor on, in the index's order, and that order. Raises Invalid for the cursor."""
    key = _key(chosen)
    wanted = select(Ticket.workspace_id, Ticket.id).where(*_conditions(actor, chosen))
    if cursor:
        here, last = tuple_(*key), tuple_(*(literal(part) for part in decode_as(cursor, datetime, UUID)))
        wanted = wanted.where(here < last if chosen.sort == "newest" else here > last)
    return wanted, [part.desc() for part in key] if chosen.sort == "newest" else list(key)


def _chosen(actor: Actor, chosen: Filter, wanted: Any, order: Sequence[Any], size: int) -> Any:
    """The ids of one page and one more, as a subquery; in history only a window of it is looked at."""
    now = clock.now()
    if not (chosen.conditions and reaches_back(chosen)):
        asked = clause(chosen.conditions, me=actor.person_id, now=now)
        return wanted.where(*asked).order_by(*order).limit(size + 1).subquery()
    window = wanted.order_by(*order).limit(WINDOW).with_only_columns(*Ticket.__table__.c).subquery()
    seen = aliased(Ticket, window)
    key = (seen.rank_at, seen.id) if chosen.sort == "urgent" else (seen.last_activity_at, seen.id)
    asked = clause(chosen.conditions, me=actor.person_id, now=now, of=seen)
    by = [part.desc() for part in key] if chosen.sort == "newest" else list(key)
    return select(seen.workspace_id, seen.id).where(*asked).order_by(*by).limit(size + 1).subquery()


async def _end_of_window(session: Session, chosen: Filter, wanted: Any, order: Sequence[Any]) -> str | None:
    """The cursor behind a whole window, None where history has ended within it."""
    window = wanted.order_by(*order).limit(WINDOW).with_only_columns(*_key(chosen)).subquery()
    key = list(window.c)
    size = select(func.count()).select_from(window).scalar_subquery()
    last = key if chosen.sort == "newest" else [part.desc() for part in key]
    end = (await session.execute(select(*key, size).order_by(*last).limit(1))).one_or_none()
    return encode(end[0], end[1]) if end is not None and end[2] == WINDOW else None


async def _page(
    session: Session, actor: Actor, chosen: Filter, statement: Any, cursor: str | None, size: int
) -> Page[Any]:
    """One page of what `statement` shows of the tickets of a list, in its order."""
    wanted, order = _walk(actor, chosen, cursor)
    inner = _chosen(actor, chosen, wanted, order, size)
    here = (inner.c.workspace_id == Ticket.workspace_id) & (inner.c.id == Ticket.id)
    rows = list(await session.execute(statement.join(inner, here).order_by(*order)))
    if len(rows) > size:
        return Page(tuple(rows[:size]), encode(*_key_of(chosen)(_ticket(rows[size - 1]))))
    if chosen.conditions and reaches_back(chosen):
        return Page(tuple(rows), await _end_of_window(session, chosen, wanted, order))
    return Page(tuple(rows))


def _ticket(row: Any) -> Any:
    """The ticket of a row that may be one, or hold its columns."""
    return row[0] if isinstance(row[0], Ticket) else row


async def list_tickets(
    session: Session, actor: Actor, chosen: Filter, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[TicketRow]:
    """One page of the inbox. Raises Invalid for a filter or cursor that makes no sense, Forbidden."""
    actor.require("ticket.read")
    page = await _page(session, actor, check_filter(chosen), joined(select(*columns)), cursor, size)
    return Page(tuple(TicketRow(*row) for row in page.rows), page.next)


async def counts(session: Session, actor: Actor) -> dict[str, int]:
    """How many tickets each view holds, counted to `COUNT_LIMIT` at most."""
    actor.require("ticket.read")
    return await count_all(session, actor, {view: Filter(view) for view in COUNTED})


async def count_all(session: Session, actor: Actor, views: Mapping[str, Filter]) -> dict[str, int]:
    """How many tickets each of some lists holds, to `COUNT_LIMIT` at most; 0 for those that reach into history.

    One statement, whose cost is bounded by what is not done, however old the desk is.
    """
    actor.require("ticket.read")
    now = clock.now()
    parts = []
    counted = {name: chosen for name, chosen in views.items() if not reaches_back(chosen)}
    for chosen in counted.values():
        asked = clause(chosen.conditions, me=actor.person_id, now=now)
        some = select(literal(1)).select_from(Ticket).where(*_conditions(actor, chosen), *asked).limit(COUNT_LIMIT)
        parts.append(select(func.count()).select_from(some.subquery()).scalar_subquery())
    row = (await session.execute(select(*parts))).one() if parts else ()
    return dict.fromkeys(views, 0) | dict(zip(counted, row, strict=True))


async def list_by_numbers(session: Session, actor: Actor, numbers: Sequence[int]) -> list[TicketRow]:
    """The rows of some tickets, to renew them in place."""
    actor.require("ticket.read")
    statement = joined(select(*columns)).where(Ticket.number.in_(numbers[:PAGE_SIZE]))
    return [TicketRow(*row) for row in await session.execute(statement)]


async def find_in(session: Session, actor: Actor, chosen: Filter, number: int) -> TicketRow | None:
    """The row of one ticket if the list holds it: what an open page asks when it hears that the ticket has changed."""
    actor.require("ticket.read")
    asked = clause(chosen.conditions, me=actor.person_id, now=clock.now())
    here = [Ticket.number == number, *_conditions(actor, check_filter(chosen)), *asked]
    row = (await session.execute(joined(select(*columns)).where(*here))).one_or_none()
    return TicketRow(*row) if row else None


async def list_due(
    session: Session, actor: Actor, *, after: datetime | None, until: datetime, size: int
) -> list[TicketRow]:
    """Tickets whose next clock ends within a stretch of time, soonest first."""
    actor.require("ticket.read")
    wanted = [Ticket.due_at.is_not(None), Ticket.due_at <= until, active]
    if after is not None:
        wanted.append(Ticket.due_at > after)
    statement = joined(select(*columns)).where(*wanted).order_by(Ticket.due_at, Ticket.id).limit(size)
    return [TicketRow(*row) for row in await session.execute(statement)]


@dataclass(frozen=True, slots=True)
class Heaped:
    """How much lies with a person or in a queue (`of`); without key and name: with nobody, in none."""

    of: str
    key: str
    name: str
    late: int
    soon: int
    all: int


async def heaps(session: Session, actor: Actor, *, now: datetime, soon: datetime) -> list[Heaped]:
    """What is open, by person and by queue, most late first: of the most urgent HEAPED tickets, so that it stays
    quick."""
    actor.require("ticket.read")
    some = (
        select(Ticket.assignee_id, Ticket.team_id, Ticket.due_at)
        .where(active, Ticket.snoozed_until.is_(None))
        .order_by(Ticket.rank_at, Ticket.id)
        .limit(HEAPED)
        .subquery()
    )
    late = func.count().filter(some.c.due_at <= now)
    near = func.count().filter((some.c.due_at > now) & (some.c.due_at <= soon))
    people = (
        select(literal(""), Person.name, late.label("late"), near, func.count().label("all"))
        .select_from(some)
        .outerjoin(Person, Person.id == some.c.assignee_id)
        .group_by(Person.id, Person.name)
    )
    queues = (
        select(Team.key, Team.name, late.label("late"), near, func.count().label("all"))
        .select_from(some)
        .outerjoin(Team, Team.id == some.c.team_id)
        .group_by(Team.id, Team.key, Team.name)
    )
    found = []
    for of, statement in (("person", people), ("team", queues)):
        rows = await session.execute(statement.order_by(text("late DESC"), text('"all" DESC')).limit(60))
        found += [Heaped(of, row[0] or "", row[1] or "", *row[2:]) for row in rows]
    return found


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
    view = check_filter(chosen.view)
    if not (chosen.assignee_id or chosen.customer_id):
        page = await _page(session, actor, view, select(Ticket), cursor, size)
        return Page(tuple(row[0] for row in page.rows), page.next)
    wanted, order = _walk(actor, view, cursor)
    wanted = wanted.with_only_columns(Ticket).where(*clause(view.conditions, me=actor.person_id, now=clock.now()))
    if chosen.assignee_id:
        wanted = wanted.where(Ticket.assignee_id == chosen.assignee_id)
    if chosen.customer_id:
        wanted = wanted.where(Ticket.customer_id == chosen.customer_id)
    rows = list(await session.scalars(wanted.order_by(*order).limit(size + 1)))
    return _cut(rows, size, _key_of(view))


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
