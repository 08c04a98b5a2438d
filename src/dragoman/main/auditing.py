"""`dragoman audit`: whether the log of every workspace is whole."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dragoman.audit import queries, service
from dragoman.audit.service import Verdict
from dragoman.main.wiring import Desk
from dragoman.platform.i18n import gettext as _
from dragoman.platform.settings import Settings

app = typer.Typer(help="The audit log.", no_args_is_help=True)
out = Console(soft_wrap=True)


async def verify(desk: Desk) -> list[tuple[str, Verdict]]:
    """Check every workspace's chain from its first entry to its last; returns the verdicts by slug."""
    async with desk.db.work(None) as session:
        known = await queries.list_slugs(session)
    return [(slug, await service.verify(desk.db, workspace_id)) for workspace_id, slug in known]


@app.command("verify")
def verify_(
    data: Annotated[Path | None, typer.Option(help="Folder of the embedded database and the secret key.")] = None,
) -> None:
    """Check that no entry was changed, moved or removed. Ends with 1 when one was."""
    from dragoman.main.cli import with_desk

    verdicts = with_desk(Settings(data=data) if data else Settings(), verify)
    for slug, verdict in verdicts:
        if verdict.broken:
            words = _(
                "{slug}: broken at entry {n} ({reason}).", slug=slug, n=verdict.broken.n, reason=verdict.broken.reason
            )
            out.print(f"[bold red]✗[/] {words}", highlight=False)
        else:
            words = _(
                "{slug}: {n} entries hold. Newest: {hash}", slug=slug, n=verdict.checked, hash=verdict.hash or "–"
            )
            out.print(f"[green]✓[/] {words}", highlight=False)
    if any(verdict.broken for _slug, verdict in verdicts):
        raise typer.Exit(1)
