"""`make bench-chaos SECONDS=300`: a small desk in a bad hour.

Mails come in at 50 a second and answers go out by the API, while every ten seconds, by turns, the database is crashed,
the worker and the web process are killed. Whoever sends tries again until it is told yes, as mail servers do, and API
clients with an idempotency key. At the end everything is counted: nothing may be lost, nothing doubled, and after each
blow the desk must be whole again within ten seconds. Processes are started anew after one second, as systemd would.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from rich.console import Console
from tests.cast import Company, actor_of, found_company
from tests.desk_work import use_smtp_port
from tests.post import free_port, letter, sink

from bench.run import RESULTS
from dragoman.accounts import queries as people
from dragoman.accounts.tokens import service as tokens
from dragoman.main import wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings

RATE, SENDERS, EVERY, RESTART = 50, 8, 10.0, 1.0
out = Console()


@dataclass
class Storm:
    """What happens, and what is seen of it (moments are seconds since the start)."""

    home: Path
    seconds: float
    smtp: int = field(default_factory=free_port)
    web: int = field(default_factory=free_port)
    runs: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    blows: list[tuple[float, str]] = field(default_factory=list)
    seen: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    started: float = field(default_factory=time.monotonic)
    over: bool = False
    acknowledged: int = 0
    retries: int = 0
    answers: dict[str, str] = field(default_factory=dict)

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    def start(self, command: str) -> None:
        """Start `dragoman web` or `worker`."""
        env = os.environ | {
            "DRAGOMAN_DATA": str(self.home), "DRAGOMAN_SMTP_PORT": str(self.smtp), "DRAGOMAN_PORT": str(self.web),
            "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true", "DRAGOMAN_UNDO_SECONDS": "0",
        }  # fmt: skip
        with (self.home / f"{command}.log").open("ab") as log:
            self.runs[command] = subprocess.Popen(
                [sys.executable, "-m", "dragoman.main.cli", command], env=env, stdout=log, stderr=log
            )

    async def strike(self) -> None:
        """One blow every ten seconds, by turns."""
        kinds = ("database", "worker", "web")
        while self.now + EVERY * 1.5 < self.seconds:
            await asyncio.sleep(EVERY)
            kind = kinds[len(self.blows) % 3]
            self.blows.append((self.now, kind))
            if kind == "database":
                embedded_pg.kill(embedded_pg.cluster(self.home))  # the desk's own watch starts it again
                continue
            self.runs[kind].send_signal(signal.SIGKILL)
            await asyncio.to_thread(self.runs[kind].wait)
            await asyncio.sleep(RESTART)
            self.start(kind)


async def mails(storm: Storm, address: str, number: int, pace: Callable[[], Awaitable[int | None]]) -> None:
    """One sending server: a connection it keeps, each mail again until it is acknowledged."""
    del number
    writer: asyncio.StreamWriter | None = None
    while (n := await pace()) is not None:
        raw = letter(
            to=address, sender=f"b{n % 500}@buyer.example", subject=f"Frage {n}", message_id=f"<m{n}@buyer.example>"
        ).replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\r\n")  # fmt: skip
        while True:
            try:
                if writer is None:
                    reader, writer = await asyncio.open_connection("127.0.0.1", storm.smtp)
                    await reader.readline()
                    await _say(reader, writer, b"HELO bench\r\n")
                for line in (b"MAIL FROM:<bench@buyer.example>\r\n", f"RCPT TO:<{address}>\r\n".encode(), b"DATA\r\n"):
                    await _say(reader, writer, line)
                answer = await _say(reader, writer, raw + b"\r\n.\r\n")
                if answer.startswith(b"250"):
                    storm.acknowledged += 1
                    storm.seen["mail taken"].append(storm.now)
                    break
            except (OSError, ValueError, TimeoutError):
                if writer is not None:
                    writer.close()
                writer = None
            storm.retries += 1
            await asyncio.sleep(0.1)
    if writer is not None:
        writer.close()


async def _say(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, line: bytes) -> bytes:
    writer.write(line)
    answer = await asyncio.wait_for(reader.readline(), 15)
    if not answer:
        raise ConnectionError
    return answer


async def replies(storm: Storm, token: str) -> None:
    """Software that answers tickets by the API, a few a second, each until it is told yes."""
    chance = random.Random(3)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{storm.web}/api/v1", headers=headers) as http:
        number = 0
        while storm.now < storm.seconds:
            await asyncio.sleep(0.3)
            if storm.acknowledged < 20:
                continue
            number += 1
            ticket = chance.randint(1, 15)
            body = {"kind": "reply", "text": f"Antwort {number}."}
            while True:
                try:
                    answer = await http.post(
                        f"/tickets/{ticket}/messages", json=body, headers={"Idempotency-Key": f"reply-{number}"},
                        timeout=10,
                    )  # fmt: skip
                except httpx2.HTTPError:
                    await asyncio.sleep(0.2)
                    continue
                if answer.status_code in (200, 201):
                    storm.answers[f"Antwort {number}."] = answer.json()["id"]
                    break
                if answer.status_code not in (409, 429, 500, 502, 503):
                    raise SystemExit(f"{answer.status_code} {answer.text}")
                await asyncio.sleep(0.2)


async def pages(storm: Storm) -> None:
    """Whether the desk's pages can be served, ten times a second."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{storm.web}", timeout=2) as http:
        while not storm.over:
            try:
                if (await http.get("/readyz")).status_code == 200:
                    storm.seen["page served"].append(storm.now)
            except httpx2.HTTPError:
                pass
            await asyncio.sleep(0.1)


