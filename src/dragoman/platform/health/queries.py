"""What is asked of the database server itself. None of it belongs to a workspace, none of it holds customers' data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from dragoman.platform.db import Session
from dragoman.platform.live import LINE_NAME


@dataclass(frozen=True, slots=True)
class Server:
    """The database server: sizes in bytes; `wal` is None where the role may not see it."""

    version: str
    clock: datetime
    size: int
    wal: int | None
    connections: int
    most: int


async def load_server(session: Session) -> Server:
    """The server's version, clock, size, and how many of its connections are taken."""
    row = (
        await session.execute(
            text(
                "SELECT current_setting('server_version'), clock_timestamp(), pg_database_size(current_database()), "
                "has_function_privilege('pg_ls_waldir()', 'execute'), (SELECT count(*) FROM pg_stat_activity), "
                "current_setting('max_connections')::int"
            )
        )
    ).one()
    wal = await session.scalar(text("SELECT sum(size)::bigint FROM pg_ls_waldir()")) if row[3] else None
    return Server(row[0], row[1], row[2], wal, row[4], row[5])


@dataclass(frozen=True, slots=True)
class Jobs:
    """How jobs stand, each counted to a bound. `oldest` is when the one that waits longest should have begun;
    `stalled` are under way with workers that show no sign of life; `workers` show one."""

    waiting: int
    late: int
    running: int
    stalled: int
    failed: int
    workers: int
    oldest: datetime | None


async def load_jobs(session: Session, most: int) -> Jobs:
    """How jobs stand; a job is late five minutes after it should have begun, a worker gone after half a minute."""
    row = (
        await session.execute(
            text(
                "WITH todo AS (SELECT coalesce(scheduled_at, (SELECT min(at) FROM procrastinate_events e WHERE "
                "e.job_id = j.id)) AS due FROM (SELECT id, scheduled_at FROM procrastinate_jobs WHERE status = 'todo' "
                "ORDER BY priority DESC, id LIMIT :most) j) "
                "SELECT (SELECT count(*) FROM todo WHERE due <= now()), "
                "(SELECT count(*) FROM todo WHERE due < now() - interval '5 minutes'), "
                "(SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'doing' LIMIT :most) j), "
                "(SELECT count(*) FROM (SELECT FROM procrastinate_jobs j WHERE status = 'doing' AND NOT EXISTS "
                "(SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id AND w.last_heartbeat > "
                "now() - interval '30 seconds') LIMIT :most) j), "
                "(SELECT count(*) FROM (SELECT FROM procrastinate_jobs WHERE status = 'failed' LIMIT :most) j), "
                "(SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'), "
                "(SELECT min(due) FROM todo WHERE due <= now())"
            ),
            {"most": most},
        )
    ).one()
    return Jobs(*row)


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the desk, as its listening line says: `name` is role, number and host; None for its address means
    the socket of this machine."""

    name: str
    address: str | None
    since: datetime


async def list_processes(session: Session) -> list[Process]:
    """The desk's processes that are connected, oldest first."""
    rows = await session.execute(
        text(
            "SELECT application_name, host(client_addr), backend_start FROM pg_stat_activity "
            "WHERE application_name LIKE :name AND datname = current_database() ORDER BY backend_start LIMIT 100"
        ),
        {"name": f"{LINE_NAME}%"},
    )
    return [Process(name.removeprefix(LINE_NAME).strip(), address, since) for name, address, since in rows]


async def list_offsets(session: Session, zones: tuple[str, ...], at: tuple[datetime, ...]) -> list[tuple[str, ...]]:
    """The wall clock of each zone at each moment, as PostgreSQL's own rules have it (ISO, without an offset)."""
    rows = await session.execute(
        text(
            "SELECT array_agg(to_char(m AT TIME ZONE z.name, 'YYYY-MM-DD HH24:MI') ORDER BY m) "
            "FROM unnest(CAST(:zones AS text[])) WITH ORDINALITY AS z(name, place), "
            "unnest(CAST(:at AS timestamptz[])) AS m GROUP BY z.place ORDER BY z.place"
        ),
        {"zones": list(zones), "at": list(at)},
    )
    return [tuple(row[0]) for row in rows]
