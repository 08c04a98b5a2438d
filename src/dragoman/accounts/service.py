"""What can be done with people: set up a workspace, add and change people, sign in and out."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import passwords, queries
from dragoman.accounts.access import Actor
from dragoman.accounts.models import Person, Role, SignIn
from dragoman.accounts.permissions import ROLES
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform.db import Session, enter
from dragoman.platform.i18n import LOCALES
from dragoman.platform.models import Workspace
from dragoman.platform.secrets import Keys, fingerprint, token

SIGN_IN_LASTS = timedelta(days=14)
STAGE_LASTS = timedelta(minutes=15)
WRONG = N_("The e-mail address or the password is wrong.")
_email = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+\.?[^@\s<>\".]+")


def clean_email(email: str) -> str:
    """An address in its stored form; raises Invalid beside `email`."""
    email = email.strip().lower()
    if len(email) > 254 or not _email.fullmatch(email):
        raise Invalid(fields={"email": N_("This is not an e-mail address.")})
    return email


def _check_person(name: str, locale: str, timezone: str) -> None:
    faults = {}
    if not name.strip() or len(name) > 120:
        faults["name"] = N_("A name is needed, of at most 120 characters.")
    if locale not in LOCALES:
        faults["locale"] = N_("The desk does not speak this language.")
    if timezone not in zoneinfo.available_timezones():
        faults["timezone"] = N_("This time zone is not known.")
    if faults:
        raise Invalid(fields=faults)


def _check_password(password: str, *, email: str, name: str, field: str = "password") -> None:
    if fault := passwords.fault(password, email=email, name=name):
        raise Invalid(fields={field: fault})


def _check_workspace(name: str) -> None:
    if not name.strip():
        raise Invalid(fields={"workspace": N_("Give your company's or team's name.")})


def _together(*checks: Callable[[], object]) -> None:
    """Run all checks before any fault is raised, so that a form says everything that is wrong with it at once."""
    faults: dict[str, str] = {}
    for check in checks:
        try:
            check()
        except Invalid as error:
            faults |= error.fields
    if faults:
        raise Invalid(fields=faults)


async def set_up(
    session: Session, *, workspace: str, slug: str, name: str, email: str, password: str, locale: str, timezone: str
) -> tuple[UUID, UUID]:
    """Make a workspace with its roles and first administrator; returns (workspace, person).

    Raises Conflict when a workspace of that slug exists, Invalid beside the fields at fault.
    """
    _together(
        lambda: _check_workspace(workspace),
        lambda: _check_person(name, locale, timezone),
        lambda: clean_email(email),
        lambda: _check_password(password, email=email, name=name),
    )
    email = clean_email(email)
    if any(one.slug == slug for one in await queries.list_workspaces(session)):
        raise Conflict(N_("This desk is already set up. Sign in instead."))
    made = Workspace(id=ids.new(), slug=slug, name=workspace.strip(), locale=locale, timezone=timezone)
    session.add(made)
    await session.flush()
    await enter(session, made.id)
    session.add_all(Role(key=key, permissions=list(permissions)) for key, permissions in ROLES.items())
    await session.flush()
    role = await queries.role_id(session, "admin")
    person = Person(
        email=email, name=name.strip(), role_id=role, locale=locale, timezone=timezone,
        password_hash=passwords.hash_password(password),
    )  # fmt: skip
    session.add(person)
    await session.flush()
    return made.id, person.id


async def add_person(
    session: Session, actor: Actor, *, name: str, email: str, role: str, locale: str, timezone: str
) -> tuple[UUID, str]:
    """Add a colleague; returns their id and a one-time password to hand over. Raises Invalid, Forbidden."""
    actor.require("people.manage")
    _together(lambda: clean_email(email), lambda: _check_person(name, locale, timezone))
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
    return person.id, password


async def _get(session: Session, person_id: UUID, *, lock: bool = False) -> Person:
    person = await queries.load_person(session, person_id, lock=lock)
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person


async def change_person(session: Session, actor: Actor, person_id: UUID, *, role: str, active: bool) -> None:
    """Change a colleague's role, or switch them off and on. The last administrator stays one."""
    actor.require("people.manage")
    person = await _get(session, person_id)
    role_id = await queries.role_id(session, role)
    if role_id is None:
        raise Invalid(fields={"role": N_("Choose a role.")})
    loses = not active or "people.manage" not in ROLES.get(role, [])
    if loses and not await queries.count_admins(session, besides=person_id):
        raise Invalid(fields={"role": N_("Somebody must remain who manages people.")})
    person.role_id, person.active = role_id, active
    if not active:
        await queries.end_sign_ins(session, person_id)


async def reset_password(session: Session, actor: Actor, person_id: UUID) -> str:
    """Give a colleague a new one-time password, end their sign-ins, and switch their second factor off."""
    actor.require("people.manage")
    person = await _get(session, person_id)
    password = passwords.one_time_password()
    person.password_hash, person.must_change_password = passwords.hash_password(password), True
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    await queries.end_sign_ins(session, person_id)
    return password


