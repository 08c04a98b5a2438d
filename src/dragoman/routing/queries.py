"""All SQL about assignment, escalations and hand-overs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, select, tuple_, update

from dragoman.accounts.models import Person
from dragoman.accounts.teams.models import Team, TeamMember
from dragoman.customers.models import Customer
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.routing.models import Escalation, Handover
from dragoman.tickets.models import Ticket

MOST_LOAD = 501
"""Nobody's tickets are counted further than the largest capacity goes."""
PAGE_SIZE = 50
ACTIVE: Any = Ticket.active


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody's place in a team."""

    team_id: UUID
    person_id: UUID
    given_at: datetime | None


async def lock_teams(session: Session, team_ids: Collection[UUID]) -> None:
    """Let one transaction at a time give out the tickets of some teams, so that nobody gets more than they take. It
    comes after the locks of the tickets themselves, everywhere."""
    locked = select(Team.id).where(Team.id.in_(team_ids)).order_by(Team.id).with_for_update(key_share=True)
    await session.execute(locked)


async def list_seats(session: Session, team_ids: Collection[UUID]) -> list[Seat]:
    """Who works in some teams."""
    rows = await session.execute(
        select(TeamMember.team_id, TeamMember.person_id, TeamMember.given_at)
        .join(Person, (Person.workspace_id == TeamMember.workspace_id) & (Person.id == TeamMember.person_id))
        .where(TeamMember.team_id.in_(team_ids), Person.active)
    )
    return [Seat(*row) for row in rows]


