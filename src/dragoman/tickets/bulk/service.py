"""Changing many tickets at once, and taking that back at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, DeskError, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.tickets import service, understood
from dragoman.tickets.bulk import queries
from dragoman.tickets.bulk.models import BulkRun
from dragoman.tickets.changes.kinds import Change
from dragoman.tickets.changes.service import apply, state_of
from dragoman.tickets.filing import lock
from dragoman.tickets.models import Ticket

AT_ONCE = 500


@dataclass(slots=True)
class Outcome:
    """What a bulk change, or its undoing, did: numbers of tickets that changed, that already were so, and those left
    alone with the reason (an error's message)."""

    run: BulkRun
    changed: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    left: dict[int, str] = field(default_factory=dict)


async def run(session: Session, actor: Actor, *, numbers: Collection[int], changes: Sequence[Change]) -> Outcome:
    """Make the same changes to some tickets, in one transaction. A ticket that refuses one is left alone whole.

    Raises Invalid for no ticket, no change or more than `AT_ONCE`, Forbidden.
    """
    actor.require("ticket.change")
    if not changes:
        raise Invalid(fields={"changes": N_("Choose what to change.")})
    if not numbers or len(numbers) > AT_ONCE:
        raise Invalid(fields={"numbers": N_("Choose from 1 to 500 tickets.")})
    made = BulkRun(id=ids.new(), person_id=actor.person_id, changes=[one.data() for one in changes])
    outcome = Outcome(made)
    before: dict[str, Any] = {}
    tickets = await lock(session, await queries.ids_of(session, numbers))
    for ticket in sorted(tickets.values(), key=lambda one: one.number):
        state, version = state_of(ticket), ticket.version
        try:
            async with session.begin_nested():
                await apply(session, ticket, changes, by=actor, bulk=str(made.id))
        except DeskError as error:
            await session.refresh(ticket)
            outcome.left[ticket.number] = next(iter(error.fields.values()), error.message)
            continue
        if ticket.version == version:
            outcome.same.append(ticket.number)
            continue
        before[str(ticket.id)] = {"version": ticket.version, "state": state}
        outcome.changed.append(ticket.number)
    made.before = before
    session.add(made)
    await session.flush()
    return outcome


async def undo(session: Session, actor: Actor, *, run_id: UUID) -> Outcome:
    """Bring the tickets of a bulk change back to what they were; those that were touched since are left alone.

    Raises NotFound for another person's, Conflict for one that was taken back before.
    """
    actor.require("ticket.change")
    made = await queries.load(session, run_id)
    if made is None or made.person_id != actor.person_id:
        raise NotFound(N_("There is no such change of yours."))
    if made.undone_at:
        raise Conflict(N_("This was taken back before."))
    made.undone_at = clock.now()
    outcome = Outcome(made)
    tickets = await lock(session, {UUID(one) for one in made.before})
    touched = await queries.touched_since(session, made.id, tickets)
    for ticket in sorted(tickets.values(), key=lambda one: one.number):
        kept = made.before[str(ticket.id)]
        if ticket.version != kept["version"] and ticket.id in touched:
            outcome.left[ticket.number] = N_("It was changed since.")
            continue
        await restore(session, actor, ticket, kept["state"])
        outcome.changed.append(ticket.number)
    return outcome


async def restore(session: Session, actor: Actor, ticket: Ticket, state: dict[str, Any]) -> None:
    """Bring a ticket back to what `changes.service.state_of` kept of it."""
    again = state.get("intent", ticket.intent)  # what was kept before rules could set it has none
    if again and again != ticket.intent:
        await understood.set_intent(session, actor, ticket=ticket, intent=again)
    elif again != ticket.intent:
        await understood.forget_intent(session, actor, ticket=ticket)
    await service.set_status(session, actor, ticket=ticket, status=state["status"])
    await service.set_priority(session, actor, ticket=ticket, priority=state["priority"])
    await service.set_severity(session, actor, ticket=ticket, severity=state["severity"])
    await service.set_kind(session, actor, ticket=ticket, kind=state["kind"])
    await service.assign(session, actor, ticket=ticket, to=UUID(state["assignee"]) if state["assignee"] else None)
    await service.set_team(session, actor, ticket=ticket, to=UUID(state["team"]) if state["team"] else None)
    await service.set_tags(session, actor, ticket=ticket, tags=state["tags"])
    until = datetime.fromisoformat(state["snoozed"]) if state["snoozed"] else None
    if until is not None and until > clock.now():
        await service.snooze(session, actor, ticket=ticket, until=until)
    elif ticket.snoozed_until is not None:
        await service.wake(session, actor, ticket=ticket)
    if state["unread"]:
        ticket.unread_since = ticket.unread_since or clock.now()
    elif until is None:
        ticket.unread_since = None
