"""Shift hand-over: what the leaving shift leaves, in its words and as things stood, and who took it over."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.accounts.teams import queries as teams
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.routing import queries
from dragoman.routing.models import Handover
from dragoman.routing.queries import LeftRow
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.tasks.models import Task

HOURS = 12
"""What runs out, or comes back, within so many hours is the next shift's."""
LONGEST = 8_000
PARTS = ("promises", "due", "unanswered", "snoozed", "tasks")


@dataclass(frozen=True, slots=True)
class Left:
    """What a shift leaves, by part: open promises, tickets whose clocks run out next, unanswered ones, those that
    come back, and what departments were asked."""

    promises: list[LeftRow] = field(default_factory=list)
    due: list[LeftRow] = field(default_factory=list)
    unanswered: list[LeftRow] = field(default_factory=list)
    snoozed: list[LeftRow] = field(default_factory=list)
    tasks: list[LeftRow] = field(default_factory=list)


async def look(session: Session, actor: Actor, team_id: UUID | None) -> Left:
    """What is open now, for a team or the whole desk. Raises NotFound, Forbidden."""
    actor.require("ticket.read")
    if team_id is not None and await teams.load(session, team_id) is None:
        raise NotFound(N_("There is no such team."))
    until = clock.now() + timedelta(hours=HOURS)
    found = {part: await queries.list_left(session, part, team_id, until=until) for part in PARTS[1:4]}
    return Left(
        **found,
        promises=await queries.list_owed(session, Promise, team_id),
        tasks=await queries.list_owed(session, Task, team_id),
    )


async def leave(session: Session, actor: Actor, *, team_id: UUID | None, notes: str) -> Handover:
    """Hand a shift over: its words are kept with a snapshot of what is open. Raises Invalid, NotFound, Forbidden."""
    actor.require("ticket.reply")
    notes = notes.strip()
    if not notes or len(notes) > LONGEST:
        raise Invalid(fields={"notes": N_("Say what the next shift should know, in at most 8,000 characters.")})
    left = await look(session, actor, team_id)
    snapshot = {
        part: [{"number": row.number, "at": row.at.isoformat(), "who": row.who} for row in getattr(left, part)]
        for part in PARTS
    }
    made = Handover(
        id=ids.new(), team_id=team_id, by_id=actor.person_id, notes=notes, snapshot=snapshot, at=clock.now()
    )
    session.add(made)
    await session.flush()
    audit.record(session, actor, "handover.left", Subject("handover", made.id), team=str(team_id) if team_id else None)
    return made


async def take(session: Session, actor: Actor, handover_id: UUID) -> Handover:
    """Confirm taking a shift over. Raises NotFound, Conflict where somebody has done so, Forbidden."""
    actor.require("ticket.reply")
    found = await queries.load_handover(session, handover_id, lock=True)
    if found is None:
        raise NotFound(N_("There is no such hand-over."))
    if found.taken_at is not None:
        raise Conflict(N_("This shift is taken over already."))
    found.taken_by_id, found.taken_at = actor.person_id, clock.now()
    audit.record(session, actor, "handover.taken", Subject("handover", found.id))
    return found
