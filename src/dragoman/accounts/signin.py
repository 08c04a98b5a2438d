"""Signing in by password and code, changing the password, signing out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from dragoman.accounts import alerts, passwords, queries
from dragoman.accounts.access import Actor, nobody_yet
from dragoman.accounts.checks import check_password
from dragoman.accounts.models import Person, SignIn
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys, fingerprint, token

SIGN_IN_LASTS = timedelta(days=14)
STAGE_LASTS = timedelta(minutes=15)
WRONG = N_("The e-mail address or the password is wrong.")
WRONG_CODE = N_("This code is wrong or was used. Wait for the next one.")
WRONG_PASSWORD = N_("This is not your present password.")


@dataclass(frozen=True, slots=True)
class Cookie:
    """A sign-in's cookie, what it still needs (`full`: nothing), and the alert of which a letter should tell."""

    token: str
    stage: str
    alert: UUID | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sign-in comes from: IP address and User-Agent."""

    address: str = ""
    browser: str = ""


async def get(session: Session, person_id: UUID, *, lock: bool = False) -> Person:
    """A person to change. Raises NotFound."""
    person = await queries.load_person(session, person_id, lock=lock)
    if person is None:
        raise NotFound(N_("There is no such person."))
    return person


async def open_sign_in(
    session: Session, person: Person, stage: str, *, place: Place, method: str = "password", told: bool = True
) -> Cookie:
    """Make a sign-in with a secret of its own; a full one is audited, and `told` of where its place is new."""
    secret, sign_in_id, now = token(), ids.new(), clock.now()
    session.add(
        SignIn(
            id=sign_in_id, person_id=person.id, token_hash=fingerprint(secret), stage=stage, method=method,
            address=place.address[:64], browser=place.browser[:200],
            expires_at=now + (SIGN_IN_LASTS if stage == "full" else STAGE_LASTS),
        )
    )  # fmt: skip
    await session.flush()
    alert = None
    if stage == "full":
        await queries.touch_person(session, person.id, now)
    if stage == "full" and told:
        audit.record(session, nobody_yet(session, person), "signin.done", _subject(person), method=method)
        alert = await alerts.note_place(
            session, person.id, address=place.address, browser=place.browser, sign_in_id=sign_in_id
        )
    return Cookie(f"{session.workspace_id.hex}.{secret}", stage, alert)


def _subject(person: Person) -> Subject:
    return Subject("person", person.id, person.name)


async def note_failure(db: Database, workspace_id: UUID, *, tried: str, step: str) -> None:
    """Record a sign-in that failed, in a transaction of its own: the one that failed leaves nothing behind.

    `tried` is the address that was typed, whether or not anybody has it; `step` is password, code or outside.
    """
    async with db.work(workspace_id) as session:
        audit.record(session, None, "signin.failed", Subject("sign-in"), called=tried[:254], step=step)


async def sign_in(session: Session, *, email: str, password: str, address: str, browser: str) -> Cookie:
    """Sign in by password; the cookie's stage says what is still needed. Raises Invalid with one message for all."""
    person = await queries.find_person_by_email(session, email.strip().lower())
    fits = passwords.check_password(person.password_hash if person else None, password)
    if person is None or not fits or not person.active:
        raise Invalid(WRONG, fields={"password": WRONG})
    await _check_allowed(session, person)
    stage = "full"
    if person.totp_confirmed_at:
        stage = "totp"
    elif person.must_change_password:
        stage = "password"
    return await open_sign_in(session, person, stage, place=Place(address, browser))


async def _check_allowed(session: Session, person: Person) -> None:
    """Refuse passwords where the company wants its own sign-in only; whoever manages people keeps theirs, so that a
    provider that is away or set up wrongly locks nobody out for good."""
    provider = await queries.find_provider(session)
    if provider is None or not provider.active or provider.passwords:
        return
    role = await queries.load_role(session, person.role_id)
    if role is None or "people.manage" not in role.permissions:
        message = N_("Your desk does not take passwords any more. Use the button “{label}”.")
        raise Invalid(message, label=provider.label)


async def _advance(session: Session, actor: Actor, person: Person, place: Place) -> Cookie:
    """Replace a sign-in by one of the next stage: its secret is never carried over (session fixation)."""
    await queries.end_sign_in(session, actor.sign_in_id)
    stage = "password" if person.must_change_password else "full"
    return await open_sign_in(session, person, stage, place=place)


async def confirm_code(session: Session, keys: Keys, actor: Actor, *, code: str, address: str, browser: str) -> Cookie:
    """The second step of signing in, by the app's code or a recovery code.

    Raises Invalid beside `code` for one that is wrong or was used.
    """
    person = await get(session, actor.person_id, lock=True)  # or a code would open twice at the same moment
    place = Place(address, browser)
    if sum(mark.isalnum() for mark in code) > 8:
        return await _recover(session, keys, actor, person, code, place)
    step = passwords.check_totp(
        keys.open(person.totp_secret or "", context=str(person.id)), code,
        now=clock.now(), last_step=person.totp_last_step,
    )  # fmt: skip
    if step is None:
        raise Invalid(fields={"code": WRONG_CODE})
    person.totp_last_step = step
    return await _advance(session, actor, person, place)


async def _recover(session: Session, keys: Keys, actor: Actor, person: Person, code: str, place: Place) -> Cookie:
    hashes = [passwords.recovery_hash(key, str(person.id), code) for key in keys.derive_all("recovery")]
    if not await queries.use_recovery_code(session, person.id, hashes, clock.now()):
        raise Invalid(fields={"code": N_("This recovery code is wrong or was used. Each works once; try another.")})
    audit.record(session, actor, "second_factor.recovered", _subject(person))
    cookie = await _advance(session, actor, person, place)
    alert = await alerts.raise_alert(session, person.id, "recovery_code", address=place.address, browser=place.browser)
    return Cookie(cookie.token, cookie.stage, alert)


async def change_password(
    session: Session, actor: Actor, *, old: str | None, new: str, address: str, browser: str
) -> Cookie:
    """Set one's own password: all other sign-ins end, this one gets a new cookie. `old` is not asked when a
    one-time password has just been used."""
    person = await get(session, actor.person_id)
    own = actor.stage != "password"
    if own and not passwords.check_password(person.password_hash, old or ""):
        raise Invalid(fields={"old": WRONG_PASSWORD})
    if passwords.check_password(person.password_hash, new):
        raise Invalid(fields={"new": N_("Choose a password you have not used here before.")})
    workspace = await queries.find_workspace(session, session.workspace_id)
    company = workspace.name if workspace else ""
    check_password(new, email=person.email, name=person.name, company=company, field="new")
    person.password_hash, person.must_change_password = passwords.hash_password(new), False
    await queries.end_sign_ins(session, person.id)
    audit.record(session, actor, "password.changed", _subject(person))
    place = Place(address, browser)
    cookie = await open_sign_in(session, person, "full", place=place, told=not own)
    if not own:
        return cookie
    alert = await alerts.raise_alert(session, person.id, "password", address=address, browser=browser)
    return Cookie(cookie.token, cookie.stage, alert)


async def sign_out(session: Session, actor: Actor) -> None:
    """End this sign-in."""
    await queries.end_sign_in(session, actor.sign_in_id)
    audit.record(session, actor, "signin.ended", Subject("person", actor.person_id, actor.name), own=True, count=1)
