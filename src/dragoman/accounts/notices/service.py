"""Telling people what they should know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from dragoman.accounts.notices.kinds import KINDS
from dragoman.accounts.notices.models import PersonNotice
from dragoman.kit import clock
from dragoman.platform.db import Session


async def tell(
    session: Session, people: Iterable[UUID], kind: str, *, ticket: int | None = None, href: str = "", **data: Any
) -> None:
    """Put a notice before each of some people; their open pages hear of it at commit."""
    if kind not in KINDS:
        raise LookupError(f"no such kind of notice: {kind}")
    now = clock.now()
    told = sorted(set(people))
    if not told:
        return
    session.add_all(
        PersonNotice(person_id=person, kind=kind, ticket=ticket, href=href, data=data, at=now) for person in told
    )
    await session.notify_each("notice", [{"to": str(person)} for person in told])


async def tell_each(session: Session, told: Sequence[tuple[UUID, str, int]]) -> None:
    """Put many notices, each (person, kind, ticket), before people at once."""
    if not told:
        return
    now = clock.now()
    session.add_all(PersonNotice(person_id=person, kind=kind, ticket=ticket, at=now) for person, kind, ticket in told)
    await session.notify_each("notice", [{"to": str(person)} for person in sorted({one[0] for one in told})])
