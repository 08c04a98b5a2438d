"""All SQL about calendars, policies and clocks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert as upsert

from dragoman.accounts.models import Person, Role
from dragoman.accounts.teams.models import Team
from dragoman.platform.alarms import Alarm
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.sla.models import AutoReply, Clock, SlaPolicy, WorkCalendar
from dragoman.tickets.models import Message, Ticket

ROUNDS = 100
"""How many clocks of a ticket are shown, the newest."""
SAMPLE = 2_000
RENEWED = 50_000


async def list_policies(session: Session, *, active_only: bool = False) -> list[SlaPolicy]:
    """All policies in their order. A desk has dozens."""
    statement = select(SlaPolicy).order_by(SlaPolicy.position, SlaPolicy.id)
    return list(await session.scalars(statement.where(SlaPolicy.active) if active_only else statement))


async def load_policy(session: Session, policy_id: UUID, *, lock: bool = False) -> SlaPolicy | None:
    """A policy by its id."""
    return await session.get(SlaPolicy, (session.workspace_id, policy_id), with_for_update=lock or None)


async def list_calendars(session: Session) -> list[WorkCalendar]:
    """All calendars, the business hours first."""
    return list(await session.scalars(select(WorkCalendar).order_by(WorkCalendar.created_at, WorkCalendar.id)))


async def load_calendar(session: Session, calendar_id: UUID, *, lock: bool = False) -> WorkCalendar | None:
    """A calendar by its id."""
    return await session.get(WorkCalendar, (session.workspace_id, calendar_id), with_for_update=lock or None)


async def list_team_calendars(session: Session) -> dict[UUID, UUID | None]:
    """By which calendar each team works."""
    return {row.id: row.calendar_id for row in await session.execute(select(Team.id, Team.calendar_id))}


async def uses_calendar(session: Session, calendar_id: UUID) -> bool:
    """Whether a policy or a team counts by a calendar."""
    by_team = select(Team.id).where(Team.calendar_id == calendar_id)
    by_policy = select(SlaPolicy.id).where(SlaPolicy.calendar_id == calendar_id)
    return bool(await session.scalar(select(or_(by_team.exists(), by_policy.exists()))))


async def load_workspace(session: Session) -> Workspace:
    """The entered workspace."""
    return await session.get_one(Workspace, session.workspace_id)


async def list_live(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, dict[str, Clock]]:
    """The newest clock of each metric, by ticket."""
    found: dict[UUID, dict[str, Clock]] = {}
    for clock in await session.scalars(select(Clock).where(Clock.live, Clock.ticket_id.in_(ticket_ids))):
        found.setdefault(clock.ticket_id, {})[clock.metric] = clock
    return found


async def answered(session: Session, ticket_ids: Collection[UUID]) -> set[UUID]:
    """The tickets in which a person has answered the customer."""
    if not ticket_ids:
        return set()
    statement = (
        select(Message.ticket_id)
        .where(Message.ticket_id.in_(ticket_ids), Message.kind == "outbound", Message.automatic.is_(False))
        .distinct()
    )
    return set(await session.scalars(statement))


async def list_ended(session: Session, metric: str, since: datetime) -> Sequence[tuple[int, str]]:
    """How long the newest clocks of a metric that ended since a moment took (seconds), and how they ended."""
    statement = (
        select(Clock.elapsed, Clock.state)
        .where(Clock.metric == metric, Clock.ended_at >= since, Clock.state.in_(("met", "breached")))
        .order_by(Clock.ended_at.desc())
        .limit(SAMPLE)
    )
    return [(row.elapsed, row.state) for row in await session.execute(statement)]


async def list_supervisors(session: Session) -> list[UUID]:
    """Whoever leads by their role, for tickets whose team has no lead."""
    statement = (
        select(Person.id)
        .join(Role, (Role.workspace_id == Person.workspace_id) & (Role.id == Person.role_id))
        .where(Person.active, Role.key.in_(("lead", "supervisor")))
        .order_by(Person.id)
        .limit(20)
    )
    return list(await session.scalars(statement))


async def list_auto_replies(session: Session, ticket_ids: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Which kinds of automatic answers the tickets have had."""
    statement = select(AutoReply.ticket_id, AutoReply.kind).where(AutoReply.ticket_id.in_(ticket_ids))
    return {(row.ticket_id, row.kind) for row in await session.execute(statement)}


async def count_auto_replies(session: Session, addresses: Collection[str], since: datetime) -> dict[str, int]:
    """How many automatic answers some addresses were sent since a moment."""
    statement = (
        select(AutoReply.address, func.count().label("n"))
        .where(AutoReply.address.in_(addresses), AutoReply.at >= since)
        .group_by(AutoReply.address)
    )
    return {row.address: row.n for row in await session.execute(statement)}


async def renew_all(session: Session, kind: str, now: datetime) -> None:
    """Ask to be woken at once about every ticket that is not done, the most urgent ones where these are very many."""
    tickets = (
        select(Ticket.workspace_id, literal(kind), Ticket.id, literal(now), literal(0))
        .where(Ticket.active)
        .order_by(Ticket.rank_at)
        .limit(RENEWED)
    )
    columns = ["workspace_id", "kind", "key", "at", "failures"]
    await session.execute(upsert(Alarm).from_select(columns, tickets).on_conflict_do_nothing())


async def renew_missing(session: Session, kind: str, alarm: str, now: datetime) -> None:
    """The same about tickets whose clock runs without an alarm `alarm` (a backup brought them back without)."""
    asked = select(Alarm.key).where(
        Alarm.workspace_id == Ticket.workspace_id, Alarm.kind == alarm, Alarm.key == Ticket.id
    )
    tickets = (
        select(Ticket.workspace_id, literal(kind), Ticket.id, literal(now), literal(0))
        .where(Ticket.active, Ticket.due_at > now, ~asked.exists())
        .order_by(Ticket.due_at)
        .limit(RENEWED)
    )
    columns = ["workspace_id", "kind", "key", "at", "failures"]
    await session.execute(upsert(Alarm).from_select(columns, tickets).on_conflict_do_nothing())
