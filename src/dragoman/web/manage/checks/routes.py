"""The checks of the workspace: how often each spoke up, and those that were switched off, by whom and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.flow import review
from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.replies import checking, queries
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.words import CHECK

BASE = "/settings/checks"
router = APIRouter(prefix=BASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One check: its group in words, its key, how often it spoke up in 30 days, and who switched it off when and why
    (empty: it is on)."""

    key: str
    group: str
    count: int
    muted_by: str = ""
    muted_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChecksPage:
    """All checks that spoke up or are switched off; `form` is that of the one that was not switched off for a fault."""

    rows: tuple[Row, ...]
    form: Form
    at: str = ""
    review: tuple[Choice, ...] = ()


async def _show(reader: Reader, form: Form | None = None, at: str = "") -> Response:
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        counted = await queries.count_findings(session, clock.now() - checking.COUNTED)
        settings = (await queries.load_workspace(session)).settings
        off = checking.muted(settings)
        around = await respond.shell(reader, session, "manage.checks")
    rows = []
    for key in sorted({*counted, *off}, key=lambda one: (-counted.get(one, 0), one)):
        facts = off.get(key, {})
        moment = datetime.fromisoformat(facts["at"]) if facts else None
        group = CHECK.get(key.partition(".")[0], key.partition(".")[0])
        rows.append(Row(key, _(group), counted.get(key, 0), facts.get("by", ""), moment, facts.get("reason", "")))
    chosen = review.wish_of(settings)
    wishes = tuple(Choice(key, _(label), key == chosen) for key, label in review.WISHES.items())
    view = ChecksPage(tuple(rows), form or Form({}), at, wishes)
    return respond.page(reader.request, "manage/checks/checks.html", view, around, status=422 if form else 200)


@router.get("")
async def page(reader: SignedIn) -> Response:
    """Which checks speak up."""
    return await _show(reader)


@router.post("/review")
async def choose_review(reader: SignedIn, data: Posted) -> Response:
    """Say when a colleague has to look at an answer before it is sent."""
    async with reader.work() as session:
        await review.save_wish(session, reader.actor, field(data, "review", 20))
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/mute")
async def mute(reader: SignedIn, data: Posted) -> Response:
    """Switch a check off, with a reason."""
    name, reason = field(data, "check", 60), field(data, "reason", 400)
    try:
        async with reader.work() as session:
            await checking.mute(session, reader.actor, name=name, reason=reason)
    except Invalid as error:
        return await _show(reader, Form({"reason": reason}, said_fields(error)), name)
    return respond.redirect(reader.request, BASE, Flash(_("Switched off"), f"{BASE}/unmute", (("check", name),)))


@router.post("/unmute")
async def unmute(reader: SignedIn, data: Posted) -> Response:
    """Switch a check on again."""
    async with reader.work() as session:
        await checking.unmute(session, reader.actor, name=field(data, "check", 60))
    return respond.redirect(reader.request, BASE, Flash(_("Switched on")))
