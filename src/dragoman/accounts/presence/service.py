"""Saying who is there, how much they take, and when they are out of office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.models import Person
from dragoman.accounts.presence import queries
from dragoman.accounts.presence.models import Absence, Presence
from dragoman.accounts.presence.states import AWAY_AFTER, CHOSEN, Standing, check_hours, present
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform import alarms
from dragoman.platform.db import Session

BACK = "back"
"""The alarm that rings when somebody can be given work again: its key is their id."""
ABSENCE = "absence"
"""The alarm that rings when an absence begins, and when it ends: its key is the absence's id."""
CAPACITIES = range(501)
LONGEST = timedelta(days=400)


async def get(session: Session, person_id: UUID) -> Standing:
    """How somebody stands now. Raises NotFound."""
    found = await queries.list_standings(session, clock.now(), [person_id])
    if person_id not in found:
        raise NotFound(N_("There is no such person."))
    return found[person_id]


async def seen(session: Session, person_id: UUID) -> None:
    """A page of somebody's is open. Who comes back is given what waits for them."""
    now = clock.now()
    if await queries.see(session, person_id, now, away_after=AWAY_AFTER):
        await back(session, person_id)


async def back(session: Session, person_id: UUID) -> None:
    """Have the queues of somebody who is there (again) looked through at once."""
    await alarms.put(session, BACK, {person_id: clock.now()})


async def _own(session: Session, person_id: UUID) -> Presence:
    found = await queries.find(session, person_id, lock=True)
    if found is None:
        found = Presence(id=ids.new(), person_id=person_id, state="available", hours={}, capacity=None, seen_at=None)
        session.add(found)
        await session.flush()
    return found


async def _person(session: Session, actor: Actor, person_id: UUID) -> Person:
    if person_id != actor.person_id:
        actor.require("team.manage")
    person = await people.load_person(session, person_id)
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person


async def set_state(session: Session, actor: Actor, state: str, *, person_id: UUID | None = None) -> Standing:
    """Say that one is (or, for whoever manages teams, that somebody is) available, busy, away or offline.

    Raises Invalid, NotFound, Forbidden.
    """
    if state not in CHOSEN:
        raise Invalid(fields={"state": N_("Choose available, busy, away or offline.")})
    person = await _person(session, actor, person_id or actor.person_id)
    own = await _own(session, person.id)
    if own.state != state:
        before, own.state, own.changed_at = own.state, state, clock.now()
        audit.record(session, actor, "person.presence", Subject("person", person.id, person.name), before=before,
                     after=state)  # fmt: skip
    if person.id == actor.person_id:
        own.seen_at = clock.now()
    await session.flush()
    standing = await get(session, person.id)
    if present(standing, clock.now()) == "available":
        await back(session, person.id)
    return standing


async def set_room(
    session: Session, actor: Actor, person_id: UUID, *, capacity: int | None, hours: Mapping[str, Any]
) -> None:
    """Set how many open tickets somebody takes at once (None: as their team does) and their own working hours.

    Raises Invalid, NotFound, Forbidden.
    """
    person = await _person(session, actor, person_id)
    if capacity is not None and capacity not in CAPACITIES:
        raise Invalid(fields={"capacity": N_("A number from 0 to 500.")})
    checked = check_hours(hours)
    own = await _own(session, person.id)
    before = {"capacity": own.capacity, "hours": own.hours}
    own.capacity, own.hours = capacity, checked
    if changed := audit.changes(before, {"capacity": capacity, "hours": checked}):
        audit.record(session, actor, "person.room", Subject("person", person.id, person.name), changed=changed)
        await back(session, person.id)


async def add_absence(
    session: Session, actor: Actor, person_id: UUID, *, starts_at: datetime, ends_at: datetime, stand_in: UUID | None,
    note: str = "",
) -> Absence:  # fmt: skip
    """Note when somebody is out of office, and who gets their tickets meanwhile. Raises Invalid, NotFound,
    Forbidden."""
    person = await _person(session, actor, person_id)
    faults = {}
    if ends_at <= starts_at or ends_at <= clock.now() or ends_at - starts_at > LONGEST:
        faults["ends_at"] = N_("The end lies after the beginning, in the future, within 400 days.")
    if len(note) > 200:
        faults["note"] = N_("At most 200 characters.")
    if stand_in is not None:
        other = await people.find_person(session, stand_in)
        if other is None or not other.active or other.id == person.id:
            faults["stand_in"] = N_("Choose somebody else who works at this desk.")
    if faults:
        raise Invalid(fields=faults)
    absence = Absence(
        id=ids.new(), person_id=person.id, starts_at=starts_at, ends_at=ends_at, stand_in_id=stand_in, note=note.strip()
    )
    session.add(absence)
    await session.flush()
    await alarms.put(session, ABSENCE, {absence.id: starts_at})
    audit.record(
        session, actor, "person.absence", Subject("person", person.id, person.name), starts_at=starts_at.isoformat(),
        ends_at=ends_at.isoformat(), stand_in=str(stand_in) if stand_in else None,
    )  # fmt: skip
    return absence


async def end_absence(session: Session, actor: Actor, absence_id: UUID) -> None:
    """Take an absence back. Raises NotFound, Forbidden."""
    absence = await queries.load_absence(session, absence_id)
    if absence is None:
        raise NotFound(N_("There is no such absence."))
    person = await _person(session, actor, absence.person_id)
    audit.record(
        session, actor, "person.absence_ended", Subject("person", person.id, person.name),
        starts_at=absence.starts_at.isoformat(), ends_at=absence.ends_at.isoformat(),
    )  # fmt: skip
    await session.delete(absence)
    await session.flush()
    await back(session, person.id)
