"""What the people pages show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the desk; `role` in words, `waits` a first password that was not used yet."""

    id: str
    name: str
    email: str
    role: str
    href: str
    active: bool = True
    second_factor: bool = False
    me: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """An invitation that was not used; `state` is open, revoked or expired."""

    id: str
    email: str
    role: str
    by: str
    state: str
    expires_at: datetime
    renew: str
    revoke: str


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made, shown once; `mailed` says that a letter with it is on its way."""

    href: str
    email: str
    mailed: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everyone of the desk, who is invited, and the form that invites."""

    people: tuple[PersonRow, ...]
    roles: tuple[Choice, ...]
    locales: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
    invitations: tuple[InvitationRow, ...] = ()
    link: NewLink | None = None


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A browser in which somebody is signed in; `here` the one that asks. `end` is the address that ends it."""

    browser: str
    address: str
    since: datetime
    seen: datetime
    end: str
    here: bool = False
    outside: bool = False


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's name, role and whether the person may sign in; `form` values carry "active" as "yes" or "no"."""

    person: PersonRow
    roles: tuple[Choice, ...]
    form: Form
    reset: str = ""
    password: str = ""
    sign_ins: tuple[SignInRow, ...] = ()
    end_all: str = ""
