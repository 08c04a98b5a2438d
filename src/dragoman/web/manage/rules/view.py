"""What the pages of rules show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.builders import Builder
from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule in the list, in words. `broken` and `odd` are sentences."""

    name: str
    href: str
    event: str
    conditions: tuple[str, ...]
    changes: tuple[str, ...]
    active: bool
    stop: bool
    fired: int
    broken: tuple[str, ...] = ()
    odd: tuple[str, ...] = ()
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class RulesPage:
    """All rules in their order."""

    rules: tuple[RuleRow, ...]


@dataclass(frozen=True, slots=True)
class FiredRow:
    """A ticket on which a rule fired, or would have; `changes` says what would be altered."""

    number: int
    subject: str
    at: datetime
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a dry run found."""

    rows: tuple[FiredRow, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class RulePage:
    """One rule's form, what it did last, and what it would have done when that was asked."""

    title: str
    action: str
    form: Form
    events: tuple[Choice, ...]
    since: tuple[Choice, ...]
    conditions: Builder
    changes: Builder
    remove: str = ""
    broken: tuple[str, ...] = ()
    fired: tuple[FiredRow, ...] = field(default=())
    trial: Trial | None = None
