"""All SQL of imports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from dragoman.imports.models import QUEUED, REFUSED, RUNNING, Import, Item
from dragoman.kit import ids
from dragoman.kit.paging import Page, decode_as, encode
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace

CHUNK = 2_000


async def load(session: Session, import_id: UUID, *, lock: bool = False) -> Import | None:
    """An import, to show or to change. The lock leaves room for items that refer to it, so that nobody who stops an
    import and the process that does it wait for each other."""
    return await session.get(
        Import, (session.workspace_id, import_id), with_for_update={"key_share": True} if lock else None
    )


async def list_imports(session: Session, *, cursor: str = "", size: int = 20) -> Page[Import]:
    """One page of imports, newest first."""
    statement = select(Import).order_by(Import.id.desc()).limit(size + 1)
    if cursor:
        (last,) = decode_as(cursor, UUID)
        statement = statement.where(Import.id < last)
    rows = list(await session.scalars(statement))
    return Page(tuple(rows[:size]), encode(rows[size - 1].id) if len(rows) > size else None)


async def find_unfinished(session: Session, identity: str, file_name: str) -> Import | None:
    """The newest real import of a command that has not come to its end, for the same source and file."""
    statement = (
        select(Import)
        .where(
            Import.identity == identity, Import.via == "cli", Import.file_name == file_name,
            Import.trial.is_(False), Import.state != "done",
        )
        .order_by(Import.id.desc())
        .limit(1)
    )  # fmt: skip
    found: Import | None = await session.scalar(statement)
    return found


async def list_stale(session: Session, *, running_before: datetime, queued_before: datetime) -> list[Import]:
    """Imports of workers that have given no sign of life for a while."""
    quiet = ((Import.state == RUNNING) & (Import.touched_at < running_before)) | (
        (Import.state == QUEUED) & (Import.touched_at < queued_before)
    )
    statement = select(Import).where(Import.via == "web", Import.state.in_((QUEUED, RUNNING)), quiet)
    return list(await session.scalars(statement.with_for_update(skip_locked=True)))


async def forget_secrets(session: Session, *, before: datetime) -> None:
    """Drop the tokens of imports that nobody has touched for long."""
    quiet = (Import.secret != "") & (Import.touched_at < before) & Import.state.not_in((QUEUED, RUNNING))
    await session.execute(update(Import).where(quiet).values(secret=""))


async def workspaces(session: Session) -> list[UUID]:
    """The directory of workspaces."""
    return list(await session.scalars(select(Workspace.id).order_by(Workspace.id)))


async def one_at_a_time(session: Session) -> None:
    """Let only one transaction of the workspace at a time bring something in."""
    await session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"imports {session.workspace_id}"}
    )


async def touch(session: Session, import_id: UUID, **values: Any) -> bool:
    """Note a sign of life of a running import, with whatever else is to be noted; False for one that does not run."""
    going = update(Import).where(Import.id == import_id, Import.state == RUNNING).values(**values)
    return (await session.execute(going.returning(Import.id))).first() is not None


async def find_items(session: Session, source: str, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Item]:
    """What is known of objects, by kind and external id."""
    wanted = list(dict.fromkeys(keys))
    out: dict[tuple[str, str], Item] = {}
    for start in range(0, len(wanted), CHUNK):
        some = wanted[start : start + CHUNK]
        statement = select(
            Item.kind, Item.external_id, Item.id, Item.our_id, Item.digest, Item.version, Item.state, Item.import_id
        ).where(Item.source == source, tuple_(Item.kind, Item.external_id).in_(some))
        for row in await session.execute(statement):
            out[row.kind, row.external_id] = Item(**row._mapping)
    return out


async def put_items(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Note what has become of objects, whether they are known or not."""
    same = ("our_id", "digest", "version", "state", "problem", "problem_values", "raw", "import_id", "at")
    for start in range(0, len(rows), CHUNK):
        some = [{"id": ids.new(), **row} for row in rows[start : start + CHUNK]]
        statement = insert(Item)
        statement = statement.on_conflict_do_update(
            index_elements=["workspace_id", "source", "kind", "external_id"],
            set_={name: getattr(statement.excluded, name) for name in same},
        )
        await session.execute(statement, some)


async def met(session: Session, import_id: UUID, item_ids: Sequence[UUID]) -> None:
    """Note that an import has met objects that are as they were."""
    if item_ids:
        await session.execute(update(Item).where(Item.id.in_(item_ids)).values(import_id=import_id))


async def list_refused(session: Session, import_id: UUID, *, after: UUID | None = None, size: int = 500) -> list[Item]:
    """What an import met and could not file, a page at a time."""
    statement = select(Item).where(Item.import_id == import_id, Item.state == REFUSED).order_by(Item.id).limit(size)
    return list(await session.scalars(statement.where(Item.id > after) if after else statement))


async def kept_counts(session: Session, identity: str) -> dict[str, int]:
    """How many macros and articles of a source are kept (hundreds at most)."""
    rows = await session.execute(
        select(Item.kind, func.count()).where(
            Item.source == identity, Item.kind.in_(("macro", "article"))
        ).group_by(Item.kind)
    )  # fmt: skip
    return {kind: int(count) for kind, count in rows}
