"""`make bench TICKETS=…`: what the desk costs at 10 thousand, 100 thousand and a million tickets.

Server time of each page is measured inside this process: the application is called without a network, as its server
would call it, on the embedded PostgreSQL. Figures go to the terminal and to bench/results/.
"""

from __future__ import annotations

import asyncio
import json
import os
import platform
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2 as httpx
import psycopg
from rich.console import Console
from rich.table import Table
from tests.cast import actor_of

from bench import seed
from dragoman.accounts import queries as people
from dragoman.channels.email.service import MailboxForm, save_mailbox
from dragoman.flow import founding
from dragoman.kit import clock
from dragoman.main import wiring
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings
from dragoman.tickets import lists
from dragoman.tickets.views import service as views
from dragoman.web.desk.inbox import counting

PASSWORD = "a bench has no secrets"
ROUNDS, WARM_UP = 100, 10
SETTLE = 15  # seconds after seeding, so that its last writes are not measured
RESULTS = Path(__file__).parent / "results"
out = Console()


async def prepare(desk: Desk, admin_url: str, count: int) -> None:
    """A workspace with 20 people, 3 shops, 50 thousand customers at most, and `count` tickets."""
    async with desk.db.work(None) as session:
        workspace, person = await founding.found(
            session, workspace="Bench", slug="desk", name="Bench Person", email="bench@desk.example",
            password=PASSWORD, locale="en", timezone="UTC",
        )  # fmt: skip
    async with desk.db.work(workspace) as session:
        row = await people.find_person(session, person)
        assert row is not None
        form = MailboxForm(address="support@desk.example", smtp_host="127.0.0.1", smtp_port=2525, smtp_security="none")
        mailbox = await save_mailbox(session, actor_of(workspace, row), desk.keys, None, form)
    with psycopg.connect(admin_url, autocommit=True) as connection:
        colleagues, shops, customers = _people(connection, workspace, min(count // 3, 50_000))
    ids = seed.Ids(workspace, [person, *colleagues], shops, mailbox, customers)
    await asyncio.to_thread(seed.fill, admin_url, count, ids)


def _people(connection: psycopg.Connection, workspace: Any, customers: int) -> tuple[Any, ...]:
    from dragoman.kit import ids

    now = clock.now()
    role = connection.execute(
        "SELECT id FROM roles WHERE workspace_id = %s AND key = 'agent2'", (workspace,)
    ).fetchone()
    assert role is not None
    people = [ids.new() for _ in range(19)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO people (workspace_id, id, email, name, role_id, active, locale, timezone, theme, signature, "
            "settings, must_change_password, created_at) VALUES (%s, %s, %s, %s, %s, true, 'en', 'UTC', 'system', '', "
            "'{}', false, %s)",
            [(workspace, one, f"p{n}@desk.example", f"Person {n}", role[0], now) for n, one in enumerate(people)],
        )
        shops = [ids.new() for _ in range(3)]
        cursor.executemany(
            "INSERT INTO shops (workspace_id, id, name, platform, market, active, created_at) "
            "VALUES (%s, %s, %s, 'own', '', true, %s)",
            [(workspace, one, f"Shop {n}", now) for n, one in enumerate(shops)],
        )
        known = [ids.new() for _ in range(customers)]
        with cursor.copy(
            "COPY customers "
            "(workspace_id, id, name, language, market, timezone, notes, tier, created_at, last_seen_at) FROM STDIN"
        ) as copy:
            for number, one in enumerate(known):
                copy.write_row(
                    (
                        workspace,
                        one,
                        f"Buyer {number}",
                        "de",
                        "DE",
                        "Europe/Berlin",
                        "",
                        "vip" if number % 50 == 0 else "",
                        now,
                        now,
                    )
                )
    return people, shops, known


async def timed(call: Callable[[int], Awaitable[httpx.Response]], rounds: int = ROUNDS) -> dict[str, float]:
    """p50 and p95 in milliseconds, after a warm-up."""
    spent = []
    for number in range(WARM_UP + rounds):
        start = time.perf_counter()
        response = await call(number)
        if response.status_code >= 400:
            raise SystemExit(f"{response.request.url}: {response.status_code} {response.text[:300]}")
        if number >= WARM_UP:
            spent.append(response.extensions.get("seconds", time.perf_counter() - start) * 1000)
    ordered = sorted(spent)
    return {"p50": statistics.median(ordered), "p95": ordered[int(len(ordered) * 0.95) - 1]}


async def sign_in(client: httpx.AsyncClient) -> str:
    """A signed-in client; returns the CSRF token of its pages."""
    import re

    page = await client.get("/sign-in")
    token = re.search(r'name="csrf"[^>]*value="([^"]+)"', page.text)
    assert token is not None
    await client.post("/sign-in", data={"csrf": token[1], "email": "bench@desk.example", "password": PASSWORD})
    page = await client.get("/desk?view=all")
    found = re.search(r'"X-CSRF-Token"\s*:\s*"([^"]+)"', page.text.replace("&#34;", '"').replace("&quot;", '"'))
    if found is None:
        raise SystemExit(f"not signed in: {page.status_code} {page.url}")
    return found[1]


async def counts(desk: Desk) -> httpx.Response:
    """The counts beside the views, which every inbox page and every notice asks for."""
    async with desk.db.work(None) as session:
        (workspace,) = await people.list_workspaces(session)
    async with desk.db.work(workspace.id) as session:
        person = next(one for one in await people.list_people(session) if one.email == "bench@desk.example")
    start = time.perf_counter()
    async with desk.db.work(workspace.id) as session:
        await lists.counts(session, actor_of(workspace.id, person))
    return httpx.Response(200, extensions={"seconds": time.perf_counter() - start})


async def fresh_counts(client: httpx.AsyncClient) -> httpx.Response:
    """The counts of the house's and of ten saved views, none of them remembered."""
    counting.forget()
    return await client.get("/desk/counts")


def _is(field: str, *values: str, op: str = "is") -> dict[str, Any]:
    return {"field": field, "op": op, "value": list(values)}


FIVE = [_is("status", "new", "open"), _is("language", "de", "fr"), _is("severity", "red"), _is("kind", "delivery"),
        _is("customer_tier", "vip")]  # fmt: skip
VIEWS = {
    "five filters, urgent first": (FIVE, "urgent"),
    "five filters, none match": ([*FIVE[:4], _is("tag", "no-such-tag", op="has")], "urgent"),
    "five filters, all history": ([*FIVE[1:], _is("messages", "2", op="more")], "newest"),
    "five filters, all history, none match": ([*FIVE[1:4], _is("tag", "no-such-tag", op="has"),
                                               _is("messages", "2", op="more")], "newest"),
}  # fmt: skip


async def save_views(desk: Desk) -> dict[str, str]:
    """The saved views of the table, by name; ten in all, so that counts have something to count."""
    async with desk.db.work(None) as session:
        (workspace,) = await people.list_workspaces(session)
    async with desk.db.work(workspace.id) as session:
        person = next(one for one in await people.list_people(session) if one.email == "bench@desk.example")
        actor = actor_of(workspace.id, person)
        out = {}
        for number in range(10):
            name, (conditions, sort) = list(VIEWS.items())[number % len(VIEWS)]
            wanted = views.Wanted(f"{name} {number}", {"all": conditions, "any": []}, sort, audience="all")
            out.setdefault(name, str((await views.save(session, actor, wanted)).id))
    return out


async def measure(desk: Desk, count: int) -> dict[str, dict[str, float]]:
    """Every page of the table, timed."""
    from dragoman.main.asgi import create_app

    app = create_app(desk, life=wiring.running())
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1", follow_redirects=True) as client:
        csrf = await sign_in(client)
        headers = {"X-CSRF-Token": csrf, "HX-Request": "true"}
        step = max(count // 70, 1)
        saved = await save_views(desk)

        def get(path: str) -> Callable[[int], Awaitable[httpx.Response]]:
            def call(n: int) -> Awaitable[httpx.Response]:
                number = 1 + (n * step) % count
                return client.get(path.format(n=number, order=f"{number:07d}-{number % 9973:07d}"))

            return call

        def reply(n: int) -> Awaitable[httpx.Response]:
            words = {"kind": "reply", "html": "<p>Ihr Paket ist unterwegs.</p>"}
            return client.post(f"/tickets/{count - n}/messages", data=words, headers=headers)

        return {
            "inbox, unassigned, urgent first": await timed(get("/desk?view=unassigned")),
            "inbox, mine": await timed(get("/desk?view=mine")),
            "inbox, all, newest": await timed(get("/desk?view=all&sort=newest")),
            **{f"view, {name}": await timed(get(f"/desk?view={view}")) for name, view in saved.items()},
            "view as a table": await timed(get(f"/desk/table?view={saved['five filters, urgent first']}")),
            "counts of all views": await timed(lambda _n: fresh_counts(client)),
            "what runs late": await timed(get("/overview")),
            "palette, a word": await timed(get("/palette?q=refund")),
            "ticket page": await timed(get("/tickets/{n}")),
            "posting a reply": await timed(reply),
            "search, rare word": await timed(get(f"/search?q={seed.RARE}")),
            "search, common word": await timed(get(f"/search?q={seed.COMMON}")),
            "search, two words": await timed(get("/search?q=refund+charger")),
            "search, order number": await timed(get("/search?q=302-{order}")),
            "search, 1 Chinese character": await timed(get("/search?q=灯")),
            "search, 2 Chinese characters": await timed(get("/search?q=退款")),
            "search, nothing found": await timed(get("/search?q=qqqqwwww")),
            "unread counts": await timed(lambda _n: counts(desk)),
        }


def run(count: int) -> dict[str, Any]:
    """One size, in a database of its own that is thrown away."""
    home = Path(tempfile.mkdtemp(prefix="dragoman-bench-", dir=os.environ.get("BENCH_DIR", "/var/tmp")))
    home.chmod(0o755)
    cluster = embedded_pg.cluster(home)
    try:
        settings = Settings(data=home, development=True)
        with wiring.database(settings) as addresses:
            wiring.ready(addresses)

            async def main() -> dict[str, Any]:
                desk = wiring.build(settings, addresses.app)
                try:
                    async with desk.jobs.open_async():
                        start = time.monotonic()
                        await prepare(desk, cluster.url("postgres"), count)
                        seeded = time.monotonic() - start
                        out.print(f"{count:,} tickets seeded in {seeded:.0f} s")
                        await asyncio.sleep(SETTLE)
                        pages = await measure(desk, count)
                finally:
                    await wiring.close(desk)
                with psycopg.connect(cluster.url("postgres")) as connection:
                    size = connection.execute("SELECT pg_database_size(current_database())").fetchone()
                return {"tickets": count, "seed_seconds": seeded, "database_bytes": size and size[0], "pages": pages}

            return asyncio.run(main())
    finally:
        embedded_pg.stop(cluster, mode="immediate")
        shutil.rmtree(home, ignore_errors=True)


def show(results: list[dict[str, Any]]) -> None:
    """The table on the terminal."""
    table = Table("page", *(f"{one['tickets']:,}: p50 / p95 ms" for one in results), "growth of p95")
    for page in results[0]["pages"]:
        cells = [one["pages"][page] for one in results]
        growth = cells[-1]["p95"] / cells[0]["p95"]
        table.add_row(page, *(f"{cell['p50']:.1f} / {cell['p95']:.1f}" for cell in cells), f"{growth:.2f}×")
    out.print(table)


def main() -> None:
    """All sizes up to the one asked for."""
    largest = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    sizes = sorted({size for size in (10_000, 100_000, 1_000_000) if size <= largest} | {largest})
    results = [run(size) for size in sizes]
    show(results)
    RESULTS.mkdir(exist_ok=True)
    conditions = {"python": platform.python_version(), "cpus": os.cpu_count(), "machine": platform.machine()}
    path = RESULTS / f"pages-{largest}.json"
    path.write_text(json.dumps({"conditions": conditions, "results": results}, indent=1) + "\n")
    out.print(f"written to {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")


if __name__ == "__main__":
    main()
