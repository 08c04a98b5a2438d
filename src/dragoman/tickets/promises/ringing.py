"""Promises whose time comes: their owner is reminded before, told at the time, and then the leads hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.notices import service as notices
from dragoman.accounts.presence import queries as presence
from dragoman.accounts.teams import queries as teams
from dragoman.kit import clock
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.tickets import filing, service
from dragoman.tickets.models import Ticket
from dragoman.tickets.promises import queries
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.promises.service import ALARM

ESCALATE_AFTER = timedelta(minutes=15)
"""How long its owner has past the time before the leads are told."""
SOME = 5


async def ring(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: bring some promises to their next step, whichever that is by now."""
    now = clock.now()
    tickets = await filing.lock(session, await queries.tickets_of(session, keys))
    promises = await queries.lock_open(session, keys)
    absent = await _absent(session, {one.person_id for one in promises}, now)
    again: dict[UUID, datetime] = {}
    for promise in promises:
        at = await _step(session, promise, tickets[promise.ticket_id], absent, now)
        if at is not None:
            again[promise.id] = at
    await alarms.put(session, ALARM, again)


async def _step(
    session: Session, promise: Promise, ticket: Ticket, absent: dict[UUID, UUID | None], now: datetime
) -> datetime | None:
    """Do what is due for one promise; returns when it is to be looked at again."""
    if now < promise.due_at:
        if promise.reminded_at is None:
            promise.reminded_at = now
            await _tell_owner(session, promise, ticket, absent, "promise_soon")
        return promise.due_at
    if promise.overdue_at is None:
        promise.overdue_at = promise.reminded_at = now
        await _tell_owner(session, promise, ticket, absent, "promise_due")
        await service.record(
            session, ticket, None, "promise_overdue", promise=str(promise.id), due=promise.due_at.isoformat()
        )
        return max(promise.due_at + ESCALATE_AFTER, now)
    if promise.escalated_at is None:
        promise.escalated_at = now
        await notices.tell(
            session, await leads(session, ticket.team_id), "promise_overdue", ticket=ticket.number,
            promise=str(promise.id),
        )  # fmt: skip
    return None


async def _absent(session: Session, owners: set[UUID], now: datetime) -> dict[UUID, UUID | None]:
    """Owners who are out of office or have left, and who stands in for them."""
    standings = await presence.list_standings(session, now, sorted(owners))
    return {
        person: one.stand_in_id for person, one in standings.items() if one.absent_until is not None or not one.active
    }


async def _tell_owner(
    session: Session, promise: Promise, ticket: Ticket, absent: dict[UUID, UUID | None], kind: str
) -> None:
    """The owner; for one who is not there who stands in, or else the whole team of the ticket, or its leads."""
    told: list[UUID] = [promise.person_id]
    if promise.person_id in absent:
        stand_in = absent[promise.person_id]
        members = await teams.list_members(session, [ticket.team_id]) if ticket.team_id and not stand_in else []
        told = [stand_in] if stand_in else [one.person_id for one in members if one.person_id not in absent]
        told = told or await leads(session, ticket.team_id)
    await notices.tell(session, told, kind, ticket=ticket.number, promise=str(promise.id))


async def leads(session: Session, team_id: UUID | None) -> list[UUID]:
    """Who leads a team; where nobody does, some of those who manage teams: nothing is told into a void."""
    members = await teams.list_members(session, [team_id]) if team_id else []
    found = [one.person_id for one in members if one.lead]
    return found or [one.id for one in await people.list_holders(session, "team.manage", limit=SOME)]
