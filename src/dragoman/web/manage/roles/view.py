"""What the pages of roles show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Form


@dataclass(frozen=True, slots=True)
class RoleColumn:
    """A role: its name, how many active people have it, and the permissions it gives."""

    name: str
    href: str
    people: int
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who has a permission, and the role that gives it."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class PermissionRow:
    """A permission in words, and who has it and why."""

    key: str
    label: str
    holders: tuple[Holder, ...]


@dataclass(frozen=True, slots=True)
class RolesPage:
    """All roles and permissions, and the form that adds a role."""

    roles: tuple[RoleColumn, ...]
    permissions: tuple[PermissionRow, ...]
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class Tick:
    """A permission to give or not; `on` whether it is given."""

    key: str
    label: str
    on: bool


@dataclass(frozen=True, slots=True)
class RolePage:
    """One role: its name, its permissions, the people who have it; `remove` only where it can be removed."""

    name: str
    action: str
    form: Form
    ticks: tuple[Tick, ...]
    people: tuple[str, ...]
    shipped: str = ""
    remove: str = ""
