"""The database: engine, tables' base, and the unit of work.

Every tenant table carries `workspace_id` first in its keys, has row-level security forced, and takes the
workspace from the transaction's `app.workspace_id`; so queries need not name it and can't miss it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, MetaData, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from dragoman.kit import ids
from dragoman.platform import metrics, tracing

LINE: dict[str, Any] = {
    "keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 15_000
}  # fmt: skip
"""A database on another machine that is cut off is noticed within some 20 seconds, not hours (libpq's names)."""
LIVE = "dragoman_live"
WORK = "dragoman_work"
NOTICES_EACH = 20  # of more numbered things than that, pages are told once to look anew
NOTICE_LIMIT = 7900  # PostgreSQL refuses a notice of 8,000 bytes or more

CURRENT_WORKSPACE = text("nullif(current_setting('app.workspace_id', true), '')::uuid")

naming = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_1_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables. `datetime` means an aware moment, `dict` and `list` mean JSON."""

    metadata = MetaData(naming_convention=naming)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        datetime: DateTime(timezone=True),
        UUID: PgUUID(as_uuid=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Tenant:
    """Mixed into every table that belongs to a workspace: the shard key and a time-sorted id."""

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=CURRENT_WORKSPACE, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new, sort_order=-1)


class Session(AsyncSession):
    """A transaction's session, which knows its workspace and carries its notices."""

    workspace_id: UUID

    async def settle(self) -> None:
        """Draw the consequences of what was done so far now rather than at the end, for who wants to see them."""
        consequences: Settle | None = self.info.get("settle")
        if consequences is not None:
            await consequences(self)

    async def notify(self, kind: str, **facts: Any) -> None:
        """Tell every open page of the workspace, at commit, that something changed (a hint, never the truth)."""
        self.info.setdefault("notices", []).append({"kind": kind, **facts})

    async def notify_each(self, kind: str, facts: Sequence[dict[str, Any]]) -> None:
        """Tell several things of one kind; each is small."""
        self.info.setdefault("notices", []).extend({"kind": kind, **one} for one in facts)

    async def say(self) -> None:
        """Hand over what was to be told, in one statement: of several words about one numbered thing the last, of
        very many such things only that there are (`ticket` becomes `tickets`), so that no page drowns in them."""
        told = _brief(self.info.pop("notices", []))
        if not told:
            return
        payloads = [self._payload({"w": str(self.workspace_id), **one}) for one in told]
        await self.execute(
            text("SELECT pg_notify(:channel, told) FROM unnest(CAST(:told AS text[])) AS told"),
            {"channel": LIVE, "told": payloads},
        )

    async def wake(self, work: str) -> None:
        """Tell the workers, at commit, that the queue `work` of this workspace has something to do."""
        await self._send(WORK, {"w": str(self.workspace_id), "work": work})

    async def _send(self, channel: str, facts: dict[str, Any]) -> None:
        payload = self._payload(facts)
        await self.execute(text("SELECT pg_notify(:channel, :payload)"), {"channel": channel, "payload": payload})

    def _payload(self, facts: dict[str, Any]) -> str:
        payload = json.dumps(facts, default=str, ensure_ascii=False)
        if len(payload.encode()) > NOTICE_LIMIT:
            return json.dumps({"w": str(self.workspace_id), "kind": "reload"})
        return payload

    async def driver(self) -> Any:
        """The psycopg connection under this transaction, for jobs and COPY."""
        raw = await (await self.connection()).get_raw_connection()
        return raw.driver_connection


def _brief(notices: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Notices without those that a later one, or one about all, makes needless."""
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    for place, one in enumerate(notices):
        key = (one["kind"], one["number"]) if "number" in one else (one["kind"], None, place)
        last.pop(key, None)
        last[key] = one
    numbered = Counter(one["kind"] for one in last.values() if "number" in one)
    many = {kind for kind, count in numbered.items() if count > NOTICES_EACH}
    kept = [one for one in last.values() if not ("number" in one and one["kind"] in many)]
    return [*kept, *({"kind": f"{kind}s", "count": numbered[kind]} for kind in sorted(many))]


Settle = Callable[["Session"], Awaitable[None]]


class Database:
    """One engine and its units of work. `main/wiring.py` makes the only one of a process.

    `settle` draws the consequences of what a workspace's transaction has done, as its last act (docs/adr/0008).
    """

    def __init__(self, url: str, *, pool_size: int = 8, echo: bool = False, settle: Settle | None = None) -> None:
        self.url = url
        self._settle = settle
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1).replace("postgres://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            pool_recycle=1800,
            echo=echo,
            hide_parameters=True,  # an error must not carry customers' words into the log
            connect_args={"application_name": "dragoman", **LINE},
        )
        tracing.watch(self.engine)
        self._sessions = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)

    @asynccontextmanager
    async def work(self, workspace_id: UUID | None) -> AsyncIterator[Session]:
        """One transaction in one workspace: committed when the block ends well, rolled back otherwise.

        Without a workspace only the directory (which workspaces and addresses exist) can be read.
        """
        with tracing.span("transaction"):
            async with self._sessions() as session, session.begin():
                with metrics.timed(metrics.DATABASE_WAIT):
                    await session.connection()
                if workspace_id is not None:
                    await enter(session, workspace_id)
                session.info["settle"] = self._settle
                yield session
                if session.info.get("workspace"):
                    await session.settle()
                if session.info.get("workspace"):
                    await session.say()

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


async def enter(session: Session, workspace_id: UUID) -> None:
    """Turn a directory transaction into one of a workspace (first-run set-up makes the workspace itself)."""
    session.workspace_id = workspace_id
    session.info["workspace"] = workspace_id
    await session.execute(
        text("SELECT set_config('app.workspace_id', :workspace, true)"), {"workspace": str(workspace_id)}
    )
