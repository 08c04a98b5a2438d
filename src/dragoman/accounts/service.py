"""What can be done with people: set up a workspace, add and change people, change the workspace itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dragoman.accounts import alerts, factors, passwords, queries
from dragoman.accounts.access import Actor, nobody_yet, second_factor_required
from dragoman.accounts.checks import check_password, check_person, clean_email, together
from dragoman.accounts.departments import service as departments
from dragoman.accounts.models import Person, Role
from dragoman.accounts.permissions import ROLES
from dragoman.accounts.roles import LAST
from dragoman.accounts.signin import get
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform.db import Session, enter
from dragoman.platform.models import Workspace


def _check_workspace(name: str) -> None:
    if not name.strip():
        raise Invalid(fields={"workspace": N_("Give your company's or team's name.")})


async def set_up(
    session: Session, *, workspace: str, slug: str, name: str, email: str, password: str, locale: str, timezone: str
) -> tuple[UUID, UUID]:
    """Make a workspace with its roles and first administrator; returns (workspace, person).

    Raises Conflict when a workspace of that slug exists, Invalid beside the fields at fault.
    """
    together(
        lambda: _check_workspace(workspace),
        lambda: check_person(name, locale, timezone),
        lambda: clean_email(email),
        lambda: check_password(password, email=email, name=name, company=workspace),
    )
    email = clean_email(email)
    if any(one.slug == slug for one in await queries.list_workspaces(session)):
        raise Conflict(N_("This desk is already set up. Sign in instead."))
    made = Workspace(id=ids.new(), slug=slug, name=workspace.strip(), locale=locale, timezone=timezone)
    session.add(made)
    await session.flush()
    await enter(session, made.id)
    session.add_all(Role(key=key, permissions=list(permissions)) for key, permissions in ROLES.items())
    departments.add_shipped(session)
    await session.flush()
    role = await queries.role_id(session, "admin")
    person = Person(
        email=email, name=name.strip(), role_id=role, locale=locale, timezone=timezone,
        password_hash=passwords.hash_password(password),
    )  # fmt: skip
    session.add(person)
    await session.flush()
    audit.record(
        session, nobody_yet(session, person), "workspace.set_up", Subject("workspace", made.id, made.name),
        person=person.email,
    )  # fmt: skip
    return made.id, person.id


def _subject(person: Person) -> Subject:
    return Subject("person", person.id, person.name)


async def add_person(
    session: Session, actor: Actor, *, name: str, email: str, role: str, locale: str, timezone: str
) -> tuple[UUID, str]:
    """Add a colleague; returns their id and a one-time password to hand over. Raises Invalid, Forbidden."""
    actor.require("people.manage")
    together(lambda: clean_email(email), lambda: check_person(name, locale, timezone))
    email = clean_email(email)
    role_id = await queries.role_id(session, role)
    if role_id is None:
        raise Invalid(fields={"role": N_("Choose a role.")})
    if await queries.find_person_by_email(session, email):
        raise Invalid(fields={"email": N_("Somebody with this address is already here.")})
    password = passwords.one_time_password()
    person = Person(
        email=email, name=name.strip(), role_id=role_id, locale=locale, timezone=timezone,
        password_hash=passwords.hash_password(password), must_change_password=True,
    )  # fmt: skip
    session.add(person)
    await session.flush()
    audit.record(session, actor, "person.added", _subject(person), role=role)
    return person.id, password


async def change_person(session: Session, actor: Actor, person_id: UUID, *, role: str, active: bool) -> None:
    """Change a colleague's role, or switch them off and on. The last administrator stays one."""
    actor.require("people.manage")
    person = await get(session, person_id)
    role_id = await queries.role_id(session, role)
    given = await queries.load_role(session, role_id) if role_id else None
    former = await queries.load_role(session, person.role_id)
    if given is None or former is None:
        raise Invalid(fields={"role": N_("Choose a role.")})
    if not active or "people.manage" not in given.permissions:
        await queries.lock_people(session)
        if not await queries.has_admin(session, besides=person_id):
            raise Invalid(fields={"role": LAST})
    before, was_active = {"role": former.name or former.key}, person.active
    person.role_id, person.active = given.id, active
    if former.id != given.id:
        after = {"role": given.name or given.key}
        audit.record(session, actor, "person.role", _subject(person), before=before, after=after)
    if was_active != active:
        audit.record(session, actor, "person.switched_on" if active else "person.switched_off", _subject(person))
    if not active:
        await queries.end_sign_ins(session, person_id)


