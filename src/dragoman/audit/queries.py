"""All SQL about the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, literal, or_, select, text, tuple_

from dragoman.audit.models import AuditEntry
from dragoman.kit.errors import N_, Invalid
from dragoman.kit.paging import Page, decode, encode
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What to look for. `words` are searched in names and verbs, of the chosen period only."""

    area: str = ""
    person_id: UUID | None = None
    subject_kind: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None
    words: str = ""


async def list_entries(
    session: Session, chosen: Filter, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[AuditEntry]:
    """One page of the log, newest first. Raises Invalid for a damaged cursor."""
    statement = select(AuditEntry)
    if chosen.area:
        statement = statement.where(AuditEntry.area == chosen.area)
    if chosen.person_id:
        statement = statement.where(AuditEntry.person_id == chosen.person_id)
    if chosen.subject_kind:
        statement = statement.where(AuditEntry.subject_kind == chosen.subject_kind)
    if chosen.subject_id:
        statement = statement.where(AuditEntry.subject_id == chosen.subject_id)
    if chosen.since:
        statement = statement.where(AuditEntry.at >= chosen.since)
    if chosen.until:
        statement = statement.where(AuditEntry.at < chosen.until)
    if chosen.words:
        held = func.lower(func.concat_ws(" ", AuditEntry.subject_name, AuditEntry.person_name, AuditEntry.verb))
        statement = statement.where(
            or_(held.contains(chosen.words.lower(), autoescape=True), AuditEntry.subject_id == chosen.words)
        )
    if cursor:
        last = decode(cursor)
        if len(last) != 2:
            raise Invalid(N_("This page link is damaged. Start again from the first page."))
        statement = statement.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(*(literal(part) for part in last)))
    rows = list(await session.scalars(statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(size + 1)))
    if len(rows) <= size:
        return Page(tuple(rows))
    return Page(tuple(rows[:size]), encode(rows[size - 1].at, rows[size - 1].id))


async def list_sealed(session: Session, *, after: int, size: int) -> Sequence[AuditEntry]:
    """Sealed entries in the chain's order."""
    statement = select(AuditEntry).where(AuditEntry.n > after).order_by(AuditEntry.n).limit(size)
    return list(await session.scalars(statement))


async def list_newest(session: Session, size: int) -> Sequence[AuditEntry]:
    """The newest sealed entries, in the chain's order."""
    statement = select(AuditEntry).where(AuditEntry.n.is_not(None)).order_by(AuditEntry.n.desc()).limit(size)
    return list(await session.scalars(statement))[::-1]


async def find_last(session: Session, area: str, verbs: Sequence[str]) -> AuditEntry | None:
    """The newest entry of one of these deeds of an area."""
    statement = select(AuditEntry).where(AuditEntry.area == area, AuditEntry.verb.in_(verbs))
    return await session.scalar(statement.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1))


async def seal(session: Session, most: int) -> int:
    """Let the database give new entries their place."""
    return await session.scalar(text("SELECT audit_seal(:most)"), {"most": most}) or 0


async def prune(session: Session, before: datetime) -> int:
    """Let the database drop what is older (never younger than 90 days)."""
    return await session.scalar(text("SELECT audit_prune(:before)"), {"before": before}) or 0


async def head(session: Session) -> Any:
    """The newest sealed entry's place and hash."""
    statement = select(AuditEntry.n, AuditEntry.hash).where(AuditEntry.n.is_not(None))
    return (await session.execute(statement.order_by(AuditEntry.n.desc()).limit(1))).one_or_none()


async def load_workspace(session: Session) -> Workspace:
    """The workspace itself, for its settings."""
    return await session.get_one(Workspace, session.workspace_id)


async def list_slugs(session: Session) -> list[tuple[UUID, str]]:
    """Every workspace's id and short name."""
    return [(row.id, row.slug) for row in await session.execute(select(Workspace.id, Workspace.slug))]


async def list_workspaces(session: Session) -> list[tuple[UUID, dict[str, Any]]]:
    """Every workspace with its settings."""
    return [(row.id, row.settings) for row in await session.execute(select(Workspace.id, Workspace.settings))]
