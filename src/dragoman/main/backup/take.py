"""Taking out: one snapshot of everything, written beside its place, read back, and put there whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import psycopg
from psycopg import Connection, IsolationLevel

from dragoman import __version__
from dragoman.audit.service import Subject
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, DeskError, NotFound, Unavailable
from dragoman.main import migrate
from dragoman.main.backup import queries, sealing
from dragoman.main.backup.archive import FORMAT, Held, Manifest, Writer, reading
from dragoman.main.backup.log import note
from dragoman.platform.secrets import Keys

Step = Callable[[str, int, int], None]
"""Told before each table: its name, how many tables are done, and how many there are."""

Known = tuple[UUID, str, str]


def no_steps(_table: str, _done: int, _of: int) -> None:
    """Nobody watches."""


def take(
    owner_url: str, path: Path, keys: Keys, *, slug: str | None = None, passphrase: str | None = None,
    verb: str = "export.backup", step: Step = no_steps,
) -> Manifest:  # fmt: skip
    """Write everything, or the workspace `slug`, to `path` (mode 0600), while the desk is running.

    `passphrase` puts the installation's key in. The audit log of each workspace says it first: what was begun may
    have been taken. Raises NotFound, Conflict, Invalid and Unavailable; no file is left behind then.
    """
    locked = sealing.lock(keys, passphrase) if passphrase is not None else None
    with _fresh(path) as file:
        with psycopg.connect(owner_url) as connection:
            revision = _revision(connection)
            wanted = _wanted(connection, slug)
        if revision == migrate.order()[-1]:  # this release does not write the log of an older schema
            with migrate.transaction(owner_url) as logged:
                for workspace, _slug, name in wanted:
                    subject = Subject("workspace", workspace, name)
                    note(logged, workspace, verb, subject, file=path.name, secret_key=locked is not None)
        with Writer(file) as writer, _snapshot(owner_url) as connection:
            manifest = Manifest(
                format=FORMAT, release=__version__, schema_revision=_revision(connection), made_at=clock.now(),
                server=queries.server(connection), key_mark=sealing.mark(keys), key=locked,
                workspaces=tuple(_copied(connection, writer, _wanted(connection, slug), step)),
            )  # fmt: skip
            writer.finish(manifest)
    return manifest


def _revision(connection: Connection[Any]) -> str:
    found = queries.revision(connection)
    if found is None:
        raise NotFound(N_("There is no desk in this database yet: there is nothing to take out."))
    if found not in migrate.order():
        raise Conflict(N_("The database belongs to a newer release. Use that release's own command."))
    return found


def _wanted(connection: Connection[Any], slug: str | None) -> list[Known]:
    """The workspaces to take. Raises NotFound when there is none (of that slug)."""
    known = queries.workspaces(connection)
    wanted = [one for one in known if slug in (None, one[1])]
    if not known:
        raise NotFound(N_("There is no workspace yet. Open the desk in a browser and set it up first."))
    if not wanted:
        have = ", ".join(sorted(one[1] for one in known))
        raise NotFound(N_("There is no workspace {slug}. There is: {have}."), slug=slug, have=have)
    return wanted


@contextmanager
def _snapshot(owner_url: str) -> Iterator[Connection[Any]]:
    """One moment of the whole database, however long it takes to read."""
    with psycopg.connect(owner_url, autocommit=True) as connection:
        queries.steady(connection)
        connection.isolation_level = IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        with connection.transaction():
            yield connection


def _copied(connection: Connection[Any], writer: Writer, wanted: list[Known], step: Step) -> Iterator[Held]:
    tables = queries.tables(connection)
    queries.hold(connection, tables)
    for place, (workspace, slug, name) in enumerate(wanted):
        queries.enter(connection, workspace)
        parts = []
        for number, table in enumerate(tables):
            step(table.name, place * len(tables) + number, len(wanted) * len(tables))
            rows = queries.copy_out(connection, table, workspace)
            parts.append(writer.add(workspace, table.name, table.columns, rows))
        secrets = sealing.count(connection, tables, workspace)
        yield Held(id=workspace, slug=slug, name=name, secrets=secrets, parts=tuple(parts))


@contextmanager
def _fresh(path: Path) -> Iterator[IO[bytes]]:
    """A file beside `path` that becomes it when the block ends well and what was written reads back whole."""
    if path.exists():
        raise Conflict(N_("There is already a file {file}. Choose another name, or remove it first."), file=path)
    part = path.with_name(path.name + ".part")
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        words = N_("{file} is there: another backup is writing it, or was cut off. If none is running, remove it.")
        raise Conflict(words, file=part) from error
    except OSError as error:
        raise _unwritable(path, error) from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
        with reading(part):
            pass
        part.rename(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _unwritable(path, error) from error
    except psycopg.OperationalError as error:
        raise Unavailable(N_("The database does not answer: {error}"), error=str(error).strip()) from error
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> DeskError:
    words = N_("{file} can't be written: {error}. Nothing is left of it; choose another place, or make room.")
    return Unavailable(words, file=path, error=error.strerror or error)
