"""Places to take from and to bring to: databases of a test's own, filled and empty."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from dragoman.main import migrate, wiring
from dragoman.main.backup import load, queries, take
from dragoman.main.backup.archive import Manifest, reading
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg, secrets
from dragoman.platform.settings import Settings


@dataclass(frozen=True)
class Place:
    """An installation: a database and a data folder."""

    app: str
    owner: str
    settings: Settings

    @property
    def env(self) -> dict[str, str]:
        """What leads a command there."""
        return {"DATABASE_URL": self.app, "DATABASE_OWNER_URL": self.owner}

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[Desk]:
        """Its desk."""
        made = wiring.build(self.settings, self.app)
        try:
            async with made.jobs.open_async():
                yield made
        finally:
            await wiring.close(made)

    def take(self, path: Path, **options: Any) -> Manifest:
        """A backup of it."""
        return take.take(self.owner, path, secrets.load(self.settings.data), **options)

    def restore(self, path: Path, *, passphrase: str | None = None, without_key: bool = False) -> load.Loaded:
        """Bring a backup here, as the command does."""
        with reading(path) as backup:
            load.check_known(backup)
            plan = load.plan_keys(self.settings, backup.manifest, lambda: passphrase, without_key=without_key)
            return load.restore(self.owner, self.app, self.settings, backup, plan)

    def add(
        self, path: Path, *, slug: str | None = None, passphrase: str | None = None, without_key: bool = False
    ) -> load.Loaded:
        """Import a workspace here, as the command does."""
        with reading(path) as backup:
            load.check_movable(backup)
            plan = load.plan_keys(self.settings, backup.manifest, lambda: passphrase, without_key=without_key)
            return load.import_workspace(self.owner, self.settings, backup, plan, slug=slug)

    def state(self, *, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
        """A digest of every row of every table that is backed up, by workspace and table."""
        found = {}
        with psycopg.connect(self.owner) as connection:
            for workspace, slug, _name in queries.workspaces(connection):
                queries.enter(connection, workspace)
                for table in queries.tables(connection):
                    if table.name not in leave_out:
                        rows = sorted(b"".join(map(bytes, queries.copy_out(connection, table, workspace))).split(b"\n"))
                        found[f"{slug} {table.name}"] = hashlib.sha256(b"\n".join(rows)).hexdigest()
        return found

    def rows(self, workspace: UUID, statement: str) -> list[Any]:
        """What a question gives in a workspace."""
        with psycopg.connect(self.owner) as connection:
            queries.enter(connection, workspace)
            return connection.execute(statement).fetchall()  # type: ignore[arg-type]


@pytest.fixture
def place(cluster: embedded_pg.Cluster, worker_id: str, tmp_path: Path) -> Iterator[Callable[..., Place]]:
    """Makes places; `schema` says at which revision, None is a database in which nothing was ever made."""
    made: list[str] = []
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:

        def make(*, schema: str | None = "head") -> Place:
            name = f"place_{worker_id}_{len(made)}"
            made.append(name)
            admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            template = "TEMPLATE dragoman" if schema else "TEMPLATE template0"
            admin.execute(f"CREATE DATABASE {name} {template} OWNER {embedded_pg.OWNER}")
            data = tmp_path / name
            app, owner = cluster.url(embedded_pg.APP, name), cluster.url(embedded_pg.OWNER, name)
            if schema:
                migrate.upgrade(owner, app)
            return Place(app, owner, Settings(data=data, allow_private_hosts=True, development=True, pool_size=4))

        yield make
        for name in made:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
