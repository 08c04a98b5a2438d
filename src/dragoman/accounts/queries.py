"""All SQL about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import case, delete, func, or_, select, text, update

from dragoman.accounts.models import (
    Invitation,
    OutsideIdentity,
    Person,
    RecoveryCode,
    Role,
    SignIn,
    SignInAlert,
    SignInPlace,
    SignInProvider,
)
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace

AWAY = timedelta(hours=3)
"""A pause after which somebody who comes back begins a new stretch of work."""


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as lists and forms show them."""

    id: UUID
    email: str
    name: str
    role: str
    role_name: str
    active: bool
    locale: str
    timezone: str
    theme: str
    signature: str
    settings: dict[str, Any]
    totp: bool
    has_password: bool
    """False for whoever came by the company's own sign-in and has no password here."""
    must_change_password: bool
    created_at: datetime


_person = (
    Person.id, Person.email, Person.name, Role.key.label("role"), Role.name.label("role_name"), Person.active,
    Person.locale, Person.timezone, Person.theme, Person.signature, Person.settings,
    Person.totp_confirmed_at.is_not(None).label("totp"), Person.password_hash.is_not(None).label("has_password"),
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


async def load_role(session: Session, role_id: UUID) -> Role | None:
    """A role to read or to change."""
    return await session.get(Role, (session.workspace_id, role_id))


async def lock_people(session: Session) -> None:
    """Let only one transaction of the workspace at a time decide who may manage people, so that two administrators
    can't take it from each other at the same moment."""
    await session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
                          {"key": f"people {session.workspace_id}"})  # fmt: skip


async def has_admin(session: Session, *, besides: UUID | None = None, besides_role: UUID | None = None) -> bool:
    """Whether anybody active can manage people, leaving out one person or everybody of one role."""
    statement = (
        select(Person.id)
        .join(Role, _with_role)
        .where(Person.active, Role.permissions.contains(["people.manage"]))
        .limit(1)
    )
    if besides is not None:
        statement = statement.where(Person.id != besides)
    if besides_role is not None:
        statement = statement.where(Role.id != besides_role)
    return await session.scalar(statement) is not None


async def list_holders(session: Session, permission: str, *, limit: int) -> list[PersonRow]:
    """Some active people whose role has a permission, by name: who can be asked for something."""
    statement = (
        select(*_person)
        .join(Role, _with_role)
        .where(Person.active, Role.permissions.contains([permission]))
        .order_by(func.lower(Person.name), Person.id)
        .limit(limit)
    )
    return [PersonRow(*row) for row in await session.execute(statement)]


async def list_of_role(session: Session, key: str) -> list[UUID]:
    """The active people of a role."""
    return list(await session.scalars(select(Person.id).join(Role, _with_role).where(Person.active, Role.key == key)))


async def find_invitation(session: Session, token_hash: bytes, *, lock: bool = False) -> Invitation | None:
    """An invitation by the hash of its secret; `lock` lets only one transaction at a time use it."""
    statement = select(Invitation).where(Invitation.token_hash == token_hash)
    found: Invitation | None = await session.scalar(statement.with_for_update() if lock else statement)
    return found


async def load_invitation(session: Session, invitation_id: UUID) -> Invitation | None:
    """An invitation to renew or take back."""
    return await session.get(Invitation, (session.workspace_id, invitation_id), with_for_update=True)


async def find_open_invitation(session: Session, email: str, now: datetime) -> Invitation | None:
    """The invitation of an address that can still be used."""
    statement = select(Invitation).where(
        Invitation.email == email, Invitation.used_at.is_(None), Invitation.revoked_at.is_(None),
        Invitation.expires_at > now,
    ).limit(1)  # fmt: skip
    found: Invitation | None = await session.scalar(statement)
    return found


async def use_recovery_code(session: Session, person_id: UUID, hashes: Sequence[bytes], now: datetime) -> bool:
    """Use up a code, by its hash under any of the keys; False when it is wrong or was used."""
    statement = (
        update(RecoveryCode)
        .where(RecoveryCode.person_id == person_id, RecoveryCode.code_hash.in_(hashes), RecoveryCode.used_at.is_(None))
        .values(used_at=now)
        .returning(RecoveryCode.id)
    )
    return (await session.execute(statement)).first() is not None


async def drop_recovery_codes(session: Session, person_id: UUID) -> None:
    """Forget a person's recovery codes."""
    await session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


async def find_place(session: Session, person_id: UUID, browser: str, network: str) -> SignInPlace | None:
    """A place from which a person has signed in."""
    found: SignInPlace | None = await session.scalar(
        select(SignInPlace).where(
            SignInPlace.person_id == person_id, SignInPlace.browser == browser, SignInPlace.network == network
        )
    )
    return found


