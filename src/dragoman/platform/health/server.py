"""The database server: clock, rules of time zones, size, connections; jobs, and the processes that work them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from dragoman.kit import clock
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.platform.health import queries
from dragoman.platform.health.findings import Finding, Level
from dragoman.platform.health.machine import GIB, MIB, ZONES
from dragoman.platform.health.queries import Jobs, Server
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext

MOST = 10_001
"""How far things that wait are counted: beyond ten thousand the number no longer matters."""
SKEW_SEEN, SKEW_WRONG = timedelta(seconds=2), timedelta(seconds=30)


async def look(session: Session) -> list[Finding]:
    """All there is to say of the server."""
    before = clock.now()
    server = await queries.load_server(session)
    after = clock.now()
    jobs = await queries.load_jobs(session, MOST)
    return [
        _size(server),
        _connections(server),
        _skew(server.clock - (before + (after - before) / 2)),
        _alarms(await alarms.overdue(session)),
        await _zones(session),
        *_jobs(jobs),
    ]


def _size(server: Server) -> Finding:
    text = _("The database takes {size} GiB.", size=f"{server.size / GIB:.2f}")
    if server.wal is not None:
        text += " " + _("Its log of changes (WAL) takes {size} MiB.", size=server.wal // MIB)
    return Finding("ok", "database", text)


def _connections(server: Server) -> Finding:
    text = _("{n} of {most} connections are taken.", n=server.connections, most=server.most)
    if server.connections > server.most * 0.85:
        tell = _("Raise max_connections in PostgreSQL, or lower DRAGOMAN_POOL_SIZE.")
        return Finding("warning", "database", text, tell)
    return Finding("ok", "database", text)


def _skew(skew: timedelta) -> Finding:
    seconds = abs(skew.total_seconds())
    text = _("The clocks of this machine and of the database differ by {seconds} s.", seconds=f"{seconds:.1f}")
    if abs(skew) < SKEW_SEEN:
        return Finding("ok", "database", text)
    level: Level = "wrong" if abs(skew) >= SKEW_WRONG else "warning"
    return Finding(level, "database", text, _("Let both take the time from the network (chrony or systemd-timesyncd)."))


def _alarms(late: timedelta) -> Finding:
    """Clocks, promises and snoozes ring by a worker: what should have rung says that none runs."""
    if late <= alarms.STOPPED:
        return Finding("ok", "work", _("Whatever was to happen at a time has happened."))
    text = ngettext(
        "What was to happen at a time has waited for {n} minute: clocks, snoozes and automatic answers stand still.",
        "What was to happen at a time has waited for {n} minutes: clocks, snoozes and automatic answers stand still.",
        int(late.total_seconds() // 60),
    )
    return Finding("wrong", "work", text, _("Is a worker running? dragoman worker"))


async def _zones(session: Session) -> Finding:
    """Whether PostgreSQL and Python hold the same rules: both are asked for the same days of this year."""
    year = clock.now().year
    moments = tuple(datetime(year, month, day, 12, tzinfo=UTC) for month in range(1, 13) for day in (1, 28))
    theirs = await queries.list_offsets(session, ZONES, moments)
    ours = [tuple(f"{at.astimezone(ZoneInfo(name)):%Y-%m-%d %H:%M}" for at in moments) for name in ZONES]
    other = [name for name, mine, his in zip(ZONES, ours, theirs, strict=True) if mine != his]
    if other:
        text = _("Python and PostgreSQL have other rules for these time zones: {names}.", names=", ".join(other))
        return Finding("warning", "database", text, _("Bring tzdata up to date on both machines."))
    return Finding("ok", "database", _("Python and PostgreSQL agree on time zones."))


def _jobs(jobs: Jobs) -> list[Finding]:
    found = []
    if jobs.late:
        text = ngettext(
            "{n} job waits for more than five minutes.", "{n} jobs wait for more than five minutes.", jobs.late
        )
        found.append(Finding("wrong", "work", text, _("Is a worker running? dragoman worker")))
    if not jobs.workers:
        text = _("No worker is running: mail is neither fetched nor sent.")
        found.append(Finding("warning", "work", text, _("Start the desk: dragoman serve")))
    if jobs.stalled:
        text = ngettext("{n} job was begun by a worker that is gone.", "{n} jobs were begun by a worker that is gone.",
                        jobs.stalled)  # fmt: skip
        found.append(Finding("warning", "work", text, _("A running worker takes it up within seconds.")))
    if jobs.failed:
        text = ngettext("{n} job has failed for good.", "{n} jobs have failed for good.", jobs.failed)
        found.append(Finding("warning", "work", text, _("The worker's log says why. It is forgotten after two weeks.")))
    return found or [Finding("ok", "work", _("No job is late, none has failed."))]
