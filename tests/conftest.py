"""Fixtures of all tests: a real PostgreSQL, a desk of this test's own, and a world of mail around it.

One server serves all workers of a run; each worker has a database cloned from a migrated template, and each test a
workspace of its own: tenancy is what keeps tests apart.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from dragoman.main import migrate, wiring
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg, logs
from dragoman.platform.settings import Settings

from .cast import Company, found_company

FAST = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """asyncio, as in production."""
    return "asyncio"


def pytest_configure(config: pytest.Config) -> None:
    """Start the one server of the run, in the process that leads it."""
    logs.configure(as_json=False, level=logging.ERROR)
    if hasattr(config, "workerinput") or os.environ.get("DRAGOMAN_TEST_PG"):
        return
    home = Path(tempfile.mkdtemp(prefix="dragoman-tests-", dir="/tmp"))
    home.chmod(0o755)
    cluster = embedded_pg.cluster(home, extra=FAST)
    embedded_pg.start(cluster)
    migrate.upgrade(cluster.url(embedded_pg.OWNER), cluster.url(embedded_pg.APP))
    config.stash[home_key] = home
    os.environ["DRAGOMAN_TEST_PG"] = str(home)


home_key = pytest.StashKey[Path]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server that this process started."""
    home = config.stash.get(home_key, None)
    if home is not None:
        del os.environ["DRAGOMAN_TEST_PG"]
        embedded_pg.stop(embedded_pg.cluster(home), mode="immediate")
        shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster() -> embedded_pg.Cluster:
    """The run's server."""
    return embedded_pg.cluster(Path(os.environ["DRAGOMAN_TEST_PG"]), extra=FAST)


@pytest.fixture(scope="session")
def database(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """This worker's own migrated database, by name."""
    name = f"test_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
    yield name


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """`gw0` and so on, or `main` without workers."""
    given = getattr(request.config, "workerinput", {}).get("workerid", "main")
    return str(given)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of a desk under test."""
    return Settings(data=tmp_path, allow_private_hosts=True, development=True, pool_size=6, reading="off")


@pytest.fixture
async def desk(cluster: embedded_pg.Cluster, database: str, settings: Settings) -> AsyncIterator[Desk]:
    """A desk on this worker's database, its job queue empty."""
    url = cluster.url(embedded_pg.APP, database)
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("DELETE FROM procrastinate_jobs")
        await connection.execute("DELETE FROM rate_limits")
        await connection.execute("DELETE FROM alarms")
    made = wiring.build(settings, url)
    try:
        async with made.jobs.open_async():
            yield made
    finally:
        await wiring.close(made)


@pytest.fixture
async def company(desk: Desk) -> Company:
    """A workspace with the named cast, a shop and a mailbox."""
    return await found_company(desk)
