"""`make bench-live`: a change by one agent, until it is on the screens of fifty others.

Fifty pages stand open at one list, each with a sign-in and a socket of its own, as browsers hold them: they hear the
notice, wait as the page's script waits (60 ms and a little chance), and fetch the row anew. Measured is the time from
sending the change until the last byte of each page's new row. The pages, the server, the worker and PostgreSQL share
this machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import random
import re
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psycopg
import websockets
from rich.console import Console
from tests.post import free_port

from bench.agents import AGENTS, seeded
from bench.ingest import process, wait_for_port
from bench.run import RESULTS
from dragoman.main import wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings

CHANGES, PLACE = 40, "view=unassigned"
WAIT, CHANCE = 0.060, 0.120  # seconds that js/live.js waits before it fetches
APART = 1.5  # seconds between changes
CALM = 20.0  # seconds before the first change
out = Console()


class Page:
    """An agent's open inbox. `seen` is when the new row of a ticket was there."""

    def __init__(self, base: str, cookie: str) -> None:
        self.base, self.cookie = base, f"dragoman={cookie}"
        self.http = httpx.AsyncClient(base_url=base, timeout=30, headers={"Cookie": self.cookie})
        self.seen: dict[int, float] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def listen(self, ready: asyncio.Event) -> None:
        """Hear notices for ever and fetch what they speak of."""
        address = self.base.replace("http", "ws", 1) + "/live"
        async with websockets.connect(address, additional_headers={"Cookie": self.cookie}, origin=self.base) as line:  # type: ignore[arg-type]
            ready.set()
            async for message in line:
                facts = json.loads(message)
                if facts.get("kind") == "ticket":
                    task = asyncio.create_task(self.fetch(facts["number"], facts["version"]))
                    self.tasks.add(task)
                    task.add_done_callback(self.tasks.discard)

    async def fetch(self, number: int, version: int) -> None:
        """The row anew, as the page's script does it."""
        await asyncio.sleep(WAIT + random.random() * CHANCE)
        answer = await self.http.get(f"/desk/rows/{number}?{PLACE}&v={version}")
        if answer.status_code not in (200, 204):
            raise SystemExit(f"a row was refused: {answer.status_code}")
        self.seen[number] = time.perf_counter()


async def measure(base: str, cookies: list[str]) -> dict[str, Any]:
    """Changes one after another; how long each took to reach each page."""
    pages = [Page(base, cookie) for cookie in cookies]
    ready = [asyncio.Event() for _ in pages]
    lines = [asyncio.create_task(page.listen(event)) for page, event in zip(pages, ready, strict=True)]
    await asyncio.gather(*(event.wait() for event in ready))
    await asyncio.sleep(CALM)  # the clocks of the seeded tickets are set up first, which every page hears of
    shown = (await pages[0].http.get(f"/desk?{PLACE}")).text
    token = re.search(r'"X-CSRF-Token"\s*:\s*"([^"]+)"', shown.replace("&#34;", '"').replace("&quot;", '"'))
    assert token is not None
    numbers = [int(one) for one in re.findall(r'id="row-(\d+)"', shown)][:CHANGES]
    spent: list[float] = []
    for number in numbers:
        start = time.perf_counter()
        headers = {"X-CSRF-Token": token[1], "HX-Request": "true", "Origin": base}
        answer = await pages[0].http.post(f"/tickets/{number}/tags", data={"tags": f"live{number}"}, headers=headers)
        assert answer.status_code == 200, answer.status_code
        await asyncio.sleep(APART)
        spent += [(page.seen.get(number, start + 10) - start) * 1000 for page in pages]
    for line in lines:
        line.cancel()
    ordered = sorted(spent)
    return {
        "agents": len(pages), "changes": len(numbers), "p50": statistics.median(ordered),
        "p95": ordered[int(len(ordered) * 0.95) - 1], "most": ordered[-1],
    }  # fmt: skip


def main() -> None:
    """Seed, serve, measure."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="dragoman-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    cluster = embedded_pg.cluster(home)
    settings = Settings(data=home)
    port = free_port()
    env = {"DRAGOMAN_DATA": str(home), "DRAGOMAN_PORT": str(port), "DRAGOMAN_PAGES_PER_MINUTE": "100000"}
    try:
        with wiring.database(settings) as addresses:
            wiring.ready(addresses)
            cookies = asyncio.run(seeded(settings, cluster, addresses.app, count))
            with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
                connection.execute("VACUUM ANALYZE tickets")
            with process("worker", env), process("web", env):
                wait_for_port(port)
                result = asyncio.run(measure(f"http://127.0.0.1:{port}", cookies[:AGENTS]))
    finally:
        embedded_pg.stop(cluster, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)
    conditions = {"python": platform.python_version(), "cpus": os.cpu_count(), "load": os.getloadavg()[0]}
    facts = {"tickets": count, **result, "conditions": conditions}
    (RESULTS / "live.json").write_text(json.dumps(facts, indent=1) + "\n")
    out.print(facts)


if __name__ == "__main__":
    main()
