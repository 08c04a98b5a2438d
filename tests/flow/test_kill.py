"""`kill -9` at any moment: nothing lost, nothing doubled, inbound and outbound."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from dragoman.main import migrate, wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings
from dragoman.tickets import lists
from tests.cast import Company, found_company
from tests.desk_work import answer, tickets_of, use_smtp_port
from tests.post import free_port, letter, sink

MAILS = 60


@pytest.fixture
def own_database(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """A database of this test's own: the processes it kills would take other tests' mail."""
    name = f"kill_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
        url = cluster.url(embedded_pg.APP, name)
        migrate.upgrade(cluster.url(embedded_pg.OWNER, name), url)
        yield url
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def worker(url: str, data: Path, smtp_port: int) -> Iterator[subprocess.Popen[bytes]]:
    env = os.environ | {
        "DATABASE_URL": url, "DRAGOMAN_DATA": str(data), "DRAGOMAN_SMTP_PORT": str(smtp_port),
        "DRAGOMAN_ALLOW_PRIVATE_HOSTS": "true", "DRAGOMAN_UNDO_SECONDS": "0",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-m", "dragoman.main.cli", "worker"], env=env, stderr=subprocess.DEVNULL
    ) as run:
        try:
            yield run
        finally:
            run.send_signal(signal.SIGKILL)


def deliver(port: int, to: str, raw: bytes) -> bool:
    """Hand one mail over as a careful server does; whether it was acknowledged."""
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.sendmail("anna@buyer.example", [to], raw)
    except (OSError, smtplib.SMTPException):
        return False
    return True


async def keep_delivering(port: int, company: Company, mails: list[bytes]) -> None:
    """Deliver every mail until it is acknowledged, as RFC 5321 asks of senders."""
    for raw in mails:
        await asyncio.sleep(0.02)  # spread over all lives
        while not await asyncio.to_thread(deliver, port, company.address, raw):  # noqa: ASYNC110 - a sender's retry
            await asyncio.sleep(0.1)


@pytest.mark.timeout(170)
async def test_workers_killed_again_and_again(own_database: str, settings: Settings) -> None:
    chance = random.Random(4)
    desk = wiring.build(settings.model_copy(update={"undo_seconds": 0}), own_database)
    company = await found_company(desk)
    port = free_port()
    mails = [
        letter(
            to=company.address, sender=f"b{n}@buyer.example", subject=f"Frage {n}", message_id=f"<m{n}@buyer.example>"
        )
        for n in range(MAILS)
    ]
    async with sink() as world, desk.jobs.open_async():
        await use_smtp_port(company, world.port)
        sending = asyncio.create_task(keep_delivering(port, company, mails))
        answered: set[int] = set()
        for life in range(1, 6):
            with worker(own_database, settings.data, port):
                await until_there_are(company, 4 * life)
                for row in (await tickets_of(company))[: 4 * life]:
                    if row.number not in answered:
                        await answer(company, row.number, f"<p>Antwort {row.number}</p>")
                        answered.add(row.number)
                await asyncio.sleep(chance.random() * 0.8)
        with worker(own_database, settings.data, port):
            await sending
            await settled(own_database)
    numbers = [row.subject for page in await pages(company) for row in page]
    await wiring.close(desk)
    assert sorted(numbers) == sorted(f"Frage {n}" for n in range(MAILS))
    arrived = [mail["Message-ID"] for mail in world.mails]
    with psycopg.connect(own_database) as connection:
        connection.execute("SELECT set_config('app.workspace_id', %s, true)", (str(company.workspace_id),))
        rows = connection.execute(
            "SELECT m.rfc_message_id, o.state FROM outbox o JOIN messages m ON m.id = o.message_id"
        ).fetchall()
    assert len(rows) == len(answered) == 20
    assert len(arrived) == len(set(arrived)), "a mail left twice"
    for message_id, state in rows:
        assert state in ("sent", "uncertain")
        if state == "sent":
            assert f"<{message_id}>" in arrived


async def pages(company: Company) -> list[tuple[lists.TicketRow, ...]]:
    """All pages of the inbox."""
    out, cursor = [], None
    while True:
        async with company.desk.db.work(company.workspace_id) as session:
            page = await lists.list_tickets(session, company.agent, lists.Filter("all", sort="oldest"), cursor=cursor)
        out.append(page.rows)
        if (cursor := page.next) is None:
            return out


async def until_there_are(company: Company, count: int) -> None:
    """Until so many tickets are filed."""
    for _ in range(400):
        if len(await tickets_of(company)) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the worker files nothing")


async def settled(url: str) -> None:
    """Until nothing waits, in or out."""
    for _ in range(120):
        async with await psycopg.AsyncConnection.connect(url.replace(embedded_pg.APP, "postgres", 1)) as connection:
            row = await (await connection.execute(
                "SELECT (SELECT count(*) FROM envelopes WHERE state = 'received'), "
                "(SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending'))"
            )).fetchone()  # fmt: skip
        if row == (0, 0):
            return
        await asyncio.sleep(0.5)
    raise AssertionError(f"still waiting: {row}")
