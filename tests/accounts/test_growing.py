"""A desk of the release before gets the new roles, and its administrators the new permissions."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from sqlalchemy import create_engine

from dragoman.accounts.permissions import PERMISSIONS
from dragoman.main import migrate
from dragoman.platform import embedded_pg

FORMER = ["ticket.read", "people.manage", "workspace.manage"]


@pytest.fixture
def former(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """A database at the schema before this one, with two workspaces; yields its name."""
    name = f"former_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} OWNER {embedded_pg.OWNER}")
    engine = create_engine(cluster.url(embedded_pg.OWNER, name).replace("postgresql://", "postgresql+psycopg://", 1))
    with engine.begin() as connection:
        command.upgrade(migrate.config(connection), "0002")
    engine.dispose()
    with psycopg.connect(cluster.url(embedded_pg.OWNER, name)) as owner:
        for slug in ("one", "two"):
            workspace = uuid4()
            owner.execute(
                "INSERT INTO workspaces (id, slug, name, locale, timezone, settings, next_ticket_number, created_at) "
                "VALUES (%s, %s, %s, 'en', 'UTC', '{}', 1, now())",
                (workspace, slug, slug),
            )
            owner.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace),))
            for key, permissions in (("admin", FORMER), ("agent1", ["ticket.read"])):
                owner.execute(
                    "INSERT INTO roles (id, key, permissions) VALUES (%s, %s, %s)", (uuid4(), key, permissions)
                )
    yield name
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_every_workspace_grows(cluster: embedded_pg.Cluster, former: str) -> None:
    migrate.upgrade(cluster.url(embedded_pg.OWNER, former), cluster.url(embedded_pg.APP, former))
    with psycopg.connect(cluster.url(embedded_pg.OWNER, former)) as owner:
        workspaces = owner.execute("SELECT id FROM workspaces").fetchall()
        assert len(workspaces) == 2
        for (workspace,) in workspaces:
            owner.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace),))
            found = dict(owner.execute("SELECT key, permissions FROM roles").fetchall())
            added = {"audit.read", "audit.export", "api.manage", "import.manage", "system.read", "team.manage"}
            added |= {"rule.manage", "sla.manage", "view.share", "market.manage", "translation.manage", "term.approve"}
            assert set(found["admin"]) == {*FORMER, *added}
            assert added <= set(PERMISSIONS)
            assert found["agent1"] == ["ticket.read"], "what a workspace has is left alone"
            assert {"ticket.assign", "audit.read"} <= set(found["supervisor"])
            assert len(found) == 12
