"""All SQL about presence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import insert

from dragoman.accounts.models import Person
from dragoman.accounts.presence.models import Absence, Presence
from dragoman.accounts.presence.states import Standing
from dragoman.kit import ids
from dragoman.platform.db import Session

GRAIN = timedelta(seconds=55)
"""A person's open pages write no more often than so."""


def _standings(now: datetime) -> Any:
    absent = (
        select(Absence.ends_at, Absence.stand_in_id)
        .where(
            Absence.workspace_id == Person.workspace_id, Absence.person_id == Person.id, Absence.starts_at <= now,
            Absence.ends_at > now,
        )
        .order_by(Absence.ends_at.desc())
        .limit(1)
        .lateral("absent")
    )  # fmt: skip
    return (
        select(
            Person.id, Person.name, Person.timezone, Person.active, func.coalesce(Presence.state, "available"),
            Presence.capacity, func.coalesce(Presence.hours, func.jsonb_build_object()), Presence.seen_at,
            absent.c.ends_at, absent.c.stand_in_id,
        )
        .outerjoin(Presence, (Presence.workspace_id == Person.workspace_id) & (Presence.person_id == Person.id))
        .outerjoin(absent, true())
    )  # fmt: skip


async def list_standings(
    session: Session, now: datetime, person_ids: Sequence[UUID] | None = None
) -> dict[UUID, Standing]:
    """How some people (None: everybody active) stand now."""
    statement = _standings(now)
    if person_ids is None:
        statement = statement.where(Person.active).order_by(func.lower(Person.name), Person.id)
    else:
        statement = statement.where(Person.id.in_(person_ids))
    return {row[0]: Standing(*row) for row in await session.execute(statement)}


async def find(session: Session, person_id: UUID, *, lock: bool = False) -> Presence | None:
    """What somebody says of themselves."""
    statement = select(Presence).where(Presence.person_id == person_id)
    found: Presence | None = await session.scalar(statement.with_for_update() if lock else statement)
    return found


async def see(session: Session, person_id: UUID, now: datetime, *, away_after: timedelta) -> bool:
    """Note that a page of somebody's is open; writes once a minute at most. Returns whether they come back: it is
    the first page ever, or the first after `away_after`."""
    before = select(Presence.seen_at).where(Presence.person_id == person_id).scalar_subquery()
    statement = insert(Presence).values(
        id=ids.new(), person_id=person_id, state="available", hours={}, seen_at=now, changed_at=now
    )
    written = await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "person_id"],
            set_={"seen_at": now},
            where=func.coalesce(Presence.seen_at, now - timedelta(days=1)) < now - GRAIN,
        ).returning(before)
    )
    row = written.first()
    return row is not None and (row[0] is None or now - row[0] > away_after)


async def list_absences(session: Session, person_id: UUID, now: datetime) -> list[Absence]:
    """Somebody's present and coming absences, the next first."""
    statement = select(Absence).where(Absence.person_id == person_id, Absence.ends_at > now)
    return list(await session.scalars(statement.order_by(Absence.starts_at, Absence.id).limit(50)))


async def list_some_absences(session: Session, absence_ids: Sequence[UUID]) -> list[Absence]:
    """Some absences by their ids."""
    return list(await session.scalars(select(Absence).where(Absence.id.in_(absence_ids))))


async def load_absence(session: Session, absence_id: UUID) -> Absence | None:
    """An absence by its id."""
    return await session.get(Absence, (session.workspace_id, absence_id))
