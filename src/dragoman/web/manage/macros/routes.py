"""Macros: making, changing, removing."""

from __future__ import annotations

import html as entities
from collections.abc import Mapping
from uuid import UUID

from babel import Locale
from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts.audiences import ME, audience_of, may_change
from dragoman.channels.email.compose import html_to_text
from dragoman.commerce import queries as shops
from dragoman.kit.errors import Forbidden, Invalid
from dragoman.platform import i18n
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.replies.macros import queries, service
from dragoman.replies.macros.models import Macro
from dragoman.replies.macros.service import Wanted
from dragoman.replies.macros.variables import VARIABLES
from dragoman.web import audiences, respond
from dragoman.web.builders import Names, change_said, changes_builder, changes_from, names
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.macros.view import MacroPage, MacroRow, MacrosPage

router = APIRouter(prefix="/macros")
LANGUAGES = (
    "en", "zh-Hans", "zh-Hant", "de", "fr", "es", "it", "pt-BR", "pt-PT", "nl", "pl", "sv", "da", "nb", "fi", "cs",
    "tr", "ru", "uk", "ar", "he", "ja", "ko", "th", "vi", "id", "ms", "hi",
)  # fmt: skip


def languages() -> tuple[Choice, ...]:
    """Languages by their names in the reader's own (CLDR); first none in particular."""
    named = ((Locale.parse(one.replace("-", "_")).get_display_name(i18n.current()) or one, one) for one in LANGUAGES)
    return (Choice("", _("Any language")), *(Choice(code, name) for name, code in sorted(named)))


def _row(macro: Macro, known: Names, reader: Reader) -> MacroRow:
    audience = _("Only me") if macro.owner_id else _("Everybody")
    if macro.team_id:
        audience = known.teams.get(str(macro.team_id), "")
    return MacroRow(
        macro.name, f"/macros/{macro.id}", macro.shortcut, " ".join(html_to_text(macro.html).split())[:160],
        tuple(change_said(one, known) for one in service.changes_of(macro)), audience, macro.language, macro.used,
        macro.active, macro.owner_id == reader.actor.person_id, macro.note,
    )  # fmt: skip


@router.get("")
async def macros_page(reader: SignedIn) -> Response:
    """All macros that the reader may see."""
    reader.actor.require("ticket.note")
    async with reader.work() as session:
        found = await queries.list_shared(session, reader.actor.person_id)
        known = await names(session)
        around = await respond.shell(reader, session, "manage.macros")
    page = MacrosPage(tuple(_row(one, known, reader) for one in found))
    return respond.page(reader.request, "manage/macros/macros.html", page, around)


def wanted_of(data: FormData) -> Wanted:
    """The macro as the form has it; its text is plain, paragraphs by blank lines."""
    text = field(data, "text", 30_000).replace("\r\n", "\n").strip()
    parts = (entities.escape(part.strip("\n"), quote=False) for part in text.split("\n\n") if part.strip())
    shop = field(data, "shop", 40)
    return Wanted(
        name=field(data, "name", 200), html="".join(f"<p>{part}</p>".replace("\n", "<br>") for part in parts),
        shortcut=field(data, "shortcut", 60), note=field(data, "note") == "yes", language=field(data, "language", 20),
        changes=changes_from(data), audience=field(data, "audience", 40) or ME,
        shop_id=known_id(shop) if shop else None, active=field(data, "active") == "yes",
    )  # fmt: skip


def wanted_from(macro: Macro) -> Wanted:
    """A macro as a form shows it."""
    return Wanted(
        macro.name, macro.html, macro.shortcut, macro.note, macro.language, macro.changes,
        audience_of(macro.owner_id, macro.team_id), macro.shop_id, macro.active,
    )  # fmt: skip


async def _show(
    session: Session, reader: Reader, wanted: Wanted, macro: Macro | None = None, error: Invalid | None = None,
    spare: int = 1,
) -> Response:  # fmt: skip
    errors: Mapping[str, str] = said_fields(error) if error else {}
    values = {
        "name": wanted.name, "text": html_to_text(wanted.html), "shortcut": wanted.shortcut,
        "note": "yes" if wanted.note else "", "language": wanted.language, "audience": wanted.audience,
        "shop": str(wanted.shop_id or ""), "active": "yes" if wanted.active else "",
    }  # fmt: skip
    page = MacroPage(
        builder=changes_builder(await names(session), wanted.changes, errors, spare=spare),
        audiences=await audiences.choices(session, reader.actor),
        shops=(Choice("", _("All shops")), *(Choice(str(one.id), one.name) for one in await shops.list_shops(session))),
        languages=languages(), variables=tuple(Choice(name, _(label)) for name, label in VARIABLES.items()),
        form=Form(values, dict(errors) | {"text": errors.get("html", "")}, said(error) if error and not errors else ""),
        editing=macro.name if macro else "", action=f"/macros/{macro.id}" if macro else "/macros",
        locked=macro is not None and not may_change(reader.actor, macro.owner_id),
    )  # fmt: skip
    around = await respond.shell(reader, session, "manage.macros")
    return respond.page(reader.request, "manage/macros/macro.html", page, around, status=422 if error else 200)


@router.get("/new")
async def new_macro(reader: SignedIn) -> Response:
    """A macro to make."""
    reader.actor.require("ticket.note")
    async with reader.work() as session:
        return await _show(session, reader, Wanted(""))


@router.get("/{macro_id}")
async def macro_page(reader: SignedIn, macro_id: str) -> Response:
    """A macro to read or to change."""
    async with reader.work() as session:
        macro = await service.get_macro(session, reader.actor, known_id(macro_id))
        return await _show(session, reader, wanted_from(macro), macro)


async def _save(reader: Reader, data: FormData, macro_id: UUID | None) -> Response:
    wanted = wanted_of(data)
    try:
        async with reader.work() as session:
            macro = await service.get_macro(session, reader.actor, macro_id) if macro_id else None
            if field(data, "again", 10):
                return await _show(session, reader, wanted, macro, spare=3)
            await service.save(session, reader.actor, wanted, macro=macro)
    except Invalid as error:
        async with reader.work() as session:
            macro = await service.get_macro(session, reader.actor, macro_id) if macro_id else None
            return await _show(session, reader, wanted, macro, error)
    return respond.redirect(reader.request, "/macros", Flash(_("Saved")))


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Save a new macro."""
    return await _save(reader, data, None)


@router.post("/{macro_id}")
async def change(reader: SignedIn, macro_id: str, data: Posted) -> Response:
    """Save what was changed."""
    return await _save(reader, data, known_id(macro_id))


@router.post("/{macro_id}/remove")
async def remove(reader: SignedIn, macro_id: str, data: Posted) -> Response:
    """Remove a macro."""
    del data
    async with reader.work() as session:
        macro = await service.get_macro(session, reader.actor, known_id(macro_id))
        if not may_change(reader.actor, macro.owner_id):
            raise Forbidden
        await service.remove(session, reader.actor, macro=macro)
    return respond.redirect(reader.request, "/macros", Flash(_("The macro is gone.")))
