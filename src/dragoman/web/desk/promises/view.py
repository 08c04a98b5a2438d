"""What the pages of promises show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.desk.inbox.view import Option
from dragoman.web.forms import Choice, Form
from dragoman.web.words import Word


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise. `href` is its page; `keep` and `reopen` are addresses, empty where there is nothing to do."""

    text: str
    number: int
    subject: str
    owner: str
    due_at: datetime
    state: Word
    open: bool
    late: bool
    href: str
    keep: str = ""
    reopen: str = ""
    answered: bool = False
    """The customer was answered since: it is probably kept."""
    word: str = ""
    goodwill: str = ""


@dataclass(frozen=True, slots=True)
class OnTicket:
    """The promises of a ticket, and the form by which one is noted (`add` empty: who reads may not)."""

    rows: tuple[PromiseRow, ...] = ()
    add: str = ""
    owners: tuple[Choice, ...] = ()
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class NewPage:
    """The promises of a ticket on a page of their own."""

    number: int
    subject: str
    part: OnTicket


@dataclass(frozen=True, slots=True)
class Offer:
    """A promise found in an answer that is being written: one keystroke notes it."""

    text: str
    phrase: str
    due_at: datetime | None
    action: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Offers:
    """The promises found in a text."""

    offers: tuple[Offer, ...] = ()


@dataclass(frozen=True, slots=True)
class PromisesPage:
    """One list of promises."""

    tabs: tuple[Option, ...]
    rows: tuple[PromiseRow, ...]
    scope: str
    more: str = ""


@dataclass(frozen=True, slots=True)
class PromisePage:
    """One promise, and what can be done about it."""

    row: PromiseRow
    may: bool
    renew: Form
    give_up: Form
    give: Form
    owners: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Rate:
    """How somebody, or a team, kept promises: a share in whole percent, None where none was due."""

    name: str
    percent: int | None
    kept: int
    late: int
    missed: int
    renewed: int


@dataclass(frozen=True, slots=True)
class ReportPage:
    """Kept rates of a time; `people` only for those who lead."""

    tabs: tuple[Option, ...]
    spans: tuple[Option, ...]
    teams: tuple[Rate, ...]
    people: tuple[Rate, ...] = ()