async def change_profile(
    session: Session, actor: Actor, *, name: str, locale: str, timezone: str, theme: str, signature: str,
    settings: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """Change what is one's own. `settings` are merged into the present ones."""
    _check_person(name, locale, timezone)
    if theme not in {"system", "light", "dark"}:
        raise Invalid(fields={"theme": N_("Choose one of the themes.")})
    if len(signature) > 2000:
        raise Invalid(fields={"signature": N_("At most 2,000 characters.")})
    person = await _get(session, actor.person_id)
    person.name, person.locale, person.timezone = name.strip(), locale, timezone
    person.theme, person.signature = theme, signature
    person.settings = {**person.settings, **(settings or {})}


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


async def change_workspace(session: Session, actor: Actor, *, name: str, locale: str, timezone: str, days: int) -> None:
    """Change what holds for the whole desk. `days`: see REOPEN_DAYS. Raises Invalid, Forbidden."""
    actor.require("workspace.manage")
    _check_person(name, locale, timezone)
    if not 0 <= days <= 3650:
        raise Invalid(fields={"reopen_days": N_("A number of days from 0 to 3,650.")})
    workspace = await get_workspace(session, actor)
    workspace.name, workspace.locale, workspace.timezone = name.strip(), locale, timezone
    workspace.settings = workspace.settings | {"reopen_days": days}


@dataclass(frozen=True, slots=True)
class Cookie:
    """A sign-in's cookie and what it still needs (`full`: nothing)."""

    token: str
    stage: str


async def _open(session: Session, person: Person, stage: str, *, address: str, browser: str) -> Cookie:
    secret = token()
    now = clock.now()
    session.add(
        SignIn(
            person_id=person.id, token_hash=fingerprint(secret), stage=stage, address=address[:64],
            browser=browser[:200], expires_at=now + (SIGN_IN_LASTS if stage == "full" else STAGE_LASTS),
        )
    )  # fmt: skip
    await session.flush()
    return Cookie(f"{session.workspace_id.hex}.{secret}", stage)


async def sign_in(session: Session, *, email: str, password: str, address: str, browser: str) -> Cookie:
    """Sign in by password; the cookie's stage says what is still needed. Raises Invalid with one message for all."""
    person = await queries.find_person_by_email(session, email.strip().lower())
    fits = passwords.check_password(person.password_hash if person else None, password)
    if person is None or not fits or not person.active:
        raise Invalid(WRONG, fields={"password": WRONG})
    stage = "full"
    if person.totp_confirmed_at:
        stage = "totp"
    elif person.must_change_password:
        stage = "password"
    return await _open(session, person, stage, address=address, browser=browser)


async def _advance(session: Session, actor: Actor, person: Person, *, address: str, browser: str) -> Cookie:
    """Replace a sign-in by one of the next stage: its secret is never carried over (session fixation)."""
    await queries.end_sign_in(session, actor.sign_in_id)
    stage = "password" if person.must_change_password else "full"
    return await _open(session, person, stage, address=address, browser=browser)


async def confirm_code(session: Session, keys: Keys, actor: Actor, *, code: str, address: str, browser: str) -> Cookie:
    """The second step of signing in. Raises Invalid beside `code` for a wrong or used code."""
    person = await _get(session, actor.person_id, lock=True)  # or a code would open twice at the same moment
    step = passwords.check_totp(
        keys.open(person.totp_secret or "", context=str(person.id)), code,
        now=clock.now(), last_step=person.totp_last_step,
    )  # fmt: skip
    if step is None:
        raise Invalid(fields={"code": N_("This code is wrong or was used. Wait for the next one.")})
    person.totp_last_step = step
    return await _advance(session, actor, person, address=address, browser=browser)


async def change_password(
    session: Session, actor: Actor, *, old: str | None, new: str, address: str, browser: str
) -> Cookie:
    """Set one's own password: all other sign-ins end, this one gets a new cookie. `old` is not asked when a
    one-time password has just been used."""
    person = await _get(session, actor.person_id)
    if actor.stage != "password" and not passwords.check_password(person.password_hash, old or ""):
        raise Invalid(fields={"old": N_("This is not your present password.")})
    if passwords.check_password(person.password_hash, new):
        raise Invalid(fields={"new": N_("Choose a password you have not used here before.")})
    _check_password(new, email=person.email, name=person.name, field="new")
    person.password_hash, person.must_change_password = passwords.hash_password(new), False
    await queries.end_sign_ins(session, person.id)
    return await _open(session, person, "full", address=address, browser=browser)


async def begin_totp(session: Session, keys: Keys, actor: Actor) -> str:
    """A fresh secret to be confirmed; until then signing in does not ask for codes. Returns it in Base32."""
    person = await _get(session, actor.person_id)
    if person.totp_confirmed_at:
        raise Conflict(N_("Codes are already in use. Switch them off first."))
    secret = passwords.new_totp_secret()
    person.totp_secret = keys.seal(secret, context=str(person.id))
    return secret


async def pending_totp(session: Session, keys: Keys, actor: Actor) -> str | None:
    """The secret that waits to be confirmed, to show its QR code again."""
    person = await _get(session, actor.person_id)
    if person.totp_secret is None or person.totp_confirmed_at:
        return None
    return keys.open(person.totp_secret, context=str(person.id))


async def confirm_totp(session: Session, keys: Keys, actor: Actor, *, code: str) -> None:
    """Put codes in force, once one of them has been entered right."""
    secret = await pending_totp(session, keys, actor)
    person = await _get(session, actor.person_id)
    step = secret and passwords.check_totp(secret, code, now=clock.now(), last_step=None)
    if not step:
        raise Invalid(fields={"code": N_("This code is wrong or was used. Wait for the next one.")})
    person.totp_confirmed_at, person.totp_last_step = clock.now(), step
    await queries.end_sign_ins(session, person.id, besides=actor.sign_in_id)


async def end_totp(session: Session, actor: Actor, *, password: str) -> None:
    """Switch codes off; the password is asked again."""
    person = await _get(session, actor.person_id)
    if not passwords.check_password(person.password_hash, password):
        raise Invalid(fields={"password": N_("This is not your present password.")})
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None


async def sign_out(session: Session, actor: Actor) -> None:
    """End this sign-in."""
    await queries.end_sign_in(session, actor.sign_in_id)
