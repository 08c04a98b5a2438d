"""What the pages of imports show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.platform.i18n import N_
from dragoman.web.forms import Choice, Form
from dragoman.web.words import Word

STATES = {
    "draft": Word(N_("Columns to be checked"), "pen", "amber"),
    "queued": Word(N_("Waits for its turn"), "clock", "blue"),
    "running": Word(N_("Running"), "loader", "blue"),
    "waiting": Word(N_("Waits for the other desk"), "hourglass", "amber"),
    "interrupted": Word(N_("Interrupted"), "circle-alert", "amber"),
    "tried": Word(N_("Tried, nothing changed yet"), "eye"),
    "done": Word(N_("Done"), "circle-check", "green"),
    "failed": Word(N_("Ended by an error"), "circle-alert", "red"),
    "stopped": Word(N_("Stopped"), "pause"),
}


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import in the list."""

    source: str
    account: str
    href: str
    state: Word
    tickets: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ImportsPage:
    """All imports, newest first."""

    imports: tuple[ImportRow, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Way:
    """A desk one can come from."""

    key: str
    name: str
    how: str
    icon: str
    href: str


@dataclass(frozen=True, slots=True)
class NewPage:
    """Choosing the desk; then, with `way`, what it asks for."""

    ways: tuple[Way, ...]
    way: Way | None = None
    form: Form = field(default_factory=Form)
    by_file: bool = False
    table: bool = False
    login: bool = False
    numbered: bool = False
    domain: str = ""
    accepts: str = ""
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Count:
    """A number of the report."""

    label: str
    value: int
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One of our columns, and which of the table's it is."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Agent:
    """An assignee of the other desk."""

    name: str
    here: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that was left out, and where it stands."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A word for a state that nobody here knows; `meaning` is ours."""

    word: str
    tickets: int
    meaning: str


@dataclass(frozen=True, slots=True)
class ImportPage:
    """One import: its columns, its progress, its report."""

    href: str
    source: str
    account: str
    file: str
    state: Word
    trial: bool
    going: bool
    share: float | None
    until: datetime | None
    problem: str
    counts: tuple[Count, ...]
    kept: int
    agents: tuple[Agent, ...]
    unknown: tuple[Unknown, ...]
    doubts: tuple[tuple[str, int], ...]
    problems: tuple[Problem, ...]
    problem_count: int
    form: Form = field(default_factory=Form)
    columns: tuple[Column, ...] = ()
    headers: tuple[Choice, ...] = ()
    orders: tuple[Choice, ...] = ()
    statuses: tuple[Choice, ...] = ()
    samples: tuple[tuple[str, ...], ...] = ()
    header: tuple[str, ...] = ()
    can_try: bool = False
    can_start: bool = False
    can_go_on: bool = False
    asks_token: bool = False
    finished: bool = False
