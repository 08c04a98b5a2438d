"""`dragoman`: the operator's commands."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape

from dragoman.kit.errors import DeskError
from dragoman.main import auditing, check, moving, reading, rotation
from dragoman.main.backup import commands as backups
from dragoman.platform import embedded_pg, i18n, logs, origin
from dragoman.platform.health.findings import AREAS, Finding
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.platform.origin import Origin
from dragoman.platform.settings import Settings

if TYPE_CHECKING:
    from dragoman.main.serving import Role

app = typer.Typer(
    help="The customer-service desk for cross-border sellers.", no_args_is_help=True, add_completion=False
)
mail = typer.Typer(help="Mails in files.", no_args_is_help=True)
app.add_typer(mail, name="mail")
app.command("read")(reading.read)
app.command("check")(check.check)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)
app.add_typer(backups.workspace, name="workspace")
app.add_typer(rotation.app, name="key")
app.add_typer(auditing.app, name="audit")
app.add_typer(moving.app, name="import")
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)

Port = Annotated[int | None, typer.Option(help="Port of the desk's pages.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the embedded database and the secret key.")]


def settings_with(*, port: int | None = None, host: str | None = None, data: Path | None = None) -> Settings:
    """The environment's settings, with what the command line says."""
    given: dict[str, Any] = {"port": port, "host": host, "data": data}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def run() -> None:
    """The command's entry: an error that a person can mend is shown as a sentence, without a traceback.

    A SIGTERM ends a command like Ctrl+C does, in order, so that the embedded database does not stay behind.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with i18n.use(i18n.negotiate(os.environ.get("LC_ALL") or os.environ.get("LANG") or "")), origin.use(Origin("cli")):
        try:
            app()
        except DeskError as error:
            err.print(f"[bold red]✗[/] {_(error.message, **error.values)}", highlight=False)
            sys.exit(1)


def free_port(host: str, port: int) -> int:
    """The first port from `port` on that nobody listens on."""
    for candidate in range(port, port + 200):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, candidate))
            except OSError:
                continue
            return candidate
    return port


def check_port(host: str, port: int) -> None:
    """Stop with a sentence when the port is taken."""
    free = free_port(host, port)
    if free != port:
        sentence = _(
            "Port {port} on {host} is taken by another program. Port {free} is free: add --port {free} "
            "(or PORT={free} with make).",
            port=port, host=host, free=free,
        )  # fmt: skip
        err.print(f"[bold red]✗[/] {sentence}", highlight=False)
        raise typer.Exit(1)


def with_desk(settings: Settings, work: Callable[[Any], Any]) -> Any:
    """Run a coroutine function on a desk whose database is there and migrated."""
    from dragoman.main import wiring

    logs.configure(as_json=settings.log_json)
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)

        async def main() -> Any:
            desk = wiring.build(settings, addresses.app)
            try:
                return await work(desk)
            finally:
                await wiring.close(desk)

        return asyncio.run(main())


@app.command()
def init(data: Data = None) -> None:
    """Make the database (the embedded one, where no DATABASE_URL is set) and bring it to this release."""
    migrate(data)


@app.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this release."""
    from dragoman.main import wiring

    settings = settings_with(data=data)
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)
    out.print("[green]✓[/] " + _("The database has this release's schema."))


@app.command()
def stop(data: Data = None) -> None:
    """Stop the embedded database, if it is still running."""
    settings = settings_with(data=data)
    if not settings.embedded:
        out.print(_("DATABASE_URL is set: that server is not the desk's to stop."))
        return
    stopped = embedded_pg.stop(embedded_pg.cluster(settings.data, account=settings.pg_account))
    out.print(_("The embedded database is stopped.") if stopped else _("The embedded database was not running."))


@app.command()
def serve(port: Port = None, host: Host = None, data: Data = None) -> None:
    """Run the desk: pages, mail and jobs in one process."""
    _serve(settings_with(port=port, host=host, data=data), "web", "worker", "door")


@app.command()
def web(port: Port = None, host: Host = None, data: Data = None) -> None:
    """Run the pages only; `dragoman worker` does the rest."""
    _serve(settings_with(port=port, host=host, data=data), "web")


@app.command()
def worker(
    data: Data = None,
    no_door: Annotated[bool, typer.Option("--no-door", help="`dragoman door` takes the mail in.")] = False,
) -> None:
    """Run mail and jobs only."""
    _serve(settings_with(data=data), "worker", *(() if no_door else ("door",)))


