"""The term base: proposed by one, approved by another; in and out as TBX and CSV."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response, StreamingResponse

from dragoman.accounts import queries as people
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, DeskError, Invalid, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.translation import queries, tbx, termbase
from dragoman.translation.models import TermEntry
from dragoman.translation.termbase import TermForm
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields, uploads
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.translation import build
from dragoman.web.manage.translation.build import TERMS as BASE
from dragoman.web.manage.translation.view import TermsPage

router = APIRouter(prefix=BASE)
STATUSES = {"": N_("All"), "proposed": N_("Waiting for a second person"), "approved": N_("In use")}
TYPES = {"tbx": "application/xml", "csv": "text/csv; charset=utf-8"}
NAMES = ("source", "term", "target", "rendering", "forbidden", "domain", "note", "exact")
BATCH = 500


async def _show(reader: Reader, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("ticket.read")
    asked = reader.request.query_params
    text, chosen, after = asked.get("q", "")[:200].replace("\0", ""), asked.get("status", ""), asked.get("cursor", "")
    chosen = chosen if chosen in STATUSES else ""
    async with reader.work() as session:
        page = await queries.list_terms(session, status=chosen, text=text, after=after)
        names = {one.id: one.name for one in await people.list_people(session)}
        waiting = await queries.count_proposed(session)
        around = await respond.shell(reader, session, "manage.terms")
    more = respond.query(BASE, {"q": text, "status": chosen, "cursor": page.next}) if page.next else ""
    view = TermsPage(
        tuple(build.term_row(one, names, reader.actor.person_id) for one in page.rows), more, text, chosen,
        tuple(Choice(key, _(label)) for key, label in STATUSES.items()), waiting, form or Form(),
        reader.actor.may("term.approve"), reader.actor.may("ticket.reply"),
        (("TBX", f"{BASE}/export.tbx"), ("CSV", f"{BASE}/export.csv")),
    )  # fmt: skip
    return respond.page(reader.request, "manage/translation/terms.html", view, around, status=status)


@router.get("")
async def page(reader: SignedIn) -> Response:
    """The term base."""
    return await _show(reader)


def _faulty(typed: dict[str, str], error: DeskError) -> Form:
    faults = said_fields(error)
    return Form(typed, faults, "" if faults else said(error))


@router.post("")
async def propose(reader: SignedIn, data: Posted) -> Response:
    """Propose a term."""
    typed = {name: field(data, name, 2_000) for name in NAMES}
    given: dict[str, Any] = typed | {
        "forbidden": termbase.forbidden_of(typed["forbidden"]), "exact": typed["exact"] == "yes"
    }  # fmt: skip
    try:
        async with reader.work() as session:
            await termbase.propose(session, reader.actor, TermForm(**given))
    except (Invalid, Conflict) as error:
        return await _show(reader, _faulty(typed, error), status=error.status)
    return respond.redirect(reader.request, BASE, Flash(_("Proposed. A second person puts it into use.")))


@router.post("/import")
async def bring(reader: SignedIn, data: Posted) -> Response:
    """Propose the terms of a TBX or CSV file."""
    reader.actor.require("ticket.reply")
    try:
        files = uploads(data, "file")
        if not files:
            raise Invalid(fields={"file": N_("Choose a file.")})
        content, name = await files[0].read(), files[0].filename or ""
        read = tbx.read if _is_xml(content) else tbx.read_table
        async with reader.work() as session:
            done = await termbase.bring(session, reader.actor, read(content), file=name)
    except Invalid as error:
        return await _show(reader, _faulty({}, error), status=422)
    words = ngettext("{n} term is proposed.", "{n} terms are proposed.", done.added)
    if done.left:
        words += " " + ngettext("{n} was there already.", "{n} were there already.", done.left)
    return respond.redirect(reader.request, f"{BASE}?status=proposed", Flash(words))


def _is_xml(content: bytes) -> bool:
    """Whether a file is XML: it begins with a tag, or is in UTF-16, in which nobody writes tables."""
    return content[:2] in (b"\xff\xfe", b"\xfe\xff") or content.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<"


@router.get("/export.{kind}")
async def take(reader: SignedIn, kind: str) -> Response:
    """The whole term base as a file."""
    reader.actor.require("ticket.reply")
    if kind not in TYPES:
        raise NotFound
    async with reader.work() as session:
        termbase.note_export(session, reader.actor, kind)
    name = f"terms-{clock.now().astimezone(reader.zone):%Y-%m-%d}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    content = _tbx(reader) if kind == "tbx" else _csv(reader)
    return StreamingResponse(content, headers=headers, media_type=TYPES[kind])


async def _batches(reader: Reader) -> AsyncIterator[list[TermEntry]]:
    after = None
    while True:
        async with reader.work() as session:
            rows = await queries.walk_terms(session, after, BATCH)
        yield rows
        if len(rows) < BATCH:
            return
        after = rows[-1].folded, rows[-1].id


async def _tbx(reader: Reader) -> AsyncIterator[bytes]:
    """Terms in use; what is only proposed is nobody's word yet."""
    yield tbx.head().encode()
    async for rows in _batches(reader):
        used = [(str(one.id), termbase.form_of(one)) for one in rows if one.status == termbase.APPROVED]
        yield tbx.written(used).encode()
    yield tbx.tail().encode()


async def _csv(reader: Reader) -> AsyncIterator[bytes]:
    yield b"\xef\xbb\xbf"
    headed = True
    async for rows in _batches(reader):
        yield tbx.table([(termbase.form_of(one), one.status) for one in rows], headed=headed).encode()
        headed = False


@router.post("/approve")
async def approve_all(reader: SignedIn, data: Posted) -> Response:
    """Put all that others have proposed into use."""
    del data
    async with reader.work() as session:
        done = await termbase.approve_all(session, reader.actor)
    words = ngettext("{n} term is in use now.", "{n} terms are in use now.", done)
    return respond.redirect(reader.request, BASE, Flash(words))


@router.post("/{term_id}/approve")
async def approve(reader: SignedIn, term_id: str, data: Posted) -> Response:
    """Put a term into use, as a second person."""
    del data
    async with reader.work() as session:
        await termbase.approve(session, reader.actor, known_id(term_id))
    return respond.redirect(reader.request, f"{BASE}?status=proposed", Flash(_("In use from now on")))


@router.post("/{term_id}/reject")
async def reject(reader: SignedIn, term_id: str, data: Posted) -> Response:
    """Turn a proposal down."""
    del data
    async with reader.work() as session:
        await termbase.reject(session, reader.actor, known_id(term_id))
    return respond.redirect(reader.request, f"{BASE}?status=proposed", Flash(_("Turned down")))


@router.post("/{term_id}/remove")
async def remove(reader: SignedIn, term_id: str, data: Posted) -> Response:
    """Take a term out."""
    del data
    async with reader.work() as session:
        await termbase.remove(session, reader.actor, known_id(term_id))
    return respond.redirect(reader.request, BASE, Flash(_("Removed")))