async def reset_password(session: Session, actor: Actor, person_id: UUID) -> tuple[str, UUID]:
    """Give a colleague a new one-time password, end their sign-ins, and switch their second factor off.

    Returns the password and the alert that tells them.
    """
    actor.require("people.manage")
    person = await get(session, person_id)
    password = passwords.one_time_password()
    person.password_hash, person.must_change_password = passwords.hash_password(password), True
    await factors.forget(session, person)
    await queries.end_sign_ins(session, person_id)
    audit.record(session, actor, "password.reset", _subject(person))
    alert = await alerts.raise_alert(session, person_id, "reset", address="", browser="")  # not the admin's own
    return password, alert


async def change_profile(
    session: Session, actor: Actor, *, name: str, locale: str, timezone: str, theme: str, signature: str,
    settings: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Change what is one's own. `settings` are merged into the present ones."""
    check_person(name, locale, timezone)
    if theme not in {"system", "light", "dark"}:
        raise Invalid(fields={"theme": N_("Choose one of the themes.")})
    if len(signature) > 2000:
        raise Invalid(fields={"signature": N_("At most 2,000 characters.")})
    person = await get(session, actor.person_id)
    before = _profile(person)
    person.name, person.locale, person.timezone = name.strip(), locale, timezone
    person.theme, person.signature = theme, signature
    person.settings = {**person.settings, **(settings or {})}
    if changed := audit.changes(before, _profile(person)):
        audit.record(session, actor, "profile.changed", _subject(person), changed=changed)


def _profile(person: Person) -> dict[str, Any]:
    names = ("name", "locale", "timezone", "theme", "signature", "settings")
    return {name: getattr(person, name) for name in names}


REOPEN_DAYS = 30
"""How long after it is done an answer reopens a ticket, unless the workspace says otherwise."""


def reopen_days(settings: dict[str, Any]) -> int:
    """A workspace's own number of days, or the usual one."""
    return int(settings.get("reopen_days", REOPEN_DAYS))


async def get_workspace(session: Session, actor: Actor) -> Workspace:
    """The actor's workspace."""
    workspace = await queries.find_workspace(session, actor.workspace_id)
    if workspace is None:
        raise NotFound
    return workspace


async def change_workspace(
    session: Session,
    actor: Actor,
    *,
    name: str,
    locale: str,
    timezone: str,
    days: int,
    second_factor: bool,
    mask_customers: bool,
) -> None:
    """Change what holds for the whole desk. `days`: see REOPEN_DAYS; `second_factor`: whether everybody who signs in by
    password must have one; `mask_customers`: see customers/privacy.py. Raises Invalid, Forbidden."""
    actor.require("workspace.manage")
    check_person(name, locale, timezone)
    if not 0 <= days <= 3650:
        raise Invalid(fields={"reopen_days": N_("A number of days from 0 to 3,650.")})
    workspace = await get_workspace(session, actor)
    before = _facts(workspace)
    workspace.name, workspace.locale, workspace.timezone = name.strip(), locale, timezone
    workspace.settings = workspace.settings | {
        "reopen_days": days, "second_factor": second_factor, "mask_customers": mask_customers,
    }  # fmt: skip
    if changed := audit.changes(before, _facts(workspace)):
        audit.record(
            session, actor, "workspace.changed", Subject("workspace", workspace.id, workspace.name), changed=changed
        )


def _facts(workspace: Workspace) -> dict[str, Any]:
    return {
        "name": workspace.name, "locale": workspace.locale, "timezone": workspace.timezone,
        "reopen_days": reopen_days(workspace.settings),
        "second_factor": second_factor_required(workspace.settings),
        "mask_customers": bool(workspace.settings.get("mask_customers", False)),
    }  # fmt: skip
