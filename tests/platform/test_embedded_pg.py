"""The embedded server: made, adopted, recovered, stopped; and no folder's mode changed."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dragoman.kit.errors import Unavailable
from dragoman.platform import embedded_pg


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder that the server's account can reach."""
    folder = Path(tempfile.mkdtemp(prefix="dragoman-pg-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder / "data"
    embedded_pg.stop(embedded_pg.cluster(folder / "data"), mode="immediate") if (folder / "data").exists() else None
    shutil.rmtree(folder, ignore_errors=True)


def modes(folder: Path) -> dict[Path, int]:
    return {path: stat.S_IMODE(path.stat().st_mode) for path in folder.parents}


def answers(cluster: embedded_pg.Cluster) -> str:
    with psycopg.connect(cluster.url(embedded_pg.APP)) as connection:
        row = connection.execute("SELECT current_user || ' ' || current_setting('data_checksums')").fetchone()
    assert row is not None
    return str(row[0])


def test_made_adopted_and_stopped_by_the_last_user(home: Path) -> None:
    before = modes(home)
    cluster = embedded_pg.cluster(home)
    with embedded_pg.used(cluster):
        assert answers(cluster) == f"{embedded_pg.APP} on"
        with embedded_pg.used(cluster):  # a second process of the same desk
            assert answers(cluster)
        assert embedded_pg.running(cluster)
    assert not embedded_pg.running(cluster)
    assert modes(home) == before
    assert stat.S_IMODE((home / "pg").stat().st_mode) == 0o700
    assert stat.S_IMODE(cluster.socket.stat().st_mode) == 0o700


def test_no_tcp_port_is_opened(home: Path) -> None:
    cluster = embedded_pg.cluster(home)
    with embedded_pg.used(cluster), psycopg.connect(cluster.url("postgres", "postgres")) as connection:
        row = connection.execute("SHOW listen_addresses").fetchone()
    assert row == ("",)


def test_a_crash_is_recovered_from(home: Path) -> None:
    cluster = embedded_pg.cluster(home)
    embedded_pg.start(cluster)
    with psycopg.connect(cluster.url(embedded_pg.OWNER), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (x int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    embedded_pg.kill(cluster)
    for _ in range(100):
        if not embedded_pg.running(cluster):
            break
        time.sleep(0.05)
    embedded_pg.start(cluster)
    with psycopg.connect(cluster.url(embedded_pg.OWNER)) as connection:
        assert connection.execute("SELECT x FROM kept").fetchone() == (1,)
    assert embedded_pg.stop(cluster)
    assert not embedded_pg.stop(cluster)


def test_a_stale_pid_file_of_another_program_is_not_believed(home: Path) -> None:
    cluster = embedded_pg.cluster(home)
    embedded_pg.start(cluster)
    embedded_pg.stop(cluster)
    (cluster.data / "postmaster.pid").write_text(f"{os.getpid()}\n")
    assert not embedded_pg.running(cluster)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has another account run the server")
def test_a_folder_the_account_can_not_pass_is_said_plainly_and_left_alone(home: Path) -> None:
    closed = home.parent / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(Unavailable) as caught:
        embedded_pg.start(embedded_pg.cluster(closed / "data"))
    assert str(closed) in str(caught.value)
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


def test_an_unknown_account_is_said_plainly() -> None:
    if os.geteuid() != 0:
        return
    with pytest.raises(Unavailable, match="no account"):
        embedded_pg.cluster(Path("/tmp/x"), account="surely-nobody-here")


def test_a_long_path_gets_a_short_socket_folder(home: Path) -> None:
    cluster = embedded_pg.cluster(home.parent / ("long" * 30))
    with embedded_pg.used(cluster):
        assert answers(cluster)
    shutil.rmtree(cluster.socket, ignore_errors=True)
