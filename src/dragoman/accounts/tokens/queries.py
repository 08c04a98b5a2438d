"""All SQL about access tokens."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from dragoman.accounts.models import Person, Role
from dragoman.accounts.tokens.models import AccessToken
from dragoman.platform.db import Session

_person = (Person.workspace_id == AccessToken.workspace_id) & (Person.id == AccessToken.person_id)
_role = (Role.workspace_id == Person.workspace_id) & (Role.id == Person.role_id)

_bearer = (
    select(
        AccessToken.id, AccessToken.person_id, AccessToken.scopes, AccessToken.expires_at, AccessToken.used_at,
        AccessToken.revoked_at, AccessToken.token_hash, AccessToken.name.label("token_name"),
        Person.name, Person.email, Person.active, Person.locale, Person.timezone, Person.theme, Person.settings,
        Role.key.label("role"), Role.permissions,
    )
    .join(Person, _person)
    .join(Role, _role)
)  # fmt: skip


async def find_bearer(session: Session, token_hash: bytes) -> Any:
    """A token with the person it acts for and their role's permissions, by the hash of its secret."""
    return (await session.execute(_bearer.where(AccessToken.token_hash == token_hash))).one_or_none()


async def touch(session: Session, token_id: UUID, now: datetime) -> None:
    """Note that a token is in use."""
    await session.execute(update(AccessToken).where(AccessToken.id == token_id).values(used_at=now))


async def list_all(session: Session) -> list[tuple[AccessToken, str, bool]]:
    """All tokens, newest first, each with its person's name and whether that person is active. A desk has dozens."""
    rows = await session.execute(
        select(AccessToken, Person.name, Person.active)
        .join(Person, _person)
        .order_by(AccessToken.revoked_at.is_not(None), AccessToken.id.desc())
        .limit(200)
    )
    return [(token, name, active) for token, name, active in rows]


async def load(session: Session, token_id: UUID) -> AccessToken | None:
    """A token to revoke; nobody else changes it meanwhile."""
    return await session.get(AccessToken, (session.workspace_id, token_id), with_for_update=True)
