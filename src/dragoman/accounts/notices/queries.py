"""All SQL about notices."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, tuple_, update

from dragoman.accounts.models import Person
from dragoman.accounts.notices.models import PersonNotice
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session

PAGE_SIZE, COUNT_LIMIT = 50, 100
_unseen = PersonNotice.seen_at.is_(None) & PersonNotice.desk


async def settings_of(session: Session, people: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The settings of some people who are at the desk; who has left is not among them."""
    rows = await session.execute(select(Person.id, Person.settings).where(Person.id.in_(people), Person.active))
    return {row.id: row.settings for row in rows}


async def unseen(session: Session, person_id: UUID) -> int:
    """How many notices somebody has not seen; 100 stands for that many or more."""
    some = select(PersonNotice.id).where(PersonNotice.person_id == person_id, _unseen).limit(COUNT_LIMIT)
    return await session.scalar(select(func.count()).select_from(some.subquery())) or 0


async def list_unseen(session: Session, person_id: UUID, *, size: int = COUNT_LIMIT) -> list[PersonNotice]:
    """What somebody has not seen, the newest first."""
    statement = select(PersonNotice).where(PersonNotice.person_id == person_id, _unseen)
    return list(await session.scalars(statement.order_by(PersonNotice.at.desc(), PersonNotice.id.desc()).limit(size)))


async def list_seen(
    session: Session, person_id: UUID, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[PersonNotice]:
    """One page of what somebody has seen, the newest first. Raises Invalid for a damaged cursor."""
    statement = select(PersonNotice).where(
        PersonNotice.person_id == person_id, PersonNotice.seen_at.is_not(None), PersonNotice.desk
    )
    if cursor:
        statement = statement.where(tuple_(PersonNotice.at, PersonNotice.id) < decode_as(cursor, datetime, UUID))
    statement = statement.order_by(PersonNotice.at.desc(), PersonNotice.id.desc()).limit(size + 1)
    rows = list(await session.scalars(statement))
    last = rows[size - 1] if len(rows) > size else None
    return Page(tuple(rows[:size]), encode(last.at, last.id) if last else None)


async def load(session: Session, notice_id: UUID) -> PersonNotice | None:
    """A notice by its id."""
    return await session.get(PersonNotice, (session.workspace_id, notice_id))


async def see(session: Session, person_id: UUID, now: datetime, *, ticket: int | None = None) -> int:
    """Mark somebody's notices as seen, all or those about one ticket; returns how many were not."""
    statement = update(PersonNotice).where(PersonNotice.person_id == person_id, PersonNotice.seen_at.is_(None))
    if ticket is not None:
        statement = statement.where(PersonNotice.ticket == ticket)
    done = await session.execute(statement.values(seen_at=now).returning(PersonNotice.id))
    return len(done.all())


async def list_to_mail(session: Session, people: Collection[UUID]) -> list[PersonNotice]:
    """What waits to be mailed to some people, the oldest first; what was seen meanwhile waits no more."""
    statement = (
        select(PersonNotice)
        .where(
            PersonNotice.person_id.in_(people), PersonNotice.mail, PersonNotice.mailed_at.is_(None),
            PersonNotice.seen_at.is_(None),
        )
        .order_by(PersonNotice.at, PersonNotice.id)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    return list(await session.scalars(statement))


async def drop_old(session: Session, before: datetime) -> int:
    """Forget notices of a workspace that are older than a moment."""
    done = await session.execute(delete(PersonNotice).where(PersonNotice.at < before).returning(PersonNotice.id))
    return len(done.all())
