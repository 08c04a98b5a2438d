"""The second factor: codes of an app (RFC 6238), and recovery codes for the day the phone is lost."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts import alerts, lists, passwords, queries
from dragoman.accounts.access import Actor, second_factor_required
from dragoman.accounts.models import Person, RecoveryCode
from dragoman.accounts.signin import WRONG_CODE, WRONG_PASSWORD, get
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, Invalid
from dragoman.platform import origin
from dragoman.platform.db import Session
from dragoman.platform.secrets import Keys


async def begin_totp(session: Session, keys: Keys, actor: Actor) -> str:
    """A fresh secret to be confirmed; until then signing in does not ask for codes. Returns it in Base32."""
    person = await get(session, actor.person_id)
    if person.totp_confirmed_at:
        raise Conflict(N_("Codes are already in use. Switch them off first."))
    secret = passwords.new_totp_secret()
    person.totp_secret = keys.seal(secret, context=str(person.id))
    return secret


async def pending_totp(session: Session, keys: Keys, actor: Actor) -> str | None:
    """The secret that waits to be confirmed, to show its QR code again."""
    person = await get(session, actor.person_id)
    if person.totp_secret is None or person.totp_confirmed_at:
        return None
    return keys.open(person.totp_secret, context=str(person.id))


async def confirm_totp(session: Session, keys: Keys, actor: Actor, *, code: str) -> list[str]:
    """Put codes in force, once one of them has been entered right; returns the recovery codes, to be shown once."""
    secret = await pending_totp(session, keys, actor)
    person = await get(session, actor.person_id)
    step = secret and passwords.check_totp(secret, code, now=clock.now(), last_step=None)
    if not step:
        raise Invalid(fields={"code": WRONG_CODE})
    person.totp_confirmed_at, person.totp_last_step = clock.now(), step
    await queries.end_sign_ins(session, person.id, besides=actor.sign_in_id)
    audit.record(session, actor, "second_factor.on", Subject("person", person.id, person.name))
    return await _renew(session, keys, person)


async def _renew(session: Session, keys: Keys, person: Person) -> list[str]:
    await queries.drop_recovery_codes(session, person.id)
    codes, key = passwords.recovery_codes(), keys.derive("recovery")
    session.add_all(
        RecoveryCode(person_id=person.id, code_hash=passwords.recovery_hash(key, str(person.id), code))
        for code in codes
    )
    await session.flush()
    return codes


async def renew_recovery_codes(session: Session, keys: Keys, actor: Actor, *, password: str) -> list[str]:
    """Ten new recovery codes instead of all earlier ones; the password is asked again."""
    person = await get(session, actor.person_id)
    if not passwords.check_password(person.password_hash, password):
        raise Invalid(fields={"renew_password": WRONG_PASSWORD})
    if not person.totp_confirmed_at:
        raise Conflict(N_("Recovery codes belong to the second factor. Set it up first."))
    audit.record(session, actor, "second_factor.new_codes", Subject("person", person.id, person.name))
    return await _renew(session, keys, person)


async def left(session: Session, actor: Actor) -> int:
    """How many of one's own recovery codes were not used yet."""
    return sum(code.used_at is None for code in await lists.list_recovery_codes(session, actor.person_id))


async def forget(session: Session, person: Person) -> None:
    """Take codes and recovery codes from a person."""
    person.totp_secret = person.totp_confirmed_at = person.totp_last_step = None
    await queries.drop_recovery_codes(session, person.id)


async def end_totp(session: Session, actor: Actor, *, password: str) -> UUID:
    """Switch codes off; the password is asked again. Returns the alert that tells of it. Raises Invalid, Conflict."""
    workspace = await queries.find_workspace(session, actor.workspace_id)
    if workspace and second_factor_required(workspace.settings):
        raise Conflict(N_("Your desk asks everybody for a second factor: it stays on."))
    person = await get(session, actor.person_id)
    if not passwords.check_password(person.password_hash, password):
        raise Invalid(fields={"password": WRONG_PASSWORD})
    await forget(session, person)
    audit.record(session, actor, "second_factor.off", Subject("person", person.id, person.name))
    here = origin.current()
    return await alerts.raise_alert(session, person.id, "second_factor_off", address=here.address, browser=here.browser)
