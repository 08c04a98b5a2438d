"""Markets: the list, and one market's rules, confirmed, corrected and restored in place."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.markets import queries, service
from dragoman.markets.topics import TOPICS
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said_fields
from dragoman.web.manage.markets import build, fields
from dragoman.web.manage.markets.build import BASE
from dragoman.web.manage.markets.view import Editor, MarketsPage

router = APIRouter(prefix=BASE)
READ = "ticket.read"
MOVED = N_("Somebody else has spoken about this rule meanwhile. Look at it again.")


def _may_read(reader: Reader) -> None:
    if not reader.actor.may(service.MANAGE):
        reader.actor.require(READ)


@router.get("")
async def markets_page(reader: SignedIn) -> Response:
    """All markets, and how sure their rules are."""
    _may_read(reader)
    async with reader.work() as session:
        found = await service.load_packs(session)
        around = await respond.shell(reader, session, "manage.markets")
    today = clock.now().date()
    rows = sorted((build.row_of(pack, today) for pack in found), key=lambda row: row.name)
    return respond.page(reader.request, "manage/markets/markets.html", MarketsPage(tuple(rows)), around)


async def _show(reader: Reader, iso: str, correct: str = "", editor: Editor | None = None) -> Response:
    _may_read(reader)
    async with reader.work() as session:
        pack = await service.get_pack(session, iso)
        words = await queries.list_words(session, iso)
        names = {one.id: one.name for one in await people.list_people(session)} if words else {}
        around = await respond.shell(reader, session, "manage.markets")
    view = build.page_of(
        pack, words, names, clock.now().date(), manage=reader.actor.may(service.MANAGE), correct=correct, editor=editor
    )
    return respond.page(reader.request, "manage/markets/market.html", view, around, status=422 if editor else 200)


@router.get("/{iso}")
async def market_page(reader: SignedIn, iso: str, correct: str = "") -> Response:
    """One market; `correct` opens the form of a topic."""
    return await _show(reader, iso, correct)


def _known(topic: str) -> str:
    if topic not in TOPICS:
        raise NotFound(N_("There is no such rule."))
    return topic


async def _unmoved(session: Session, iso: str, topic: str, data: Posted) -> str:
    """The id of the word that holds, for taking back what is done next. Raises Conflict when the page is behind."""
    await queries.one_at_a_time(session, iso)
    if field(data, "seen", 40) != await _seen(session, iso, topic):
        raise Conflict(MOVED)
    word = await queries.find_word(session, iso, topic)
    return str(word.id) if word else ""


async def _seen(session: Session, iso: str, topic: str) -> str:
    return build.seen((await service.get_pack(session, iso)).rules.get(topic))


async def _undo(session: Session, iso: str, topic: str, said: str, to: str) -> Flash:
    """A passing word whose undo lets `to` hold again, unless somebody else has spoken meanwhile."""
    fields_ = (("to", to), ("seen", await _seen(session, iso, topic)))
    return Flash(said, f"{BASE}/{iso}/{topic}/restore", fields_)


@router.post("/{iso}/{topic}/confirm")
async def confirm(reader: SignedIn, iso: str, topic: str, data: Posted) -> Response:
    """Say that a rule holds."""
    reader.actor.require(service.MANAGE)
    async with reader.work() as session:
        before = await _unmoved(session, iso, _known(topic), data)
        await service.confirm(session, reader.actor, iso, topic)
        undo = await _undo(session, iso, topic, _("Confirmed"), before)
    return respond.redirect(reader.request, f"{BASE}/{iso}#{topic}", undo)


@router.post("/{iso}/{topic}/correct")
async def correct(reader: SignedIn, iso: str, topic: str, data: Posted) -> Response:
    """Say what holds instead."""
    reader.actor.require(service.MANAGE)
    value = fields.posted(_known(topic), data)
    beside = {name: field(data, name, 2000) for name in ("note", "source_url", fields.NONE)}
    try:
        async with reader.work() as session:
            before = await _unmoved(session, iso, topic, data)
            await service.correct(
                session, reader.actor, iso, topic, value=value, note=beside["note"], source_url=beside["source_url"]
            )
            undo = await _undo(session, iso, topic, _("Corrected"), before)
    except Invalid as error:
        return await _show(reader, iso, topic, build.editor_of(topic, value, beside, said_fields(error)))
    return respond.redirect(reader.request, f"{BASE}/{iso}#{topic}", undo)


@router.post("/{iso}/{topic}/restore")
async def restore(reader: SignedIn, iso: str, topic: str, data: Posted) -> Response:
    """Let the shipped rule hold again, or the earlier word that `to` names."""
    reader.actor.require(service.MANAGE)
    to = field(data, "to", 40)
    async with reader.work() as session:
        before = await _unmoved(session, iso, _known(topic), data)
        await service.restore(session, reader.actor, iso, topic, to=known_id(to) if to else None)
        undo = await _undo(session, iso, topic, _("Restored"), before)
    return respond.redirect(reader.request, f"{BASE}/{iso}#{topic}", undo)
