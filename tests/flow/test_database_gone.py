"""The database crashes under a serving desk: it says so, mends it, and loses nothing that was acknowledged."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest

from dragoman.main import wiring
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings
from dragoman.tickets import lists
from tests.cast import Company, found_company
from tests.post import free_port, letter


@pytest.fixture
def home() -> Iterator[Path]:
    """A data folder with a server of this test's own."""
    folder = Path(tempfile.mkdtemp(prefix="dragoman-gone-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    embedded_pg.stop(embedded_pg.cluster(folder), mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)


async def company_in(home: Path) -> Company:
    settings = Settings(data=home)
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)
        desk = wiring.build(settings, addresses.app)
        company = await found_company(desk)
        await wiring.close(desk)
    return company


def deliver(port: int, company: Company, number: int) -> bool:
    raw = letter(to=company.address, sender=f"b{number}@buyer.example", subject=f"Frage {number}")
    try:
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as client:
            client.sendmail("b@buyer.example", [company.address], raw)
    except (OSError, smtplib.SMTPException):
        return False
    return True


def until_ready(url: str, seconds: float) -> float:
    """How long it takes until the desk says that it is ready."""
    start = time.monotonic()
    while time.monotonic() - start < seconds:
        try:
            if httpx.get(f"{url}/readyz", timeout=4, trust_env=False).status_code == 200:
                return time.monotonic() - start
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"not ready after {seconds} s")


@pytest.mark.timeout(150)
async def test_the_database_crashes_under_a_serving_desk(home: Path) -> None:
    company = await company_in(home)
    web, smtp = free_port(), free_port()
    env = os.environ | {"DRAGOMAN_DATA": str(home), "DRAGOMAN_SMTP_PORT": str(smtp), "DRAGOMAN_PORT": str(web)}
    command = [sys.executable, "-m", "dragoman.main.cli", "serve"]
    with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as serving:  # noqa: ASYNC220 - it ends with us
        try:
            url = f"http://127.0.0.1:{web}"
            await asyncio.to_thread(until_ready, url, 20)
            acknowledged = []
            for number in range(45):
                if number in (15, 30):
                    embedded_pg.kill(embedded_pg.cluster(home))
                if await asyncio.to_thread(deliver, smtp, company, number):
                    acknowledged.append(f"Frage {number}")
                else:
                    await asyncio.sleep(0.2)
            assert await asyncio.to_thread(until_ready, url, 10) < 10
            assert await asyncio.to_thread(deliver, smtp, company, 99)
            acknowledged.append("Frage 99")
            await asyncio.sleep(6)  # a sweep of the drain
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait(20)
    found = await subjects(home, company)
    assert set(acknowledged) <= set(found)
    assert len(found) == len(set(found))
    assert not embedded_pg.running(embedded_pg.cluster(home))  # the last user has stopped it


async def subjects(home: Path, company: Company) -> list[str]:
    with wiring.database(Settings(data=home)) as addresses:
        desk = wiring.build(Settings(data=home), addresses.app)
        async with desk.db.work(company.workspace_id) as session:
            page = await lists.list_tickets(session, company.agent, lists.Filter("all", sort="newest"), size=100)
        await wiring.close(desk)
    return [row.subject for row in page.rows]
