"""The operator's commands, run as an operator runs them: as processes, on folders of their own."""

from __future__ import annotations

import asyncio
import json
import mailbox
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import psycopg
import pytest
from typer.testing import CliRunner

from dragoman.main import migrate, wiring
from dragoman.main.cli import app
from dragoman.main.demo.load import load
from dragoman.main.demo.seed import PASSWORD
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings
from tests.cast import found_company
from tests.post import free_port, letter

ROOT = Path(__file__).parents[2]
GROUPS = ("mail", "workspace", "key", "audit", "import")
KEYS = [
    "file", "message_id", "in_reply_to", "references", "from", "to", "cc", "reply_to", "subject", "date", "text",
    "text_reply", "html", "attachments", "auto_reply", "bounce", "order_refs", "problems",
]  # fmt: skip


def command(*words: str, data: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    """Run `dragoman …` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "dragoman.main.cli", *words], env=environment(data, **env), cwd=ROOT, text=True,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip


def environment(data: Path | None, **more: str) -> dict[str, str]:
    """An operator's environment, without what this run of tests has set."""
    plain = {
        name: value
        for name, value in os.environ.items()
        if name == "DRAGOMAN_PG_BIN" or not name.startswith(("DRAGOMAN_", "DATABASE_"))
    }
    home = {"DRAGOMAN_DATA": str(data)} if data else {}
    return plain | {"LC_ALL": "C.UTF-8", "COLUMNS": "200", "TERM": "dumb"} | home | more


@pytest.fixture
def data() -> Iterator[Path]:
    """A data folder that the database's account may reach; whatever still runs in it is stopped."""
    home = Path(tempfile.mkdtemp(prefix="dragoman-commands-", dir="/tmp"))
    home.chmod(0o755)
    yield home / "data"
    command("stop", data=home / "data")
    shutil.rmtree(home, ignore_errors=True)


@contextmanager
def process(*words: str, data: Path | None = None, **env: str) -> Iterator[subprocess.Popen[str]]:
    """`dragoman …` for as long as the block lasts, then stopped as Ctrl+C does."""
    run = subprocess.Popen(
        [sys.executable, "-m", "dragoman.main.cli", *words], env=environment(data, **env), cwd=ROOT, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield run
    finally:
        run.send_signal(signal.SIGINT)
        try:
            run.communicate(timeout=25)
        except subprocess.TimeoutExpired:
            run.kill()
            run.communicate()


def fetch(url: str) -> tuple[int, str]:
    """Status and text of a page; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
    except OSError:
        return 0, ""


def served(port: int, *, within: float, run: subprocess.Popen[str]) -> float:
    """Wait for the desk to be ready; returns the seconds."""
    start = time.monotonic()
    while time.monotonic() - start < within:
        assert run.poll() is None, run.communicate()[0]
        if fetch(f"http://127.0.0.1:{port}/readyz")[0] == 200:
            return time.monotonic() - start
        time.sleep(0.1)
    raise AssertionError("not served in time")


def test_the_life_of_a_database(data: Path) -> None:
    """init makes it, doctor looks at it, migrate is safe to repeat, stop stops it."""
    before = command("doctor", data=data)
    assert "There is no database yet." in before.stdout
    assert "dragoman init" in before.stdout
    made = command("init", data=data)
    assert made.returncode == 0, made.stderr
    assert "this release's schema" in made.stdout
    assert "was not running" in command("stop", data=data).stdout, "a command takes down what it has started"
    again = command("migrate", data=data)
    assert again.returncode == 0, again.stderr
    looked = command("doctor", data=data)
    assert "not running" in looked.stdout
    assert "dragoman serve" in looked.stdout
    cluster = embedded_pg.cluster(data)
    embedded_pg.start(cluster)
    healthy = command("doctor", data=data)
    assert healthy.returncode == 0, healthy.stdout
    assert "is running" in healthy.stdout
    assert "has this release's schema" in healthy.stdout
    assert "row-level security" not in healthy.stdout, "the desk's own role can't pass it"
    assert "✗" not in healthy.stdout
    stopped = command("stop", data=data)
    assert stopped.stdout.strip() == "The embedded database is stopped."
    assert not embedded_pg.running(cluster)


def test_a_desk_told_to_end_stops_its_database(data: Path) -> None:
    port = free_port()
    with process("serve", "--port", str(port), data=data) as run:
        served(port, within=40, run=run)
        run.terminate()
        run.wait(20)
    assert "was not running" in command("stop", data=data).stdout


def test_doctor_says_what_is_wrong_with_a_database_of_ones_own(cluster: embedded_pg.Cluster, data: Path) -> None:
    nobody = command("doctor", data=data, DATABASE_URL="postgresql://a@127.0.0.1:1/none")
    assert nobody.returncode == 1
    assert "The database does not answer" in nobody.stdout
    assert "DATABASE_URL" in nobody.stdout
    almighty = command("doctor", data=data, DATABASE_URL=cluster.url("postgres", "dragoman"))
    assert almighty.returncode == 1
    assert "can pass row-level security" in almighty.stdout
    kept = command("stop", data=data, DATABASE_URL="postgresql://a@127.0.0.1:1/none")
    assert "not the desk's to stop" in kept.stdout
    assert "Traceback" not in nobody.stderr + almighty.stderr


@pytest.mark.parametrize("words", [("serve",), ("web",), ("demo",)], ids=lambda words: words[0])
def test_a_taken_port_is_said_with_the_next_free_one(data: Path, words: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = command(*words, "--port", str(port), data=data)
    assert said.returncode == 1
    found = re.search(rf"Port {port} on 127\.0\.0\.1 is taken.*Port (\d+) is free: add --port \1", said.stderr)
    assert found, said.stderr
    assert int(found[1]) > port
    assert not data.exists(), "nothing was begun"


def test_the_commands_speak_the_operators_language(data: Path) -> None:
    said = command("doctor", data=data, LC_ALL="zh_CN.UTF-8")
    assert re.search(r"[\u4e00-\u9fff]", said.stdout)
    assert "There is no database yet." not in said.stdout


def some_mails(folder: Path, to: str) -> tuple[int, list[Path]]:
    """An .eml folder, an mbox and a Maildir with nine mails, one of them twice; and what is no mail."""
    emls = folder / "emls"
    emls.mkdir(parents=True)
    raws = [
        letter(to=to, subject=f"Mail {n}", message_id=f"<i{n}@buyer.example>", sender=f"b{n}@buyer.example")
        for n in range(9)
    ]
    for n in range(4):
        (emls / f"{n}.eml").write_bytes(raws[n])
    box = mailbox.mbox(folder / "old.mbox")
    for n in range(3, 6):
        box.add(message_from_bytes(raws[n]))
    box.close()
    maildir = mailbox.Maildir(folder / "Maildir")
    for n in range(6, 9):
        maildir.add(message_from_bytes(raws[n]))
    maildir.close()
    return 9, [emls, folder / "old.mbox", folder / "Maildir"]


def test_parse_prints_one_object_a_mail(data: Path, tmp_path: Path) -> None:
    many, paths = some_mails(tmp_path, "shop@lantern.example")
    broken = tmp_path / "broken.eml"
    broken.write_bytes(b"\x00\xff\xfe no mail")
    done = command("mail", "parse", *map(str, paths), str(broken), str(tmp_path / "gone.eml"), "--json", data=data)
    assert done.returncode == 0, done.stderr
    entries = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(entries) == many + 1 + 2, "the mail that stands twice is printed twice, the bad files too"
    assert all(list(entry) == KEYS for entry in entries)
    good, bad = entries[:-2], entries[-2:]
    assert {entry["subject"] for entry in good} == {f"Mail {n}" for n in range(9)}
    assert all(entry["from"]["email"].endswith("@buyer.example") and entry["problems"] == [] for entry in good)
    assert all(entry["problems"] for entry in bad)
    assert [Path(entry["file"]).name for entry in bad] == ["broken.eml", "gone.eml"]
    assert not data.exists(), "nothing is stored"


@pytest.fixture
def own_database(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[tuple[str, str]]:
    """A database of this test's own, as the desk's role and as the owner."""
    name = f"commands_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
        url, owner = cluster.url(embedded_pg.APP, name), cluster.url(embedded_pg.OWNER, name)
        migrate.upgrade(owner, url)
        yield url, owner
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def count(url: str, workspace_id: object, table: str) -> int:
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(workspace_id),))
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
    assert row is not None
    return int(row[0])


@pytest.mark.req("R1")
async def test_import_files_every_mail_once(
    own_database: tuple[str, str], settings: Settings, tmp_path: Path, data: Path
) -> None:
    url, owner = own_database
    empty = command("mail", "import", str(tmp_path), data=data, DATABASE_URL=url, DATABASE_OWNER_URL=owner)
    assert empty.returncode == 1
    assert "There is no workspace yet." in empty.stderr
    desk = wiring.build(settings, url)
    company = await found_company(desk)
    await wiring.close(desk)
    _many, paths = some_mails(tmp_path / "mails", company.address)
    env = {"DATABASE_URL": url, "DATABASE_OWNER_URL": owner}
    gone = str(tmp_path / "gone.eml")
    first = command("mail", "import", *map(str, paths), gone, "--mailbox", company.address, data=data, **env)
    assert first.returncode == 0, first.stderr
    assert "9 filed, 1 known before, 0 set aside, 1 unreadable." in first.stdout
    assert "gone.eml" in first.stdout
    assert count(url, company.workspace_id, "tickets") == 9
    second = command("mail", "import", *map(str, paths), data=data, **env)
    assert second.returncode == 0, second.stderr
    assert "0 filed, 10 known before" in second.stdout
    assert count(url, company.workspace_id, "messages") == 9
    stranger = command("mail", "import", *map(str, paths), "--mailbox", "who@x.example", data=data, **env)
    assert stranger.returncode == 1
    assert "There is no mailbox who@x.example." in stranger.stderr


@pytest.mark.timeout(90)
async def test_web_and_worker_apart_serve_together(
    own_database: tuple[str, str], settings: Settings, data: Path
) -> None:
    """The pages of one process show what the other has taken in."""
    url, owner = own_database
    desk = wiring.build(settings, url)
    company = await found_company(desk)
    await wiring.close(desk)
    port, door = free_port(), free_port()
    env = {"DATABASE_URL": url, "DATABASE_OWNER_URL": owner, "DRAGOMAN_SMTP_PORT": str(door)}
    with process("web", "--port", str(port), data=data, **env) as web, process("worker", data=data, **env) as worker:
        served(port, within=20, run=web)
        assert fetch(f"http://127.0.0.1:{port}/healthz")[0] == 200
        deadline = time.monotonic() + 20
        while True:
            try:
                with smtplib.SMTP("127.0.0.1", door, timeout=5) as client:
                    client.sendmail("anna@buyer.example", [company.address], letter(to=company.address))
                break
            except OSError:
                assert worker.poll() is None, worker.communicate()[0]
                assert time.monotonic() < deadline
                await asyncio.sleep(0.1)
        while count(url, company.workspace_id, "tickets") == 0:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)
        visitor = Visitor(port)
        visitor.sign_in(company.agent.email, "correct horse battery")
        assert "Wo ist mein Paket?" in visitor.get("/desk")
    assert (web.returncode, worker.returncode) == (0, 0), "both end in good order"


class Visitor:
    """A browser of few words."""

    def __init__(self, port: int) -> None:
        self.base = f"http://127.0.0.1:{port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(self.base + path, timeout=10) as answer:
            return str(answer.read().decode())

    def sign_in(self, email: str, password: str) -> None:
        token = re.search(r'name="csrf" value="([^"]+)"', self.get("/sign-in"))
        assert token
        form = urlencode({"csrf": token[1], "email": email, "password": password}).encode()
        with self.opener.open(self.base + "/sign-in", form, timeout=10) as answer:
            assert answer.url == f"{self.base}/desk"


@pytest.mark.req("R14")
@pytest.mark.timeout(240)
def test_the_demo_starts_keeps_its_data_and_starts_again_in_seconds(data: Path) -> None:
    port = free_port()
    email = next(iter(load().people.values())).email
    with process("demo", "--port", str(port), "--data", str(data)) as run:
        seconds = served(port, within=180, run=run)
        print(f"first start of the demo: {seconds:.0f} s")
        visitor = Visitor(port)
        visitor.sign_in(email, PASSWORD)
        page = visitor.get("/desk?view=all")
        assert page.count('class="row row--') >= 20
        tags = re.search(r'href="/tickets/(\d+)', page)
        assert tags
        visitor.get(f"/tickets/{tags[1]}")
    assert run.returncode == 0
    with process("demo", "--port", str(port), "--data", str(data)) as run:
        seconds = served(port, within=60, run=run)
        print(f"second start of the demo: {seconds:.1f} s")
        assert seconds < 10
        assert re.findall(r'id="row-\d+"', visitor.get("/desk?view=all")), "the sign-in of before still holds"
    assert run.returncode == 0
    assert not embedded_pg.running(embedded_pg.cluster(data))


def told(kind: str) -> list[str]:
    """The `dragoman …` or `make …` commands of the README and the documentation."""
    found = set()
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))):
        text = path.read_text("utf-8")
        code = "\n".join(re.findall(r"^```[a-z]*\n(.*?)^```", text, re.M | re.S)) + "\n".join(
            re.findall(r"`([^`\n]+)`", text)
        )
        found |= set(re.findall(rf"^(?:\.venv/bin/|\$ )?{kind} +(.*)$", code, re.M))
    return sorted(found)


def test_every_command_the_documentation_names_exists() -> None:
    commands = {
        " ".join(re.match(r"((mail|workspace|key|audit|import) )?[a-z]+", words)[0].split())  # type: ignore[index]
        for words in told("dragoman")
        if words[0].isalpha()
    }
    assert {"serve", "web", "worker", "init", "migrate", "stop", "doctor", "mail import", "mail parse"} <= commands
    for words in sorted(commands):
        shown = CliRunner().invoke(app, [*words.split(), "--help"])
        assert shown.exit_code == 0, shown.output
    for words in told("dragoman"):
        name = words.split()[0]
        for option in re.findall(r"--[a-z]+", words):
            named = words.split()[:2] if name in GROUPS else [name]
            shown = CliRunner().invoke(app, [*named, "--help"], terminal_width=200)
            assert option in shown.output, words


def test_every_make_target_the_documentation_names_exists() -> None:
    targets = {words.split()[0] for words in told("make")}
    assert {"demo", "test", "check", "bench"} <= targets
    for target in sorted(targets):
        planned = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert planned.returncode == 0, planned.stderr
    listed = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert all(f"make {target} " in listed for target in targets)
