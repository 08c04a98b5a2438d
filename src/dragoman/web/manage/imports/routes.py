"""Imports: choose a desk, try, start, watch, take the report away."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.imports import queries, report, service
from dragoman.imports.columns import COLUMNS
from dragoman.imports.files import Blob
from dragoman.imports.service import Upload
from dragoman.imports.sources import SOURCES, Wish
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields, uploads
from dragoman.web.desk.ticket.files import disposition
from dragoman.web.forms import Form
from dragoman.web.manage.imports import build
from dragoman.web.manage.imports.build import BASE
from dragoman.web.manage.imports.view import ImportsPage, NewPage, Way

router = APIRouter(prefix=BASE)
WAYS: dict[str, tuple[str, bool, str, str]] = {
    "zendesk": ("zendesk", False, N_("By its API, with an API token"), "link"),
    "zendesk-file": ("zendesk", True, N_("From its JSON export"), "file-archive"),
    "freshdesk": ("freshdesk", False, N_("By its API, with an API key"), "link"),
    "chatwoot": ("chatwoot", False, N_("By its API, with an access token"), "link"),
    "gorgias": ("gorgias", True, N_("From its CSV export"), "file-spreadsheet"),
    "csv": ("csv", True, N_("A table from any other desk"), "file-spreadsheet"),
}
"""What can be chosen: source, whether from a file, how, and its icon."""


def _ways() -> tuple[Way, ...]:
    return tuple(
        Way(key, SOURCES[source].name, _(how), icon, f"{BASE}/new?from={key}")
        for key, (source, _by_file, how, icon) in WAYS.items()
    )


@router.get("")
async def imports_page(reader: SignedIn, cursor: str = "") -> Response:
    """All imports."""
    reader.actor.require(service.PERMISSION)
    async with reader.work() as session:
        page = await queries.list_imports(session, cursor=cursor)
        around = await respond.shell(reader, session, "manage.imports")
    more = respond.query(BASE, {"cursor": page.next}) if page.next else ""
    view = ImportsPage(tuple(map(build.row_of, page.rows)), more)
    return respond.page(reader.request, "manage/imports/imports.html", view, around)


@router.get("/new")
async def new_page(reader: SignedIn) -> Response:
    """Choose a desk, and say what it asks for."""
    return await _new(reader, reader.request.query_params.get("from", ""))


async def _new(reader: Reader, key: str, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require(service.PERMISSION)
    async with reader.work() as session:
        around = await respond.shell(reader, session, "manage.imports")
    way = next((one for one in _ways() if one.key == key), None)
    if way is None:
        view = NewPage(_ways())
    else:
        name, by_file, _how, _icon = WAYS[key]
        source = SOURCES[name]
        view = NewPage(
            (), way, form or Form({"files": "yes"}), by_file=by_file, table=source.table, login=source.login,
            numbered=source.numbered, domain=source.domain, largest=reader.desk.settings.upload_max_size,
            accepts=".csv,.tsv,.txt,.zip,.gz" if source.table else ".json,.jsonl,.ndjson,.zip,.gz",
        )  # fmt: skip
    return respond.page(reader.request, "manage/imports/new.html", view, around, status=status)


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Note the wish; what needs no columns is tried at once."""
    reader.actor.require(service.PERMISSION)
    key = field(data, "from", 40)
    values = {name: field(data, name, 300).strip() for name in ("address", "login", "number", "files")}
    source, by_file, _how, _icon = WAYS.get(key, ("", False, "", ""))
    wish = Wish(source, values["address"], values["login"], values["number"], field(data, "token", 600), by_file,
                files=values["files"] == "yes")  # fmt: skip
    try:
        upload = await _upload(source, data) if by_file else None
        async with reader.work() as session:
            row = await service.add(
                session, reader.actor, reader.desk.keys, wish, upload,
                allow_private=reader.desk.settings.allow_private_hosts,
            )  # fmt: skip
            if not SOURCES[source].table:
                await service.try_out(session, reader.actor, reader.desk.jobs, row.id, {})
    except Invalid as error:
        faults = said_fields(error)
        return await _new(reader, key, Form(values, faults, "" if faults else said(error)), status=422)
    return respond.redirect(reader.request, f"{BASE}/{row.id}")


