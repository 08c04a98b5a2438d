"""What the audit page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Line:
    """One deed: `deed` in the reader's words, `facts` as (what, before, after) – `after` alone where nothing was."""

    at: datetime
    who: str
    deed: str
    subject: str
    href: str
    via: str
    address: str
    facts: tuple[tuple[str, str, str], ...] = ()
    sealed: bool = True


@dataclass(frozen=True, slots=True)
class AuditPage:
    """A page of the log with its filters; `more` is the address of the older entries."""

    lines: tuple[Line, ...]
    form: Form
    areas: tuple[Choice, ...]
    people: tuple[Choice, ...]
    more: str = ""
    narrowed: bool = False
    may_export: bool = False
    keep: Form = field(default_factory=Form)
    may_keep: bool = False