@app.command()
def door(data: Data = None) -> None:
    """Take mail in only, and store it; `dragoman worker --no-door` files it. For two cores and many mails."""
    _serve(settings_with(data=data), "door")


def _serve(settings: Settings, *roles: Role) -> None:
    from dragoman.main import serving

    logs.configure(as_json=settings.log_json)
    if "web" in roles:
        check_port(settings.host, settings.port)
    serving.serve(settings, frozenset(roles))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="A JSON array, for machines.")] = False, data: Data = None
) -> None:
    """Say in words what is wrong and how to mend it. Ends with 1 when something is."""
    from dragoman.main import doctor as doctor_

    findings = doctor_.examine(settings_with(data=data))
    if as_json:
        sys.stdout.write(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False, indent=1) + "\n")
    else:
        _print(findings)
    if any(finding.level == "wrong" for finding in findings):
        raise typer.Exit(1)


def _print(findings: list[Finding]) -> None:
    """Area by area; what each finding says and advises stands as it is, whatever signs are in it."""
    marks = {"ok": "[green]✓[/]", "warning": "[yellow]![/]", "wrong": "[bold red]✗[/]", "unknown": "[dim]?[/]"}
    for area, label in AREAS.items():
        here = [finding for finding in findings if finding.area == area]
        if here:
            out.print(f"[bold]{_(label)}[/]", highlight=False)
        for finding in here:
            where = f"{finding.where}: " if finding.where else ""
            out.print(f"{marks[finding.level]} {escape(where + finding.what)}", highlight=False)
            if finding.mend:
                out.print(f"  [dim]→[/] {escape(finding.mend)}", highlight=False)


def demo_folder() -> Path:
    """Where the demo lives when nobody says: `.demo` here, or where the database's account can reach it.

    Root's own home is closed to every other account; a clone there keeps its demo under /var/lib/dragoman.
    """
    here = Path(".demo").absolute()
    if os.environ.get("DRAGOMAN_DATA") or os.environ.get("DATABASE_URL"):
        return Settings().data
    if embedded_pg.barrier(embedded_pg.cluster(here)) is None:
        return here
    return Path("/var/lib/dragoman") / f"demo-{hashlib.sha256(str(here).encode()).hexdigest()[:8]}"


@app.command()
def demo(port: Port = None, host: Host = None, data: Data = None) -> None:
    """A lively desk to try: seeded once through the product's own doors, then served."""
    from dragoman.main.demo import run as demo_run

    settings = settings_with(port=port, host=host, data=data or demo_folder())
    check_port(settings.host, settings.port)
    logs.configure(as_json=settings.log_json, level=30)
    demo_run.demo(settings, out)


@mail.command("parse")
def mail_parse(
    paths: Annotated[list[Path], typer.Argument(help="Mail files (.eml), mbox files, Maildir folders.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a mail.")] = False,
) -> None:
    """Read mails without storing them."""
    from dragoman.channels.email.sources import parse_paths

    for entry in parse_paths(paths):
        if as_json:
            sys.stdout.write(json.dumps(entry, ensure_ascii=False) + "\n")
        else:
            sender = entry["from"] or {}
            problems = ", ".join(entry["problems"])
            out.print(f"{entry['file']}: {sender.get('email', '')}  {entry['subject']}  {problems}", highlight=False)


@mail.command("import")
def mail_import(
    paths: Annotated[list[Path], typer.Argument(help="Mail files (.eml), mbox files, Maildir folders.")],
    mailbox: Annotated[str | None, typer.Option(help="Address of the desk's mailbox the mails belong to.")] = None,
    data: Data = None,
) -> None:
    """File mails from files as if they had just come in. Safe to repeat: a mail is filed once."""
    from dragoman.main import importing

    settings = settings_with(data=data)
    summary = with_desk(settings, lambda desk: importing.run(desk, paths, mailbox=mailbox, console=err))
    counts = _(
        "{filed} filed, {known} known before, {set_aside} set aside, {unreadable} unreadable.",
        filed=summary.filed, known=summary.known, set_aside=summary.set_aside, unreadable=summary.unreadable,
    )  # fmt: skip
    out.print(f"[green]✓[/] {ngettext('{n} mail read:', '{n} mails read:', summary.read)} {counts}", highlight=False)
    for label, problem in summary.problems:
        out.print(f"  [yellow]![/] {label}: {_(problem)}", highlight=False)


if __name__ == "__main__":
    run()