async def _upload(source: str, data: Any) -> Upload:
    """The chosen file, looked through. Raises Invalid."""
    chosen = uploads(data, "file")
    if not chosen:
        raise Invalid(fields={"file": N_("Choose the file that the other desk has exported.")})
    content = await chosen[0].read()
    blob = Blob.of(chosen[0].filename or "export", content)
    return await asyncio.to_thread(service.inspect, source, blob, content=content)


@router.get("/{import_id}")
async def import_page(reader: SignedIn, import_id: str) -> Response:
    """One import: columns, progress or report."""
    return await _show(reader, known_id(import_id))


async def _show(reader: Reader, import_id: UUID, form: Form | None = None, *, status: int = 200) -> Response:
    async with reader.work() as session:
        row = await service.get_import(session, reader.actor, import_id)
        around = await respond.shell(reader, session, "manage.imports")
    view = build.page_of(row, form or build.form_of(row))
    if reader.fragment:
        return respond.fragment("manage/imports/import.html", "state", view, around)
    return respond.page(reader.request, "manage/imports/import.html", view, around, status=status)


def _given(reader: Reader, data: Posted) -> tuple[dict[str, Any], dict[str, str]]:
    """What was said of columns, times and words; and as text, to be shown again."""
    values = {name: field(data, name, 300) for name in (*COLUMNS, "zone", "dates") if name in data}
    given: dict[str, Any] = {}
    if "body" in data:
        given["columns"] = {name: values[name] for name in COLUMNS if values.get(name)}
        given["zone"] = values.get("zone") or str(reader.zone)
        given["day_first"] = {"dmy": True, "mdy": False}.get(values.get("dates", ""))
    pairs = zip(fields(data, "word"), fields(data, "meaning"), strict=False)
    if words := {word[:80]: meaning[:20] for word, meaning in pairs}:
        given["statuses"] = words
    return given, values


@router.post("/{import_id}/try")
async def try_out(reader: SignedIn, import_id: str, data: Posted) -> Response:
    """Read everything, and change nothing."""
    found = known_id(import_id)
    given, values = _given(reader, data)
    try:
        async with reader.work() as session:
            await service.try_out(session, reader.actor, reader.desk.jobs, found, given)
    except Invalid as error:
        return await _show(reader, found, Form(values, said_fields(error), said(error)), status=422)
    return respond.redirect(reader.request, f"{BASE}/{found}")


@router.post("/{import_id}/start")
async def start(reader: SignedIn, import_id: str, data: Posted) -> Response:
    """Bring everything in."""
    found = known_id(import_id)
    words = {name: value for name, value in _given(reader, data)[0].items() if name == "statuses"}
    async with reader.work() as session:
        await service.start(session, reader.actor, reader.desk.jobs, found, words)
    return respond.redirect(reader.request, f"{BASE}/{found}")


@router.post("/{import_id}/stop")
async def stop(reader: SignedIn, import_id: str, data: Posted) -> Response:
    """Stop; what has come stays."""
    del data
    found = known_id(import_id)
    async with reader.work() as session:
        await service.stop(session, reader.actor, found)
    return respond.redirect(reader.request, f"{BASE}/{found}", Flash(_("Stopped. What has come stays.")))


@router.post("/{import_id}/go-on")
async def go_on(reader: SignedIn, import_id: str, data: Posted) -> Response:
    """Go on where it has ended."""
    found, token = known_id(import_id), field(data, "token", 600)
    try:
        async with reader.work() as session:
            await service.go_on(session, reader.actor, reader.desk.keys, reader.desk.jobs, found, token=token)
    except Invalid as error:
        return await _show(reader, found, Form({}, said_fields(error)), status=422)
    return respond.redirect(reader.request, f"{BASE}/{found}")


@router.post("/{import_id}/report")
async def take_report(reader: SignedIn, import_id: str, data: Posted) -> Response:
    """The report as a file."""
    found, kind = known_id(import_id), field(data, "kind", 10)
    async with reader.work() as session:
        row = await service.get_import(session, reader.actor, found)
        if kind not in report.TYPES:
            raise NotFound
        audit.record(session, reader.actor, "import.reported", Subject("import", row.id, row.identity), kind=kind)
    body = report.as_bytes(reader.desk.db, reader.actor.workspace_id, row, kind)
    headers = {"Content-Disposition": disposition(f"import-{row.source}.{kind}"), "Cache-Control": "no-store"}
    return StreamingResponse(body, headers=headers, media_type=report.TYPES[kind])
