"""Notices: the bell, the page behind it, and how one wishes to be told."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts.notices import queries, service, wishes
from dragoman.accounts.notices.kinds import KINDS
from dragoman.accounts.notices.models import PersonNotice
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, fields, known_id
from dragoman.web.desk.notices.view import Bell, NoticeRow, NoticesPage, WishesPage, WishRow

router = APIRouter(prefix="/notices")
NEWEST = 8


def row(one: PersonNotice) -> NoticeRow:
    """A notice as pages show it."""
    base, kind = f"/notices/{one.id}", KINDS.get(one.kind)
    urgent = kind is not None and kind.urgent
    return NoticeRow(service.words(one), one.at, one.seen_at is not None, urgent, base, f"{base}/seen")


async def bell(session: Session, reader: Reader) -> Bell:
    """The bell for the shell (desk/notices/bell.html): a bounded count and the newest unseen notices."""
    found = await queries.list_unseen(session, reader.actor.person_id, size=queries.COUNT_LIMIT)
    return Bell(len(found), tuple(row(one) for one in found[:NEWEST]))


@router.get("")
async def notices_page(reader: SignedIn, cursor: str = "") -> Response:
    """What one has not seen, then what one has."""
    me = reader.actor.person_id
    async with reader.work() as session:
        unseen = [] if cursor else await queries.list_unseen(session, me)
        page = await queries.list_seen(session, me, cursor=cursor or None)
        around = await respond.shell(reader, session, "notices")
    more = respond.query("/notices", {"cursor": page.next}) if page.next else ""
    view = NoticesPage(tuple(row(one) for one in unseen), tuple(row(one) for one in page.rows), more)
    return respond.page(reader.request, "desk/notices/notices.html", view, around)


@router.get("/bell")
async def bell_fragment(reader: SignedIn) -> Response:
    """The bell alone, fetched anew when a live notice says so."""
    async with reader.work() as session:
        view = await bell(session, reader)
        around = await respond.shell(reader, session, "notices")
    return respond.fragment("desk/notices/bell.html", "bell", view, around)


@router.get("/wishes")
async def wishes_page(reader: SignedIn) -> Response:
    """By which ways each kind of notice is to reach oneself."""
    async with reader.work() as session:
        around = await respond.shell(reader, session, "notices")
    rows = []
    for kind, word in KINDS.items():
        ways = wishes.ways(reader.actor.settings, kind)
        rows.append(
            WishRow(kind, _(word.label), tuple((way, _(label), way in ways) for way, label in wishes.WAYS.items()))
        )
    view = WishesPage(tuple(rows), tuple(_(label) for label in wishes.WAYS.values()))
    return respond.page(reader.request, "desk/notices/wishes.html", view, around)


@router.post("/wishes")
async def choose(reader: SignedIn, data: Posted) -> Response:
    """Keep them."""
    async with reader.work() as session:
        await service.choose(session, reader.actor, {kind: fields(data, kind) for kind in KINDS})
    return respond.redirect(reader.request, "/notices/wishes", Flash(_("Saved")))


@router.post("/seen")
async def see_all(reader: SignedIn, data: Posted) -> Response:
    """Mark all as seen."""
    del data
    async with reader.work() as session:
        await service.see_all(session, reader.actor)
    return respond.redirect(reader.request, "/notices", Flash(_("All seen")))


@router.get("/{notice_id}")
async def open_notice(reader: SignedIn, notice_id: str) -> Response:
    """Mark one as seen and go where it leads."""
    async with reader.work() as session:
        found = await service.see(session, reader.actor, known_id(notice_id))
    return respond.redirect(reader.request, service.where(found))


@router.post("/{notice_id}/seen")
async def see(reader: SignedIn, notice_id: str, data: Posted) -> Response:
    """Mark one as seen without leaving."""
    del data
    found = known_id(notice_id)
    async with reader.work() as session:
        await service.see(session, reader.actor, found)
    return respond.redirect(reader.request, "/notices", Flash(_("Seen"), f"/notices/{found}/unseen"))


@router.post("/{notice_id}/unseen")
async def unsee(reader: SignedIn, notice_id: str, data: Posted) -> Response:
    """Put one back among the unseen ones."""
    del data
    async with reader.work() as session:
        await service.unsee(session, reader.actor, known_id(notice_id))
    return respond.redirect(reader.request, "/notices")
