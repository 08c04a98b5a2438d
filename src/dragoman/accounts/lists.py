"""The lists of accounts: sign-ins, invitations, alerts, roles and who has them. Each fits on a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from dragoman.accounts.models import (
    Invitation,
    Person,
    RecoveryCode,
    Role,
    SignIn,
    SignInAlert,
    SignInPlace,
)
from dragoman.platform.db import Session

MOST = 100
"""More sign-ins, alerts or invitations than this are not shown at once; the newest come first."""


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A browser in which somebody is signed in."""

    id: UUID
    address: str
    browser: str
    method: str
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation as the list shows it; `state` is open, used, revoked or expired."""

    id: UUID
    email: str
    role: str
    role_name: str
    invited_by: str
    created_at: datetime
    expires_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class RoleRow:
    """A role with what it allows and the active people who have it, by name."""

    id: UUID
    key: str
    name: str
    permissions: frozenset[str]
    people: tuple[str, ...]
    used: bool
    """Whether anybody has it, switched off or invited ones included: such a role can't be removed."""


async def list_sign_ins(session: Session, person_id: UUID, *, after: datetime, seen: datetime) -> list[SignInRow]:
    """A person's full sign-ins that end after `after` and were used since `seen`, the one used last first."""
    statement = (
        select(SignIn.id, SignIn.address, SignIn.browser, SignIn.method, SignIn.created_at, SignIn.seen_at)
        .where(SignIn.person_id == person_id, SignIn.stage == "full", SignIn.expires_at > after, SignIn.seen_at > seen)
        .order_by(SignIn.seen_at.desc(), SignIn.id.desc())
        .limit(MOST)
    )
    return [SignInRow(*row) for row in await session.execute(statement)]


async def list_places(session: Session, person_id: UUID) -> list[SignInPlace]:
    """Where a person has signed in."""
    return list(await session.scalars(select(SignInPlace).where(SignInPlace.person_id == person_id)))


async def list_alerts(session: Session, person_id: UUID) -> list[SignInAlert]:
    """A person's open alerts, newest first."""
    statement = select(SignInAlert).where(SignInAlert.person_id == person_id, SignInAlert.closed_at.is_(None))
    return list(await session.scalars(statement.order_by(SignInAlert.at.desc(), SignInAlert.id.desc()).limit(MOST)))


async def list_recovery_codes(session: Session, person_id: UUID) -> list[RecoveryCode]:
    """A person's recovery codes, used ones too."""
    return list(await session.scalars(select(RecoveryCode).where(RecoveryCode.person_id == person_id)))


def state_of(invitation: Invitation, now: datetime) -> str:
    """open, used, revoked or expired."""
    if invitation.used_at:
        return "used"
    if invitation.revoked_at:
        return "revoked"
    return "expired" if invitation.expires_at <= now else "open"


async def list_invitations(session: Session, now: datetime) -> list[InvitationRow]:
    """Invitations that were not used, newest first."""
    statement = (
        select(Invitation, Role.key, Role.name)
        .join(Role, (Role.workspace_id == Invitation.workspace_id) & (Role.id == Invitation.role_id))
        .where(Invitation.used_at.is_(None))
        .order_by(Invitation.id.desc())
        .limit(MOST)
    )
    return [
        InvitationRow(one.id, one.email, key, name, one.invited_by, one.created_at, one.expires_at, state_of(one, now))
        for one, key, name in await session.execute(statement)
    ]


async def list_roles(session: Session) -> list[RoleRow]:
    """All roles, shipped ones first in their own order, with the people who have them."""
    named = func.array_agg(Person.name).filter(Person.active)
    people = {
        role_id: tuple(sorted(names or ()))
        for role_id, names in await session.execute(select(Person.role_id, named).group_by(Person.role_id))
    }
    invited = set(await session.scalars(select(Invitation.role_id).distinct()))
    return [
        RoleRow(
            role.id, role.key, role.name, frozenset(role.permissions), people.get(role.id, ()),
            used=role.id in people or role.id in invited,
        )
        for role in await session.scalars(select(Role).order_by(Role.id))
    ]  # fmt: skip
