"""Told to end, a process ends what it has begun, begins nothing new, and hands the rest back."""

from __future__ import annotations

import asyncio
import signal
import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPCookieProcessor, build_opener, urlopen
from uuid import UUID, uuid4

import psycopg
import pytest
import websockets

from dragoman.channels.email import queries as mailboxes
from dragoman.intake.mail.fetch import Fetcher
from dragoman.kit import clock
from dragoman.main import migrate, wiring
from dragoman.main.wiring import Desk, running, worker_life
from dragoman.platform import drains, embedded_pg, jobs
from dragoman.platform.drains import Drain
from dragoman.platform.settings import Settings
from tests.cast import Company, found_company
from tests.desk_work import answer, outbox_row, tickets_of, use_smtp_port
from tests.main.test_commands import Visitor, data, process, served
from tests.post import free_port, letter, sink

__all__ = ["data"]


@pytest.fixture
def own(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[tuple[str, str]]:
    """A database of this test's own, as the desk's role and as the owner."""
    name = f"ending_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
        url, owner = cluster.url(embedded_pg.APP, name), cluster.url(embedded_pg.OWNER, name)
        migrate.upgrade(owner, url)
        yield url, owner
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def refused(port: int) -> bool:
    """Whether nobody answers there any more."""
    try:
        urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
    except URLError:
        return True
    return False


@pytest.mark.timeout(90)
async def test_pages_end_the_request_they_have_begun(
    own: tuple[str, str], settings: Settings, data: Path
) -> None:  # fmt: skip
    """A request that waits in the database survives SIGTERM; nobody new is let in; open pages are told to come again
    at once (1012)."""
    desk = wiring.build(settings, own[0])
    company = await found_company(desk)
    await wiring.close(desk)
    port = free_port()
    with process("web", "--port", str(port), data=data, DATABASE_URL=own[0], DATABASE_OWNER_URL=own[1]) as run:
        await asyncio.to_thread(served, port, within=30, run=run)
        visitor = Visitor(port)
        jar = CookieJar()
        visitor.opener = build_opener(HTTPCookieProcessor(jar))
        await asyncio.to_thread(visitor.sign_in, company.agent.email, "correct horse battery")
        cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
        origin = websockets.Origin(f"http://127.0.0.1:{port}")
        line = await websockets.connect(
            f"ws://127.0.0.1:{port}/live", origin=origin, additional_headers={"Cookie": cookies}
        )
        with psycopg.connect(own[1]) as lock:
            lock.execute("LOCK TABLE shops IN ACCESS EXCLUSIVE MODE")
            page = asyncio.create_task(asyncio.to_thread(visitor.get, "/desk"))
            await waits(own[1])
            run.send_signal(signal.SIGTERM)
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await asyncio.wait_for(line.recv(), 3)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1012
            assert await asyncio.to_thread(refused, port)
            assert not page.done()
            lock.rollback()
        assert "</html>" in await asyncio.wait_for(page, 10)
        assert await asyncio.to_thread(run.wait, 10) == 0


async def waits(owner_url: str) -> None:
    """Until some transaction waits for a lock."""
    async with await psycopg.AsyncConnection.connect(owner_url.replace(embedded_pg.OWNER, "postgres", 1)) as admin:
        for _ in range(200):
            found = await admin.execute(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database())"
            )
            if await found.fetchone() == (True,):
                return
            await admin.rollback()
            await asyncio.sleep(0.02)
    raise AssertionError("nothing waits")


def deliver(port: int, company: Company, number: int) -> None:
    """Hand one mail over until it is acknowledged."""
    raw = letter(to=company.address, sender=f"b{number}@x.example", subject=f"F{number}", message_id=f"<{number}@x>")
    for _ in range(300):
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
                client.sendmail("b@x.example", [company.address], raw)
            return
        except (OSError, smtplib.SMTPException):
            time.sleep(0.05)
    raise AssertionError("nobody takes mail")


@pytest.mark.timeout(90)
async def test_a_worker_ends_the_mail_it_hands_over_and_loses_none_that_comes(
    own: tuple[str, str], settings: Settings, data: Path
) -> None:  # fmt: skip
    desk = wiring.build(settings.model_copy(update={"undo_seconds": 0}), own[0])
    company = await found_company(desk)
    port = free_port()
    env = {
        "DATABASE_URL": own[0], "DATABASE_OWNER_URL": own[1], "DRAGOMAN_SMTP_PORT": str(port),
        "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true",
    }  # fmt: skip
    handing = asyncio.Event()

    async def take_your_time() -> None:
        handing.set()
        await asyncio.sleep(2)

    async with sink() as world, desk.jobs.open_async():
        world.on_data = take_your_time
        await use_smtp_port(company, world.port)
        with process("worker", data=data, **env) as run:
            await asyncio.to_thread(deliver, port, company, 0)
            row = await answer(company, (await until(company, 1))[0].number)
            await asyncio.wait_for(handing.wait(), 10)
            coming = [asyncio.create_task(asyncio.to_thread(deliver, port, company, n)) for n in range(1, 25)]
            await asyncio.sleep(0.2)
            run.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(run.wait, 15) == 0
            assert (await outbox_row(company, row)).state == "sent", "handed over to its end"
        # The next take it in and file it apart: more processes do the same work.
        with process("door", data=data, **env), process("worker", "--no-door", data=data, **env):
            await asyncio.gather(*coming)
            rows = await until(company, 25)
    await wiring.close(desk)
    assert sorted(one.subject for one in rows) == sorted(f"F{n}" for n in range(25)), "lost or doubled"
    assert len(world.mails) == 1


