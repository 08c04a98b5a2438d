"""All SQL about promises."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, select, tuple_

from dragoman.accounts.models import Person
from dragoman.accounts.teams.models import Team
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.tickets.models import Event, Message, Ticket
from dragoman.tickets.promises.models import Promise

PAGE_SIZE = 50
ON_TICKET = 30
SCOPES = ("mine", "team", "overdue", "next")


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise as lists show it."""

    promise: Promise
    number: int
    subject: str
    owner: str


def _rows() -> Select[Promise, int, str, str]:
    return (
        select(Promise, Ticket.number, Ticket.subject, Person.name)
        .join(Ticket, (Ticket.workspace_id == Promise.workspace_id) & (Ticket.id == Promise.ticket_id))
        .join(Person, (Person.workspace_id == Promise.workspace_id) & (Person.id == Promise.person_id))
    )


async def load(session: Session, promise_id: UUID, *, lock: bool = False) -> Promise | None:
    """A promise by its id; `lock` lets only one transaction settle it."""
    found = select(Promise).where(Promise.id == promise_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    promise: Promise | None = await session.scalar(found)
    return promise


async def tickets_of(session: Session, promise_ids: Collection[UUID]) -> set[UUID]:
    """The tickets of some promises: they are locked before these, as everywhere."""
    return set(await session.scalars(select(Promise.ticket_id).where(Promise.id.in_(promise_ids))))


async def lock_open(session: Session, promise_ids: Collection[UUID]) -> list[Promise]:
    """Those of some promises that are not settled, to be changed."""
    found = select(Promise).where(Promise.id.in_(promise_ids), Promise.state == "open").order_by(Promise.id)
    return list(await session.scalars(found.with_for_update().execution_options(populate_existing=True)))


async def next_due(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """When the next open promise of each ticket is due; tickets without one are left out."""
    rows = await session.execute(
        select(Promise.ticket_id, func.min(Promise.due_at))
        .where(Promise.ticket_id.in_(ticket_ids), Promise.state == "open")
        .group_by(Promise.ticket_id)
    )
    return dict(rows.all())


async def find_row(session: Session, promise_id: UUID) -> PromiseRow | None:
    """A promise with its ticket and owner."""
    row = (await session.execute(_rows().where(Promise.id == promise_id))).one_or_none()
    return PromiseRow(*row) if row else None


async def list_on_ticket(session: Session, ticket_id: UUID) -> list[PromiseRow]:
    """The promises of a ticket: open ones by their time, then the latest of the others."""
    statement = (
        _rows()
        .where(Promise.ticket_id == ticket_id)
        .order_by(case((Promise.state == "open", 0), else_=1), case((Promise.state == "open", Promise.due_at)),
                  Promise.id.desc())
        .limit(ON_TICKET)
    )  # fmt: skip
    return [PromiseRow(*row) for row in await session.execute(statement)]


async def made_by(session: Session, ticket_id: UUID, promise_id: UUID) -> UUID | None:
    """Who noted a promise, as its event says."""
    found: UUID | None = await session.scalar(
        select(Event.person_id)
        .where(
            Event.ticket_id == ticket_id, Event.verb == "promise_made",
            Event.data["promise"].astext == str(promise_id),
        )
        .limit(1)
    )  # fmt: skip
    return found


async def answered_since(session: Session, ticket_id: UUID) -> datetime | None:
    """When the customer was last answered in a ticket."""
    found: datetime | None = await session.scalar(
        select(Message.at)
        .where(Message.ticket_id == ticket_id, Message.kind == "outbound")
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return found


async def list_open(
    session: Session, scope: str, *, person_id: UUID, teams: Sequence[UUID], now: datetime,
    cursor: str | None = None, size: int = PAGE_SIZE,
) -> Page[PromiseRow]:  # fmt: skip
    """One page of promises not settled, the next due first; `teams` are those of the reader. Raises Invalid for a
    damaged cursor."""
    statement = _rows().where(Promise.state == "open")
    if scope == "mine":
        statement = statement.where(Promise.person_id == person_id)
    elif scope == "team":
        statement = statement.where(Promise.team_id.in_(teams))
    elif scope == "overdue":
        statement = statement.where(Promise.due_at <= now)
    else:
        statement = statement.where(Promise.due_at > now)
    return await _page(session, statement, cursor, size)


async def list_all(
    session: Session, *, state: str | None, ticket_id: UUID | None = None, person_id: UUID | None = None,
    cursor: str | None, size: int,
) -> Page[PromiseRow]:  # fmt: skip
    """One page of promises by their time, for other software."""
    statement = _rows()
    if state:
        statement = statement.where(Promise.state == state)
    if ticket_id:
        statement = statement.where(Promise.ticket_id == ticket_id)
    if person_id:
        statement = statement.where(Promise.person_id == person_id)
    return await _page(session, statement, cursor, size)


async def _page(
    session: Session, statement: Select[Promise, int, str, str], cursor: str | None, size: int
) -> Page[PromiseRow]:
    if cursor:
        statement = statement.where(tuple_(Promise.due_at, Promise.id) > decode_as(cursor, datetime, UUID))
    found = await session.execute(statement.order_by(Promise.due_at, Promise.id).limit(size + 1))
    rows = [PromiseRow(*row) for row in found]
    last = rows[size - 1].promise if len(rows) > size else None
    return Page(tuple(rows[:size]), encode(last.due_at, last.id) if last else None)


@dataclass(frozen=True, slots=True)
class Tally:
    """How promises due in a time were kept, by one person or team (`id` None: tickets without a queue).

    `late` were kept after their time; `missed` are broken, or still open past their time.
    """

    id: UUID | None
    key: str
    name: str
    kept: int
    late: int
    missed: int
    renewed: int

    @property
    def rate(self) -> float | None:
        """The share kept in time, 0 to 1; renewed ones were told of before and count for neither side."""
        told = self.kept + self.late + self.missed
        return self.kept / told if told else None


def _counts(now: datetime) -> tuple[Any, ...]:
    in_time = (Promise.state == "kept") & (Promise.settled_at <= Promise.due_at)
    late = (Promise.state == "kept") & (Promise.settled_at > Promise.due_at)
    missed = (Promise.state == "broken") | ((Promise.state == "open") & (Promise.due_at <= now))
    return tuple(func.count().filter(one) for one in (in_time, late, missed, Promise.state == "renewed"))


async def tally_people(session: Session, since: datetime, now: datetime) -> list[Tally]:
    """Per person, of the promises that were due between two moments."""
    statement = (
        select(Person.id, Person.name, *_counts(now))
        .join(Promise, (Promise.workspace_id == Person.workspace_id) & (Promise.person_id == Person.id))
        .where(Promise.due_at >= since, Promise.due_at <= now)
        .group_by(Person.id, Person.name)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Tally(row[0], "", *row[1:]) for row in await session.execute(statement)]


async def tally_teams(session: Session, since: datetime, now: datetime) -> list[Tally]:
    """Per team, of the promises that were due between two moments."""
    statement = (
        select(Team.id, func.coalesce(Team.key, ""), func.coalesce(Team.name, ""), *_counts(now))
        .select_from(Promise)
        .outerjoin(Team, (Promise.workspace_id == Team.workspace_id) & (Promise.team_id == Team.id))
        .where(Promise.due_at >= since, Promise.due_at <= now)
        .group_by(Team.id, Team.key, Team.name)
        .order_by(Team.id)
    )
    return [Tally(*row) for row in await session.execute(statement)]
