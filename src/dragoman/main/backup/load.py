"""Bringing back: a whole installation into an empty place, or one workspace into another installation.

Everything happens in one transaction: schema, rows, secrets and the audit log's entry are there together or not at
all, and a file that does not fit leaves the database as it was.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy.exc
from alembic import command
from psycopg import Connection
from sqlalchemy import Connection as SqlConnection

from dragoman.audit.service import Subject
from dragoman.kit.errors import N_, Conflict, Invalid, Unavailable
from dragoman.main import migrate
from dragoman.main.backup import queries, sealing
from dragoman.main.backup.archive import DAMAGED, NEWER, Held, Manifest, Reader
from dragoman.main.backup.log import driver, note, tell_person
from dragoman.main.backup.sealing import Loss
from dragoman.main.backup.take import Step, no_steps
from dragoman.platform import secrets
from dragoman.platform.secrets import Keys
from dragoman.platform.settings import Settings

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
Ask = Callable[[], str | None]
"""Gives the passphrase of a backup's key; None when nobody can be asked."""


@dataclass(slots=True)
class Loaded:
    """What came in. `losses` are the secrets that must be entered anew, each with its workspace's slug."""

    manifest: Manifest
    losses: list[tuple[str, Loss]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class KeyPlan:
    """Which key the loaded secrets are to be for. `former` opens them where that is another one; None: they are lost.

    `same`: nothing has to be done. `new`: the data folder has no key yet, `keys` are to be kept there.
    """

    keys: Keys
    former: Keys | None
    same: bool
    new: bool


def plan_keys(settings: Settings, manifest: Manifest, ask: Ask, *, without_key: bool) -> KeyPlan:
    """Decide it before anything is written. Raises Conflict when secrets would be lost and nobody has agreed to it
    (`without_key`), Invalid for a wrong passphrase."""
    have = secrets.find(settings.data, settings.secret_key)
    if have is not None and sealing.opens(have, manifest.key_mark):
        return KeyPlan(have, None, same=True, new=False)
    former = None
    if manifest.key is not None and not without_key:
        passphrase = ask()
        if passphrase is None:
            raise Invalid(N_("The secret key in the backup needs its passphrase: set DRAGOMAN_BACKUP_PASSPHRASE."))
        former = sealing.unlock(manifest.key, passphrase)
    many = sum(held.secrets for held in manifest.workspaces)
    if former is None and many and not without_key:
        raise Conflict(
            N_("Secrets in the backup ({n}: passwords of mailboxes, second factors …) are sealed with another "
               "installation's key. Put its secret.key into {folder} or its value into DRAGOMAN_SECRET_KEY; or take "
               "the backup with --with-key; or add --without-key, and enter them anew afterwards. Nothing was "
               "changed."),
            n=many, folder=settings.data,
        )  # fmt: skip
    if have is None and former is not None:
        return KeyPlan(former, None, same=True, new=True)
    return KeyPlan(have or Keys(os.urandom(32)), former, same=False, new=have is None)


def restore(
    owner_url: str, app_url: str, settings: Settings, backup: Reader, plan: KeyPlan, *, step: Step = no_steps
) -> Loaded:
    """Bring a backup into a database without workspaces, which is given the backup's schema and then this release's.

    Raises Conflict, Invalid and Unavailable; then nothing has changed.
    """
    manifest = backup.manifest
    check_known(backup)
    with _plainly(backup.name), migrate.alone(owner_url) as connection:
        raw = driver(connection)
        queries.steady(raw)
        _check_empty(raw, manifest)
        command.upgrade(migrate.config(connection), manifest.schema_revision)
        tables = queries.tables(raw)
        total = len(tables) * len(manifest.workspaces)
        for place, held in enumerate(manifest.workspaces):
            _load(raw, backup, held, tables, lambda name, n, at=place: step(name, at * len(tables) + n, total))  # type: ignore[misc]
        migrate.finish(connection, app_url)
        loaded = Loaded(manifest)
        for held in manifest.workspaces:
            losses = _settle(connection, held, plan, "import.backup", backup)
            loaded.losses += [(held.slug, loss) for loss in losses]
        queries.analyze(raw, queries.tables(raw))
        if plan.new:
            secrets.keep(settings.data, plan.keys)
    return loaded


def import_workspace(
    owner_url: str, settings: Settings, backup: Reader, plan: KeyPlan, *, slug: str | None = None,
    step: Step = no_steps,
) -> Loaded:  # fmt: skip
    """Add the workspace of a file to this installation, while its desk is running; `slug` gives it another one.

    Raises Conflict, Invalid and Unavailable; then nothing has changed.
    """
    if slug is not None and not SLUG.fullmatch(slug):
        raise Invalid(N_("A workspace's short name is made of a to z, 0 to 9 and hyphens, 63 at most."))
    check_movable(backup)
    (held,) = backup.manifest.workspaces
    held = held.model_copy(update={"slug": slug or held.slug})
    with _plainly(backup.name), migrate.transaction(owner_url) as connection:
        raw = driver(connection)
        queries.steady(raw)
        _check_free(raw, held)
        tables = queries.tables(raw)
        _load(raw, backup, held, tables, lambda name, n: step(name, n, len(tables)))
        losses = _settle(connection, held, plan, "import.workspace", backup)
        if plan.new:
            secrets.keep(settings.data, plan.keys)
    return Loaded(backup.manifest, [(held.slug, loss) for loss in losses])


def check_known(backup: Reader) -> None:
    """Raise Conflict for a backup whose schema this release does not know."""
    if backup.manifest.schema_revision not in migrate.order():
        raise Conflict(NEWER, file=backup.name, release=backup.manifest.release)


def check_movable(backup: Reader) -> None:
    """Raise Conflict for a file that holds several workspaces, or those of another schema than this release's."""
    check_known(backup)
    if len(backup.manifest.workspaces) != 1:
        raise Conflict(
            N_("{file} holds {n} workspaces. Take out the one to move: dragoman workspace export."),
            file=backup.name, n=len(backup.manifest.workspaces),
        )  # fmt: skip
    if backup.manifest.schema_revision != migrate.order()[-1]:
        raise Conflict(
            N_("{file} was made by an older release ({release}); nothing was changed. Update the installation it "
               "comes from and export it again; or restore the file into an empty data folder (dragoman restore "
               "--data) and export it from there."),
            file=backup.name, release=backup.manifest.release,
        )  # fmt: skip


def _check_empty(raw: Connection[Any], manifest: Manifest) -> None:
    current, known = queries.revision(raw), migrate.order()
    if current is None:
        return
    if current not in known:
        raise Conflict(N_("The database belongs to a newer release. Use that release's own command."))
    queries.alone(raw)
    if have := queries.workspaces(raw):
        raise Conflict(
            N_("There are workspaces here already ({have}): a backup is restored into an empty place only. Name "
               "another data folder (--data) or another database; one workspace can be added here with "
               "dragoman workspace import. Nothing was changed."),
            have=", ".join(slug for _id, slug, _name in have),
        )  # fmt: skip
    if known.index(current) > known.index(manifest.schema_revision):
        raise Conflict(
            N_("The backup is of an older release ({release}), and the database here has this release's tables "
               "already. Restore it where nothing was made yet: another data folder (--data) or a new database. "
               "Nothing was changed."),
            release=manifest.release,
        )  # fmt: skip


def _check_free(raw: Connection[Any], held: Held) -> None:
    if queries.revision(raw) != migrate.order()[-1]:
        raise Conflict(N_("The database here has not this release's schema. Run: dragoman migrate"))
    for known, slug, name in queries.workspaces(raw):
        if known == held.id:
            raise Conflict(
                N_("This workspace is here already, as {slug} ({name}). Nothing was changed."), slug=slug, name=name
            )
        if slug == held.slug:
            raise Conflict(
                N_("There is another workspace {slug} here. Give the new one another short name: --slug. Nothing "
                   "was changed."),
                slug=slug,
            )  # fmt: skip


def _load(
    raw: Connection[Any], backup: Reader, held: Held, tables: list[queries.Table], step: Callable[[str, int], None]
) -> None:
    parts = {part.table: part for part in held.parts}
    if {table.name: table.columns for table in tables} != {name: part.columns for name, part in parts.items()}:
        raise Invalid(N_("The tables in {file} are not those of its release; nothing was changed."), file=backup.name)
    queries.enter(raw, held.id)
    for number, table in enumerate(tables):
        step(table.name, number)
        part = parts[table.name]
        if not part.rows:
            continue
        queries.stage(raw, table, backup.chunks(held.id, part))
        if queries.strangers(raw, table, held.id):
            raise Invalid(DAMAGED, file=backup.name, detail=table.name)
        if table.name == "workspaces":
            queries.rename_staged(raw, held.slug)
        elif table.name == "mail_addresses" and (taken := queries.taken_addresses(raw)):
            raise Conflict(
                N_("Another workspace here answers for {addresses}. Remove that mailbox there first, or change it in "
                   "the workspace before exporting it. Nothing was changed."),
                addresses=", ".join(taken),
            )  # fmt: skip
        queries.add_staged(raw, table)


def _settle(connection: SqlConnection, held: Held, plan: KeyPlan, verb: str, backup: Reader) -> list[Loss]:
    """Make the secrets right for this installation, and let the audit log say what was done."""
    losses: list[Loss] = []
    if not plan.same:
        queries.enter(driver(connection), held.id)
        losses = sealing.settle(driver(connection), held.id, plan.keys, plan.former)
    facts = {"file": backup.name, "made_at": backup.manifest.made_at, "resealed": plan.former is not None}
    note(connection, held.id, verb, Subject("workspace", held.id, held.name), **facts)
    for loss in losses:
        note(connection, held.id, f"{loss.kind}.secret_lost", Subject(loss.kind, loss.id, loss.name), file=backup.name)
        if loss.kind == "person":
            tell_person(connection, UUID(loss.id))
    return losses


@contextmanager
def _plainly(name: str) -> Iterator[None]:
    """The database's refusals in words."""
    try:
        yield
    except (psycopg.Error, sqlalchemy.exc.DBAPIError) as error:
        cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
        if isinstance(cause, psycopg.errors.UniqueViolation):
            words = N_("Something of {file} is here already ({detail}). Nothing was changed.")
            raise Conflict(words, file=name, detail=cause.diag.constraint_name) from error
        if isinstance(cause, psycopg.OperationalError):
            words = N_("The database failed: {error}. Nothing was changed.")
            raise Unavailable(words, error=str(cause).strip()) from error
        if isinstance(cause, psycopg.DataError | psycopg.IntegrityError):
            raise Invalid(DAMAGED, file=name, detail=cause.diag.message_primary) from error
        raise
