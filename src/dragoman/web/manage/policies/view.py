"""What the pages of policies and automatic answers show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.builders import Builder
from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy in the list: whom it means and what it owes, in words; `problems` say why it is not followed."""

    name: str
    href: str
    means: tuple[str, ...]
    owes: tuple[str, ...]
    hours: str
    active: bool
    problems: tuple[str, ...] = ()
    source: str = ""
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """A clock of the tried ticket: when it is due, and the policies that matched, the one that holds first."""

    label: str
    state: str
    due: datetime | None
    left: str
    calendar: str
    paused: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """A ticket's number, tried: the policies that mean it, and its clocks; `problem` when there is no such ticket."""

    number: str = ""
    href: str = ""
    matched: tuple[str, ...] = ()
    owed: tuple[Owed, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PoliciesPage:
    """All policies in their order."""

    policies: tuple[PolicyRow, ...]
    tried: Tried = field(default_factory=Tried)
    today: str = ""


@dataclass(frozen=True, slots=True)
class TargetField:
    """A metric's time in the form."""

    metric: str
    label: str
    meaning: str
    number: str
    unit: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class PolicyPage:
    """One policy in a form; `href` empty for a new one."""

    title: str
    href: str
    action: str
    form: Form
    conditions: Builder
    changes: Builder
    targets: tuple[TargetField, ...]
    units: tuple[Choice, ...]
    hours: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    common: str
    shipped: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text of a language; `own` when the workspace has changed it."""

    kind: str
    label: str
    form: Form
    own: bool
    preview: str


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """A language's texts."""

    code: str
    name: str
    read: bool
    shipped: bool
    own: int
    texts: tuple[TextRow, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class RepliesPage:
    """The automatic answers: what is on, and the texts."""

    form: Form
    languages: tuple[LanguageRow, ...]
