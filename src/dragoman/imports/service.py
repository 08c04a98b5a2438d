"""What can be done with imports: begin with a trial, start, stop, go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import procrastinate

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.imports import engine, queries, sources, table, zendesk_file
from dragoman.imports import files as exports
from dragoman.imports.files import Blob
from dragoman.imports.models import DONE, FAILED, QUEUED, RUNNING, STOPPED, Import
from dragoman.imports.sources import Wish
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform import files
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.platform.secrets import Keys

PERMISSION = "import.manage"
GOING = (QUEUED, RUNNING)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was looked through: what was found in it becomes part of the import's settings."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    content: bytes | None = None
    """None for a file that a command reads where it lies."""


def inspect(source: str, blob: Blob, *, content: bytes | None, encoding: str = "", separator: str = "") -> Upload:
    """Look through a whole file before anything is done with it (slow: in a thread). Raises Invalid."""
    whole = {"fingerprint": exports.fingerprint(blob)}
    if not sources.SOURCES[source].table:
        return Upload(blob.name, {"total": zendesk_file.check(blob), **whole}, content)
    found = table.look(blob, source=source, encoding=encoding, separator=separator)
    settings = {
        "encoding": found.form.encoding, "separator": found.form.separator, "columns": dict(found.form.columns),
        "header": list(found.header), "samples": [list(row) for row in found.samples], "total": found.rows, **whole,
    }  # fmt: skip
    return Upload(blob.name, settings, content)


async def get_import(session: Session, actor: Permitted, import_id: UUID, *, lock: bool = False) -> Import:
    """An import, for whoever may import. Raises NotFound, Forbidden."""
    actor.require(PERMISSION)
    row = await queries.load(session, import_id, lock=lock)
    if row is None:
        raise NotFound(N_("There is no such import."))
    return row


async def add(
    session: Session, actor: Permitted | None, keys: Keys, wish: Wish, upload: Upload | None, *, allow_private: bool,
    via: str = "web",
) -> Import:  # fmt: skip
    """Note what is to be imported, and from where; nothing is read yet. Raises Invalid beside the fields at fault.

    `actor` None is the operator at the command line.
    """
    if actor is not None:
        actor.require(PERMISSION)
    identity, settings = sources.check(wish, allow_private=allow_private)
    row = Import(
        id=ids.new(), source=wish.source, identity=identity, settings=settings | (upload.settings if upload else {}),
        file_name=files.safe_name(upload.name, fallback="export") if upload else "", via=via, created_at=clock.now(),
        created_by=actor.person_id if actor else None, touched_at=clock.now(),
    )  # fmt: skip
    if upload is not None and upload.content is not None:
        (row.file_id,) = await files.store(session, [upload.content])
    if wish.token and via == "web" and not wish.by_file:
        row.secret = keys.seal(wish.token.strip(), context=f"import:{row.id}")
    session.add(row)
    await session.flush()
    return row


def set_form(row: Import, given: Mapping[str, Any]) -> None:
    """Say how a table is to be read, and what words mean. Raises Invalid beside the fields at fault."""
    sources.check_form(given)
    settings = row.settings | dict(given)
    if sources.SOURCES[row.source].table:
        found = table.Look(sources.form_of(row.source, settings), tuple(settings["header"]), (), 0)
        table.check(found, found.form)
    row.settings = settings


async def try_out(
    session: Session, actor: Permitted, job_app: procrastinate.App, import_id: UUID, given: Mapping[str, Any]
) -> None:
    """Begin the trial: everything is read, nothing is written but the report. Raises Invalid, Conflict, NotFound."""
    row = await _still(session, actor, import_id)
    if not row.trial:
        raise Conflict(N_("This import has begun already."))
    set_form(row, given)
    _anew(row, trial=True)
    audit.record(session, actor, "import.tried", _subject(row))
    await _queue(session, job_app, row)


async def start(
    session: Session, actor: Permitted, job_app: procrastinate.App, import_id: UUID, given: Mapping[str, Any]
) -> None:
    """Begin the import itself, after its trial. Raises Invalid, Conflict, NotFound, Forbidden."""
    row = await _still(session, actor, import_id)
    if not row.trial or row.state != DONE:
        raise Conflict(N_("Try it first: the trial reads everything and shows what would be brought in."))
    set_form(row, given)
    _anew(row, trial=False)
    audit.record(session, actor, "import.started", _subject(row), source=row.source)
    await _queue(session, job_app, row)


async def go_on(
    session: Session, actor: Permitted, keys: Keys, job_app: procrastinate.App, import_id: UUID, *, token: str = ""
) -> None:
    """Go on where an import has stopped or failed, if need be with another token."""
    row = await _still(session, actor, import_id)
    if row.state not in (FAILED, STOPPED) or row.via != "web":
        raise Conflict(N_("This import does not wait to go on."))
    if token.strip():
        row.secret = keys.seal(token.strip(), context=f"import:{row.id}")
    if not row.secret and row.file_id is None:
        raise Invalid(fields={"token": N_("Give the API token of your desk.")})
    row.state, row.problem, row.finished_at = QUEUED, "", None
    audit.record(session, actor, "import.resumed", _subject(row))
    await _queue(session, job_app, row)


async def stop(session: Session, actor: Permitted, import_id: UUID) -> None:
    """Stop an import; what it has brought stays, and it can go on later."""
    row = await get_import(session, actor, import_id, lock=True)
    if row.state not in GOING:
        raise Conflict(N_("This import is not running."))
    row.state, row.finished_at = STOPPED, clock.now()
    audit.record(session, actor, "import.stopped", _subject(row))
    await session.notify("import", id=str(row.id))


async def _still(session: Session, actor: Permitted, import_id: UUID) -> Import:
    row = await get_import(session, actor, import_id, lock=True)
    if row.state in GOING:
        raise Conflict(N_("This import is running. Wait for its end, or stop it first."))
    return row


def _anew(row: Import, *, trial: bool) -> None:
    row.trial, row.state, row.cursor, row.counters, row.report = trial, QUEUED, {}, {}, {}
    row.share, row.problem, row.started_at, row.finished_at = None, "", None, None


async def _queue(session: Session, job_app: procrastinate.App, row: Import) -> None:
    row.touched_at = clock.now()
    await session.flush()
    await engine.queue(session, job_app, row.id)
    await session.notify("import", id=str(row.id))


def _subject(row: Import) -> Subject:
    return Subject("import", row.id, row.identity)


async def begin_command(
    session: Session, keys: Keys, wish: Wish, upload: Upload | None, given: Mapping[str, Any], *, trial: bool,
    allow_private: bool,
) -> Import:  # fmt: skip
    """An import done by a command: the unfinished one for the same source and file, or a new one. Raises Invalid."""
    identity, _settings = sources.check(wish, allow_private=allow_private)
    name = files.safe_name(upload.name, fallback="export") if upload else ""
    row = None if trial else await queries.find_unfinished(session, identity, name)
    again, before = row is not None, dict(row.settings) if row is not None else {}
    if row is None:
        row = await add(session, None, keys, wish, upload, allow_private=allow_private, via="cli")
    if upload is not None:
        row.settings = row.settings | upload.settings
    set_form(row, given)
    row.trial, row.state, row.touched_at = trial, QUEUED, clock.now()
    if again and row.settings != before:  # another file of that name, or other columns: places in it mean nothing now
        row.cursor = {}
    if not trial:
        verb = "import.resumed" if again else "import.started"
        audit.record(session, None, verb, _subject(row), called="dragoman import", source=row.source)
    await session.flush()
    return row
