"""Invitations: a link by which somebody joins with a name and a password that only they know."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from dragoman.accounts import lists, passwords, queries
from dragoman.accounts.access import Actor, nobody_yet, split_token
from dragoman.accounts.checks import check_locale, check_password, check_person, clean_email, together
from dragoman.accounts.models import Invitation, Person
from dragoman.accounts.signin import Cookie, Place, open_sign_in
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, DeskError, Invalid, NotFound, SignInNeeded
from dragoman.platform.db import Session
from dragoman.platform.secrets import fingerprint, token

LASTS = timedelta(hours=72)
HERE = N_("Somebody with this address is already here.")


class Spent(DeskError):
    """An invitation that does not open any more, with what to do instead."""

    status = 410


SPENT = {
    "used": N_("This invitation has been used. Sign in with the password that was chosen then."),
    "revoked": N_("This invitation was taken back. Ask whoever invited you for a new one."),
    "expired": N_("This invitation has expired: it holds for three days. Ask whoever invited you to renew it."),
}
DAMAGED = N_("This invitation link is damaged. Copy all of it from the mail, or ask whoever invited you for a new one.")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation just made or renewed: its id, and the end of its link, which nobody can read again."""

    id: UUID
    email: str
    locale: str
    secret: str


def _fresh(session: Session, invitation: Invitation) -> Invited:
    secret = token()
    invitation.token_hash, invitation.expires_at = fingerprint(secret), clock.now() + LASTS
    invitation.used_at = invitation.revoked_at = None
    return Invited(invitation.id, invitation.email, invitation.locale, f"{session.workspace_id.hex}.{secret}")


def _subject(invitation: Invitation) -> Subject:
    return Subject("invitation", invitation.id, invitation.email)


async def invite(session: Session, actor: Actor, *, email: str, role: str, locale: str) -> Invited:
    """Invite an address as somebody of a role. Raises Invalid beside the fields at fault, Forbidden."""
    actor.require("people.manage")
    together(lambda: clean_email(email), lambda: check_locale(locale))
    email = clean_email(email)
    role_id = await queries.role_id(session, role)
    if role_id is None:
        raise Invalid(fields={"role": N_("Choose a role.")})
    if await queries.find_person_by_email(session, email):
        raise Invalid(fields={"email": HERE})
    if await queries.find_open_invitation(session, email, clock.now()):
        raise Invalid(fields={"email": N_("This address is already invited. Renew the invitation below instead.")})
    invitation = Invitation(id=ids.new(), email=email, role_id=role_id, locale=locale, invited_by=actor.name)
    invited = _fresh(session, invitation)
    session.add(invitation)
    await session.flush()
    audit.record(session, actor, "person.invited", _subject(invitation), role=role)
    return invited


async def _load(session: Session, actor: Actor, invitation_id: UUID) -> Invitation:
    actor.require("people.manage")
    invitation = await queries.load_invitation(session, invitation_id)
    if invitation is None:
        raise NotFound(N_("There is no such invitation."))
    if invitation.used_at:
        raise Conflict(SPENT["used"])
    return invitation


async def renew(session: Session, actor: Actor, invitation_id: UUID) -> Invited:
    """A new link for three more days; the old one opens nothing from now on."""
    invitation = await _load(session, actor, invitation_id)
    if await queries.find_person_by_email(session, invitation.email):
        raise Conflict(HERE)
    invited = _fresh(session, invitation)
    audit.record(session, actor, "person.invited", _subject(invitation), renewed=True)
    return invited


async def revoke(session: Session, actor: Actor, invitation_id: UUID) -> None:
    """Take an invitation back: its link opens nothing from now on."""
    invitation = await _load(session, actor, invitation_id)
    invitation.revoked_at = clock.now()
    audit.record(session, actor, "person.uninvited", _subject(invitation))


def workspace_of(link: str) -> UUID:
    """The workspace that the end of a link names. Raises Spent for anything else."""
    try:
        workspace_id, secret = split_token(link)
    except SignInNeeded:
        raise Spent(DAMAGED) from None
    if not secret:
        raise Spent(DAMAGED)
    return workspace_id


async def find(session: Session, link: str, *, lock: bool = False) -> Invitation:
    """The open invitation of a link. Raises Spent, which says why it does not open."""
    _workspace, secret = split_token(link)
    invitation = await queries.find_invitation(session, fingerprint(secret), lock=lock)
    if invitation is None:
        raise Spent(DAMAGED)
    state = lists.state_of(invitation, clock.now())
    if state != "open":
        raise Spent(SPENT[state])
    return invitation


async def accept(
    session: Session, link: str, *, name: str, password: str, locale: str, timezone: str, place: Place
) -> Cookie:
    """Join: the person is made and signed in, and the link is used up. Raises Spent, Invalid beside the fields."""
    invitation = await find(session, link, lock=True)
    workspace = await queries.find_workspace(session, session.workspace_id)
    company = workspace.name if workspace else ""
    together(
        lambda: check_person(name, locale, timezone),
        lambda: check_password(password, email=invitation.email, name=name, company=company),
    )
    if await queries.find_person_by_email(session, invitation.email):
        raise Spent(SPENT["used"])
    person = Person(
        id=ids.new(), email=invitation.email, name=name.strip(), role_id=invitation.role_id, locale=locale,
        timezone=timezone, password_hash=passwords.hash_password(password),
    )  # fmt: skip
    session.add(person)
    invitation.used_at = clock.now()
    await session.flush()
    subject = Subject("person", person.id, person.name)
    audit.record(session, nobody_yet(session, person), "person.added", subject, invited_by=invitation.invited_by)
    return await open_sign_in(session, person, "full", place=place, method="invitation")
