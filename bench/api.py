"""`make bench-api TICKETS=…`: tickets opened and read over real HTTP on loopback, one web process, its own PostgreSQL.

The server is a process of its own (uvicorn, `dragoman web`); this one is the client: some keep-alive connections that
each send the next request when the last is answered. Every ticket has its own Idempotency-Key, one in four customers
is new. A pgbench run of the same minute says what this machine's commits cost just then.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from tests.cast import actor_of
from tests.post import free_port

from bench.ingest import memory, pgbench, process, set_up, wait_for_port
from bench.run import RESULTS
from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.tokens import service as tokens
from dragoman.accounts.tokens.scopes import SCOPES
from dragoman.main import wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings

CONNECTIONS = 16
TEXT = "Guten Tag, mein Paket mit der Lampe ist seit zwei Wochen unterwegs und nicht angekommen. " * 4
out = Console()


async def make_token(settings: Settings, url: str) -> str:
    """A token of the workspace's administrator."""
    desk = wiring.build(settings, url)
    async with desk.db.work(None) as session:
        (workspace,) = await people.list_workspaces(session)
    async with desk.db.work(workspace.id) as session:
        (person,) = await people.list_people(session)
        actor: Actor = actor_of(workspace.id, person)
        _id, token = await tokens.make(session, actor, name="Bench", scopes=list(SCOPES), days=1)
    await wiring.close(desk)
    return token


def creating(token: str, n: int) -> bytes:
    """The request that opens the n-th ticket."""
    body = json.dumps({
        "subject": f"Wo ist mein Paket {n}?", "text": TEXT, "order_refs": [f"302-{n:07}"], "tags": ["parcel"],
        "customer": {"email": f"buyer{n // 4}@buyer.example", "name": "Anna Schmidt", "language": "de", "market": "DE"},
    }).encode()  # fmt: skip
    head = (
        f"POST /api/v1/tickets HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: bench-{n}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def reading(path: str) -> Callable[[str, int], bytes]:
    """Requests for one address; `{n}` in it is the request's number."""

    def made(token: str, n: int) -> bytes:
        where = path.replace("{n}", str(n + 1))
        return f"GET {where} HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\n\r\n".encode()

    return made


async def _work(port: int, requests: Iterator[bytes], status: bytes, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for request in requests:
        start = time.perf_counter()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        body = await reader.readexactly(length)
        times.append(time.perf_counter() - start)
        if head.split(b" ")[1] != status:
            raise SystemExit(f"{head!r} {body[:300]!r}")
    writer.close()


def cpu(pid: int) -> float:
    """Seconds of processor time that a process and its children have used."""
    root = psutil.Process(pid)
    return sum(sum(one.cpu_times()[:4]) for one in (root, *root.children(recursive=True)))


async def run(port: int, token: str, make: Callable[[str, int], bytes], count: int, status: bytes) -> dict[str, Any]:
    """Send `count` requests; returns how many a second, and how long one took."""
    times: list[float] = []
    requests = (make(token, n) for n in range(count))
    start = time.perf_counter()
    await asyncio.gather(*(_work(port, requests, status, times) for _ in range(CONNECTIONS)))
    spent = time.perf_counter() - start
    times.sort()
    return {
        "requests": count, "per_second": round(count / spent, 1), "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p95_ms": round(times[int(len(times) * 0.95)] * 1000, 1), "max_ms": round(times[-1] * 1000, 1),
    }  # fmt: skip


def measure(count: int, home: Path) -> dict[str, Any]:
    """The whole run."""
    cluster = embedded_pg.cluster(home)
    settings = Settings(data=home)
    load = round(os.getloadavg()[0], 1)
    port = free_port()
    env = {"DRAGOMAN_DATA": str(home), "DRAGOMAN_PORT": str(port), "DRAGOMAN_API_PER_MINUTE": "0"}
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)
        asyncio.run(set_up(settings, addresses.app))
        token = asyncio.run(make_token(settings, addresses.app))
        before = pgbench(cluster)
        postmaster = int((cluster.data / "postmaster.pid").read_text().split()[0])
        with process("web", env) as web:
            wait_for_port(port)
            asyncio.run(run(port, token, reading("/api/v1/me"), 200, b"200"))
            server, engine = cpu(web.pid), cpu(postmaster)
            created = asyncio.run(run(port, token, creating, count, b"201"))
            created["server_cpu_ms"] = round((cpu(web.pid) - server) / count * 1000, 2)
            created["database_cpu_ms"] = round((cpu(postmaster) - engine) / count * 1000, 2)
            again = asyncio.run(run(port, token, creating, min(count, 2000), b"201"))
            read = asyncio.run(run(port, token, reading("/api/v1/tickets/{n}"), min(count, 2000), b"200"))
            listed = asyncio.run(run(port, token, reading("/api/v1/tickets?limit=50"), min(count, 500), b"200"))
            held = memory(web.pid)
        after = pgbench(cluster)
    return {
        "connections": CONNECTIONS, "cores": os.cpu_count(), "load_before": load, "create": created,
        "create_replayed": again, "read": read,
        "list_50": listed, "web_memory": held, "pgbench_tps_before": round(before), "pgbench_tps_after": round(after),
    }  # fmt: skip


def main() -> None:
    """Run and report."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    home = Path(tempfile.mkdtemp(prefix="dragoman-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    try:
        result = measure(count, home)
    finally:
        embedded_pg.stop(embedded_pg.cluster(home), mode="immediate")
        shutil.rmtree(home, ignore_errors=True)
    out.print_json(json.dumps(result))
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"api-{count}.json").write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
