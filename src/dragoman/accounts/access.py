"""The doors of the desk: who is asking, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import queries
from dragoman.accounts.models import Person
from dragoman.accounts.permissions import PERMISSIONS
from dragoman.kit import clock
from dragoman.kit.errors import N_, Forbidden, NotFound, SignInNeeded
from dragoman.platform.db import Database, Session
from dragoman.platform.i18n import gettext as _
from dragoman.platform.secrets import fingerprint

SEEN_EVERY = timedelta(minutes=5)
IDLE = timedelta(days=3)
"""A sign-in that nobody used for so long ends: a weekend passes, a forgotten browser does not stay open. Together with
the fourteen days after which every sign-in ends, this is the timeout that OWASP ASVS 5.0 (7.3) asks to be decided."""


class FactorNeeded(Forbidden):
    """Signed in, but the desk asks for a second factor that this person has yet to set up."""

    def __init__(self) -> None:
        super().__init__(N_("Your desk asks everybody for a second factor. Set yours up to go on."))


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody signed in, as every door sees them."""

    workspace_id: UUID
    person_id: UUID
    sign_in_id: UUID
    name: str
    email: str
    role: str
    permissions: frozenset[str]
    locale: str
    timezone: str
    theme: str
    settings: dict[str, Any]
    stage: str = "full"
    """`totp` and `password` on the way in, `enrol` while a second factor must be set up, `full` afterwards."""
    role_name: str = ""
    """What the workspace calls the role; empty: the shipped name of `role`."""

    def may(self, permission: str) -> bool:
        """Whether a permission is given."""
        return permission in self.permissions

    def require(self, permission: str) -> None:
        """Raise Forbidden, naming what is missing, unless a permission is given."""
        if permission not in self.permissions:
            raise Forbidden(
                N_("This needs the permission “{permission}”. Ask an administrator."),
                permission=_(PERMISSIONS[permission]),
            )


def split_token(token: str) -> tuple[UUID, str]:
    """A cookie's workspace and secret. Raises SignInNeeded for anything else."""
    workspace, _dot, secret = token.partition(".")
    try:
        return UUID(hex=workspace), secret
    except ValueError as error:
        raise SignInNeeded from error


async def find_actor(db: Database, token: str, *, in_use: bool = True) -> Actor:
    """Who carries this cookie, at whatever stage of signing in. Raises SignInNeeded.

    `in_use` False looks without counting as use, so that a page left open does not keep its sign-in alive by itself.
    """
    workspace_id, secret = split_token(token)
    async with db.work(workspace_id) as session:
        row = await queries.find_sign_in(session, fingerprint(secret))
        now = clock.now()
        if row is None or row.expires_at <= now or row.seen_at + IDLE <= now or not row.active:
            raise SignInNeeded
        if in_use and now - row.seen_at > SEEN_EVERY:
            await queries.touch_sign_in(session, row.sign_in_id, now)
    return Actor(
        workspace_id=workspace_id, person_id=row.person_id, sign_in_id=row.sign_in_id, name=row.name, email=row.email,
        role=row.role, permissions=frozenset(row.permissions), locale=row.locale, timezone=row.timezone,
        theme=row.theme, settings=row.settings, stage=_stage(row), role_name=row.role_name,
    )  # fmt: skip


def second_factor_required(settings: dict[str, Any]) -> bool:
    """Whether a workspace asks everybody who signs in by password for a second factor."""
    return bool(settings.get("second_factor", False))


def _stage(row: Any) -> str:
    """A sign-in's stage; a company's own sign-in answers for second factors itself."""
    lacks = row.method == "password" and not row.totp and second_factor_required(row.house)
    return "enrol" if row.stage == "full" and lacks else str(row.stage)


def nobody_yet(session: Session, person: Person) -> Actor:
    """A person on the way in, as the audit log names them: without a sign-in, and without a single permission."""
    return Actor(
        workspace_id=session.workspace_id, person_id=person.id, sign_in_id=UUID(int=0), name=person.name,
        email=person.email, role="", permissions=frozenset(), locale=person.locale, timezone=person.timezone,
        theme=person.theme, settings=person.settings, stage="none",
    )  # fmt: skip


async def find_person_actor(session: Session, person_id: UUID) -> Actor | None:
    """Somebody as the desk acts for them while they are away (an answer they planned), with their present permissions;
    None when they have left."""
    row = await queries.find_acting(session, person_id)
    if row is None:
        return None
    return Actor(
        workspace_id=session.workspace_id, person_id=row.id, sign_in_id=UUID(int=0), name=row.name, email=row.email,
        role=row.role, permissions=frozenset(row.permissions), locale=row.locale, timezone=row.timezone,
        theme=row.theme, settings=row.settings, role_name=row.role_name,
    )  # fmt: skip


async def get_actor(db: Database, token: str, *, in_use: bool = True, enrolling: bool = False) -> Actor:
    """Who is fully signed in with this cookie (see `find_actor`); with `enrolling` also somebody who has yet to set
    up a second factor. Raises SignInNeeded, FactorNeeded."""
    actor = await find_actor(db, token, in_use=in_use)
    if actor.stage == "enrol" and not enrolling:
        raise FactorNeeded
    if actor.stage not in ("full", "enrol"):
        raise SignInNeeded
    return actor


async def get_person(session: Session, actor: Actor, person_id: UUID) -> queries.PersonRow:
    """A colleague, for whoever manages people (or oneself). Raises NotFound, Forbidden."""
    if person_id != actor.person_id:
        actor.require("people.manage")
    person = await queries.find_person(session, person_id)
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person