async def find_provider(session: Session) -> SignInProvider | None:
    """The company's own sign-in, where one is set up."""
    found: SignInProvider | None = await session.scalar(select(SignInProvider).limit(1))
    return found


async def role_is_mapped(session: Session, role_id: UUID) -> bool:
    """Whether the company's own sign-in gives this role."""
    provider = await find_provider(session)
    if provider is None:
        return False
    return provider.default_role_id == role_id or str(role_id) in {pair[1] for pair in provider.mapping}


async def find_identity(session: Session, issuer: str, subject: str) -> OutsideIdentity | None:
    """Who somebody of the company's own sign-in is here."""
    found: OutsideIdentity | None = await session.scalar(
        select(OutsideIdentity).where(OutsideIdentity.issuer == issuer, OutsideIdentity.subject == subject)
    )
    return found


async def drop_unused(session: Session, *, now: datetime, idle: datetime, old: datetime) -> int:
    """Remove sign-ins that ended by `now` or were not used since `idle`, and places, alerts and invitations that
    nobody needs since `old`; returns how many sign-ins there were."""
    ended = await session.execute(
        delete(SignIn).where(or_(SignIn.expires_at <= now, SignIn.seen_at <= idle)).returning(SignIn.id)
    )
    await session.execute(delete(SignInPlace).where(SignInPlace.seen_at < old))
    await session.execute(delete(SignInAlert).where(SignInAlert.at < old))
    await session.execute(delete(Invitation).where(Invitation.expires_at < old))
    return len(ended.all())


async def find_sign_in(session: Session, token_hash: bytes) -> Any:
    """A sign-in with the person and the role's permissions, by the hash of its secret."""
    statement = (
        select(
            SignIn.id.label("sign_in_id"), SignIn.person_id, SignIn.stage, SignIn.method, SignIn.expires_at,
            SignIn.seen_at, Person.totp_confirmed_at.is_not(None).label("totp"), Workspace.settings.label("house"),
            Person.name, Person.email, Person.active, Person.locale, Person.timezone, Person.theme, Person.settings,
            Role.key.label("role"), Role.name.label("role_name"), Role.permissions,
        )
        .join(Person, (Person.workspace_id == SignIn.workspace_id) & (Person.id == SignIn.person_id))
        .join(Role, _with_role)
        .join(Workspace, Workspace.id == SignIn.workspace_id)
        .where(SignIn.token_hash == token_hash)
    )  # fmt: skip
    return (await session.execute(statement)).one_or_none()


async def find_acting(session: Session, person_id: UUID) -> Any:
    """A person with what their role may do, if they still work here."""
    statement = (
        select(
            Person.id, Person.name, Person.email, Person.locale, Person.timezone, Person.theme, Person.settings,
            Role.key.label("role"), Role.name.label("role_name"), Role.permissions,
        )
        .join(Role, _with_role)
        .where(Person.id == person_id, Person.active)
    )  # fmt: skip
    return (await session.execute(statement)).one_or_none()


async def touch_sign_in(session: Session, sign_in_id: UUID, now: datetime) -> None:
    """Note that a sign-in is in use, and with it its person."""
    statement = update(SignIn).where(SignIn.id == sign_in_id).values(seen_at=now).returning(SignIn.person_id)
    person_id = await session.scalar(statement)
    if person_id is not None:
        await touch_person(session, person_id, now)


async def touch_person(session: Session, person_id: UUID, now: datetime) -> None:
    """Note that somebody is here; after a pause of AWAY, when they had left is kept."""
    left = case((Person.seen_at < now - AWAY, Person.seen_at), else_=Person.left_at)
    await session.execute(update(Person).where(Person.id == person_id).values(seen_at=now, left_at=left))


async def left_at(session: Session, person_id: UUID) -> datetime | None:
    """When somebody was last here before the present stretch of work; None where nobody knows."""
    found: datetime | None = await session.scalar(select(Person.left_at).where(Person.id == person_id))
    return found


async def end_sign_ins(session: Session, person_id: UUID, *, besides: UUID | None = None) -> None:
    """End a person's sign-ins, all or all but one."""
    statement = delete(SignIn).where(SignIn.person_id == person_id)
    if besides is not None:
        statement = statement.where(SignIn.id != besides)
    await session.execute(statement)


async def end_sign_in(session: Session, sign_in_id: UUID) -> None:
    """End one sign-in."""
    await session.execute(delete(SignIn).where(SignIn.id == sign_in_id))


async def load_sign_in(session: Session, sign_in_id: UUID) -> SignIn | None:
    """A sign-in by its id."""
    return await session.get(SignIn, (session.workspace_id, sign_in_id))
