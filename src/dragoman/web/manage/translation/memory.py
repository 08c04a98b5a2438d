"""The translation memory: looked through, single units removed; in and out as TMX."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from dragoman.accounts import queries as people
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.translation import queries, tmx, units
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields, uploads
from dragoman.web.forms import Form
from dragoman.web.manage.translation import build
from dragoman.web.manage.translation.build import MEMORY as BASE
from dragoman.web.manage.translation.view import MemoryPage

router = APIRouter(prefix=BASE)
BATCH = 500
COUNTED = 10_000


async def _show(reader: Reader, form: Form | None = None) -> Response:
    reader.actor.require("translation.manage")
    asked = reader.request.query_params
    text, after = asked.get("q", "")[:200].replace("\0", ""), asked.get("cursor", "")
    async with reader.work() as session:
        page = await queries.list_units(session, text=text, after=after)
        count = await queries.count_units(session, COUNTED)
        names = {one.id: one.name for one in await people.list_people(session)}
        around = await respond.shell(reader, session, "manage.translation")
    more = respond.query(BASE, {"q": text, "cursor": page.next}) if page.next else ""
    rows = tuple(build.unit_row(one, names) for one in page.rows)
    view = MemoryPage(rows, more, text, form or Form(), count, COUNTED)
    status = 422 if form else 200
    return respond.page(reader.request, "manage/translation/memory.html", view, around, status=status)


@router.get("")
async def page(reader: SignedIn) -> Response:
    """The memory, newest first."""
    return await _show(reader)


@router.post("/import")
async def bring(reader: SignedIn, data: Posted) -> Response:
    """Put the units of a TMX file into the memory."""
    reader.actor.require("translation.manage")
    try:
        files = uploads(data, "file")
        if not files:
            raise Invalid(fields={"file": N_("Choose a file.")})
        found = tmx.read(await files[0].read())
        async with reader.work() as session:
            done = await units.bring(session, reader.actor, found, file=files[0].filename or "")
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, Form({}, faults, "" if faults else said(error)))
    words = ngettext("{n} unit is in the memory now.", "{n} units are in the memory now.", done.added)
    if done.left:
        words += " " + ngettext("{n} was known already.", "{n} were known already.", done.left)
    return respond.redirect(reader.request, BASE, Flash(words))


@router.get("/export.tmx")
async def take(reader: SignedIn) -> Response:
    """The whole memory as a file."""
    async with reader.work() as session:
        units.note_export(session, reader.actor)
    name = f"memory-{clock.now().astimezone(reader.zone):%Y-%m-%d}.tmx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(_tmx(reader), headers=headers, media_type="application/xml")


async def _tmx(reader: Reader) -> AsyncIterator[bytes]:
    yield tmx.head().encode()
    after = None
    while True:
        async with reader.work() as session:
            rows = await queries.walk_units(session, after, BATCH)
        yield tmx.written(units.unit_of(one) for one in rows).encode()
        if len(rows) < BATCH:
            break
        after = rows[-1].at, rows[-1].id
    yield tmx.tail().encode()


@router.post("/{unit_id}/remove")
async def remove(reader: SignedIn, unit_id: str, data: Posted) -> Response:
    """Take a unit out of the memory."""
    async with reader.work() as session:
        await units.remove(session, reader.actor, known_id(unit_id))
    return respond.redirect(reader.request, respond.query(BASE, {"q": field(data, "q", 200)}), Flash(_("Removed")))
