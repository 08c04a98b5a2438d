"""What the page of somebody's skills, room and absences shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """A present or coming absence."""

    starts_at: datetime
    ends_at: datetime
    stand_in: str
    note: str
    end: str


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """A language as a row of the form; an empty one is for adding."""

    n: int
    tag: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True)
class StaffPage:
    """Somebody's page. `own` is one's own, where skills and teams are shown and not changed."""

    name: str
    base: str
    state: str
    own: bool
    days: tuple[Choice, ...]
    room: Form
    absences: tuple[AbsenceRow, ...]
    stand_ins: tuple[Choice, ...]
    absence: Form
    languages: tuple[LanguageRow, ...] = ()
    tags: tuple[Choice, ...] = ()
    levels: tuple[Choice, ...] = ()
    shops: tuple[Choice, ...] = ()
    skills: Form = field(default_factory=Form)
    teams: tuple[Choice, ...] = ()
    teams_form: Form = field(default_factory=Form)
    person: str = ""
    """Where the person's role and sign-ins are, for whoever manages people."""
