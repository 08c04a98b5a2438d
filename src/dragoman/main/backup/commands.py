"""`dragoman backup`, `restore` and `workspace`: what an operator types and reads."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform import logs, secrets
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.platform.settings import Settings

if TYPE_CHECKING:
    from dragoman.main.backup.archive import Manifest
    from dragoman.main.backup.load import Loaded
    from dragoman.main.backup.take import Step

workspace = typer.Typer(help="Move a workspace from one installation to another.", no_args_is_help=True)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)
PASSPHRASE = "DRAGOMAN_BACKUP_PASSPHRASE"  # noqa: S105 - the variable's name

File = Annotated[Path, typer.Argument(help="The backup's file.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the embedded database and the secret key.")]
WithKey = Annotated[bool, typer.Option("--with-key", help="Put the secret key in, under a passphrase.")]
WithoutKey = Annotated[bool, typer.Option("--without-key", help="Go on without the key; secrets are entered anew.")]
Only = Annotated[str | None, typer.Option("--workspace", help="Short name of the one workspace to take.")]
Check = Annotated[bool, typer.Option("--check", help="Check a file that is there, and change nothing.")]
Slug = Annotated[str, typer.Argument(help="The workspace's short name.")]
NewSlug = Annotated[str | None, typer.Option("--slug", help="Short name it is to have here.")]


def _begin(data: Path | None) -> Settings:
    """The settings; told to end from here on, a command ends in order, but not as if its work were done."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    settings = Settings(data=data) if data else Settings()
    logs.configure(as_json=settings.log_json, level=30)
    return settings


def backup(file: File, only: Only = None, with_key: WithKey = False, check: Check = False, data: Data = None) -> None:
    """Take everything out into one file, while the desk is running."""
    from dragoman.main.backup import load
    from dragoman.main.backup.archive import reading

    if check:
        with reading(file) as found:
            load.check_known(found)
            manifest = found.manifest
        out.print("[green]✓[/] " + _("{file} is whole.", file=file), highlight=False)
        _tell(manifest)
        return
    _take(_begin(data), file, slug=only, with_key=with_key, verb="export.backup")


@workspace.command("export")
def export(slug: Slug, file: File, with_key: WithKey = False, data: Data = None) -> None:
    """Take one workspace out into a file."""
    _take(_begin(data), file, slug=slug, with_key=with_key, verb="export.workspace")


def _take(settings: Settings, file: Path, *, slug: str | None, with_key: bool, verb: str) -> None:
    from dragoman.main import wiring
    from dragoman.main.backup import sealing, take

    keys = secrets.find(settings.data, settings.secret_key)
    if keys is None:
        raise NotFound(N_("There is no secret key in {folder}: is this the desk's data folder?"), folder=settings.data)
    passphrase = sealing.check_passphrase(_new_passphrase()) if with_key else None
    with wiring.database(settings) as addresses, _progress() as step:
        manifest = take.take(addresses.owner, file, keys, slug=slug, passphrase=passphrase, verb=verb, step=step)
    size = f"{file.stat().st_size / 1024**2:,.2f}"
    out.print("[green]✓[/] " + _("{file} ({size} MiB) is written and reads back whole.", file=file, size=size),
              highlight=False)  # fmt: skip
    _tell(manifest)


def _tell(manifest: Manifest) -> None:
    """What is in a file, and loudly what is not."""
    for held in manifest.workspaces:
        rows = sum(part.rows for part in held.parts)
        tickets = next((part.rows for part in held.parts if part.table == "tickets"), 0)
        line = _("{name} ({slug}) · tickets: {tickets} · rows: {rows}", name=held.name, slug=held.slug, tickets=tickets,
                 rows=rows)  # fmt: skip
        out.print("  " + line, highlight=False, markup=False)
    made = _("Made {at} by release {release}, schema {revision}.", at=f"{manifest.made_at:%Y-%m-%d %H:%M} UTC",
             release=manifest.release, revision=manifest.schema_revision)  # fmt: skip
    out.print("  " + made, highlight=False)
    if manifest.key is not None:
        out.print("  " + _("The secret key is in it, under your passphrase: without that, nobody has it."))
        return
    many = sum(held.secrets for held in manifest.workspaces)
    words = _(
        "THE SECRET KEY IS NOT IN THIS FILE. Without it the secrets in it ({n}: passwords of mailboxes, second "
        "factors …) can't be opened. Keep a copy of secret.key somewhere else, or use --with-key.", n=many,
    )  # fmt: skip
    out.print(f"[bold yellow]! {words}[/]", highlight=False)
    out.print("  " + _("All else in it can be read by whoever has the file: keep it as safe as the desk."))


def restore(file: File, without_key: WithoutKey = False, data: Data = None) -> None:
    """Bring a backup back, into an empty place."""
    from dragoman.main import wiring
    from dragoman.main.backup import load
    from dragoman.main.backup.archive import reading

    settings = _begin(data)
    with reading(file) as found:
        load.check_known(found)
        plan = load.plan_keys(settings, found.manifest, _passphrase, without_key=without_key)
        with wiring.database(settings) as addresses, _progress() as step:
            loaded = load.restore(addresses.owner, addresses.app, settings, found, plan, step=step)
    many, rows = len(loaded.manifest.workspaces), f"{loaded.manifest.rows:,}"
    _told(
        ngettext("{n} workspace is back, {rows} rows.", "{n} workspaces are back, {rows} rows.", many, rows=rows),
        loaded,
    )
    out.print("  " + _("Next: dragoman serve"))


@workspace.command("import")
def import_(file: File, slug: NewSlug = None, without_key: WithoutKey = False, data: Data = None) -> None:
    """Add the workspace of a file to this installation."""
    from dragoman.main import wiring
    from dragoman.main.backup import load
    from dragoman.main.backup.archive import reading

    settings = _begin(data)
    with reading(file) as found:
        load.check_movable(found)
        plan = load.plan_keys(settings, found.manifest, _passphrase, without_key=without_key)
        with wiring.database(settings) as addresses, _progress() as step:
            loaded = load.import_workspace(addresses.owner, settings, found, plan, slug=slug, step=step)
    _told(_("The workspace is here, {rows} rows.", rows=f"{loaded.manifest.rows:,}"), loaded)
    out.print("  " + _("Switch its mailboxes off where it came from, or both desks fetch and answer its mail."))


def _told(done: str, loaded: Loaded) -> None:
    from dragoman.main.backup.sealing import TO_DO

    out.print(f"[green]✓[/] {done}", highlight=False)
    if loaded.losses:
        words = _("Some secrets were sealed with a key that is not here. To do:")
        out.print(f"[bold yellow]! {words}[/]")
    for slug, loss in loaded.losses:
        out.print(f"  {slug}: " + _(TO_DO[loss.kind], name=loss.name), highlight=False, markup=False)


def _new_passphrase() -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise Invalid(N_("--with-key needs a passphrase: set DRAGOMAN_BACKUP_PASSPHRASE."))
    return str(typer.prompt(_("Passphrase for the secret key"), hide_input=True, confirmation_prompt=True, err=True))


def _passphrase() -> str | None:
    given = os.environ.get(PASSPHRASE)
    if given is not None or not sys.stdin.isatty():
        return given
    return str(typer.prompt(_("Passphrase of the secret key in the backup"), hide_input=True, err=True))


@contextmanager
def _progress() -> Iterator[Step]:
    """A bar on a terminal; nothing in a log."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("")

        def step(table: str, done: int, of: int) -> None:
            bar.update(task, description=table, completed=done, total=of)

        yield step