async def filing(storm: Storm, url: str) -> None:
    """When the number of filed mails grows, five times a second."""
    last = 0
    while not storm.over:
        try:
            async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
                while not storm.over:
                    row = await (await connection.execute("SELECT count(*) FROM messages")).fetchone()
                    if row and row[0] > last:
                        last = row[0]
                        storm.seen["mail filed"].append(storm.now)
                    await asyncio.sleep(0.2)
        except (psycopg.Error, OSError):
            await asyncio.sleep(0.1)


async def settle(url: str) -> None:
    """Until nothing waits."""
    for _ in range(240):
        try:
            async with await psycopg.AsyncConnection.connect(url) as connection:
                row = await (await connection.execute(
                    "SELECT (SELECT count(*) FROM envelopes WHERE state = 'received'), "
                    "(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending'))"
                )).fetchone()  # fmt: skip
            if row == (0, 0):
                return
        except psycopg.Error:
            pass
        await asyncio.sleep(0.5)
    raise SystemExit(f"still waiting: {row}")


def recoveries(storm: Storm) -> dict[str, float]:
    """For each kind of blow, the longest time until mail was taken, filed, and pages were served again without a
    hitch: the end of the last gap of over half a second that began within three seconds of the blow."""
    worst: dict[str, float] = defaultdict(float)
    for at, kind in storm.blows:
        for moments in storm.seen.values():
            for before, after in zip(moments, [*moments[1:], storm.now], strict=True):
                if after > at and before < at + 3 and after - before > 0.5:
                    worst[kind] = max(worst[kind], after - at)
    return {kind: round(value, 2) for kind, value in worst.items()}


async def found(storm: Storm, url: str, smtp_port: int) -> tuple[Company, str]:
    """A company whose mail leaves by the sink, and a token that may answer."""
    settings = Settings(data=storm.home, allow_private_hosts=True)
    desk = wiring.build(settings, url)
    company = await found_company(desk)
    await use_smtp_port(company, smtp_port)
    async with desk.db.work(company.workspace_id) as session:
        row = await people.find_person(session, company.admin.person_id)
        assert row is not None
        made = await tokens.make(
            session, actor_of(company.workspace_id, row), name="Chaos", scopes=["tickets:read", "tickets:write"], days=2
        )
    await wiring.close(desk)
    return company, made[1]


async def run(storm: Storm) -> dict[str, Any]:
    """The whole hour."""
    cluster = embedded_pg.cluster(storm.home)
    embedded_pg.start(cluster)
    url, root = cluster.url(embedded_pg.APP), cluster.url("postgres")
    from dragoman.main import migrate

    migrate.upgrade(cluster.url(embedded_pg.OWNER), url)
    async with sink() as world:
        company, token = await found(storm, url, world.port)
        storm.start("worker")
        storm.start("web")
        for port in (storm.smtp, storm.web):
            await _listening(port)
        storm.started = time.monotonic()
        number = 0

        async def pace() -> int | None:
            """The next mail's number when it is its time; None at the end."""
            nonlocal number
            mine = number
            number += 1
            if mine >= storm.seconds * RATE:
                return None
            await asyncio.sleep(max(0.0, mine / RATE - storm.now))
            return mine

        watching = [asyncio.create_task(pages(storm)), asyncio.create_task(filing(storm, root))]
        await asyncio.gather(
            storm.strike(), replies(storm, token), *(mails(storm, company.address, n, pace) for n in range(SENDERS))
        )
        await settle(root)
        storm.over = True
        await asyncio.gather(*watching)
        return tally(storm, root, [str(mail["Message-ID"]) for mail in world.mails])


async def _listening(port: int) -> None:
    for _ in range(300):
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise SystemExit(f"nothing listens on {port}")


def tally(storm: Storm, url: str, arrived: list[str]) -> dict[str, Any]:
    """Count everything."""
    with psycopg.connect(url) as connection:
        filed = Counter(
            row[0] for row in connection.execute("SELECT rfc_message_id FROM messages WHERE kind = 'inbound'")
        )
        written = Counter(row[0] for row in connection.execute("SELECT text FROM messages WHERE kind = 'outbound'"))
        states = dict(connection.execute("SELECT state, count(*) FROM outbox GROUP BY state").fetchall())
        sent = {row[0] for row in connection.execute(
            "SELECT '<' || m.rfc_message_id || '>' FROM outbox o JOIN messages m ON m.id = o.message_id "
            "WHERE o.state = 'sent'")}  # fmt: skip
    wanted = {f"m{n}@buyer.example" for n in range(int(storm.seconds * RATE))}
    times = Counter(arrived)
    return {
        "seconds": storm.seconds, "mails": len(wanted), "acknowledged": storm.acknowledged,
        "retries_of_senders": storm.retries, "blows": dict(Counter(kind for _at, kind in storm.blows)),
        "mails_lost": len(wanted - filed.keys()), "mails_doubled": sum(n - 1 for n in filed.values()),
        "answers_accepted": len(storm.answers),
        "answers_lost": len(storm.answers.keys() - written.keys()) + len(sent - times.keys()),
        "answers_doubled": sum(n - 1 for n in written.values()) + sum(n - 1 for n in times.values()),
        "outbox": states, "worst_recovery_seconds": recoveries(storm),
    }  # fmt: skip


def main() -> None:
    """Run and report."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 300
    home = Path(tempfile.mkdtemp(prefix="dragoman-chaos-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    storm = Storm(home, seconds)
    try:
        result = asyncio.run(run(storm))
    finally:
        for process in storm.runs.values():
            process.kill()
        embedded_pg.stop(embedded_pg.cluster(home), mode="immediate")
        if not os.environ.get("BENCH_KEEP"):
            shutil.rmtree(home, ignore_errors=True)
    out.print_json(json.dumps(result))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"chaos-{int(seconds)}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
