"""What the page of a shift's hand-over shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class LeftTicket:
    """A ticket, promise or task that the shift leaves; `at` is when it is due, waits since, or comes back."""

    number: int
    subject: str
    at: datetime
    who: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what is left."""

    title: str
    rows: tuple[LeftTicket, ...]
    icon: str
    none: str
    more: bool = False


@dataclass(frozen=True, slots=True)
class Earlier:
    """A hand-over as the list shows it; `take` is where its taking over is confirmed, empty once it is."""

    team: str
    by: str
    at: datetime
    notes: str
    counts: tuple[tuple[str, int], ...]
    take: str = ""
    taken_by: str = ""
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HandoverPage:
    """What is open now, the form that hands it over, and earlier hand-overs."""

    teams: tuple[Choice, ...]
    parts: tuple[Part, ...]
    earlier: tuple[Earlier, ...]
    may: bool
    form: Form = field(default_factory=Form)
    more: str = ""
