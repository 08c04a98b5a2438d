"""What the pages of macros show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.builders import Builder
from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class MacroRow:
    """One macro in the list."""

    name: str
    href: str
    shortcut: str
    text: str
    changes: tuple[str, ...]
    audience: str
    language: str = ""
    used: int = 0
    active: bool = True
    mine: bool = False
    note: bool = False


@dataclass(frozen=True, slots=True)
class MacrosPage:
    """All macros that the reader may see."""

    macros: tuple[MacroRow, ...]


@dataclass(frozen=True, slots=True)
class MacroPage:
    """A macro to make or (with `editing`) to change."""

    builder: Builder
    audiences: tuple[Choice, ...]
    shops: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    variables: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
    editing: str = ""
    action: str = "/macros"
    locked: bool = False