async def loads(session: Session, person_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many active tickets that are not snoozed some people have, counted to 501 at most."""
    people = select(Person.id, Person.workspace_id).where(Person.id.in_(person_ids)).subquery()
    theirs = (
        select(literal(1).label("one"))
        .where(
            Ticket.workspace_id == people.c.workspace_id, Ticket.assignee_id == people.c.id, ACTIVE,
            Ticket.snoozed_until.is_(None),
        )
        .limit(MOST_LOAD)
        .lateral()
    )  # fmt: skip
    counted = select(people.c.id, func.count()).select_from(people).join(theirs, literal(True)).group_by(people.c.id)
    return {row[0]: row[1] for row in await session.execute(counted)}


async def last_owners(session: Session, customer_ids: Collection[UUID], besides: Collection[UUID]) -> dict[UUID, UUID]:
    """Who had the latest ticket of each customer, leaving some tickets out."""
    buyers = select(Customer.id, Customer.workspace_id).where(Customer.id.in_(customer_ids)).subquery()
    last = (
        select(Ticket.assignee_id)
        .where(
            Ticket.workspace_id == buyers.c.workspace_id, Ticket.customer_id == buyers.c.id,
            Ticket.assignee_id.is_not(None), Ticket.id.not_in(besides),
        )
        .order_by(Ticket.last_activity_at.desc())
        .limit(1)
        .lateral()
    )  # fmt: skip
    rows = await session.execute(select(buyers.c.id, last.c.assignee_id).join(last, literal(True)))
    return {row[0]: row[1] for row in rows}


async def note_turns(session: Session, turns: Collection[tuple[UUID, UUID]], now: datetime) -> None:
    """Note that people of teams (team, person) were given something just now."""
    if turns:
        await session.execute(
            update(TeamMember)
            .where(tuple_(TeamMember.team_id, TeamMember.person_id).in_(sorted(turns)))
            .values(given_at=now)
            .execution_options(synchronize_session=False)
        )


async def take_waiting(session: Session, team_ids: Collection[UUID], *, limit: int) -> list[Ticket]:
    """The most urgent tickets of some queues that nobody has, locked; those that somebody works on now are left."""
    waiting = (
        select(Ticket)
        .where(Ticket.team_id.in_(team_ids), ACTIVE, Ticket.assignee_id.is_(None), Ticket.snoozed_until.is_(None))
        .order_by(Ticket.rank_at, Ticket.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(await session.scalars(waiting))


async def list_owned_with_clock(session: Session, person_id: UUID, *, limit: int) -> list[tuple[UUID, datetime]]:
    """Somebody's active tickets whose clocks run, and when these are over."""
    rows = await session.execute(
        select(Ticket.id, Ticket.due_at)
        .where(Ticket.assignee_id == person_id, ACTIVE, Ticket.due_at.is_not(None))
        .order_by(Ticket.rank_at, Ticket.id)
        .limit(limit)
    )
    return [(row.id, row.due_at) for row in rows]


async def open_escalation(session: Session, ticket_id: UUID) -> Escalation | None:
    """The escalation that a ticket is in now."""
    found: Escalation | None = await session.scalar(
        select(Escalation)
        .where(Escalation.ticket_id == ticket_id, Escalation.ended_at.is_(None))
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    return found


async def list_escalations(session: Session, ticket_id: UUID) -> list[Escalation]:
    """A ticket's escalations, newest first."""
    statement = select(Escalation).where(Escalation.ticket_id == ticket_id).order_by(Escalation.id.desc()).limit(50)
    return list(await session.scalars(statement))


async def take_over(session: Session, takers: Sequence[tuple[UUID, UUID]], now: datetime) -> None:
    """Note who took which ticket over, where it waits for that; nobody takes over what they handed over themselves."""
    for ticket_id, person_id in takers:
        await session.execute(
            update(Escalation)
            .where(
                Escalation.ticket_id == ticket_id, Escalation.taken_at.is_(None), Escalation.ended_at.is_(None),
                Escalation.by_id.is_distinct_from(person_id),
            )
            .values(taken_at=now, taken_by_id=person_id)
        )  # fmt: skip


async def load_handover(session: Session, handover_id: UUID, *, lock: bool = False) -> Handover | None:
    """A hand-over by its id."""
    return await session.get(Handover, (session.workspace_id, handover_id), with_for_update=lock or None)


async def list_handovers(session: Session, *, cursor: str | None = None, size: int = 20) -> Page[Handover]:
    """One page of hand-overs, newest first. Raises Invalid for a damaged cursor."""
    statement = select(Handover)
    if cursor:
        last = tuple_(*(literal(part) for part in decode_as(cursor, datetime, UUID)))
        statement = statement.where(tuple_(Handover.at, Handover.id) < last)
    rows = list(await session.scalars(statement.order_by(Handover.at.desc(), Handover.id.desc()).limit(size + 1)))
    return Page(tuple(rows[:size]), encode(rows[size - 1].at, rows[size - 1].id) if len(rows) > size else None)


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A ticket, promise or task that a shift leaves, as the hand-over page lists it."""

    number: int
    subject: str
    at: datetime
    who: str | None


async def list_left(
    session: Session, part: str, team_id: UUID | None, *, until: datetime, limit: int = 30
) -> list[LeftRow]:
    """One part of what a shift leaves: `due` (clocks that run out before `until`), `unanswered`, `snoozed`."""
    columns: dict[str, Any] = {
        "due": Ticket.due_at, "unanswered": Ticket.waiting_since, "snoozed": Ticket.snoozed_until,
    }  # fmt: skip
    at = columns[part]
    statement = (
        select(Ticket.number, Ticket.subject, at, Person.name)
        .outerjoin(Person, (Person.workspace_id == Ticket.workspace_id) & (Person.id == Ticket.assignee_id))
        .where(ACTIVE, at.is_not(None))
    )
    if team_id is not None:
        statement = statement.where(Ticket.team_id == team_id)
    if part in ("due", "snoozed"):
        statement = statement.where(at <= until)
    order = (Ticket.rank_at, Ticket.id) if part == "unanswered" else (at, Ticket.id)
    return [LeftRow(*row) for row in await session.execute(statement.order_by(*order).limit(limit))]


async def list_owed(session: Session, owed: Any, team_id: UUID | None, *, limit: int = 30) -> list[LeftRow]:
    """Open promises or tasks (`owed` is their table), the next due first."""
    statement = (
        select(Ticket.number, Ticket.subject, owed.due_at, Person.name)
        .join(Ticket, (Ticket.workspace_id == owed.workspace_id) & (Ticket.id == owed.ticket_id))
        .outerjoin(Person, (Person.workspace_id == owed.workspace_id) & (Person.id == owed.person_id))
        .where(owed.state == "open")
    )
    if team_id is not None:
        statement = statement.where(Ticket.team_id == team_id)
    return [LeftRow(*row) for row in await session.execute(statement.order_by(owed.due_at, owed.id).limit(limit))]
