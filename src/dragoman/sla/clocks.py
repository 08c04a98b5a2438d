"""Clocks follow what happens to tickets: a batch at a time, in the transaction that does it.

Called by flow/aftermath.py with everything a transaction touched. The number of statements does not depend on how many
tickets that is. What a clock asks for at a time (a warning, a breach) is an alarm of kind `clock`, one a ticket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dragoman.kit import clock as time
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.sla import queries, turns
from dragoman.sla.metrics import PROMISE
from dragoman.sla.models import Clock
from dragoman.sla.policies import Book, make_book
from dragoman.tickets.conditions.facts import facts_of
from dragoman.tickets.filing import lock
from dragoman.tickets.promises import queries as promises
from dragoman.tickets.rank import rank
from dragoman.tickets.touched import Touched

ALARM = "clock"
RENEW = "clock.renew"
"""Rings for every ticket that is not done when policies, hours or languages were changed."""


async def load_book(session: Session) -> Book:
    """The workspace's policies and hours: four statements."""
    policies = await queries.list_policies(session, active_only=True)
    calendars = await queries.list_calendars(session)
    teams = await queries.list_team_calendars(session)
    workspace = await queries.load_workspace(session)
    return make_book(policies, calendars, teams=teams, settings=workspace.settings)


async def follow(session: Session, touched: Sequence[Touched]) -> None:
    """Set up, pause, resume, end and begin anew the clocks of what was touched; tickets then rank by what is due."""
    things: dict[UUID, list[Touched]] = {}
    for one in touched:
        things.setdefault(one.ticket.id, []).append(one)
    tickets = {one.ticket.id: one.ticket for one in touched}
    live = await queries.list_live(session, tickets)
    book = await load_book(session)
    promised = await promises.next_due(session, list(tickets)) if _may_hold_promises(touched) else {}
    if not book.policies and not live and not promised:
        for ticket in tickets.values():
            ticket.rank_at = rank(ticket)
        return
    facts = await facts_of(session, list(tickets.values()))
    answered = await queries.answered(session, _in_doubt(things, live))
    added: list[Clock] = []
    now = time.now()
    for ticket_id, ticket in tickets.items():
        clocks = live.setdefault(ticket_id, {})
        replied = ticket_id in answered or _stopped(clocks.get("first_response"))
        added += turns.run(turns.Turn(ticket, things[ticket_id], clocks, facts[ticket_id], book, now, replied))
        ticket.due_at, ticket.due_metric = _sooner(turns.next_due(list(clocks.values())), promised.get(ticket_id))
        ticket.rank_at = rank(ticket)
    await session.flush()  # what is no longer the newest says so before its successor is stored
    session.add_all(added)
    await set_alarms(session, live)


def _may_hold_promises(touched: Sequence[Touched]) -> bool:
    """Whether a promise can be open in any of these: a batch of nothing but new tickets need not be asked."""
    fresh = {one.ticket.id for one in touched if one.verb == "created"}
    return any(one.ticket.id not in fresh for one in touched)


def _sooner(due: tuple[datetime | None, str], promised: datetime | None) -> tuple[datetime | None, str]:
    """What is owed next: by a clock, or by a named promise where that is sooner."""
    if promised is None or (due[0] is not None and due[0] <= promised):
        return due
    return promised, PROMISE


def _stopped(first: Clock | None) -> bool:
    return first is not None and any(mark[1] == "stop" for mark in first.marks)


def _in_doubt(things: dict[UUID, list[Touched]], live: dict[UUID, dict[str, Clock]]) -> list[UUID]:
    """Tickets of which neither a clock nor their newness says whether they were ever answered."""
    out = []
    for ticket_id, ones in things.items():
        first = live.get(ticket_id, {}).get("first_response")
        if first is not None and (first.ended_at is None or _stopped(first)):
            continue
        fresh = any(one.verb == "created" and not one.data.get("past") for one in ones)
        if not fresh or any(one.verb == "brought" for one in ones) or ones[0].ticket.status != "new":
            out.append(ticket_id)
    return out


async def set_alarms(session: Session, live: Mapping[UUID, Mapping[str, Clock]]) -> None:
    """Ask to be woken when the clocks of some tickets next ask for something."""
    moments = {ticket_id: turns.next_moment(list(clocks.values())) for ticket_id, clocks in live.items()}
    await alarms.put(session, ALARM, {ticket_id: at for ticket_id, at in moments.items() if at is not None})
    await alarms.drop(session, ALARM, [ticket_id for ticket_id, at in moments.items() if at is None])


async def renew(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm `clock.renew`: let clocks follow policies and hours as they are now."""
    now = time.now()
    tickets = [ticket for ticket in (await lock(session, set(keys))).values() if ticket.active_now]
    if tickets:
        await follow(session, [Touched(ticket, "renewed", now) for ticket in tickets])
