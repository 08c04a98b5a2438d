"""`dragoman import`: moving in from another desk, from the command line."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from dragoman.kit.errors import N_, Conflict, DeskError, Invalid, NotFound
from dragoman.platform import logs
from dragoman.platform.i18n import gettext as _
from dragoman.platform.settings import Settings

if TYPE_CHECKING:
    from uuid import UUID

    from dragoman.imports.models import Import
    from dragoman.imports.service import Upload
    from dragoman.imports.sources import Wish
    from dragoman.main.wiring import Desk

app = typer.Typer(help="Move in from another desk. Safe to repeat: nothing comes twice.", no_args_is_help=True)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)
TOKEN = "DRAGOMAN_IMPORT_TOKEN"  # noqa: S105 - the variable's name

Address = Annotated[str, typer.Argument(help="Your desk's address or short name, for example acme or https://…")]
Dry = Annotated[bool, typer.Option("--dry-run", help="Read everything, write nothing but a report.")]
Slug = Annotated[str | None, typer.Option("--workspace", help="Short name of the workspace, where there are several.")]
Files = Annotated[bool, typer.Option("--attachments/--no-attachments", help="Fetch attachments as well.")]
Words = Annotated[list[str] | None, typer.Option("--status", help="What a state means, for example Waiting=pending.")]
Data = Annotated[Path | None, typer.Option(help="Folder of the embedded database and the secret key.")]
Table = Annotated[Path, typer.Argument(help="The table: CSV, also in a ZIP or gzip file.")]
Columns = Annotated[list[str] | None, typer.Option("--column", help="Which column is what, for example body=Text.")]
Zone = Annotated[str, typer.Option("--timezone", help="Zone of times without one, for example Asia/Shanghai.")]
Dates = Annotated[str | None, typer.Option("--dates", help="Order of dates with slashes: dmy or mdy.")]
Encoding = Annotated[str, typer.Option("--encoding", help="The file's encoding, where it is not found rightly.")]
Separator = Annotated[str, typer.Option("--separator", help="The sign between cells, where it is not found rightly.")]


def _token() -> str:
    """The token, from the environment or typed without being shown; never from the command line."""
    given = os.environ.get(TOKEN, "")
    if not given:
        given = typer.prompt(_("API token (or set {name})", name=TOKEN), hide_input=True)
    return str(given).strip()


@app.command()
def zendesk(
    address: Address,
    login: Annotated[str, typer.Option(help="E-mail address of the agent whose token it is.")] = "",
    file: Annotated[Path | None, typer.Option(help="The JSON export, instead of the API.")] = None,
    status: Words = None, attachments: Files = True, dry_run: Dry = False, workspace: Slug = None, data: Data = None,
) -> None:  # fmt: skip
    """Zendesk: by its API (an API token of an administrator), or from its JSON export."""
    from dragoman.imports.sources import Wish

    token = "" if file else _token()
    wish = Wish("zendesk", address, login, token=token, by_file=file is not None, files=attachments)
    _bring(wish, file, {"statuses": _pairs(status)}, dry=dry_run, slug=workspace, data=data)


@app.command()
def freshdesk(
    address: Address, status: Words = None, attachments: Files = True, dry_run: Dry = False, workspace: Slug = None,
    data: Data = None,
) -> None:  # fmt: skip
    """Freshdesk: by its API (an administrator's API key)."""
    from dragoman.imports.sources import Wish

    wish = Wish("freshdesk", address, token=_token(), files=attachments)
    _bring(wish, None, {"statuses": _pairs(status)}, dry=dry_run, slug=workspace, data=data)


@app.command()
def chatwoot(
    address: Address,
    account: Annotated[int, typer.Option(help="The account's number, as after /accounts/ in the address.")],
    status: Words = None, attachments: Files = True, dry_run: Dry = False, workspace: Slug = None, data: Data = None,
) -> None:  # fmt: skip
    """Chatwoot: by its API (an administrator's access token)."""
    from dragoman.imports.sources import Wish

    wish = Wish("chatwoot", address, number=str(account), token=_token(), files=attachments)
    _bring(wish, None, {"statuses": _pairs(status)}, dry=dry_run, slug=workspace, data=data)


@app.command()
def gorgias(
    file: Table, name: Annotated[str, typer.Option(help="Your account's name, the same each time.")],
    column: Columns = None, status: Words = None, timezone: Zone = "UTC", dates: Dates = None, encoding: Encoding = "",
    separator: Separator = "", attachments: Files = True, dry_run: Dry = False, workspace: Slug = None,
    data: Data = None,
) -> None:  # fmt: skip
    """Gorgias: from its CSV export."""
    _table("gorgias", file, name, column, status, timezone, dates, encoding, separator, attachments, dry_run,
           workspace, data)  # fmt: skip


@app.command("csv")
def csv_(
    file: Table, name: Annotated[str, typer.Option(help="A name for where it comes from, the same each time.")],
    column: Columns = None, status: Words = None, timezone: Zone = "UTC", dates: Dates = None, encoding: Encoding = "",
    separator: Separator = "", attachments: Files = True, dry_run: Dry = False, workspace: Slug = None,
    data: Data = None,
) -> None:  # fmt: skip
    """Any other desk: from a table with a row for each message, or for each ticket."""
    _table("csv", file, name, column, status, timezone, dates, encoding, separator, attachments, dry_run,
           workspace, data)  # fmt: skip


def _table(
    source: str, file: Path, name: str, column: list[str] | None, status: list[str] | None, zone: str,
    dates: str | None, encoding: str, separator: str, attachments: bool, dry: bool, slug: str | None,
    data: Path | None,
) -> None:  # fmt: skip
    from dragoman.imports.sources import Wish

    if dates not in (None, "dmy", "mdy"):
        raise Invalid(N_("The order of dates is dmy (day first) or mdy (month first)."))
    given: dict[str, Any] = {"statuses": _pairs(status), "zone": zone, "columns": _pairs(column)}
    given["day_first"] = None if dates is None else dates == "dmy"
    given["look"] = {"encoding": encoding, "separator": separator}
    _bring(Wish(source, name, by_file=True, files=attachments), file, given, dry=dry, slug=slug, data=data)


def _pairs(given: list[str] | None) -> dict[str, str]:
    """Options of the form left=right. Raises Invalid."""
    pairs = [one.partition("=") for one in given or ()]
    for left, equals, right in pairs:
        if not (left.strip() and equals and right.strip()):
            raise Invalid(N_("“{option}” must have the form name=value."), option=f"{left}{equals}{right}")
    return {left.strip(): right.strip() for left, _equals, right in pairs}


def _bring(
    wish: Wish, file: Path | None, given: dict[str, Any], *, dry: bool, slug: str | None, data: Path | None
) -> None:
    """Look the file through, do the import with a progress bar, and tell what became of it."""
    from dragoman.imports import service
    from dragoman.imports.columns import COLUMNS
    from dragoman.imports.files import Blob
    from dragoman.main import wiring

    if file is not None and not file.is_file():
        raise NotFound(N_("There is no file {path}."), path=file)
    blob = Blob.at(file) if file is not None else None
    look, chosen = given.pop("look", {}), given.pop("columns", {})
    upload = service.inspect(wish.source, blob, content=None, **look) if blob is not None else None
    if upload is not None and "columns" in upload.settings:
        if unknown := sorted(set(chosen) - set(COLUMNS)):
            raise Invalid(N_("There is no column {name}. There are: {all}."), name=unknown[0], all=", ".join(COLUMNS))
        given["columns"] = upload.settings["columns"] | chosen
    settings = Settings(data=data) if data else Settings()
    logs.configure(as_json=settings.log_json, level=40)
    with wiring.database(settings) as addresses:
        wiring.ready(addresses)

        async def main() -> Import:
            desk = wiring.build(settings, addresses.app)
            try:
                return await _work(desk, wish, upload, blob, given, dry=dry, slug=slug)
            finally:
                await wiring.close(desk)

        try:
            row = asyncio.run(main())
        except Invalid as error:
            if not error.fields:
                raise
            for name, words in error.fields.items():
                err.print(f"[bold red]✗[/] {name}: {_(words)}", highlight=False)
            raise typer.Exit(1) from error
    _tell(row)


async def _work(
    desk: Desk, wish: Wish, upload: Upload | None, blob: Any, given: dict[str, Any], *, dry: bool, slug: str | None
) -> Import:
    from dragoman.imports import queries, service

    workspace_id = await _workspace(desk, slug)
    async with desk.db.work(workspace_id) as session:
        row = await service.begin_command(
            session, desk.keys, wish, upload, given, trial=dry, allow_private=desk.settings.allow_private_hosts
        )
    run = await desk.imports.begin(workspace_id, row.id)
    assert run is not None
    run.secret, run.blob = wish.token, blob
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as progress:
        bar = progress.add_task(_("Reading"), total=None)

        def told(share: float | None, counts: dict[str, int]) -> None:
            words = _("tickets: {tickets}, messages: {messages}", tickets=_sum(counts, "tickets"),
                      messages=_sum(counts, "messages"))  # fmt: skip
            progress.update(bar, description=words)
            if share is not None:
                progress.update(bar, total=1.0, completed=share)

        run.told = told
        await desk.imports.work(run)
    async with desk.db.work(workspace_id) as session:
        found = await queries.load(session, row.id)
    assert found is not None
    return found


async def _workspace(desk: Desk, slug: str | None) -> UUID:
    from dragoman.accounts import queries as accounts

    async with desk.db.work(None) as session:
        found = await accounts.list_workspaces(session)
    if not found:
        raise NotFound(N_("There is no workspace yet. Open the desk in a browser and set it up first."))
    if slug is None and len(found) > 1:
        names = ", ".join(one.slug for one in found)
        raise Invalid(N_("There are several workspaces: {names}. Say which one with --workspace."), names=names)
    for one in found:
        if slug in (None, one.slug):
            return one.id
    raise NotFound(N_("There is no workspace {slug}."), slug=slug)


def _sum(counts: dict[str, int], kind: str) -> int:
    return sum(count for name, count in counts.items() if name.startswith(f"{kind}."))


def _tell(row: Import) -> None:
    """The report in a few lines. Raises the error that ended the import."""
    from dragoman.imports.engine import shown_agents
    from dragoman.imports.report import said

    counts = row.counters
    for kind, words in (("tickets", _("Tickets")), ("messages", _("Messages")), ("customers", _("Customers")),
                        ("files", _("Attachments")), ("macros", _("Macros")), ("articles", _("Articles"))):  # fmt: skip
        parts = [f"{name.partition('.')[2]} {count:,}" for name, count in sorted(counts.items())
                 if name.startswith(f"{kind}.") and count]  # fmt: skip
        if parts:
            out.print(f"  {words}: {', '.join(parts)}", highlight=False)
    for word, count in row.report.get("words", {}).items():
        out.print("  [yellow]![/] " + _("Nobody knows “{word}” ({count}).", word=word, count=count), highlight=False)
    for key, one in shown_agents(row.report):
        if not one["here"]:
            out.print("  [yellow]![/] " + _("{who} does not work here: {count} tickets are nobody’s.", who=key,
                                            count=one["tickets"]), highlight=False)  # fmt: skip
    for one in row.report.get("problems", ())[:50]:
        out.print(f"  [yellow]![/] {one['where']}: {said(one['what'], one['values'])}", highlight=False, markup=True)
    if row.state == "failed":
        err.print(_("What is here stays. The same command goes on where this one ended."), highlight=False)
        raise DeskError(row.problem, **row.problem_values)
    if row.state != "done":
        raise Conflict(N_("Somebody has stopped this import, or another process goes on with it."))
    done = _("That is what would be brought in; nothing was changed.") if row.trial else _("Everything is here.")
    out.print(f"[green]✓[/] {done}", highlight=False)
