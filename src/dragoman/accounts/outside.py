"""The company's own sign-in: how it is set up, and who of it is who here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dragoman.accounts import alerts, oidc, queries
from dragoman.accounts.access import Actor, nobody_yet
from dragoman.accounts.checks import clean_email
from dragoman.accounts.models import OutsideIdentity, Person, Role, SignInProvider
from dragoman.accounts.oidc import Refused
from dragoman.accounts.signin import Cookie, Place, open_sign_in
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.platform.secrets import Keys

MOST_PAIRS = 50
UNCONFIRMED = N_("The sign-in service did not confirm your e-mail address. Confirm it there, then try again.")


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """What an administrator enters. An empty secret keeps the stored one; `mapping` pairs a claim's value with a role's
    key, `default_role` is a role's key or empty (whom no pair fits is refused)."""

    issuer: str
    client_id: str
    secret: str = ""
    label: str = ""
    active: bool = False
    claim: str = ""
    mapping: list[tuple[str, str]] = field(default_factory=list)
    default_role: str = ""
    auto_create: bool = False
    passwords: bool = True


def _context(session: Session) -> str:
    return f"sign-in provider {session.workspace_id}"


async def get_provider(session: Session, actor: Actor) -> SignInProvider | None:
    """The company's own sign-in, for whoever manages people. Raises Forbidden."""
    actor.require("people.manage")
    return await queries.find_provider(session)


def client_of(session: Session, provider: SignInProvider, keys: Keys, *, allow_private: bool) -> oidc.Client:
    """The desk as the provider knows it, its secret opened."""
    secret = keys.open(provider.client_secret, context=_context(session)) if provider.client_secret else ""
    return oidc.Client(provider.issuer, provider.client_id, secret, allow_private)


async def save_provider(session: Session, actor: Actor, keys: Keys, form: ProviderForm, *, allow_private: bool) -> None:
    """Set the company's own sign-in up, or change it. Raises Invalid beside the fields at fault, Forbidden."""
    present = await get_provider(session, actor)
    faults: dict[str, str] = {}
    try:
        issuer = oidc.check_issuer(form.issuer, allow_private=allow_private)
    except Invalid as error:
        faults, issuer = dict(error.fields), ""
    if not form.client_id.strip():
        faults["client_id"] = N_("Give the client id under which the provider knows this desk.")
    if not form.label.strip() or len(form.label) > 60:
        faults["label"] = N_("Give the words of the button, at most 60 characters.")
    moved = present is not None and issuer != present.issuer
    if moved and present and present.client_secret and not form.secret:
        faults["secret"] = N_("This is another provider: enter its client secret.")
    mapping, default = await _mapping(session, form, faults)
    if faults:
        raise Invalid(fields=faults)
    provider = present or SignInProvider(client_secret="")
    before = _facts(provider) if present else {}
    provider.issuer, provider.client_id, provider.label = issuer, form.client_id.strip(), form.label.strip()
    provider.active, provider.claim, provider.mapping = form.active, form.claim.strip(), mapping
    provider.default_role_id, provider.auto_create, provider.passwords = default, form.auto_create, form.passwords
    if form.secret:
        provider.client_secret = keys.seal(form.secret, context=_context(session))
    session.add(provider)
    await session.flush()
    changed = audit.changes(before, _facts(provider)) | ({"secret": "new"} if form.secret else {})
    audit.record(session, actor, "provider.changed", Subject("provider", provider.id, provider.label), changed=changed)


def _facts(provider: SignInProvider) -> dict[str, Any]:
    names = (
        "issuer",
        "client_id",
        "label",
        "active",
        "claim",
        "mapping",
        "default_role_id",
        "auto_create",
        "passwords",
    )
    return {name: getattr(provider, name) for name in names}


async def _mapping(session: Session, form: ProviderForm, faults: dict[str, str]) -> tuple[list[list[str]], UUID | None]:
    """The pairs and the default with roles' ids; adds to `faults` what does not hold."""
    pairs: list[list[str]] = []
    for value, key in form.mapping[:MOST_PAIRS]:
        role_id = await queries.role_id(session, key)
        if role_id is None:
            faults["mapping"] = N_("Choose a role for every value.")
        elif value.strip():
            pairs.append([value.strip(), str(role_id)])
    if pairs and not form.claim.strip():
        faults["claim"] = N_("Name the claim that carries these values, for example groups.")
    default = await queries.role_id(session, form.default_role) if form.default_role else None
    if form.default_role and default is None:
        faults["default_role"] = N_("Choose a role.")
    return pairs, default


