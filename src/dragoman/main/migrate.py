"""Bring a database to this release's schema, and give the application's role just the rights it needs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.engine import make_url

from dragoman.kit.errors import N_, Unavailable
from dragoman.main.tables import metadata

LOCK = 0x44524147  # "DRAG": two processes starting at once migrate one after the other


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings, without a file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    made.attributes["connection"] = connection
    return made


def _engine_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)


def upgrade(owner_url: str, app_url: str) -> None:
    """Migrate as the owner, then grant to the application's role. Safe to run at every start."""
    with alone(owner_url) as connection:
        finish(connection, app_url)


@contextmanager
def alone(owner_url: str) -> Iterator[Connection]:
    """A transaction of the owner during which nobody else migrates. Raises Unavailable for a server that is too old."""
    engine = create_engine(_engine_url(owner_url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as guard:
            version = guard.execute(text("SHOW server_version_num")).scalar_one()
            if int(version) < 150000:
                raise Unavailable(N_("PostgreSQL 15 or newer is needed; this server is older."))
            guard.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
            with transaction(owner_url) as connection:
                yield connection
    finally:
        engine.dispose()


@contextmanager
def transaction(owner_url: str) -> Iterator[Connection]:
    """A transaction of the owner, beside whatever else goes on."""
    engine = create_engine(_engine_url(owner_url))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def finish(connection: Connection, app_url: str) -> None:
    """Bring the transaction's database to this release and grant to the application's role."""
    command.upgrade(config(connection), "head")
    _grant(connection, make_url(app_url).username)


def order() -> list[str]:
    """All revisions this release knows, oldest first."""
    script = ScriptDirectory.from_config(config())
    return [one.revision for one in reversed(list(script.walk_revisions()))]


def _grant(connection: Connection, role: str | None) -> None:
    owner = connection.execute(text("SELECT current_user")).scalar_one()
    if not role or role == owner:
        return
    quoted = connection.dialect.identifier_preparer.quote(role)
    for statement in (
        f"GRANT USAGE ON SCHEMA public TO {quoted}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {quoted}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {quoted}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {quoted}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON audit_log FROM {quoted}",
    ):
        connection.execute(text(statement))


def behind(url: str) -> str | None:
    """What separates the database from this release: None when nothing does."""
    head = ScriptDirectory.from_config(config()).get_current_head()
    engine = create_engine(_engine_url(url))
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()
    return None if current == head else f"{current or '-'} → {head}"


def drift(url: str) -> list[object]:
    """Differences between the tables in the code and the migrated database; empty when there are none."""
    engine = create_engine(_engine_url(url))
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "include_object": lambda _o, name, kind, *_: (
                        not (kind == "table" and (name or "").startswith("procrastinate"))
                    ),
                },
            )
            return list(compare_metadata(context, metadata))
    finally:
        engine.dispose()
