"""Access tokens, and trying the API in the browser."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts.tokens import queries, service
from dragoman.accounts.tokens.models import AccessToken
from dragoman.accounts.tokens.scopes import SCOPES
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.web import once, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, own_host, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.api.view import TokenRow, TokensPage, TryPage
from dragoman.web.words import Word

router = APIRouter(prefix="/settings/api")
BASE = "/settings/api"
API = "/api/v1"
LIFETIMES = (7, 30, 90, 180, 365)
USUAL = ("tickets:read",)
STATES = {
    "ok": Word(N_("In use"), "check", "green"),
    "expired": Word(N_("Expired"), "clock", "plain"),
    "revoked": Word(N_("Revoked"), "ban", "plain"),
    "off": Word(N_("Person switched off"), "ban", "amber"),
}


def _state(one: AccessToken, *, active: bool) -> str:
    if one.revoked_at:
        return "revoked"
    if one.expires_at <= clock.now():
        return "expired"
    return "ok" if active else "off"


def _row(one: AccessToken, person: str, *, active: bool) -> TokenRow:
    state = _state(one, active=active)
    return TokenRow(
        one.name, person, tuple(one.scopes), STATES[state], one.expires_at, one.used_at,
        f"{BASE}/{one.id}/revoke" if state in ("ok", "off") else "",
    )  # fmt: skip


async def _show(
    reader: Reader, form: Form | None = None, scopes: tuple[str, ...] = USUAL, *, status: int = 200
) -> Response:
    reader.actor.require("api.manage")
    async with reader.work() as session:
        found = await queries.list_all(session)
        around = await respond.shell(reader, session, "manage.api")
    public = reader.desk.settings.public_url
    view = TokensPage(
        tokens=tuple(_row(one, person, active=active) for one, person, active in found),
        scopes=tuple(Choice(key, _(label), current=key in scopes) for key, label in SCOPES.items()),
        lifetimes=tuple(Choice(str(days), ngettext("{n} day", "{n} days", days)) for days in LIFETIMES),
        form=form or Form({"days": "90"}),
        made="".join(once.carried(reader, BASE)),
        address=(public.rstrip("/") if public else f"{reader.request.url.scheme}://{own_host(reader.request)}") + API,
    )
    return once.shown(reader, respond.page(reader.request, "manage/api/tokens.html", view, around, status=status))


@router.get("")
async def tokens_page(reader: SignedIn) -> Response:
    """All access tokens."""
    return await _show(reader)


@router.post("")
async def make(reader: SignedIn, data: Posted) -> Response:
    """Make a token; it stands once on the page that follows."""
    name, days, scopes = field(data, "name", 200), field(data, "days", 9), fields(data, "scopes")
    try:
        async with reader.work() as session:
            _id, token = await service.make(
                session, reader.actor, name=name, scopes=scopes, days=int(days) if days.isdecimal() else 0
            )
    except Invalid as error:
        return await _show(reader, Form({"name": name, "days": days}, said_fields(error)), tuple(scopes), status=422)
    return once.carry(reader, BASE, token)


@router.post("/{token_id}/revoke")
async def revoke(reader: SignedIn, token_id: str, data: Posted) -> Response:
    """End a token."""
    del data
    async with reader.work() as session:
        name = await service.revoke(session, reader.actor, known_id(token_id))
    return respond.redirect(reader.request, BASE, Flash(_("“{name}” is revoked.", name=name)))


@router.get("/try")
async def try_page(reader: SignedIn) -> Response:
    """The API's description, with every request to be tried out."""
    reader.actor.require("api.manage")
    async with reader.work() as session:
        around = await respond.shell(reader, session, "manage.api")
    return respond.page(reader.request, "manage/api/try.html", TryPage(f"{API}/openapi.json"), around)
