"""What the people pages show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One person of the desk; `role` is a key of words.ROLE, `waits` a first password that was not used yet."""

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
class PeoplePage:
    """Everyone of the desk, and the form that adds one."""

    people: tuple[PersonRow, ...]
    roles: tuple[Choice, ...]
    locales: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
    password: str = ""
    added: str = ""


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's name, role and whether the person may sign in; `form` values carry "active" as "yes" or "no"."""

    person: PersonRow
    roles: tuple[Choice, ...]
    form: Form
    reset: str = ""
    password: str = ""
