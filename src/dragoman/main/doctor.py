"""`dragoman doctor`: what is wrong, in words, and how to mend it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psycopg

from dragoman.kit.errors import DeskError
from dragoman.main import migrate
from dragoman.platform import embedded_pg
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.platform.settings import Settings

LEAST_FREE = 2 * 1024**3  # bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `mend` says what to do when it is not `ok`."""

    level: Literal["ok", "warning", "wrong"]
    what: str
    mend: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Look at everything without changing anything."""
    findings = list(_disk(settings))
    if settings.embedded:
        findings += _embedded(settings)
        cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
        if not embedded_pg.running(cluster):
            return findings
        url = cluster.url(embedded_pg.APP)
    else:
        url = settings.database_url or ""
    return findings + list(_database(url))


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.absolute()
    here = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(here).free
    text = _("{free} GiB free where the data folder is ({folder}).", free=f"{free / 1024**3:.1f}", folder=folder)
    if free < LEAST_FREE:
        yield Finding("wrong", text, _("Make room: below 2 GiB a day's mail may not fit."))
    else:
        yield Finding("ok", text)


def _embedded(settings: Settings) -> Iterator[Finding]:
    try:
        cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
        where = embedded_pg.binaries(cluster) if cluster.home.exists() else Path("-")
    except DeskError as error:
        yield Finding(
            "wrong", _(error.message, **error.values), _("Set DRAGOMAN_PG_ACCOUNT to an account that exists.")
        )
        return
    if cluster.account == "nobody":
        yield Finding(
            "warning", _("The embedded database runs as “nobody”, which other services may use too."),
            _("Create an account for it: useradd --system --no-create-home dragoman"),
        )  # fmt: skip
    if embedded_pg.running(cluster):
        yield Finding("ok", _("The embedded database is running ({where}).", where=where))
    elif (cluster.data / "PG_VERSION").exists():
        yield Finding("warning", _("The embedded database is not running."), _("Start the desk: dragoman serve"))
    else:
        yield Finding("warning", _("There is no database yet."), _("Make it: dragoman init"))


def _database(url: str) -> Iterator[Finding]:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            yield from _role(connection)
            yield from _extensions(connection)
            yield from _queues(connection)
    except psycopg.OperationalError as error:
        yield Finding(
            "wrong", _("The database does not answer: {error}", error=error), _("Start it, or correct DATABASE_URL.")
        )
        return
    if behind := migrate.behind(url):
        yield Finding(
            "wrong",
            _("The database has another release's schema ({behind}).", behind=behind),
            _("Run: dragoman migrate"),
        )
    else:
        yield Finding("ok", _("The database has this release's schema."))


def _role(connection: psycopg.Connection) -> Iterator[Finding]:
    row = connection.execute(
        "SELECT rolname, rolsuper, rolbypassrls, current_setting('server_version'), "
        "EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'tickets' AND tableowner = current_user) "
        "FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    name, superuser, bypasses, version, owns = row
    yield Finding("ok", _("PostgreSQL {version}, as “{name}”.", version=version, name=name))
    if superuser or bypasses:
        yield Finding(
            "wrong", _("The role “{name}” can pass row-level security: workspaces are not kept apart.", name=name),
            _("Give the desk an ordinary role in DATABASE_URL, and the owner's in DATABASE_OWNER_URL."),
        )  # fmt: skip
    elif owns:
        yield Finding(
            "warning",
            _("The role “{name}” owns the desk's tables, so it could switch row-level security off.", name=name),
            _("Use two roles: the owner in DATABASE_OWNER_URL, another one in DATABASE_URL."),
        )  # fmt: skip


def _extensions(connection: psycopg.Connection) -> Iterator[Finding]:
    have = {row[0] for row in connection.execute("SELECT extname FROM pg_extension")}
    named = ", ".join(sorted(have & {"pg_trgm", "vector", "pg_stat_statements"})) or "–"
    yield Finding("ok", _("Optional extensions in use: {named}. None is required.", named=named))


def _queues(connection: psycopg.Connection) -> Iterator[Finding]:
    if connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() == (None,):
        return
    row = connection.execute(
        "SELECT count(*) FILTER (WHERE status = 'failed'), "
        "count(*) FILTER (WHERE status = 'todo' AND coalesce(scheduled_at, now()) < now() - interval '5 minutes') "
        "FROM procrastinate_jobs"
    ).fetchone()
    failed, late = row or (0, 0)
    if late:
        yield Finding(
            "wrong",
            ngettext("{n} job waits for more than five minutes.", "{n} jobs wait for more than five minutes.", late),
            _("Is a worker running? dragoman worker"),
        )
    if failed:
        yield Finding(
            "warning",
            ngettext("{n} job has failed for good.", "{n} jobs have failed for good.", failed),
            _("The worker's log says why."),
        )
    if not late and not failed:
        yield Finding("ok", _("No job is late, none has failed."))
