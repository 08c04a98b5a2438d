"""One's own signatures, by shop and language."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.commerce import queries as shops
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.replies import queries, signatures
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.macros.routes import languages
from dragoman.web.manage.signatures.view import SignatureRow, SignaturesPage

router = APIRouter(prefix="/settings/signatures")


async def _show(reader: Reader, form: Form | None = None, *, status: int = 200) -> Response:
    async with reader.work() as session:
        me = await people.find_person(session, reader.actor.person_id)
        own = await queries.signatures_of(session, reader.actor.person_id)
        known = {one.id: one.name for one in await shops.list_shops(session)}
        around = await respond.shell(reader, session, "manage.signatures")
    rows = tuple(
        SignatureRow(known.get(one.shop_id, "") if one.shop_id else "", str(one.shop_id or ""), one.language, one.text)
        for one in own
    )
    page = SignaturesPage(
        me.signature if me else "", rows,
        (Choice("", _("Any shop")), *(Choice(str(key), name) for key, name in known.items())), languages(),
        form or Form(),
    )  # fmt: skip
    return respond.page(reader.request, "manage/signatures/signatures.html", page, around, status=status)


@router.get("")
async def signatures_page(reader: SignedIn) -> Response:
    """All of the reader's signatures."""
    return await _show(reader)


@router.post("")
async def save(reader: SignedIn, data: Posted) -> Response:
    """Keep a signature; an empty one is removed."""
    values = {name: field(data, name, 3_000) for name in ("shop", "language", "text")}
    try:
        async with reader.work() as session:
            await signatures.save(
                session, reader.actor, shop_id=known_id(values["shop"]) if values["shop"] else None,
                language=values["language"], text=values["text"],
            )  # fmt: skip
    except Invalid as error:
        form = Form(values, said_fields(error), "" if error.fields else said(error))
        return await _show(reader, form, status=422)
    return respond.redirect(reader.request, "/settings/signatures", Flash(_("Saved")))