async def until(company: Company, count: int) -> list[Any]:
    """The tickets, once there are so many."""
    for _ in range(400):
        rows = await tickets_of(company)
        if len(rows) >= count:
            return rows
        await asyncio.sleep(0.05)
    raise AssertionError("nothing is filed")


async def test_a_job_that_is_cut_off_is_handed_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "GRACE", 0.2)
    begun, ended = asyncio.Event(), asyncio.Event()
    runs: list[int] = []

    async def long() -> None:
        runs.append(len(runs))
        begun.set()
        await asyncio.sleep(60 if len(runs) == 1 else 0)
        ended.set()

    name = f"test.long.{uuid4().hex}"
    jobs.add(desk.jobs, name, long)
    await desk.jobs.configure_task(name).defer_async()
    async with worker_life(desk):
        await asyncio.wait_for(begun.wait(), 10)
    (job,) = await desk.jobs.job_manager.list_jobs_async(task=name)
    assert (job.status, job.attempts) == ("todo", 1)
    async with worker_life(desk):
        await asyncio.wait_for(ended.wait(), 10)
    assert runs == [0, 1]


async def test_a_job_may_end_and_no_other_begins(desk: Desk) -> None:
    begun, done = asyncio.Event(), []

    async def short(number: int) -> None:
        begun.set()
        await asyncio.sleep(0.4)
        done.append(number)

    name = f"test.short.{uuid4().hex}"
    jobs.add(desk.jobs, name, short)
    for number in range(9):
        await desk.jobs.configure_task(name).defer_async(number=number)
    async with worker_life(desk):
        await asyncio.wait_for(begun.wait(), 10)
        await asyncio.sleep(0.1)
    left = [job for job in await desk.jobs.job_manager.list_jobs_async(task=name) if job.status == "todo"]
    assert 1 <= len(done) <= 4, "those side by side"
    assert len(done) + len(left) == 9


@pytest.mark.parametrize(("takes", "settled"), [(0.3, True), (30, False)])
async def test_a_batch_ends_within_its_time(monkeypatch: pytest.MonkeyPatch, takes: float, settled: bool) -> None:
    monkeypatch.setattr(drains, "GRACE", 1.0)
    begun, ended = asyncio.Event(), []
    workspace = uuid4()

    async def pending() -> list[UUID]:
        return [workspace]

    async def batch(_workspace: UUID) -> int:
        begun.set()
        await asyncio.sleep(takes)
        ended.append(1)
        return 1

    monkeypatch.setattr(drains, "SWEEP_SECONDS", 0.01)
    drain = Drain("test", pending=pending, batch=batch)
    started = time.monotonic()
    async with running(drain.run()):
        await asyncio.wait_for(begun.wait(), 5)
    assert ended == [1] * settled, "one batch, and no other after it"
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("security", ["none", "tls"])
async def test_a_mailbox_under_way_is_left_for_whoever_comes_next(company: Company, security: str) -> None:
    """A mail server that never answers holds neither the process nor, by its lease, the next one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        async with company.desk.db.work(company.workspace_id) as session:
            box = await mailboxes.load(session, company.mailbox_id)
            assert box is not None
            box.inbound, box.imap_host, box.imap_port = "imap", "127.0.0.1", server.getsockname()[1]
            box.imap_security, box.next_check_at = security, clock.now() - timedelta(minutes=1)
        fetcher = Fetcher(company.desk.db, company.desk.keys, every=60, allow_private=True)
        started = time.monotonic()
        async with running(fetcher.run()):
            server.settimeout(10)
            line, _address = await asyncio.to_thread(server.accept)
            await asyncio.sleep(0.1)
        with line:
            await asyncio.get_running_loop().shutdown_default_executor()
        assert time.monotonic() - started < 5, "no thread is left waiting for the server"
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        assert box.next_check_at is not None
        assert box.next_check_at <= clock.now()
        assert (box.failures, box.error) == (0, ""), "it is not the mailbox's fault"
