"""What the page of handing a ticket on shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Past:
    """An escalation of the ticket: between which lines, why, by whom, and how long nobody took it over."""

    line: str
    reason: str
    analysis: str
    by: str
    at: datetime
    taken_by: str = ""
    taken_after: int = 0
    """Minutes."""
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EscalationPage:
    """A ticket's way to the next line. `empty` names teams in which nobody works."""

    number: int
    subject: str
    href: str
    line: str
    form: Form
    teams: tuple[Choice, ...]
    reasons: tuple[Choice, ...]
    past: tuple[Past, ...] = ()
    take_over: bool = False
    hand_back: bool = False
    callback: bool = False
    word: Form = field(default_factory=Form)
