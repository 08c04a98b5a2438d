"""Killed, stopped, overtaken: an import goes on, and nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select, update

from dragoman.imports import engine, filing, queries, service
from dragoman.imports.models import RUNNING, Import
from dragoman.imports.sources import Wish
from dragoman.kit import clock
from dragoman.kit.errors import Conflict
from dragoman.main import migrate, wiring
from dragoman.platform import embedded_pg
from dragoman.platform.db import Session
from dragoman.platform.settings import Settings
from dragoman.tickets.models import Message, SearchDoc, Ticket
from tests.cast import Company, found_company
from tests.desk_work import tickets_of
from tests.imports.moving import items, load, run, start, trial
from tests.imports.other_desks import as_json, serving
from tests.imports.test_tables import OLD, written
from tests.imports.test_zendesk import account

QUIET = subprocess.DEVNULL
WORDS = "Guten Tag, wo ist meine Bestellung {}?"


def table_of(messages: int, *, each: int = 4) -> bytes:
    return written([
        [str(n // each), f"Bestellung {n // each}", "closed", f"b{n // each}@buyer.example", "",
         f"2024-03-{n % each + 1:02} 08:00", WORDS.format(n), ""]
        for n in range(messages)
    ])  # fmt: skip


async def counts(company: Company) -> tuple[int, ...]:
    async with company.desk.db.work(company.workspace_id) as session:
        found = [await session.scalar(select(func.count()).select_from(one)) for one in (Ticket, Message, SearchDoc)]
    return tuple(int(one or 0) for one in found)


@pytest.fixture
def own_database(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """A database of this test's own: a command finds the only workspace in it."""
    name = f"import_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
        url = cluster.url(embedded_pg.APP, name)
        migrate.upgrade(cluster.url(embedded_pg.OWNER, name), url)
        yield url
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.timeout(120)
async def test_a_command_killed_again_and_again(own_database: str, settings: Settings, tmp_path: Path) -> None:
    desk = wiring.build(settings, own_database)
    company = await found_company(desk)
    file = tmp_path / "old.csv"
    file.write_bytes(table_of(2_400))
    env = os.environ | {
        "DATABASE_URL": own_database,
        "DRAGOMAN_DATA": str(settings.data),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
    line = [sys.executable, "-m", "dragoman.main.cli", "import", "csv", str(file), "--name", "old"]
    for goal in (40, 200):
        process = await asyncio.create_subprocess_exec(*line, env=env, stderr=QUIET, stdout=QUIET)
        while (await counts(company))[0] < goal:
            assert process.returncode is None
            await asyncio.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        await process.wait()
        tickets, messages, docs = await counts(company)
        assert (messages, docs) == (tickets * 4, tickets * 4), "no ticket is there in part"
    done = await asyncio.to_thread(subprocess.run, line, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Everything is here." in done.stdout
    assert await counts(company) == (600, 2400, 2400)
    async with desk.db.work(company.workspace_id) as session:
        (row,) = await session.scalars(select(Import))
    assert (row.counters["tickets.new"], row.counters["messages.new"]) == (600, 2400), "counted once, over all lives"
    again = await asyncio.to_thread(subprocess.run, line, env=env, capture_output=True, text=True, check=False)
    assert "same 600" in again.stdout
    await wiring.close(desk)


async def test_cut_off_inside_a_portion(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that dies in the middle of filing leaves the portion undone; the next one does it."""
    row = await trial(company, OLD, table_of(800))
    await start(company, row.id)
    real, calls = filing.file, 0

    async def dying(*given: Any) -> Any:
        nonlocal calls
        calls += 1
        done = await real(*given)
        if calls == 3:
            raise asyncio.CancelledError
        return done

    monkeypatch.setattr(filing, "file", dying)
    with pytest.raises(asyncio.CancelledError):
        await run(company, row.id)
    assert (await counts(company))[:2] == (100, 400)
    assert (await load(company, row.id)).state == RUNNING
    row = await run(company, row.id)
    assert (row.state, await counts(company)) == ("done", (200, 800, 800))
    assert (row.counters["tickets.new"], row.counters["messages.new"]) == (200, 800)


async def test_two_processes_do_not_do_it_twice(company: Company) -> None:
    row = await trial(company, OLD, table_of(800))
    await start(company, row.id)
    await asyncio.gather(*(company.desk.imports.run(str(company.workspace_id), str(row.id)) for _n in range(3)))
    row = await load(company, row.id)
    assert (row.state, await counts(company)) == ("done", (200, 800, 800))
    assert row.counters["messages.new"] == 800


async def test_stopped_it_can_go_on(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    row = await trial(company, OLD, table_of(800))
    await start(company, row.id)
    real, portions = queries.one_at_a_time, 0

    async def stopping(session: Session) -> None:
        nonlocal portions
        portions += 1
        if portions == 3:
            async with company.desk.db.work(company.workspace_id) as other:
                await service.stop(other, company.admin, row.id)
        await real(session)

    with monkeypatch.context() as patched:
        patched.setattr(queries, "one_at_a_time", stopping)
        stopped = await run(company, row.id)
    assert (stopped.state, (await counts(company))[0]) == ("stopped", 100)
    desk = company.desk
    async with desk.db.work(company.workspace_id) as session:
        await service.go_on(session, company.admin, desk.keys, desk.jobs, row.id)
    done = await run(company, row.id)
    assert (done.state, await counts(company)) == ("done", (200, 800, 800))
    async with desk.db.work(company.workspace_id) as session:
        with pytest.raises(Conflict):
            await service.start(session, company.admin, desk.jobs, row.id, {})


async def test_stopped_while_it_waits(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other desk asks for ten minutes of patience; who stops the import does not have to wait for them."""
    monkeypatch.setattr(engine, "TOUCH_EVERY", 0.1)
    async with serving(account(company).desk()) as other:
        row = await trial(company, Wish("zendesk", other.url, login="boss@old.example", token="t0ken"))
        await start(company, row.id)
        other.trouble = lambda _path, _times: as_json({}, 429, **{"Retry-After": "600"})
        going = asyncio.create_task(run(company, row.id))
        while (waiting := await load(company, row.id)).waits_until is None:  # noqa: ASYNC110 - another task's doing
            await asyncio.sleep(0.02)
        assert waiting.waits_until > clock.now() + timedelta(minutes=9)
        async with company.desk.db.work(company.workspace_id) as session:
            await service.stop(session, company.admin, row.id)
        async with asyncio.timeout(5):
            assert (await going).state == "stopped"


async def test_a_forgotten_import_is_taken_up_again(company: Company) -> None:
    desk = company.desk
    row = await trial(company, OLD, table_of(40))
    await start(company, row.id)
    quiet = clock.now() - timedelta(minutes=4)
    async with desk.db.work(company.workspace_id) as session:
        await session.execute(update(Import).values(state=RUNNING, touched_at=quiet))
    async with await psycopg.AsyncConnection.connect(desk.url, autocommit=True) as connection:
        await connection.execute("DELETE FROM procrastinate_jobs")
        await desk.imports.sweep()
        await desk.imports.sweep()
        rows = await (await connection.execute("SELECT task_name, lock FROM procrastinate_jobs")).fetchall()
    assert rows == [("imports.run", f"imports {company.workspace_id}")], "once: then it has given a sign of life"


async def test_what_cannot_be_filed_is_kept_and_the_others_come(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = await trial(company, OLD, table_of(400))
    await start(company, row.id)
    real = filing.file

    async def odd(*given: Any) -> Any:
        if any(one.id == "7" for one in given[1].found):
            raise ValueError("odd")
        return await real(*given)

    with monkeypatch.context() as patched:
        patched.setattr(filing, "file", odd)
        row = await run(company, row.id)
    assert (row.state, len(await tickets_of(company)) >= 50) == ("done", True)
    assert (await counts(company))[0] == 99
    (refused,) = [one for one in await items(company, "ticket") if one.state == "failed"]
    assert (refused.external_id, len(refused.raw["messages"])) == ("7", 4)
    assert row.counters["problems"] == 1
    again = await trial(company, OLD, table_of(400))
    await start(company, again.id)
    again = await run(company, again.id)
    assert (again.counters["tickets.new"], again.counters["tickets.same"]) == (1, 99)


async def test_a_secret_is_sealed_and_forgotten(company: Company) -> None:
    desk = company.desk
    wish = Wish("freshdesk", "acme", token="t0psecret")
    async with desk.db.work(company.workspace_id) as session:
        row = await service.add(session, company.admin, desk.keys, wish, None, allow_private=True)
    assert row.secret
    assert "t0psecret" not in f"{row.secret} {row.settings}"
    async with desk.db.work(company.workspace_id) as session:
        await session.execute(update(Import).values(touched_at=clock.now() - timedelta(days=15)))
    await desk.imports.sweep()
    assert (await load(company, row.id)).secret == ""
