"""The commands as an operator types them: on the desk's own server, while it is running, and with DATABASE_URL."""

from __future__ import annotations

import asyncio
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from dragoman.platform import embedded_pg
from tests.main.backup.conftest import Place
from tests.main.backup.test_backup import filled, left
from tests.main.backup.test_refusals import OLD
from tests.main.backup.test_upgrade import PHRASE
from tests.main.test_commands import command, process

Make = Callable[..., Place]


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder whose databases are stopped when the test is over."""
    made = Path(tempfile.mkdtemp(prefix="dragoman-backup-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    for data in made.iterdir():
        if (data / "pg").exists():
            embedded_pg.stop(embedded_pg.cluster(data), mode="immediate")
    shutil.rmtree(made, ignore_errors=True)


def test_out_of_one_data_folder_and_into_another(home: Path) -> None:
    """The first release's backup goes into an empty folder; its own backup, key and all, into a second one."""
    first, second, path = home / "first", home / "second", home / "all.dragoman"
    wrong = command("restore", str(OLD), data=first, DRAGOMAN_BACKUP_PASSPHRASE="not this one, surely")
    assert wrong.returncode == 1
    assert "This is not the passphrase" in wrong.stderr
    assert not first.exists(), "nothing was begun"
    back = command("restore", str(OLD), data=first, DRAGOMAN_BACKUP_PASSPHRASE=PHRASE)
    assert back.returncode == 0, back.stderr
    assert "1 workspace is back" in back.stdout
    cluster = embedded_pg.cluster(first)
    with embedded_pg.used(cluster):
        taken = command("backup", str(path), "--with-key", data=first, DRAGOMAN_BACKUP_PASSPHRASE="another passphrase")
        assert embedded_pg.running(cluster), "a desk that is running goes on"
    assert taken.returncode == 0, taken.stderr
    assert "Lantern Trading" in taken.stdout
    assert "The secret key is in it, under your passphrase" in taken.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.stat().st_uid == os.geteuid(), "the command writes it, not the server"
    checked = command("backup", str(path), "--check", data=home / "none")
    assert checked.returncode == 0, checked.stderr
    assert "is whole" in checked.stdout
    assert not (home / "none").exists()
    again = command("restore", str(path), data=second, DRAGOMAN_BACKUP_PASSPHRASE="another passphrase")
    assert again.returncode == 0, again.stderr
    assert "To do" not in again.stdout
    assert (second / "secret.key").read_bytes() == (first / "secret.key").read_bytes()
    full = command("restore", str(path), data=second)
    assert full.returncode == 1
    assert "There are workspaces here already" in full.stderr


async def test_one_workspace_moves_by_command(place: Make, home: Path) -> None:
    here, there, path = place(), place(), home / "one.dragoman"
    await filled(here)
    (slug,) = [key.split()[0] for key in here.state() if key.endswith(" workspaces")]
    data = here.settings.data
    unknown = command("workspace", "export", "nobody", str(path), data=data, **here.env)
    assert unknown.returncode == 1
    assert f"There is no workspace nobody. There is: {slug}." in unknown.stderr
    out = command("workspace", "export", slug, str(path), data=data, **here.env)
    assert out.returncode == 0, out.stderr
    assert "THE SECRET KEY IS NOT IN THIS FILE" in out.stdout
    await filled(there)
    asked = command("workspace", "import", str(path), data=there.settings.data, **there.env)
    assert asked.returncode == 1
    assert "--without-key" in asked.stderr
    came = command("workspace", "import", str(path), "--without-key", "--slug", "moved", data=there.settings.data,
                   **there.env)  # fmt: skip
    assert came.returncode == 0, came.stderr
    assert "To do:" in came.stdout
    assert "moved: " in came.stdout
    assert "both desks" in came.stdout
    assert [key for key in there.state() if key == "moved tickets"]
    ((via,),) = there.rows(workspace_of(there, "moved"), "SELECT via FROM audit_log WHERE verb = 'import.workspace'")
    assert via == "cli"


def workspace_of(place: Place, slug: str) -> UUID:
    """A workspace's id by its short name."""
    ((found,),) = place.rows(UUID(int=0), f"SELECT id FROM workspaces WHERE slug = '{slug}'")
    assert isinstance(found, UUID)
    return found


@pytest.mark.req("R243")
async def test_what_goes_wrong_is_said_in_a_sentence(place: Make, home: Path) -> None:
    here, path = place(), home / "all.dragoman"
    await filled(here)
    data = here.settings.data
    lost = command("backup", str(path), data=home / "nothing", **here.env)
    assert lost.returncode == 1
    assert "There is no secret key in" in lost.stderr
    mute = command("backup", str(path), "--with-key", data=data, **here.env)
    assert mute.returncode == 1
    assert "DRAGOMAN_BACKUP_PASSPHRASE" in mute.stderr
    short = command("backup", str(path), "--with-key", data=data, DRAGOMAN_BACKUP_PASSPHRASE="short", **here.env)
    assert "at least 12 characters" in short.stderr
    assert not path.exists()
    bad = home / "bad.dragoman"
    bad.write_bytes(OLD.read_bytes()[:-1])
    for words in (("backup", "--check"), ("restore",), ("workspace", "import")):
        said = command(*words, str(bad), data=home / "new")
        assert said.returncode == 1, words
        assert "bad.dragoman ends too early" in said.stderr
        assert "Traceback" not in said.stderr
    silent = command("backup", str(path), data=data, DATABASE_URL="postgresql://a@127.0.0.1:1/none")
    assert silent.returncode == 1
    assert "The database does not answer" in silent.stderr
    assert "Traceback" not in silent.stderr
    assert not (home / "new").exists()
    assert left(home) == ["bad.dragoman"]


async def test_a_backup_told_to_end_leaves_nothing_and_does_not_pass_for_done(place: Make, home: Path) -> None:
    here, path = place(), home / "all.dragoman"
    await filled(here)
    with psycopg.connect(here.owner) as holder:
        holder.execute("LOCK TABLE tickets IN ACCESS EXCLUSIVE MODE")
        with process("backup", str(path), data=here.settings.data, **here.env) as run:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'tickets'::regclass"
            until = time.monotonic() + 20
            while holder.execute(waiting).fetchone() == (0,):
                assert time.monotonic() < until
                await asyncio.sleep(0.05)
            assert left(home) == ["all.dragoman.part"]
            run.terminate()
            assert run.wait(20) == 143
    assert left(home) == []
