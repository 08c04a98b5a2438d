"""All SQL about people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select, update

from dragoman.accounts.models import Person, Role, SignIn
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists and forms show them."""

    id: UUID
    email: str
    name: str
    role: str
    active: bool
    locale: str
    timezone: str
    theme: str
    signature: str
    settings: dict[str, Any]
    totp: bool
    must_change_password: bool
    created_at: datetime


_person = (
    Person.id, Person.email, Person.name, Role.key.label("role"), Person.active, Person.locale, Person.timezone,
    Person.theme, Person.signature, Person.settings, Person.totp_confirmed_at.is_not(None).label("totp"),
    Person.must_change_password, Person.created_at,
)  # fmt: skip
_with_role = (Role.workspace_id == Person.workspace_id) & (Role.id == Person.role_id)


async def list_workspaces(session: Session) -> list[Workspace]:
    """The directory of workspaces, oldest first."""
    return list(await session.scalars(select(Workspace).order_by(Workspace.id)))


async def find_workspace(session: Session, workspace_id: UUID) -> Workspace | None:
    """A workspace by id."""
    return await session.get(Workspace, workspace_id)


async def list_people(session: Session, *, active_only: bool = False) -> list[PersonRow]:
    """Everybody of the desk by name. A desk has hundreds of people at most: one page."""
    statement = (
        select(*_person).join(Role, _with_role).order_by(Person.active.desc(), func.lower(Person.name), Person.id)
    )
    if active_only:
        statement = statement.where(Person.active)
    return [PersonRow(*row) for row in await session.execute(statement)]


async def find_person(session: Session, person_id: UUID) -> PersonRow | None:
    """A person by id."""
    row = (await session.execute(select(*_person).join(Role, _with_role).where(Person.id == person_id))).one_or_none()
    return PersonRow(*row) if row else None


async def load_person(session: Session, person_id: UUID, *, lock: bool = False) -> Person | None:
    """A person to change; `lock` lets only one transaction at a time do so."""
    return await session.get(Person, (session.workspace_id, person_id), with_for_update=lock or None)


async def find_person_by_email(session: Session, email: str) -> Person | None:
    """A person to sign in or to change, by address in lower case."""
    found: Person | None = await session.scalar(select(Person).where(Person.email == email))
    return found


async def role_id(session: Session, key: str) -> UUID | None:
    """The id of a role by its key."""
    found: UUID | None = await session.scalar(select(Role.id).where(Role.key == key))
    return found


async def count_admins(session: Session, *, besides: UUID) -> int:
    """Active people, besides one, who can manage people."""
    statement = (
        select(func.count())
        .select_from(Person)
        .join(Role, _with_role)
        .where(Person.active, Person.id != besides, Role.permissions.contains(["people.manage"]))
    )
    return await session.scalar(statement) or 0


async def find_sign_in(session: Session, token_hash: bytes) -> Any:
    """A sign-in with the person and the role's permissions, by the hash of its secret."""
    statement = (
        select(
            SignIn.id.label("sign_in_id"), SignIn.person_id, SignIn.stage, SignIn.expires_at, SignIn.seen_at,
            Person.name, Person.email, Person.active, Person.locale, Person.timezone, Person.theme, Person.settings,
            Role.key.label("role"), Role.permissions,
        )
        .join(Person, (Person.workspace_id == SignIn.workspace_id) & (Person.id == SignIn.person_id))
        .join(Role, _with_role)
        .where(SignIn.token_hash == token_hash)
    )  # fmt: skip
    return (await session.execute(statement)).one_or_none()


async def touch_sign_in(session: Session, sign_in_id: UUID, now: datetime) -> None:
    """Note that a sign-in is in use."""
    await session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now))


async def end_sign_ins(session: Session, person_id: UUID, *, besides: UUID | None = None) -> None:
    """End a person's sign-ins, all or all but one."""
    statement = delete(SignIn).where(SignIn.person_id == person_id)
    if besides is not None:
        statement = statement.where(SignIn.id != besides)
    await session.execute(statement)


async def end_sign_in(session: Session, sign_in_id: UUID) -> None:
    """End one sign-in."""
    await session.execute(delete(SignIn).where(SignIn.id == sign_in_id))
