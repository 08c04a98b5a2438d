"""What the pages of departments show."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One department in the list."""

    name: str
    href: str
    address: str
    people: tuple[str, ...]
    hours: int
    active: bool


@dataclass(frozen=True, slots=True)
class DepartmentsPage:
    """All departments, and the form that adds one."""

    rows: tuple[DepartmentRow, ...]
    form: Form


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """One department; `shipped` is what it is called while nobody has renamed it."""

    name: str
    href: str
    shipped: str
    leads: tuple[Choice, ...]
    people: tuple[Choice, ...]
    form: Form
