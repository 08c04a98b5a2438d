"""Roles and permissions: who can do what, why, and how to change it."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import roles
from dragoman.accounts.lists import RoleRow
from dragoman.accounts.permissions import PERMISSIONS, ROLE_NAMES, role_label
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.forms import Form
from dragoman.web.manage.roles.view import Holder, PermissionRow, RoleColumn, RolePage, RolesPage, Tick

router = APIRouter(prefix="/settings/roles")
BASE = "/settings/roles"


def _label(role: RoleRow) -> str:
    return role_label(role.key, role.name)


def _holders(permission: str, found: list[RoleRow]) -> tuple[Holder, ...]:
    held = [role for role in found if permission in role.permissions]
    return tuple(
        sorted((Holder(name, _label(role)) for role in held for name in role.people), key=lambda one: one.name)
    )


async def _show(reader: Reader, form: Form | None = None, *, status: int = 200) -> Response:
    async with reader.work() as session:
        found = await roles.list_roles(session, reader.actor)
        around = await respond.shell(reader, session, "manage.roles")
    view = RolesPage(
        tuple(RoleColumn(_label(one), f"{BASE}/{one.id}", len(one.people), one.permissions) for one in found),
        tuple(PermissionRow(key, _(label), _holders(key, found)) for key, label in PERMISSIONS.items()),
        form or Form(),
    )
    return respond.page(reader.request, "manage/roles/roles.html", view, around, status=status)


@router.get("")
async def roles_page(reader: SignedIn) -> Response:
    """Every role and permission, and who has which by what."""
    return await _show(reader)


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a role of one's own; what it allows is chosen on its page."""
    name = field(data, "name", 200)
    try:
        async with reader.work() as session:
            role_id = await roles.add_role(session, reader.actor, name=name, permissions=())
    except Invalid as error:
        return await _show(reader, Form({"name": name}, said_fields(error)), status=422)
    return respond.redirect(reader.request, f"{BASE}/{role_id}", Flash(_("Added. Now choose what it allows.")))


async def _show_one(
    reader: Reader, role_id: UUID, form: Form | None = None, chosen: list[str] | None = None
) -> Response:
    async with reader.work() as session:
        role = next((one for one in await roles.list_roles(session, reader.actor) if one.id == role_id), None)
        around = await respond.shell(reader, session, "manage.roles")
    if role is None:
        raise NotFound(_("There is no such role."))
    given = role.permissions if chosen is None else frozenset(chosen)
    shipped = _(ROLE_NAMES[role.key]) if role.key in ROLE_NAMES else ""
    view = RolePage(
        _label(role), f"{BASE}/{role_id}", form or Form({"name": _label(role)}),
        tuple(Tick(key, _(label), key in given) for key, label in PERMISSIONS.items()), role.people,
        shipped, "" if shipped or role.used else f"{BASE}/{role_id}/remove",
    )  # fmt: skip
    return respond.page(reader.request, "manage/roles/role.html", view, around, status=200 if form is None else 422)


@router.get("/{role_id}")
async def role_page(reader: SignedIn, role_id: str) -> Response:
    """One role."""
    return await _show_one(reader, known_id(role_id))


@router.post("/{role_id}")
async def change(reader: SignedIn, role_id: str, data: Posted) -> Response:
    """Rename a role and set what it allows; both hold from everybody's next request on."""
    found, name, chosen = known_id(role_id), field(data, "name", 200), fields(data, "permission")
    try:
        async with reader.work() as session:
            await roles.change_role(session, reader.actor, found, name=name, permissions=chosen)
    except Invalid as error:
        faults = said_fields(error)
        form = Form({"name": name}, faults, faults.get("permissions", "" if faults else said(error)))
        return await _show_one(reader, found, form, chosen)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/{role_id}/remove")
async def remove(reader: SignedIn, role_id: str, data: Posted) -> Response:
    """Remove a role of one's own that nobody has."""
    del data
    async with reader.work() as session:
        await roles.remove_role(session, reader.actor, known_id(role_id))
    return respond.redirect(reader.request, BASE, Flash(_("The role is removed.")))
