"""How people sign in: the company's own sign-in beside passwords."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts import oidc, outside, queries
from dragoman.accounts.lists import RoleRow
from dragoman.accounts.models import SignInProvider
from dragoman.accounts.oidc import Refused
from dragoman.accounts.outside import ProviderForm
from dragoman.accounts.permissions import role_label
from dragoman.accounts.roles import list_roles
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, said, said_fields
from dragoman.web.entry.outside import BACK
from dragoman.web.entry.routes import outside_address
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.signin.view import Pair, SignInSettingsPage

router = APIRouter(prefix="/settings/sign-in")
BASE = "/settings/sign-in"
SPARE = 2
"""Empty lines offered for more pairs."""


def _values(provider: SignInProvider | None, roles: list[RoleRow]) -> dict[str, str]:
    if provider is None:
        return {"label": _("Company sign-in"), "passwords": "yes"}
    keys = {role.id: role.key for role in roles}
    return {
        "issuer": provider.issuer, "client_id": provider.client_id, "label": provider.label, "claim": provider.claim,
        "active": "yes" if provider.active else "no", "auto_create": "yes" if provider.auto_create else "no",
        "passwords": "yes" if provider.passwords else "no",
        "default_role": keys.get(provider.default_role_id, "") if provider.default_role_id else "",
    }  # fmt: skip


async def _show(
    reader: Reader, form: Form | None = None, pairs: tuple[Pair, ...] | None = None, *, tested: str = "",
    works: bool = False,
) -> Response:  # fmt: skip
    async with reader.work() as session:
        provider = await outside.get_provider(session, reader.actor)
        roles = await list_roles(session, reader.actor)
        around = await respond.shell(reader, session, "manage.sign_in")
    keys = {str(role.id): role.key for role in roles}
    if pairs is None:
        pairs = tuple(Pair(value, keys.get(role, "")) for value, role in (provider.mapping if provider else ()))
    choices = tuple(Choice(role.key, role_label(role.key, role.name)) for role in roles)
    view = SignInSettingsPage(
        form or Form(_values(provider, roles)), pairs + (Pair("", "agent1"),) * SPARE,
        choices, (Choice("", _("None: refuse them")), *choices),
        outside_address(reader.request) + BACK, stored=bool(provider and provider.client_secret), tested=tested,
        works=works,
    )  # fmt: skip
    status = 422 if form is not None and (form.errors or form.problem) else 200
    return respond.page(reader.request, "manage/signin/signin.html", view, around, status=status)


@router.get("")
async def settings_page(reader: SignedIn) -> Response:
    """The company's own sign-in, as it is set up."""
    return await _show(reader)


def _read(data: FormData) -> tuple[dict[str, str], tuple[Pair, ...]]:
    values = {name: field(data, name, 500) for name in ("issuer", "client_id", "label", "claim", "default_role")}
    for name in ("active", "auto_create", "passwords"):
        values[name] = "yes" if field(data, name) == "yes" else "no"
    typed = zip(fields(data, "value"), fields(data, "role"), strict=False)
    return values, tuple(Pair(value.strip()[:200], role[:60]) for value, role in typed if value.strip())


@router.post("")
async def save(reader: SignedIn, data: Posted) -> Response:
    """Set it up, or change it."""
    values, pairs = _read(data)
    form = ProviderForm(
        issuer=values["issuer"], client_id=values["client_id"], secret=field(data, "secret", 1000),
        label=values["label"], active=values["active"] == "yes", claim=values["claim"],
        mapping=[(pair.value, pair.role) for pair in pairs], default_role=values["default_role"],
        auto_create=values["auto_create"] == "yes", passwords=values["passwords"] == "yes",
    )  # fmt: skip
    try:
        async with reader.work() as session:
            await outside.save_provider(
                session, reader.actor, reader.desk.keys, form,
                allow_private=reader.desk.settings.allow_private_hosts,
            )  # fmt: skip
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, Form(values, faults, faults.get("mapping", "" if faults else said(error))), pairs)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/test")
async def test(reader: SignedIn, data: Posted) -> Response:
    """Ask the provider that is saved what it says about itself; nothing is stored."""
    del data
    reader.actor.require("people.manage")
    async with reader.work() as session:
        provider = await queries.find_provider(session)
        if provider is None:
            return await _show(reader, tested=_("Save the issuer first."))
        client = outside.client_of(
            session, provider, reader.desk.keys, allow_private=reader.desk.settings.allow_private_hosts
        )
    try:
        endpoints = await oidc.discover(client)
    except Refused as error:
        return await _show(reader, tested=said(error))
    words = _("The provider answers. It signs in at {address}", address=endpoints.authorization)
    return await _show(reader, tested=words, works=True)
