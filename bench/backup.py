"""`make bench-backup TICKETS=…`: what taking everything out and bringing it back costs.

Beside the seeded tickets there are mails with attachments, whose bytes hardly compress: they are what a backup of a
real desk is mostly made of.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console

from bench.run import prepare
from dragoman.main import wiring
from dragoman.main.backup import load, take
from dragoman.main.backup.archive import reading
from dragoman.platform import embedded_pg, secrets
from dragoman.platform.settings import Settings

RESULTS = Path(__file__).parent / "results"
FILES, FILE_BYTES = 1000, 200_000  # attachments: 200 MB
out = Console()


def add_files(url: str) -> None:
    """Files of random bytes, as pictures are to a compressor."""
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('app.workspace_id', id::text, true) FROM workspaces")
        for _ in range(FILES):
            content = os.urandom(FILE_BYTES)
            connection.execute(
                "INSERT INTO files (id, sha256, size, content, created_at) "
                "VALUES (gen_random_uuid(), sha256(%s), %s, %s, now())",
                (content, FILE_BYTES, content),
            )


def run(home: Path, count: int) -> dict[str, Any]:
    """Seed one place, take everything out, bring it into another."""
    here, there = (Settings(data=home / name, development=True) for name in ("here", "there"))
    path = home / "bench.dragoman"
    with wiring.database(here) as addresses:
        wiring.ready(addresses)

        async def seed() -> None:
            desk = wiring.build(here, addresses.app)
            try:
                await prepare(desk, embedded_pg.cluster(here.data).url("postgres"), count)
            finally:
                await wiring.close(desk)

        asyncio.run(seed())
        add_files(addresses.owner)
        with psycopg.connect(addresses.owner) as connection:
            size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        out.print(f"{count:,} tickets seeded, {size[0] / 1024**2:,.0f} MiB" if size else "")
        start = time.monotonic()
        manifest = take.take(addresses.owner, path, secrets.load(here.data))
        taken = time.monotonic() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.monotonic()
    with reading(path) as backup:
        checked = time.monotonic() - start
        secrets.keep(there.data, secrets.load(here.data))
        plan = load.plan_keys(there, backup.manifest, lambda: None, without_key=False)
        with wiring.database(there) as addresses:
            start = time.monotonic()
            load.restore(addresses.owner, addresses.app, there, backup, plan)
            restored = time.monotonic() - start
    return {
        "tickets": count, "rows": manifest.rows, "file_bytes": path.stat().st_size, "attachments": FILES * FILE_BYTES,
        "database_bytes": size and size[0], "backup_seconds": round(taken, 1), "check_seconds": round(checked, 1),
        "restore_seconds": round(restored, 1), "peak_memory_kib": peak,
    }  # fmt: skip


def main() -> None:
    """One size."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="dragoman-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    try:
        result = run(home, count)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    for name, value in result.items():
        out.print(f"{name.replace('_', ' ')}: {value:,}", highlight=False)
    RESULTS.mkdir(exist_ok=True)
    conditions = {"python": platform.python_version(), "cpus": os.cpu_count(), "machine": platform.machine()}
    path = RESULTS / f"backup-{count}.json"
    path.write_text(json.dumps({"conditions": conditions, "result": result}, indent=1) + "\n")
    out.print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
