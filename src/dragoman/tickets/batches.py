"""What the desk itself does to many tickets at once: a fixed number of statements, however many they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dragoman.accounts.notices import service as notices
from dragoman.accounts.teams.models import Team
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets import told
from dragoman.tickets.models import Event, Ticket
from dragoman.tickets.touched import Touched, touch
from dragoman.webhooks import service as webhooks


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing done to one ticket: an event's verb and facts."""

    ticket: Ticket
    verb: str
    data: dict[str, Any] = field(default_factory=dict)


async def record_all(session: Session, deeds: Sequence[Deed]) -> None:
    """Write events and tell open pages and webhooks, as `service.record` does for one that the desk has done."""
    if not deeds:
        return
    now = clock.now()
    session.add_all(Event(ticket_id=one.ticket.id, verb=one.verb, data=one.data, at=now) for one in deeds)
    touch(session, *(Touched(one.ticket, one.verb, now, one.data) for one in deeds))
    tickets = list({one.ticket.id: one.ticket for one in deeds}.values())
    for ticket in tickets:
        ticket.version += 1
    facts = [{"number": ticket.number, "version": ticket.version, "by": None} for ticket in tickets]
    await session.notify_each("ticket", facts)
    await webhooks.tell(session, *(told.changed(one.ticket, None, one.verb, one.data) for one in deeds))


@dataclass(frozen=True, slots=True)
class Gift:
    """A ticket for somebody (`to` and their name), or for nobody, and why."""

    ticket: Ticket
    to: UUID | None
    name: str | None = None
    why: dict[str, Any] = field(default_factory=dict)


async def assign_all(session: Session, gifts: Sequence[Gift]) -> None:
    """Give tickets to people who are known to work here, or take them away; those who get one are told."""
    deeds = []
    for one in gifts:
        one.ticket.assignee_id = one.to
        data = {"to": str(one.to) if one.to else None, "name": one.name, **one.why}
        deeds.append(Deed(one.ticket, "assigned", data))
    await record_all(session, deeds)
    told_ = [(one.to, "assigned_by_desk", one.ticket.number) for one in gifts if one.to is not None]
    await notices.tell_each(session, told_)


async def queue_all(session: Session, pairs: Sequence[tuple[Ticket, Team, dict[str, Any]]]) -> None:
    """Put tickets that are in no queue into one each, with why."""
    deeds = []
    for ticket, team, why in pairs:
        ticket.team_id = team.id
        deeds.append(Deed(ticket, "team", {"before": [], "after": [team.key, team.name], "to": str(team.id), **why}))
    await record_all(session, deeds)
