"""`dragoman key`: another secret key, and everything that was sealed with the old one sealed anew."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from dragoman.audit.service import Subject
from dragoman.kit.errors import N_, Conflict, NotFound
from dragoman.main import migrate
from dragoman.main.backup import log, queries, sealing
from dragoman.platform import secrets
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.platform.secrets import Keys
from dragoman.platform.settings import Settings

app = typer.Typer(help="The installation's secret key.", no_args_is_help=True)
out = Console(soft_wrap=True)
Data = Annotated[Path | None, typer.Option(help="Folder of the embedded database and the secret key.")]


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many values are sealed with the present key now, and how many could not be opened with any."""

    anew: int
    lost: int


def seal_anew(owner_url: str, keys: Keys) -> Sealed:
    """Seal every stored secret of every workspace with the present key. What no key opens is left as it is."""
    done = Sealed(0, 0)
    with migrate.transaction(owner_url) as connection:
        raw = log.driver(connection)
        for workspace_id, _slug, _name in queries.workspaces(raw):
            queries.enter(raw, workspace_id)
            here = _seal_workspace(raw, workspace_id, keys)
            log.note(connection, workspace_id, "audit.sealed_anew", Subject("key"), secrets=here.anew, lost=here.lost)
            done = Sealed(done.anew + here.anew, done.lost + here.lost)
    return done


def _seal_workspace(raw: Any, workspace_id: UUID, keys: Keys) -> Sealed:
    anew = lost = 0
    for one in sealing.SEALED:
        for column in one.columns:
            for row, value in queries.sealed_values(raw, one.table, column):
                context = one.context_of(workspace_id, row)
                plain = sealing.opened(keys, value, context)
                if plain is None:
                    lost += 1
                else:
                    queries.put(raw, one.table, row, **{column: keys.seal(plain, context=context)})
                    anew += 1
    return Sealed(anew, lost)


def rotate(settings: Settings, owner_url: str) -> Sealed:
    """Put a fresh key into use, keep the old one for what it signed, and seal every secret anew.

    A key that comes from the environment is the operator's to change: then only the sealing is done, with the first
    of the given keys. Cut off in between, the old key is still there and opens what was not reached.
    """
    keys = _present(settings)
    if not settings.secret_key:
        keys = Keys(os.urandom(32), (keys.secret, *keys.former))
        secrets.replace(settings.data, keys)
    return seal_anew(owner_url, keys)


def forget(settings: Settings, owner_url: str) -> int:
    """Drop the former keys, once nothing is sealed with them any more; returns how many there were.

    Raises Conflict when a stored secret opens with no key: whoever drops keys then could not find out which.
    """
    keys = _present(settings)
    if settings.secret_key:
        raise Conflict(
            N_("The keys come from DRAGOMAN_SECRET_KEY: leave the first one there, and take out the others.")
        )
    if seal_anew(owner_url, keys).lost:
        raise Conflict(N_("Some stored secrets open with no key. Run dragoman doctor, and enter them anew first."))
    secrets.replace(settings.data, Keys(keys.secret))
    return len(keys.former)


def _present(settings: Settings) -> Keys:
    keys = secrets.find(settings.data, settings.secret_key)
    if keys is None:
        raise NotFound(N_("There is no secret key in {folder}: is this the desk's data folder?"), folder=settings.data)
    return keys


@app.command("rotate")
def rotate_(data: Data = None) -> None:
    """Put a new secret key into use. Stop the desk before, start it after."""
    from dragoman.main import wiring

    settings = Settings(data=data) if data else Settings()
    with wiring.database(settings) as addresses:
        done = rotate(settings, addresses.owner)
    words = ngettext("{n} secret is sealed with the new key.", "{n} secrets are sealed with the new key.", done.anew)
    out.print(f"[green]✓[/] {words}", highlight=False)
    if done.lost:
        out.print("[yellow]![/] " + _("{n} could not be opened with any key; dragoman doctor says which.", n=done.lost))
    out.print("  " + _("Start the desk's processes anew now. Make a backup: earlier ones need the old key."))
    out.print("  " + _("The old key still proves answers to old mails; dragoman key forget drops it."))


@app.command("forget")
def forget_(data: Data = None) -> None:
    """Drop former keys: answers to old mails then thread by their references alone, old recovery codes are void."""
    from dragoman.main import wiring

    settings = Settings(data=data) if data else Settings()
    with wiring.database(settings) as addresses:
        many = forget(settings, addresses.owner)
    out.print("[green]✓[/] " + ngettext("{n} former key is gone.", "{n} former keys are gone.", many), highlight=False)
