"""Every command in the documentation's `sh` blocks: run on a throw-away desk, or at least read by the command line.

A block that can't be run says so in a comment before it: `<!-- not run: why -->`. The lines of docs/api.md are run by
tests/api/test_docs.py.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
import typer.main

from dragoman.main.cli import app
from dragoman.platform import embedded_pg
from tests.main.backup.test_refusals import OLD
from tests.main.backup.test_upgrade import PHRASE

ROOT = Path(__file__).parents[2]
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *(page for page in sorted((ROOT / "docs").rglob("*.md")) if page.name != "api.md"),
]
BLOCK = re.compile(r"(?:<!-- *not run: *(?P<why>[^>]+?) *-->\s*\n)?^```sh\n(?P<lines>.*?)^```", re.M | re.S)
RUN = {
    "init", "migrate", "stop", "backup", "restore", "workspace export", "workspace import", "key rotate", "key forget",
    "audit verify", "mail parse",
}  # fmt: skip
"""What ends by itself and needs nothing from outside; everything else is read by the command line's own parser."""
PLAIN = {"head", "tail", "sha256sum", "ls", "cat"}
"""Other programs' commands that are run as well."""
PLACES = {"/backups/": "backups/", "/var/lib/dragoman": "lib", "/srv/dragoman": "srv", "/etc/dragoman": "etc"}
"""Where an operator has things, and where they are here."""


@dataclass(frozen=True)
class Line:
    """A command of a page."""

    page: str
    text: str
    why: str

    @property
    def words(self) -> list[str]:
        """The command without variables, sudo and where its output goes."""
        plain = re.split(r" *(?:\||&&|>|<) *", self.text)[0]
        words = shlex.split(plain, comments=True)
        while words and (re.match(r"[A-Z_]+=", words[0]) or words[0] == "sudo" or words[0] == "-u"):
            words = words[2:] if words[0] == "-u" else words[1:]
        return words

    @property
    def kind(self) -> str:
        """How it is shown to be right."""
        program = Path(self.words[0]).name if self.words else ""
        if self.why:
            return "not run"
        if program == "make":
            return "target"
        if program == "dragoman":
            return "run" if self.name in RUN and not self.text.startswith("sudo") else "parsed"
        return "run" if program in PLAIN else "another program's"

    @property
    def name(self) -> str:
        """`backup`, `mail import`."""
        after = self.words[1:3]
        return " ".join(after) if after and after[0] in ("mail", "workspace", "key", "audit", "import") else after[0]


def lines() -> list[Line]:
    """All commands of all pages, in their order."""
    found = []
    for page in PAGES:
        for block in BLOCK.finditer(page.read_text("utf-8")):
            text = block["lines"].replace("\\\n", " ")
            found += [
                Line(page.relative_to(ROOT).as_posix(), one.strip(), block["why"] or "")
                for one in text.splitlines()
                if one.strip() and not one.lstrip().startswith("#")
            ]
    return found


LINES = lines()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """An operator's machine: a desk with a workspace `lantern`, a second one without, and a backup."""
    made = Path(tempfile.mkdtemp(prefix="dragoman-docs-", dir="/tmp"))
    made.chmod(0o755)
    for folder in ("backups", "lib", "srv", "etc"):
        (made / folder).mkdir()
    shell(made, f"dragoman restore {OLD}", DRAGOMAN_BACKUP_PASSPHRASE=PHRASE)
    cluster = embedded_pg.cluster(made / "data")
    with embedded_pg.used(cluster), psycopg.connect(cluster.url(embedded_pg.OWNER)) as owner:
        owner.execute("UPDATE workspaces SET slug = 'lantern'")
    shell(made, "dragoman init", DRAGOMAN_DATA=str(made / "other"))
    shell(made, "dragoman backup desk.dragoman")
    yield made
    for place in (*made.iterdir(), *made.glob("*/*")):
        if (place / "pg").exists():
            embedded_pg.stop(embedded_pg.cluster(place), mode="immediate")
    shutil.rmtree(made, ignore_errors=True)


def shell(home: Path, text: str, **more: str) -> str:
    """What a command prints. Fails unless it ends with 0."""
    bin_ = home / "bin"
    if not bin_.exists():
        bin_.mkdir()
        (bin_ / "dragoman").write_text(f'#!/bin/sh\nexec {sys.executable} -m dragoman.main.cli "$@"\n')
        (bin_ / "dragoman").chmod(0o755)
    plain = {
        name: value
        for name, value in os.environ.items()
        if name == "DRAGOMAN_PG_BIN" or not name.startswith(("DRAGOMAN_", "DATABASE_"))
    }
    own = {
        "PATH": f"{bin_}:{plain['PATH']}", "LC_ALL": "C.UTF-8", "COLUMNS": "200", "DRAGOMAN_DATA": str(home / "data"),
        "DRAGOMAN_BACKUP_PASSPHRASE": "correct horse battery staple",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-euc", text],
        cwd=home,
        env=plain | own | more,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, (text, done.stdout[-800:], done.stderr[-800:])
    return done.stdout


def test_what_is_to_be_run_runs(home: Path) -> None:
    """In the order of the pages, as an operator would try them one after the other."""
    for line in LINES:
        if line.kind != "run":
            continue
        text = line.text.replace(".venv/bin/dragoman", "dragoman")
        for there, here in PLACES.items():
            text = text.replace(there, f"{home}/{here}")
        elsewhere = {"DRAGOMAN_DATA": str(home / "other")} if line.name == "workspace import" else {}
        if line.name == "restore":  # the page says that the key must be in place
            elsewhere = {"DRAGOMAN_SECRET_KEY": (home / "data" / "secret.key").read_text("ascii").strip()}
        shell(home, text, **elsewhere)
    assert (home / "backups" / "desk-2026-11-22.dragoman").stat().st_size > 10_000
    assert (home / "lib").exists()


def parsed(words: list[str]) -> None:
    """Let the command line read a command, without doing it. Raises click's errors."""
    command = typer.main.get_command(app)
    name = "dragoman"
    while hasattr(command, "commands") and words and not words[0].startswith("-"):
        name, *words = words
        assert name in command.commands, name
        command = command.commands[name]
    if "--help" not in words:
        command.make_context(name, list(words))


@pytest.mark.parametrize("line", [one for one in LINES if one.kind == "parsed"], ids=lambda one: one.text[:60])
def test_what_serves_for_ever_or_needs_others_is_read(line: Line) -> None:
    parsed(line.words[1:])


def test_a_wrong_option_or_command_would_be_found() -> None:
    for wrong in (["serve", "--prot", "1"], ["mail", "imprt", "x"], ["backup"]):
        with pytest.raises(BaseException):  # noqa: B017 - click's own errors, and an unknown name
            parsed(wrong)


@pytest.mark.parametrize("line", [one for one in LINES if one.kind == "target"], ids=lambda one: one.text[:60])
def test_every_target_exists(line: Line) -> None:
    planned = subprocess.run(
        ["make", "-n", *line.words[1:]], cwd=ROOT, capture_output=True, text=True, check=False, timeout=20
    )
    assert planned.returncode == 0, planned.stderr


def test_how_many_there_are_of_each(capsys: pytest.CaptureFixture[str]) -> None:
    counts = Counter(line.kind for line in LINES)
    with capsys.disabled():
        print("\nCommands of the documentation: " + ", ".join(f"{n} {kind}" for kind, n in counts.most_common()))
        for line in LINES:
            if line.kind in ("not run", "another program's"):
                print(f"  {line.page}: {line.text[:70]} ({line.why or line.kind})")
    assert counts["run"] >= 4
    assert counts["target"] >= 4
