"""What only the operator's doctor asks of a database, as whatever role it was given: plain SQL, no tables of tenants
but the sealed secrets, one workspace after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from psycopg import Connection

from dragoman.main.backup import queries, sealing
from dragoman.platform.secrets import Keys

OPTIONAL = frozenset({"pg_trgm", "vector", "pg_stat_statements"})


@dataclass(frozen=True, slots=True)
class Role:
    """The role the desk runs as: whether it passes row-level security, and whether it owns the desk's tables."""

    name: str
    passes: bool
    owns: bool
    server: str


def role(connection: Connection[Any]) -> Role:
    """Who the desk is to this database."""
    row = connection.execute(
        "SELECT rolname, rolsuper OR rolbypassrls, "
        "EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'tickets' AND tableowner = current_user), "
        "current_setting('server_version') FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert row is not None
    return Role(*row)


def extensions(connection: Connection[Any]) -> list[str]:
    """Optional extensions that are there."""
    return sorted({row[0] for row in connection.execute("SELECT extname FROM pg_extension")} & OPTIONAL)


def version(connection: Connection[Any]) -> int:
    """The server's version as a number: 150004 is 15.4."""
    row = connection.execute("SELECT current_setting('server_version_num')::int").fetchone()
    return int(row[0]) if row else 0


def lost_secrets(connection: Connection[Any], keys: Keys) -> list[sealing.Loss]:
    """Stored secrets of all workspaces that none of the keys opens. Nothing is changed."""
    found = []
    for workspace_id, _slug, _name in queries.workspaces(connection):
        queries.enter(connection, workspace_id)
        for one in sealing.SEALED:
            gone = {
                row
                for column in one.columns
                for row, value in queries.sealed_values(connection, one.table, column)
                if sealing.opened(keys, value, one.context_of(workspace_id, row)) is None
            }
            for row in sorted(gone):
                found.append(sealing.Loss(one.kind, queries.name_of(connection, one.table, one.name, row), str(row)))
    return found
