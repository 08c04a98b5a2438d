"""`python -m bench.clocks`: what clocks cost where tickets are filed, and how soon after their end they are acted on.

Filing: batches of 40 new tickets as the drain of inbound mail makes them, with the trade's own policies and without
any, in turns so that the machine's moods meet both. Acting: clocks that run out spread over a while, with a worker
of its own ringing them; how late each was acted upon.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from rich.console import Console
from sqlalchemy import select

from bench.ingest import process
from bench.run import PASSWORD, RESULTS
from dragoman.customers.models import Customer
from dragoman.flow import founding
from dragoman.kit import clock, ids
from dragoman.main import wiring
from dragoman.main.wiring import Desk
from dragoman.platform.settings import Settings
from dragoman.sla import queries
from dragoman.sla.models import Clock
from dragoman.tickets.filing import Incoming, file_all

BATCH, BATCHES = 40, 40
DUE, OVER = 3_000, timedelta(seconds=20)
"""So many clocks run out within so long: a bad hour in a minute."""
BAR_MS, BAR_LATE = 2.0, 5.0
out = Console()


async def set_up(desk: Desk, slug: str) -> UUID:
    """A workspace with everything a new one has."""
    async with desk.db.work(None) as session:
        workspace, _person = await founding.found(
            session, workspace="Bench", slug=slug, name="Bench", email=f"bench@{slug}.example", password=PASSWORD,
            locale="en", timezone="Asia/Shanghai",
        )  # fmt: skip
    return workspace


def _mail(customer: UUID, *, language: str = "de") -> Incoming:
    return Incoming(
        ticket_id=ids.new(), new=True, customer_id=customer, envelope_id=None, from_name="Anna",
        from_address="anna@buyer.example", subject="Wo ist mein Paket?", text="Guten Tag, wo ist mein Paket?",
        at=clock.now(), language=language, market="DE",
    )  # fmt: skip


async def _customers(desk: Desk, workspace: UUID) -> list[UUID]:
    async with desk.db.work(workspace) as session:
        made = [Customer(id=ids.new(), name=f"Anna {n}") for n in range(BATCH)]
        session.add_all(made)
        return [one.id for one in made]


async def _batch(desk: Desk, workspace: UUID, customers: list[UUID]) -> float:
    start = time.perf_counter()
    async with desk.db.work(workspace) as session:
        await file_all(session, [_mail(customer) for customer in customers])
    return (time.perf_counter() - start) * 1000 / BATCH


async def filing(desk: Desk) -> dict[str, float]:
    """Milliseconds a ticket, medians of batches, with policies and without."""
    spent: dict[str, list[float]] = {"with": [], "without": []}
    desks = {name: await set_up(desk, f"filing-{name}") for name in spent}
    customers = {name: await _customers(desk, workspace) for name, workspace in desks.items()}
    async with desk.db.work(desks["without"]) as session:
        for policy in await queries.list_policies(session):
            await session.delete(policy)
    for round_ in range(BATCHES + 3):
        for name, workspace in desks.items():
            took = await _batch(desk, workspace, customers[name])
            if round_ >= 3:
                spent[name].append(took)
    medians = {name: statistics.median(all_of) for name, all_of in spent.items()}
    return {f"{name}_ms": round(value, 3) for name, value in medians.items()} | {
        "clocks_add_ms": round(medians["with"] - medians["without"], 3)
    }


async def acting(desk: Desk, env: dict[str, str]) -> dict[str, float]:
    """Seconds between a clock's end and what was done about it."""
    workspace = await set_up(desk, "acting")
    customers = await _customers(desk, workspace)
    async with desk.db.work(workspace) as session:
        for policy in await queries.list_policies(session):
            policy.targets, policy.warn, policy.hours = {"first_response": 3600}, {}, "always"
    steps = DUE // BATCH
    for step in range(steps):
        ahead = timedelta(seconds=10) + OVER * step / steps
        with clock.travel(clock.now() - timedelta(hours=1) + ahead):
            await _batch(desk, workspace, customers)
    with process("worker", env):
        deadline = time.monotonic() + 120
        late: list[float] = []
        while len(late) < steps * BATCH and time.monotonic() < deadline:
            await asyncio.sleep(1)
            async with desk.db.work(workspace) as session:
                rows = await session.execute(
                    select(Clock.due_at, Clock.breached_at).where(Clock.breached_at.is_not(None))
                )
                late = sorted((row.breached_at - row.due_at).total_seconds() for row in rows)
    if len(late) < steps * BATCH:
        raise SystemExit(f"only {len(late)} of {steps * BATCH} clocks were acted upon")
    return {
        "clocks": len(late), "over_seconds": OVER.total_seconds(), "late_p50_s": round(late[len(late) // 2], 2),
        "late_p95_s": round(late[int(len(late) * 0.95)], 2), "late_most_s": round(late[-1], 2),
    }  # fmt: skip


async def measure(settings: Settings, url: str, env: dict[str, str]) -> dict[str, Any]:
    """The whole run."""
    desk = wiring.build(settings, url)
    async with desk.jobs.open_async():
        found: dict[str, Any] = {"filing": await filing(desk), "acting": await acting(desk, env)}
    await wiring.close(desk)
    return found


def main() -> None:
    """Measure, print, keep."""
    with tempfile.TemporaryDirectory(prefix="dragoman-bench-", dir="/tmp") as name:
        home = Path(name)
        home.chmod(0o755)
        settings = Settings(data=home)
        with wiring.database(settings) as addresses:
            wiring.ready(addresses)
            found = asyncio.run(measure(settings, addresses.app, {"DRAGOMAN_DATA": str(home)}))
    out.print(found)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "clocks.json").write_text(json.dumps(found, indent=1) + "\n")
    if found["filing"]["clocks_add_ms"] > BAR_MS or found["acting"]["late_p95_s"] > BAR_LATE:
        sys.exit("beyond the bar")


if __name__ == "__main__":
    main()
