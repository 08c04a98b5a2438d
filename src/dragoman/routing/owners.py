"""Tickets whose owner is not there go back to their queue before their clock is over.

It holds for whoever is out of office, and in teams whose work the desk gives out (or whose settings say so) also for
whoever is away, offline or outside their hours. Where nobody asked the desk to give work out, it takes none away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from dragoman.accounts.notices import service as notices
from dragoman.accounts.presence import queries as presence
from dragoman.accounts.presence import service as presence_service
from dragoman.accounts.presence.states import HERE, Standing, present
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import Team
from dragoman.kit import clock
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.routing import queries
from dragoman.routing.assignment import give
from dragoman.routing.score import STRATEGIES
from dragoman.tickets import filing
from dragoman.tickets.batches import Gift, assign_all
from dragoman.tickets.models import Ticket
from dragoman.tickets.touched import Touched

ALARM = "owner"
"""Rings before a ticket's clock is over; its key is the ticket's id."""
MARGIN = timedelta(minutes=30)
AGAIN = timedelta(minutes=5)
"""An owner who is there is looked after again so much later, until the clock is over."""
AT_ONCE = 500


def gives_back(team: Team | None) -> bool:
    """Whether a team's tickets leave an owner who is not there."""
    return team is not None and (team.strategy in STRATEGIES or bool(team.settings.get("give_back")))


async def watch(session: Session, touched: Sequence[Touched]) -> None:
    """Ask to be woken before the clocks of owned tickets are over, where their owner might not be there."""
    owned = {one.ticket.id: one.ticket for one in touched if _owned(one.ticket)}
    if not owned:
        return
    known = {team.id: team for team in await teams.list_teams(session, active_only=True)}
    now = clock.now()
    owners = sorted({ticket.assignee_id for ticket in owned.values() if ticket.assignee_id})
    standings = await presence.list_standings(session, now, owners)
    moments = {}
    for ticket in owned.values():
        absent = present(standings[ticket.assignee_id], now) == "absent"  # type: ignore[index]
        if ticket.due_at and (absent or gives_back(_team(ticket, known))):
            moments[ticket.id] = max(now, ticket.due_at - MARGIN)
    await alarms.put(session, ALARM, moments)


def _owned(ticket: Ticket) -> bool:
    return ticket.active_now and ticket.assignee_id is not None and ticket.due_at is not None


def _team(ticket: Ticket, known: Mapping[UUID, Team]) -> Team | None:
    return known.get(ticket.team_id) if ticket.team_id else None


async def absences(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: an absence begins, so its person's clocks are watched; or it has ended, so they can be given work."""
    now = clock.now()
    ends: dict[UUID, datetime] = {}
    moments: dict[UUID, datetime] = {}
    for absence in await presence.list_some_absences(session, keys):
        if absence.ends_at <= now:
            await presence_service.back(session, absence.person_id)
            continue
        ends[absence.id] = absence.ends_at
        for ticket_id, due_at in await queries.list_owned_with_clock(session, absence.person_id, limit=AT_ONCE):
            moments[ticket_id] = max(now, due_at - MARGIN)
    await alarms.put(session, presence_service.ABSENCE, ends)
    await alarms.put(session, ALARM, moments)


async def ring(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: give back what is about to be late with somebody who is not there."""
    now = clock.now()
    tickets = [one for one in (await filing.lock(session, set(keys))).values() if _owned(one)]
    if not tickets:
        return
    known = {team.id: team for team in await teams.list_teams(session, active_only=True)}
    standings = await presence.list_standings(
        session, now, sorted({one.assignee_id for one in tickets if one.assignee_id})
    )
    stand_ins = await _stand_ins(session, standings, now)
    later: dict[UUID, datetime] = {}
    gifts: list[Gift] = []
    for ticket in tickets:
        owner = standings[ticket.assignee_id]  # type: ignore[index]
        state, due = present(owner, now), ticket.due_at or now
        if due - MARGIN > now:
            later[ticket.id] = due - MARGIN
        elif state in HERE:
            if due > now:
                later[ticket.id] = min(due, now + AGAIN)
        elif state == "absent" or gives_back(_team(ticket, known)):
            gifts.append(_gift(ticket, owner, state, stand_ins))
    await alarms.put(session, ALARM, later)
    await assign_all(session, gifts)
    returned = [one for one in gifts if one.to is None]
    got = await give(session, [one.ticket for one in returned], known, **{"from": "owner"})
    await _tell_leads(session, [one for one in returned if one.ticket.id not in got])


async def _stand_ins(session: Session, standings: Mapping[UUID, Standing], now: datetime) -> dict[UUID, Standing]:
    """The stand-ins of some people who are there themselves."""
    wanted = {one.stand_in_id for one in standings.values() if one.stand_in_id}
    found = await presence.list_standings(session, now, sorted(wanted)) if wanted else {}
    return {person: one for person, one in found.items() if present(one, now) in HERE}


def _gift(ticket: Ticket, owner: Standing, state: str, stand_ins: Mapping[UUID, Standing]) -> Gift:
    why = {"why": "owner_absent", "owner": owner.name, "state": state}
    stand_in = stand_ins.get(owner.stand_in_id) if owner.stand_in_id else None
    if stand_in is not None:
        return Gift(ticket, stand_in.person_id, stand_in.name, why | {"why": "stand_in"})
    return Gift(ticket, None, None, why)


async def _tell_leads(session: Session, gifts: Sequence[Gift]) -> None:
    """What came back and found nobody is put before the leads of its queue."""
    team_ids = {one.ticket.team_id for one in gifts if one.ticket.team_id}
    if not team_ids:
        return
    leads: dict[UUID, list[UUID]] = {}
    for member in await teams.list_members(session, sorted(team_ids)):
        if member.lead:
            leads.setdefault(member.team_id, []).append(member.person_id)
    told = [
        (person, "returned", one.ticket.number)
        for one in gifts
        for person in leads.get(one.ticket.team_id, ())  # type: ignore[arg-type]
    ]
    await notices.tell_each(session, told)
