"""Automatic answers: which are sent, and their texts."""

from __future__ import annotations

from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.platform.models import Workspace
from dragoman.sla import autoreply, queries, service
from dragoman.sla.calendars import ROUND_THE_CLOCK
from dragoman.sla.policies import common_languages
from dragoman.tickets.changes.kinds import split_tags
from dragoman.web import formats, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, said, said_fields
from dragoman.web.forms import Form
from dragoman.web.manage.policies.view import LanguageRow, RepliesPage, TextRow

BASE = "/settings/auto-replies"
router = APIRouter(prefix=BASE)


async def _show(
    reader: Reader, form: Form | None = None, text: tuple[str, str, Form] | None = None, *, status: int = 200
) -> Response:
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        workspace = await queries.load_workspace(session)
        around = await respond.shell(reader, session, "manage.auto_replies")
    view = RepliesPage(form or Form(_values(workspace)), _languages(workspace, text))
    return respond.page(reader.request, "manage/policies/replies.html", view, around, status=status)


def _values(workspace: Workspace) -> dict[str, str]:
    chosen = autoreply.choices(workspace.settings)
    return {kind: "yes" if kind in chosen.on else "no" for kind in autoreply.KINDS} | {
        "holiday_days": str(chosen.holiday_days), "common": ", ".join(common_languages(workspace.settings)),
    }  # fmt: skip


def _languages(workspace: Workspace, typed: tuple[str, str, Form] | None) -> tuple[LanguageRow, ...]:
    chosen = autoreply.choices(workspace.settings)
    own = chosen.texts or {}
    rows = []
    for code in dict.fromkeys([*autoreply.shipped(), *own]):
        texts = tuple(_text(workspace, chosen, code, kind, typed) for kind in autoreply.KINDS)
        shipped = autoreply.shipped().get(code, {})
        opened = typed is not None and typed[0] == code
        rows.append(
            LanguageRow(code, formats.language(code), bool(shipped.get("read")), bool(shipped), len(own.get(code, {})),
                        texts, opened)
        )  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.code != "en", row.name)))


def _text(
    workspace: Workspace, chosen: autoreply.Choices, code: str, kind: str, typed: tuple[str, str, Form] | None
) -> TextRow:
    text = autoreply.text_of(chosen, code, kind)
    form = typed[2] if typed and typed[:2] == (code, kind) else Form({"text": text})
    now = clock.now()
    preview = autoreply.compose(
        chosen, [kind], code, by=autoreply.promised(ROUND_THE_CLOCK, now, now + timedelta(hours=14)), now=now,
        theirs="", ours=workspace.timezone,
    )  # fmt: skip
    own = kind in (chosen.texts or {}).get(code, {})
    return TextRow(kind, _(autoreply.KINDS[kind]), form, own, preview)


@router.get("")
async def replies_page(reader: SignedIn) -> Response:
    """Which automatic answers are on, and what they say."""
    return await _show(reader)


@router.post("")
async def change(reader: SignedIn, data: Posted) -> Response:
    """Switch them on and off."""
    on = fields(data, "on")
    values = {kind: "yes" if kind in on else "no" for kind in autoreply.KINDS} | {
        name: field(data, name, 300).strip() for name in ("holiday_days", "common")
    }
    days = int(values["holiday_days"]) if values["holiday_days"].isdecimal() else -1
    try:
        async with reader.work() as session:
            await service.change_auto_replies(
                session, reader.actor, on=on, holiday_days=days, common=split_tags(values["common"])
            )
    except Invalid as error:
        return await _show(reader, Form(values, said_fields(error)), status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/{language}/{kind}")
async def change_text(reader: SignedIn, language: str, kind: str, data: Posted) -> Response:
    """Change the text of a language, or bring the one that came with the desk back."""
    text = "" if field(data, "again", 10) else field(data, "text", 3000)
    try:
        async with reader.work() as session:
            await service.change_text(session, reader.actor, language, kind, text)
    except Invalid as error:
        form = Form({"text": text}, said_fields(error), "" if error.fields else said(error))
        return await _show(reader, text=(language, kind, form), status=422)
    return respond.redirect(reader.request, f"{BASE}#{language}", Flash(_("Saved")))
