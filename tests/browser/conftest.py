"""A real Chromium at a real desk: uvicorn, worker and mail door in the test's loop, on a database of their own.

The browser's only way out is a proxy that notes who was asked for and lets nobody through, so a page that fetches
something elsewhere is found out whatever trick it used.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import smtplib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from dragoman.accounts import signin
from dragoman.accounts.access import Actor
from dragoman.main import migrate, wiring
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings
from tests.cast import PASSWORD, Company
from tests.desk_work import use_smtp_port
from tests.post import Sink, free_port, sink

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-domain-reliability",
    "--disable-features=OptimizationHints,MediaRouter,AutofillServerCommunication,Translate",
]  # fmt: skip
MAKERS = re.compile(r"[/. ](google|googleapis|gvt1)\.com[:/]")  # whom Chromium asks on its own account, at its start
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark all of this folder, and keep it to machines with a browser."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in here:
        item.add_marker(pytest.mark.browser)
        if shutil.which("chromium") is None:
            item.add_marker(pytest.mark.skipif("True", reason="needs Debian's chromium"))


@dataclass
class Outside:
    """The internet as the browser sees it: a proxy that notes every request and refuses it."""

    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note one request line."""
        with contextlib.suppress(ConnectionError):
            line = (await reader.readline()).decode("latin-1").strip()
            if line and not MAKERS.search(line):
                self.asked.append(line)
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
        writer.close()


@pytest.fixture(scope="session")
async def outside() -> AsyncIterator[Outside]:
    """The refusing proxy."""
    made = Outside()
    server = await asyncio.start_server(made.answer, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()


@pytest.fixture(scope="session")
async def chromium(outside: Outside) -> AsyncIterator[Browser]:
    """One browser for all tests of a worker."""
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=ARGUMENTS,
            proxy={"server": f"http://127.0.0.1:{outside.port}", "bypass": "127.0.0.1"},
        )  # fmt: skip
        yield started
        await started.close()


@pytest.fixture(scope="session")
def database(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """A database apart: the worker that runs here would take up what other tests left lying."""
    name = f"browser_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
    migrate.upgrade(cluster.url(embedded_pg.OWNER, name), cluster.url(embedded_pg.APP, name))
    yield name


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A desk with its mail door open, whose replies leave after a second and whose encoders stay on the disk."""
    return Settings(
        data=tmp_path, allow_private_hosts=True, pool_size=8, undo_seconds=1, smtp_port=free_port(),
        smtp_domain="desk.example", reading="off",
    )  # fmt: skip


@dataclass
class Site:
    """A desk that serves, its company, and the mail server of the world outside."""

    url: str
    company: Company
    world: Sink

    async def deliver(self, raw: bytes) -> None:
        """A buyer's mail server brings a mail to the desk's door."""
        await asyncio.to_thread(self._send, raw)

    def _send(self, raw: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", self.company.desk.settings.smtp_port) as client:
            client.sendmail("anna@buyer.example", [self.company.address], raw)


@asynccontextmanager
async def serving(desk: Desk) -> AsyncIterator[str]:
    """The desk's pages, worker and live line; yields the address."""

    @asynccontextmanager
    async def life() -> AsyncIterator[None]:
        async with wiring.running(desk.hub.run()), wiring.door_life(desk), wiring.worker_life(desk):
            yield

    app = create_app(desk, life=life())
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(app, log_config=None, access_log=False, ws="websockets-sansio", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve(sockets=[listening]))
    await until(lambda: server.started or running.done())
    await desk.hub.connected.wait()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        await running


@pytest.fixture
async def site(desk: Desk, company: Company) -> AsyncIterator[Site]:
    """The whole product, running."""
    async with sink() as world, serving(desk) as url:
        await use_smtp_port(company, world.port)
        yield Site(url, company, world)


async def until(fact: Callable[[], object], *, within: float = 10.0) -> float:
    """Wait for something to become true; returns the seconds it took."""
    clock = asyncio.get_running_loop().time
    start = clock()
    while not fact():
        if clock() - start > within:
            raise AssertionError("it did not happen in time")
        await asyncio.sleep(0.02)
    return clock() - start


OpenAs = Callable[..., Awaitable[Page]]


@dataclass
class Watch:
    """What pages did that no page may do."""

    faults: list[str] = field(default_factory=list)
    strict: bool = False

    def over(self, context: BrowserContext) -> None:
        """Listen to all pages of a context."""
        context.on("weberror", lambda error: self.faults.append(f"script error: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("console", self._console)

    async def _dialog(self, dialog: Any) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        await dialog.dismiss()

    def _console(self, message: Any) -> None:
        # Playwright's own scripts are refused by the frames of mails now and then: the frame does what it is for.
        kept_out = not self.strict and "document's frame is sandboxed" in message.text
        expected = kept_out or "status of 4" in message.text or "/pictures/" in message.location["url"]
        if message.type == "error" and not expected:
            self.faults.append(f"console: {message.text}")


@pytest.fixture
async def watch(outside: Outside) -> AsyncIterator[Watch]:
    """After the test: no script failed, no dialog opened, nothing was fetched elsewhere."""
    outside.asked.clear()
    made = Watch()
    yield made
    assert made.faults == []
    assert outside.asked == []


@pytest.fixture
async def open_as(chromium: Browser, site: Site, watch: Watch) -> AsyncIterator[OpenAs]:
    """Opens a path in a fresh context, signed in as somebody (or as nobody)."""
    contexts = []

    async def opened(actor: Actor | None, path: str = "/desk", **options: Any) -> Page:
        context = await chromium.new_context(base_url=site.url, **({"viewport": DESKTOP} | options))
        contexts.append(context)
        watch.over(context)
        context.set_default_timeout(8000)
        if actor is not None:
            await context.add_cookies([{"name": "dragoman", "value": await cookie_of(site, actor), "url": site.url}])
        page = await context.new_page()
        await page.goto(path)
        return page

    yield opened
    for context in contexts:
        await context.close()


async def cookie_of(site: Site, actor: Actor) -> str:
    """A sign-in of somebody, as its cookie."""
    async with site.company.desk.db.work(actor.workspace_id) as session:
        cookie = await signin.sign_in(
            session, email=actor.email, password=PASSWORD, address="192.0.2.1", browser="test"
        )
    return cookie.token
