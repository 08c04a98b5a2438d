"""`dragoman doctor`: what is wrong, in words, and how to mend it. Nothing is changed, and nothing is waited for longer
than some seconds: what can't be reached is said to be not checked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg

from dragoman.accounts import queries as accounts
from dragoman.flow import health as workspace_health
from dragoman.kit.errors import DeskError
from dragoman.main import migrate
from dragoman.main.backup import sealing
from dragoman.main.doctor import queries
from dragoman.platform import embedded_pg, secrets
from dragoman.platform.db import Database
from dragoman.platform.health import certificates, mail_dns, server
from dragoman.platform.health.findings import Finding, aside, together
from dragoman.platform.health.machine import disk, files, memory, settings_of, zones
from dragoman.platform.i18n import gettext as _
from dragoman.platform.settings import Settings

CONNECTING = 10.0  # seconds that the database's first answers may take
OLDEST = 150000


def examine(settings: Settings) -> list[Finding]:
    """Look at everything without changing anything."""
    return asyncio.run(_examine(settings))


async def _examine(settings: Settings) -> list[Finding]:
    found = [disk(settings.data), memory(), zones(), *settings_of(settings), *files(settings)]
    url = settings.database_url or ""
    if settings.embedded:
        found += _embedded(settings)
        with suppress(DeskError):  # said above
            cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
            url = cluster.url(embedded_pg.APP) if embedded_pg.running(cluster) else ""
    at_home = [
        certificates.look(place, allow_private=True) for place in certificates.own(settings.public_url)
    ]  # the operator's own word, wherever it leads
    return found + await together(_database(settings, url), *at_home)


def _embedded(settings: Settings) -> Iterator[Finding]:
    try:
        cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
        where = embedded_pg.binaries(cluster) if cluster.home.exists() else Path("-")
    except DeskError as error:
        tell = _("Set DRAGOMAN_PG_ACCOUNT to an account that exists.")
        yield Finding("wrong", "database", _(error.message, **error.values), tell)
        return
    if cluster.account == "nobody":
        yield Finding(
            "warning", "database", _("The embedded database runs as “nobody”, which other services may use too."),
            _("Create an account for it: useradd --system --no-create-home dragoman"),
        )  # fmt: skip
    if embedded_pg.running(cluster):
        yield Finding("ok", "database", _("The embedded database is running ({where}).", where=where))
    elif (cluster.data / "PG_VERSION").exists():
        yield Finding(
            "warning", "database", _("The embedded database is not running."), _("Start the desk: dragoman serve")
        )
    else:
        yield Finding("warning", "database", _("There is no database yet."), _("Make it: dragoman init"))


async def _database(settings: Settings, url: str) -> list[Finding]:
    """All that needs a database that answers and has this release's schema."""
    if not url:
        return []
    try:
        found, usable = await aside(lambda: _first_look(settings, url), CONNECTING)
    except (psycopg.Error, TimeoutError) as error:
        text = _("The database does not answer: {error}", error=str(error) or type(error).__name__)
        return [Finding("wrong", "database", text, _("Start it, or correct DATABASE_URL."))]
    if not usable:
        return found
    db = Database(url, pool_size=4)
    try:
        return found + await _desk(settings, db)
    finally:
        await db.close()


def _first_look(settings: Settings, url: str) -> tuple[list[Finding], bool]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        found = [*_role(queries.role(connection)), *_server(connection)]
        behind = migrate.behind(url)
        if behind:
            text = _("The database has another release's schema ({behind}).", behind=behind)
            return [*found, Finding("wrong", "database", text, _("Run: dragoman migrate"))], False
        found.append(Finding("ok", "database", _("The database has this release's schema.")))
        return [*found, *_secrets(settings, connection)], True


def _role(role: queries.Role) -> Iterator[Finding]:
    yield Finding("ok", "database", _("PostgreSQL {version}, as “{name}”.", version=role.server, name=role.name))
    if role.passes:
        yield Finding(
            "wrong", "database",
            _("The role “{name}” can pass row-level security: workspaces are not kept apart.", name=role.name),
            _("Give the desk an ordinary role in DATABASE_URL, and the owner's in DATABASE_OWNER_URL."),
        )  # fmt: skip
    elif role.owns:
        yield Finding(
            "warning", "database",
            _("The role “{name}” owns the desk's tables, so it could switch row-level security off.", name=role.name),
            _("Use two roles: the owner in DATABASE_OWNER_URL, another one in DATABASE_URL."),
        )  # fmt: skip


def _server(connection: psycopg.Connection) -> Iterator[Finding]:
    if queries.version(connection) < OLDEST:
        text = _("PostgreSQL 15 or newer is needed; this server is older.")
        yield Finding("wrong", "database", text, _("Bring the server to a newer version."))
    named = ", ".join(queries.extensions(connection)) or "–"
    yield Finding("ok", "database", _("Optional extensions in use: {named}. None is required.", named=named))


def _secrets(settings: Settings, connection: psycopg.Connection) -> list[Finding]:
    """Whether the key opens what is stored."""
    try:
        keys = secrets.find(settings.data, settings.secret_key)
    except (DeskError, OSError) as error:
        tell = _("Put the right key back: docs/operations.md says where it is kept.")
        return [Finding("wrong", "settings", _("The secret key can't be read: {error}", error=error), tell)]
    if keys is None:
        return []
    lost = queries.lost_secrets(connection, keys)
    return [Finding("wrong", "settings", _("A stored secret opens with no key."),
                    _(sealing.TO_DO[one.kind], name=one.name)) for one in lost] or [
        Finding("ok", "settings", _("The secret key opens all stored secrets."))
    ]  # fmt: skip


async def _desk(settings: Settings, db: Database) -> list[Finding]:
    """The server's state, then every workspace's own affairs, then what lies beyond the network."""
    async with db.work(None) as session:
        found = await server.look(session)
        workspaces = [(one.id, one.slug) for one in await accounts.list_workspaces(session)]
    senders: dict[str, workspace_health.Sender] = {}
    places: dict[certificates.Place, None] = {}
    for workspace_id, slug in workspaces:
        async with db.work(workspace_id) as session:
            own = await workspace_health.look(session, poll_seconds=settings.poll_seconds)
            senders |= {one.domain: one for one in await workspace_health.list_senders(session)}
            places |= dict.fromkeys(await workspace_health.list_places(session))
        where = slug if len(workspaces) > 1 else ""
        found += [Finding(one.level, one.area, one.what, one.mend, where) for one in own]
    asking = mail_dns.resolver()
    return found + await together(
        *(mail_dns.look(one.domain, server=one.server, selectors=one.selectors, asking=asking)
          for one in senders.values()),
        *(certificates.look(place, allow_private=settings.allow_private_hosts) for place in places),
    )  # fmt: skip
