"""`make bench-ingest MAILS=…`: from the SMTP door to filed, searchable tickets, beside pages that are being used.

The worker (door, filing) is a process of its own, so is the web process under light load; this one writes the mails.
A pgbench run of the same minute says what this machine's commits cost just then.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from tests.cast import actor_of
from tests.post import free_port

from bench.mails import generate
from bench.run import PASSWORD, RESULTS
from dragoman.accounts import queries as people
from dragoman.accounts import service as accounts
from dragoman.channels.email.service import MailboxForm, save_mailbox
from dragoman.main import wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings

ADDRESS = "support@desk.example"
CONNECTIONS = 8
out = Console()


async def set_up(settings: Settings, url: str) -> None:
    """A workspace with one mailbox that takes forwarded mail."""
    desk = wiring.build(settings, url)
    async with desk.db.work(None) as session:
        workspace, person = await accounts.set_up(
            session, workspace="Bench", slug="desk", name="Bench", email="bench@desk.example", password=PASSWORD,
            locale="en", timezone="UTC",
        )  # fmt: skip
    async with desk.db.work(workspace) as session:
        row = await people.find_person(session, person)
        assert row is not None
        form = MailboxForm(address=ADDRESS, smtp_host="127.0.0.1", smtp_port=2525, smtp_security="none")
        await save_mailbox(session, actor_of(workspace, row), desk.keys, None, form)
    await wiring.close(desk)


async def _send(port: int, mails: Iterator[bytes]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)

    async def say(line: bytes) -> bytes:
        writer.write(line)
        return await reader.readline()

    await reader.readline()
    await say(b"HELO bench\r\n")
    for mail in mails:
        for line in (b"MAIL FROM:<bench@buyer.example>\r\n", f"RCPT TO:<{ADDRESS}>\r\n".encode(), b"DATA\r\n"):
            await say(line)
        answer = await say(mail.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n")
        if not answer.startswith(b"250"):
            raise SystemExit(f"refused: {answer!r}")
    writer.close()


async def send_all(port: int, mails: Iterator[bytes]) -> None:
    """All mails over a few connections; each is acknowledged before its connection's next."""
    await asyncio.gather(*(_send(port, mails) for _ in range(CONNECTIONS)))


@contextmanager
def process(name: str, env: dict[str, str], *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """A `dragoman` process."""
    command = [sys.executable, "-m", "dragoman.main.cli", name, *more]
    with subprocess.Popen(command, env=os.environ | env, stderr=subprocess.DEVNULL) as running:
        try:
            yield running
        finally:
            running.terminate()
            with suppress(subprocess.TimeoutExpired):
                running.wait(15)


def memory(pid: int) -> int:
    """Proportional set size of a process, in bytes."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def pgbench(cluster: embedded_pg.Cluster) -> float:
    """Transactions a second of pgbench's own small writes, 8 clients, 10 seconds."""
    tool = embedded_pg.binaries(cluster) / "pgbench"
    where = ["-h", str(cluster.socket), "-U", "postgres", "postgres"]
    embedded_pg.run(cluster, tool, "-i", "-q", *where)
    done = embedded_pg.run(cluster, tool, "-N", "-c", "8", "-T", "10", *where)
    return next(float(line.split()[2]) for line in done.stdout.splitlines() if line.startswith("tps"))


def wait_for_port(port: int, seconds: float = 30) -> None:
    """Until somebody listens."""
    import socket

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit(f"nothing listens on {port}")


def measure(count: int, home: Path) -> dict[str, Any]:
    """The whole run."""
    cluster = embedded_pg.cluster(home)
    settings = Settings(data=home)
    smtp, web = free_port(), free_port()
    env = {
        "DRAGOMAN_DATA": str(home), "DRAGOMAN_SMTP_PORT": str(smtp), "DRAGOMAN_PORT": str(web),
        "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true",
    }  # fmt: skip
    mails = list(generate(count, ADDRESS))
    size = sum(map(len, mails)) / count
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)
        asyncio.run(set_up(settings, addresses.app))
        before = pgbench(cluster)
        with process("worker", env, "--no-door") as worker, process("door", env) as _door, process("web", env) as pages:
            wait_for_port(smtp)
            wait_for_port(web)
            load = subprocess.Popen([sys.executable, "-m", "bench.clicks", str(web), str(os.getpid())])
            idle = memory(worker.pid)
            start = time.monotonic()
            curve = asyncio.run(watch(smtp, iter(mails), cluster, worker.pid, count))
            spent = time.monotonic() - start
            load.terminate()
            load.wait()
            pages_memory = memory(pages.pid)
        after = pgbench(cluster)
        with psycopg.connect(cluster.url("postgres")) as connection:
            totals = connection.execute(
                "SELECT (SELECT count(*) FROM tickets), (SELECT count(*) FROM messages), "
                "(SELECT count(*) FROM search_docs), (SELECT count(*) FROM envelopes WHERE state <> 'filed')"
            ).fetchone()
    assert totals is not None
    return {
        "mails": count, "mean_bytes": round(size), "seconds": round(spent, 1),
        "mails_per_second": round(count / spent, 1),
        "tickets": totals[0], "messages": totals[1], "searchable": totals[2], "not_filed": totals[3],
        "worker_memory_idle": idle, "worker_memory_curve": curve, "web_memory": pages_memory,
        "pgbench_tps_before": round(before), "pgbench_tps_after": round(after),
    }  # fmt: skip


async def watch(port: int, mails: Iterator[bytes], cluster: embedded_pg.Cluster, pid: int, count: int) -> list[int]:
    """Send all, and wait until all are filed; the worker's memory each 5 seconds."""
    sending = asyncio.create_task(send_all(port, mails))
    curve = []
    async with await psycopg.AsyncConnection.connect(cluster.url("postgres"), autocommit=True) as connection:
        tick = 0
        while True:
            await asyncio.sleep(0.5)
            tick += 1
            if tick % 10 == 0:
                curve.append(memory(pid))
            if sending.done():
                sending.result()
                waiting = await connection.execute("SELECT count(*) FROM envelopes WHERE state = 'received'")
                if await waiting.fetchone() == (0,):
                    return curve
            if tick > 4 * count:
                raise SystemExit("not filed in time")


def main() -> None:
    """Run and report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    home = Path(tempfile.mkdtemp(prefix="dragoman-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    try:
        result = measure(count, home)
    finally:
        embedded_pg.stop(embedded_pg.cluster(home), mode="immediate")
        shutil.rmtree(home, ignore_errors=True)
    out.print_json(json.dumps(result))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"ingest-{count}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
