"""Roles: what each kind of person may do, changed by whoever manages people."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from dragoman.accounts import lists, queries
from dragoman.accounts.access import Actor
from dragoman.accounts.models import Role
from dragoman.accounts.permissions import PERMISSIONS, ROLE_NAMES, role_label
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform.db import Session

LAST = N_("Somebody must remain who manages people.")


async def list_roles(session: Session, actor: Actor) -> list[lists.RoleRow]:
    """All roles and who has them: shipped ones first, in their usual order. Raises Forbidden."""
    actor.require("people.manage")
    order = {key: place for place, key in enumerate(ROLE_NAMES)}
    return sorted(await lists.list_roles(session), key=lambda role: order.get(role.key, len(order)))


async def get_role(session: Session, actor: Actor, role_id: UUID) -> Role:
    """A role, for whoever manages people. Raises NotFound, Forbidden."""
    actor.require("people.manage")
    role = await queries.load_role(session, role_id)
    if role is None:
        raise NotFound(N_("There is no such role."))
    return role


async def _check(session: Session, role: Role | None, name: str, permissions: Collection[str]) -> None:
    faults = {}
    if len(name) > 60 or (not name and (role is None or role.key not in ROLE_NAMES)):
        faults["name"] = N_("A name is needed, of at most 60 characters.")
    others = [one for one in await lists.list_roles(session) if role is None or one.id != role.id]
    if name and name.casefold() in {role_label(one.key, one.name).casefold() for one in others}:
        faults["name"] = N_("Another role has this name.")
    if set(permissions) - set(PERMISSIONS):
        faults["permissions"] = N_("One of these permissions does not exist. Load the page again and repeat.")
    if faults:
        raise Invalid(fields=faults)


async def add_role(session: Session, actor: Actor, *, name: str, permissions: Collection[str]) -> UUID:
    """Add a role of the workspace's own. Raises Invalid beside the fields at fault, Forbidden."""
    actor.require("people.manage")
    name = name.strip()
    await _check(session, None, name, permissions)
    role_id = ids.new()
    allowed = [key for key in PERMISSIONS if key in permissions]
    session.add(Role(id=role_id, key=f"own-{role_id.hex}", name=name, permissions=allowed))
    await session.flush()
    audit.record(session, actor, "role.added", Subject("role", role_id, name), after={"permissions": allowed})
    return role_id


async def change_role(
    session: Session, actor: Actor, role_id: UUID, *, name: str, permissions: Collection[str]
) -> None:
    """Rename a role (an empty name gives a shipped one its own back) and set what it allows, from the next request on.

    Raises Invalid when nobody would remain who manages people, or beside the fields at fault; NotFound, Forbidden.
    """
    role = await get_role(session, actor, role_id)
    name = name.strip()
    if role.key in ROLE_NAMES and name == role_label(role.key):
        name = ""
    await _check(session, role, name, permissions)
    loses = "people.manage" in role.permissions and "people.manage" not in permissions
    if loses:
        await queries.lock_people(session)
        if not await queries.has_admin(session, besides_role=role_id):
            raise Invalid(fields={"permissions": LAST})
    before = {"name": role.name, "permissions": list(role.permissions)}
    role.name, role.permissions = name, [key for key in PERMISSIONS if key in permissions]
    after = {"name": role.name, "permissions": list(role.permissions)}
    if before != after:
        subject = Subject("role", role.id, name or ROLE_NAMES.get(role.key, role.key))
        audit.record(session, actor, "role.changed", subject, before=before, after=after)


async def remove_role(session: Session, actor: Actor, role_id: UUID) -> None:
    """Remove a role of the workspace's own that nobody has. Raises Conflict otherwise."""
    role = await get_role(session, actor, role_id)
    if role.key in ROLE_NAMES:
        raise Conflict(N_("Shipped roles stay; take their permissions away instead."))
    row = next(one for one in await lists.list_roles(session) if one.id == role_id)
    if row.used or await queries.role_is_mapped(session, role_id):
        raise Conflict(N_("Somebody has this role, or is invited or mapped to it. Give them another one first."))
    before = {"name": role.name, "permissions": list(role.permissions)}
    await session.delete(role)
    audit.record(session, actor, "role.removed", Subject("role", role_id, role.name), before=before)
