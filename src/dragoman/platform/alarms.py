"""Alarms: what must happen at a time, exactly once.

A room says "wake me about this at that moment"; the worker that hears it runs the room's handler in a transaction of
that workspace which also takes the alarm away. So its effects happen once, whatever dies in between, and never before
their time. Alarms are a directory (they hold ids and times only): one look finds what is due in all workspaces.

Whoever puts an alarm often holds the thing it is about (a ticket) locked. So a worker takes the row away last, after
the handler has locked its things: taking it first, the two would wait for each other. A handler therefore looks at how
things stand under its own locks: the alarm may have been put off or taken back while it waited.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, Uuid, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform import logs
from dragoman.platform.db import Base, Database, Session
from dragoman.platform.drains import carried_through

log = logs.get(__name__)
AT_ONCE = 200
EVERY = 1.0  # seconds between looks where nothing is due sooner
STOPPED = timedelta(seconds=60)
"""An alarm that is later than this says that no worker rings."""
AGAIN = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5), timedelta(minutes=30))

CLAIM = text(
    "SELECT key FROM unnest(CAST(:keys AS uuid[])) AS key "
    "WHERE pg_try_advisory_xact_lock(hashtextextended(:scope || key::text, 0))"
).columns(key=Uuid)
"""Of some alarms those that no other worker is ringing; it holds them until its transaction ends."""

Handler = Callable[[Session, Sequence[UUID]], Awaitable[None]]


class Alarm(Base):
    """A moment at which a room wants to be woken about one of its things. Directory table: no customer data."""

    __tablename__ = "alarms"
    __table_args__ = (Index("ix_alarms_at", "at"),)

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    """When to ring; moves on when a handler fails and is tried again."""
    failures: Mapped[int] = mapped_column(default=0)


async def put(session: Session, kind: str, moments: Mapping[UUID, datetime]) -> None:
    """Ask to be woken about some things, each at its moment; a later word about the same thing replaces the earlier."""
    if not moments:
        return
    rows = [
        {"workspace_id": session.workspace_id, "kind": kind, "key": key, "at": at, "failures": 0}
        for key, at in sorted(moments.items())
    ]
    statement = insert(Alarm).values(rows)
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "kind", "key"], set_={"at": new.at, "failures": 0}
        )
    )


async def drop(session: Session, kind: str, keys: Collection[UUID]) -> None:
    """Take alarms back."""
    if keys:
        await session.execute(
            delete(Alarm).where(
                Alarm.workspace_id == session.workspace_id, Alarm.kind == kind, Alarm.key.in_(sorted(keys))
            )
        )


async def overdue(session: Session) -> timedelta:
    """By how much the oldest alarm is late: what says that no worker runs."""
    oldest = await session.scalar(select(func.min(Alarm.at)))
    return max(timedelta(), clock.now() - oldest) if oldest else timedelta()


class Alarms:
    """Rings for all workspaces; every worker process runs one, and they share the work."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._handlers: dict[str, Handler] = {}

    def on(self, kind: str, handler: Handler) -> None:
        """Say who is woken for a kind."""
        self._handlers[kind] = handler

    async def run(self) -> None:
        """Ring for ever."""
        while True:
            try:
                if not await carried_through(self.ring()):
                    await asyncio.sleep(EVERY)
            except Exception as error:  # the loop must outlive whatever a handler or the database does
                log.warning("alarms paused", error=type(error).__name__, exc_info=True)
                await asyncio.sleep(EVERY)

    async def ring(self) -> int:
        """Ring what is due now, a batch for each workspace and kind; returns how many rang."""
        async with self._db.work(None) as session:
            due = (
                select(Alarm.workspace_id, Alarm.kind, Alarm.key)
                .where(Alarm.at <= clock.now())
                .order_by(Alarm.at)
                .limit(AT_ONCE)
            )
            found = list(await session.execute(due))
        groups: dict[tuple[UUID, str], list[UUID]] = {}
        for workspace_id, kind, key in found:
            groups.setdefault((workspace_id, kind), []).append(key)
        rang = 0
        for (workspace_id, kind), keys in groups.items():
            rang += await self._ring(workspace_id, kind, keys)
        return rang

    async def _ring(self, workspace_id: UUID, kind: str, keys: Sequence[UUID]) -> int:
        """A batch; should it fail, one by one, so that a broken one holds nobody up."""
        try:
            return await self._once(workspace_id, kind, keys)
        except OSError:
            raise
        except Exception as error:
            log.warning("alarms one by one", kind=kind, error=type(error).__name__, exc_info=len(keys) == 1)
        rang = 0
        for key in keys:
            try:
                rang += await self._once(workspace_id, kind, [key])
            except OSError:
                raise
            except Exception as error:
                log.error("alarm failed", kind=kind, key=str(key), error=type(error).__name__, exc_info=True)
                await self._later(workspace_id, kind, key)
        return rang

    async def _once(self, workspace_id: UUID, kind: str, keys: Sequence[UUID]) -> int:
        """Do what alarms stand for and take them away, in one transaction; those another worker has are left to it."""
        handler = self._handlers.get(kind)
        if handler is None:
            raise LookupError(f"nobody is woken for {kind}")
        async with self._db.work(workspace_id) as session:
            mine = await session.scalars(CLAIM, {"keys": list(keys), "scope": f"alarm {workspace_id} {kind} "})
            due = select(Alarm.key, Alarm.at).where(
                Alarm.workspace_id == workspace_id, Alarm.kind == kind, Alarm.key.in_(list(mine)),
                Alarm.at <= clock.now(),
            )  # fmt: skip
            ringing = [(key, at) for key, at in await session.execute(due.order_by(Alarm.key))]
            if not ringing:
                return 0
            await handler(session, [key for key, _at in ringing])
            await session.execute(
                delete(Alarm).where(
                    Alarm.workspace_id == workspace_id, Alarm.kind == kind, tuple_(Alarm.key, Alarm.at).in_(ringing)
                )
            )  # one that was put anew meanwhile has another moment, and stays
        return len(ringing)

    async def _later(self, workspace_id: UUID, kind: str, key: UUID) -> None:
        async with self._db.work(workspace_id) as session:
            alarm = await session.get(Alarm, (workspace_id, kind, key))
            if alarm is not None:
                alarm.at = clock.now() + AGAIN[min(alarm.failures, len(AGAIN) - 1)]
                alarm.failures += 1
