"""`dragoman demo`: the demo made once, its outside world beside it, and the desk served."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from dragoman.accounts.permissions import role_label
from dragoman.channels.email import queries as mailboxes
from dragoman.kit.errors import Conflict
from dragoman.main import serving, wiring
from dragoman.main.cli import check_port, free_port
from dragoman.main.demo.load import load
from dragoman.main.demo.model import Demo
from dragoman.main.demo.seed import PASSWORD, Summary, demo_workspace, seed, standing
from dragoman.main.demo.seed import Progress as Report
from dragoman.main.demo.sink import listening
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg
from dragoman.platform.i18n import LOCALES
from dragoman.platform.settings import Settings

_OTHERS = "This database holds a desk that is not the demo. Choose another data folder with --data (DATA=… with make)."
_CUT_OFF = "This database holds a demo that was cut off while it was made. Give an empty database."


class HalfMade(Conflict):
    """An earlier start was interrupted while it made the demo."""


def demo(settings: Settings, console: Console) -> None:
    """Make the demo where there is none, say how to get in, and serve until told to stop.

    A demo that was cut off half-way is thrown away and made anew; anything else in the data folder is left
    alone: raises Conflict then.
    """
    taking = settings.smtp_port or free_port("127.0.0.1", 2525)
    settings = settings.model_copy(update={"allow_private_hosts": True, "smtp_port": taking})
    sent = settings.data.absolute() / "sent"
    with ExitStack() as stack:
        sink_port = stack.enter_context(world_beside(sent))
        try:
            stack.enter_context(_prepared(settings, sink_port, console))
        except HalfMade:
            if not settings.embedded:
                raise
            cluster = embedded_pg.cluster(settings.data, account=settings.pg_account)
            embedded_pg.stop(cluster)
            shutil.rmtree(cluster.data)
            stack.enter_context(_prepared(settings, sink_port, console))
        welcome(console, settings, load(), sent)
        check_port(settings.host, settings.port)  # another program may have taken it while the demo was made
        serving.serve(settings)


@contextmanager
def _prepared(settings: Settings, sink_port: int, console: Console) -> Iterator[None]:
    """The database, running and with the whole demo in it, for as long as the block lasts."""
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)

        async def make() -> None:
            desk = wiring.build(settings, addresses.app)
            try:
                with _bar(console) as report:
                    await prepare(desk, sink_port=sink_port, progress=report)
            finally:
                await wiring.close(desk)

        asyncio.run(make())
        yield


async def prepare(desk: Desk, *, sink_port: int, progress: Report, content: Demo | None = None) -> Summary | None:
    """See that the whole demo is there and its mail leaves by `sink_port`; None where it was there before.

    Raises HalfMade after an interruption, Conflict where the database is somebody's own desk.
    """
    found = await standing(desk)
    if found == "half":
        raise HalfMade(_CUT_OFF)
    if found == "other":
        raise Conflict(_OTHERS)
    if found == "whole":
        await _point_at(desk, sink_port)
        return None
    async with desk.jobs.open_async():
        return await seed(desk, sink_port=sink_port, demo=content, progress=progress)


async def _point_at(desk: Desk, sink_port: int) -> None:
    """Let the mailboxes send by the sink of this start: its port was free, not reserved."""
    async with desk.db.work(await demo_workspace(desk)) as session:
        for box in await mailboxes.list_mailboxes(session):
            if box.smtp_host == "127.0.0.1":
                box.smtp_port = sink_port


@contextmanager
def world_beside(folder: Path) -> Iterator[int]:
    """The sink in a thread of its own, so that it also serves while the desk has the main one; its port."""
    opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, int]] = Future()

    async def live() -> None:
        async with listening(0, folder) as (port, _sink):
            done = asyncio.Event()
            opened.set_result((asyncio.get_running_loop(), done, port))
            await done.wait()

    thread = Thread(target=lambda: asyncio.run(live()), name="demo sink", daemon=True)
    thread.start()
    loop, done, port = opened.result(10)
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(5)


@contextmanager
def _bar(console: Console) -> Iterator[Report]:
    """A progress bar that appears with the first step."""
    columns = (
        TextColumn("Five weeks of mail"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("seed", total=None, visible=False)

        def report(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total, visible=True)

        yield report


def welcome(console: Console, settings: Settings, content: Demo, sent: Path) -> None:
    """Where the desk is, who can sign in, and what to try first."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("Role", "E-mail", "Name", "Language"):
        table.add_column(heading)
    for person in content.people.values():
        table.add_row(role_label(person.role), person.email, person.name, LOCALES[person.locale])
    help_address = content.shops["shopify"].address
    console.print(f"\n[bold]{content.name}[/] is open: [bold cyan]http://{settings.host}:{settings.port}[/]")
    console.print(f"Password for everybody: [bold]{PASSWORD}[/]\n")
    console.print(table)
    console.print(
        "\n[bold]Try first[/]\n"
        "  1. As lena.hartmann@…: Mine, then “Schrauben fehlen”: a solved matter that came back. Answer it.\n"
        f"  2. See what the buyer got: the mails that leave are kept in {sent}\n"
        "  3. Search: 破損, ケトル, HV20417, or any word of any of the languages.\n"
        "  4. As zhao.min@…: settings, mails set aside: one that nobody could read.\n"
        f"  5. Write in yourself: curl smtp://127.0.0.1:{settings.smtp_port} --mail-from you@example.com "
        f"--mail-rcpt {help_address} -T mail.eml\n",
        highlight=False,
        soft_wrap=True,
    )
