"""`make bench-agents TICKETS=1000000`: fifty agents at once on a desk with history, by locust over the loopback.

Pages and worker are processes of their own; locust, PostgreSQL and a mail server that takes the answers share the
same cores with them.
"""

from __future__ import annotations

import asyncio
import csv
import json
import os
import platform
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from tests.post import free_port, sink

from bench.ingest import process, wait_for_port
from bench.run import RESULTS, prepare
from dragoman.accounts import queries as people
from dragoman.accounts import signin
from dragoman.main import wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings

AGENTS, SECONDS = 50, 120
out = Console()


async def sessions(settings: Settings, url: str) -> list[str]:
    """Fifty signed-in browsers, of the bench's people in turn."""
    desk = wiring.build(settings, url)
    async with desk.db.work(None) as session:
        (workspace,) = await people.list_workspaces(session)
    cookies = []
    async with desk.db.work(workspace.id) as session:
        everybody = await people.list_people(session)
        for n in range(AGENTS):
            person = await signin.get(session, everybody[n % len(everybody)].id)
            cookies.append((await signin.open_sign_in(session, person, "full", place=signin.Place())).token)
    await wiring.close(desk)
    return cookies


async def seeded(settings: Settings, cluster: embedded_pg.Cluster, url: str, count: int) -> list[str]:
    """A desk with history, and its agents' cookies."""
    desk = wiring.build(settings, url)
    async with desk.jobs.open_async():
        await prepare(desk, cluster.url("postgres"), count)
    await wiring.close(desk)
    return await sessions(settings, url)


async def storm(home: Path, env: dict[str, str]) -> None:
    """Locust with its agents, and a mail server that takes what they send."""
    async with sink() as world:
        cluster = embedded_pg.cluster(home)
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute("UPDATE mailboxes SET smtp_port = %s", [world.port])
        command = [
            sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("locustfile.py")), "--headless",
            "-u", str(AGENTS), "-r", "10", "-t", f"{SECONDS}s", "--host", f"http://127.0.0.1:{env['DRAGOMAN_PORT']}",
            "--csv", str(home / "locust"), "--only-summary", "--reset-stats",
        ]  # fmt: skip
        running = await asyncio.create_subprocess_exec(*command, env=os.environ | env)
        await running.wait()
        out.print(f"answers taken by the mail server: {len(world.mails)}")


def figures(path: Path) -> dict[str, Any]:
    """Locust's table."""
    with path.open() as file:
        rows = list(csv.DictReader(file))
    return {
        row["Name"]: {
            "requests": int(row["Request Count"]), "failures": int(row["Failure Count"]),
            "p50": float(row["50%"]), "p95": float(row["95%"]), "p99": float(row["99%"]),
            "per_second": round(float(row["Requests/s"]), 1),
        }
        for row in rows
    }  # fmt: skip


def main() -> None:
    """Run and report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="dragoman-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    cluster = embedded_pg.cluster(home)
    settings = Settings(data=home)
    port = free_port()
    env = {
        "DRAGOMAN_DATA": str(home), "DRAGOMAN_PORT": str(port), "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true",
        "BENCH_AGENTS": str(home / "agents.json"),
    }  # fmt: skip
    try:
        with wiring.database(settings) as addresses:
            wiring.ready(addresses)
            cookies = asyncio.run(seeded(settings, cluster, addresses.app, count))
            (home / "agents.json").write_text(json.dumps({"cookies": cookies, "tickets": count}))
            with process("worker", env), process("web", env):
                wait_for_port(port)
                asyncio.run(storm(home, env))
        result = {
            "tickets": count, "agents": AGENTS, "seconds": SECONDS, "cpus": os.cpu_count(),
            "python": platform.python_version(), "pages": figures(home / "locust_stats.csv"),
        }  # fmt: skip
    finally:
        embedded_pg.stop(cluster, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)
    out.print_json(json.dumps(result))
    (RESULTS / f"agents-{count}.json").write_text(json.dumps(result, indent=1) + "\n")
    if result["pages"]["Aggregated"]["failures"]:
        raise SystemExit("some requests failed")


if __name__ == "__main__":
    main()
