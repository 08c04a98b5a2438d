"""Making, revoking and recognising access tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.accounts.tokens import queries
from dragoman.accounts.tokens.models import AccessToken
from dragoman.accounts.tokens.scopes import SCOPES, permissions_of
from dragoman.audit import service as audit
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, DeskError, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.platform.secrets import fingerprint, token

PREFIX = "drg_"
LONGEST_DAYS = 365
SEEN_EVERY = timedelta(minutes=5)


class Unauthorised(DeskError):
    """A token that opens nothing; `code` is the one of RFC 6750 §3.1, empty where none was given."""

    status = 401

    def __init__(self, message: str, code: str = "invalid_token") -> None:
        super().__init__(message)
        self.code = code


MISSING = N_(
    "This needs an access token: send it as “Authorization: Bearer drg_…”. Tokens are made under Settings › API."
)
UNKNOWN = N_("This access token is not known. Check that it was copied whole, or make a new one under Settings › API.")
EXPIRED = N_("This access token has expired. Make a new one under Settings › API.")
REVOKED = N_("This access token was revoked. Make a new one under Settings › API.")
SWITCHED_OFF = N_("The person this access token acts for is switched off. Somebody else has to make a new one.")


@dataclass(frozen=True, slots=True)
class Bearer:
    """A recognised token: its id, its scopes, and the person as whom it acts."""

    id: UUID
    scopes: frozenset[str]
    actor: Actor


def split(given: str) -> tuple[UUID, bytes]:
    """The workspace of a token and its secret's hash. Raises Unauthorised for what is no token of ours."""
    workspace, dot, secret = given.removeprefix(PREFIX).partition(".")
    if not given.startswith(PREFIX) or not dot or not secret or len(workspace) != 32 or len(given) > 200:
        raise Unauthorised(UNKNOWN)
    try:
        return UUID(hex=workspace), fingerprint(secret)
    except ValueError as error:
        raise Unauthorised(UNKNOWN) from error


async def recognise(session: Session, token_hash: bytes) -> Bearer:
    """Who knocks, by the hash of a token's secret, in the workspace the token names. Raises Unauthorised."""
    row = await queries.find_bearer(session, token_hash)
    now = clock.now()
    if row is None:
        raise Unauthorised(UNKNOWN)
    if row.revoked_at is not None:
        raise Unauthorised(REVOKED)
    if row.expires_at <= now:
        raise Unauthorised(EXPIRED)
    if not row.active:
        raise Unauthorised(SWITCHED_OFF)
    if row.used_at is None or now - row.used_at > SEEN_EVERY:
        await queries.touch(session, row.id, now)
    actor = Actor(
        workspace_id=session.workspace_id, person_id=row.person_id, sign_in_id=row.id, name=row.name, email=row.email,
        role=row.role, permissions=frozenset(row.permissions) & permissions_of(row.scopes), locale=row.locale,
        timezone=row.timezone, theme=row.theme, settings=row.settings,
    )  # fmt: skip
    return Bearer(row.id, frozenset(row.scopes), actor)


async def make(session: Session, actor: Actor, *, name: str, scopes: Sequence[str], days: int) -> tuple[UUID, str]:
    """Make a token that acts as the actor for `days` days; returns its id and the token, which is shown once.

    Raises Invalid beside `name`, `scopes` and `days`, Forbidden.
    """
    actor.require("api.manage")
    name = " ".join(name.split())
    faults = {}
    if not name or len(name) > 80:
        faults["name"] = N_("A name is needed, of at most 80 characters.")
    if not scopes or any(scope not in SCOPES for scope in scopes):
        faults["scopes"] = N_("Choose at least one thing that the token may do.")
    if not 1 <= days <= LONGEST_DAYS:
        faults["days"] = N_("A number of days from 1 to 365.")
    if faults:
        raise Invalid(fields=faults)
    secret, now = token(), clock.now()
    chosen = [scope for scope in SCOPES if scope in scopes]
    made = AccessToken(
        id=ids.new(), person_id=actor.person_id, name=name, scopes=chosen, token_hash=fingerprint(secret),
        created_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    session.add(made)
    audit.record(session, actor, "token.made", audit.Subject("token", made.id, name), scopes=chosen, days=days)
    await session.flush()
    return made.id, f"{PREFIX}{session.workspace_id.hex}.{secret}"


async def revoke(session: Session, actor: Actor, token_id: UUID) -> str:
    """End a token at once; returns its name. Raises NotFound, Forbidden."""
    actor.require("api.manage")
    found = await queries.load(session, token_id)
    if found is None:
        raise NotFound(N_("There is no such access token."))
    if found.revoked_at is None:
        found.revoked_at = clock.now()
        audit.record(session, actor, "token.revoked", audit.Subject("token", found.id, found.name))
    return found.name
