"""`dragoman import`: the token never on the command line, errors as sentences, a trial that changes nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.main import wiring
from dragoman.main.moving import app
from dragoman.platform.settings import Settings
from tests.cast import found_company
from tests.desk_work import tickets_of
from tests.imports.other_desks import serving
from tests.imports.test_going_on import own_database
from tests.imports.test_tables import ROWS, written
from tests.imports.test_zendesk import account

__all__ = ["own_database"]


@pytest.mark.timeout(120)
async def test_the_command(own_database: str, settings: Settings, tmp_path: Path) -> None:
    desk = wiring.build(settings, own_database)
    company = await found_company(desk)
    env = os.environ | {
        "DATABASE_URL": own_database, "DRAGOMAN_DATA": str(settings.data), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8",
        "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true", "DRAGOMAN_IMPORT_TOKEN": "t0ken", "COLUMNS": "200",
    }  # fmt: skip

    async def command(*line: str, **more: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(
            subprocess.run, [sys.executable, "-m", "dragoman.main.cli", "import", *line], env=env | more,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    data = account(company, 3)
    data.tickets[0] |= {"status": "vanished", "assignee_id": 8}
    async with serving(data.desk()) as other:
        line = ("zendesk", other.url, "--login", "boss@old.example")
        tried = await command(*line, "--dry-run")
        assert tried.returncode == 0, tried.stderr
        assert "nothing was changed" in tried.stdout
        assert "Nobody knows “status:vanished” (1)." in tried.stdout
        assert "gone@old.example does not work here: 1 tickets are nobody’s." in tried.stdout
        assert await tickets_of(company) == []
        wrong = await command(*line, DRAGOMAN_IMPORT_TOKEN="wr0ng")
        assert (wrong.returncode, "does not accept the sign-in" in wrong.stderr) == (1, True)
        assert "Traceback" not in wrong.stderr
        assert "wr0ng" not in wrong.stderr + wrong.stdout
        done = await command(*line, "--status", "vanished=closed")
        assert done.returncode == 0, done.stderr
    assert sorted(row.status for row in await tickets_of(company)) == ["closed", "solved", "solved"]
    table = tmp_path / "old.csv"
    table.write_bytes(written(ROWS))
    for more, words in (
        (("--column", "nonsense=Body"), "There is no column nonsense"), (("--column", "body"), "name=value"),
        (("--column", "body=Nix"), "The table has no column Nix"), (("--dates", "ymd"), "dmy"),
        (("--timezone", "Mars/Base"), "time zone"), (("--status", "x=y"), "does not exist"),
        (("--encoding", "klingon"), "no encoding klingon"), (("--separator", "ab"), "one sign"),
        (("--workspace", "elsewhere"), "no workspace elsewhere"),
    ):  # fmt: skip
        refused = await command("csv", str(table), "--name", "old", *more)
        assert (refused.returncode, words in refused.stderr) == (1, True), (more, refused.stderr)
    missing = await command("csv", str(tmp_path / "no.csv"), "--name", "old")
    assert (missing.returncode, "There is no file" in missing.stderr) == (1, True)
    assert len(await tickets_of(company)) == 3
    await wiring.close(desk)


def test_no_command_takes_a_token() -> None:
    """What stands on the command line is seen by everybody on the machine, and kept in the shell's history."""
    import typer

    group = typer.main.get_command(app)
    for command in group.commands.values():  # type: ignore[attr-defined]
        assert not [one.name for one in command.params if "token" in one.name or "key" in one.name]