def mapped_role(provider: SignInProvider, claims: dict[str, Any]) -> UUID | None:
    """The role that the first fitting pair gives; None when none fits."""
    if not provider.claim:
        return None
    given = claims.get(provider.claim)
    values = {str(one) for one in given} if isinstance(given, list) else {str(given)}
    return next((UUID(role) for value, role in provider.mapping if value in values), None)


async def enter(session: Session, provider: SignInProvider, claims: dict[str, Any], *, place: Place) -> Cookie:
    """Sign in whoever the proved claims speak of; raises Refused, and changes nothing then.

    A link once made is known by issuer and subject, whatever address the provider tells later. The first time only an
    address that the provider has verified links to a person, or makes one. The provider answers for second factors.
    """
    identity = await queries.find_identity(session, provider.issuer, claims["sub"])
    alert = None
    if identity is not None:
        person = await queries.load_person(session, identity.person_id)
        if person is None:
            raise Refused(N_("There is no such person."))
    else:
        person, alert = await _link(session, provider, claims, place)
    if not person.active:
        raise Refused(N_("You may not sign in here any more. Ask an administrator of your desk."))
    await _follow_role(session, person, mapped_role(provider, claims))
    cookie = await open_sign_in(session, person, "full", place=place, method="outside")
    return Cookie(cookie.token, cookie.stage, alert or cookie.alert)


async def _link(
    session: Session, provider: SignInProvider, claims: dict[str, Any], place: Place
) -> tuple[Person, UUID | None]:
    if claims.get("email_verified") not in (True, "true") or not isinstance(claims.get("email"), str):
        raise Refused(UNCONFIRMED)
    try:
        email = clean_email(claims["email"])
    except Invalid as error:
        raise Refused(error.fields["email"]) from error
    person = await queries.find_person_by_email(session, email)
    known = person is not None
    if person is None:
        person = await _make(session, provider, claims, email)
    session.add(OutsideIdentity(person_id=person.id, issuer=provider.issuer, subject=claims["sub"]))
    await session.flush()
    subject = Subject("person", person.id, person.name)
    audit.record(session, nobody_yet(session, person), "provider.linked", subject, issuer=provider.issuer)
    if not known:
        return person, None
    return person, await alerts.raise_alert(session, person.id, "linked", address=place.address, browser=place.browser)


async def _make(session: Session, provider: SignInProvider, claims: dict[str, Any], email: str) -> Person:
    role_id = mapped_role(provider, claims) or provider.default_role_id
    if not provider.auto_create:
        raise Refused(
            N_("Nobody at this desk has the address {email}. Ask an administrator to invite you."), email=email
        )
    if role_id is None:
        raise Refused(N_("No role is foreseen for you at this desk. Ask an administrator."))
    workspace = await queries.find_workspace(session, session.workspace_id)
    name = str(claims.get("name") or "").strip() or email.partition("@")[0]
    person = Person(
        id=ids.new(), email=email, name=name[:120],
        role_id=role_id, locale=workspace.locale if workspace else "en",
        timezone=workspace.timezone if workspace else "UTC",
    )  # fmt: skip
    session.add(person)
    await session.flush()
    audit.record(
        session, nobody_yet(session, person), "person.added", Subject("person", person.id, person.name),
        issuer=provider.issuer,
    )  # fmt: skip
    return person


async def _follow_role(session: Session, person: Person, role_id: UUID | None) -> None:
    """Give the role that the company's directory names now, but never take away the last one who manages people."""
    role = await queries.load_role(session, role_id) if role_id else None
    if role is None or role.id == person.role_id:
        return
    if "people.manage" not in role.permissions:
        await queries.lock_people(session)
        if not await queries.has_admin(session, besides=person.id):
            return
    former = await queries.load_role(session, person.role_id)
    person.role_id = role.id
    audit.record(
        session, nobody_yet(session, person), "person.role", Subject("person", person.id, person.name),
        before={"role": _called(former)}, after={"role": _called(role)},
    )  # fmt: skip


def _called(role: Role | None) -> str:
    return (role.name or role.key) if role else ""
