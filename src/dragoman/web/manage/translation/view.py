"""What the pages about translation show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dragoman.web.forms import Choice, Form
from dragoman.web.words import Word


@dataclass(frozen=True, slots=True)
class Way:
    """A kind of provider to set up: where texts go, and what is missing for it on this machine (empty: nothing)."""

    key: str
    name: str
    privacy: str
    here: bool
    missing: str
    href: str


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """A provider with how it fares; `characters`, `cost` and `share` (percent of its limit) of this month."""

    name: str
    href: str
    kind: str
    state: Word
    privacy: str
    here: bool
    note: str
    price: str
    characters: int
    limit: int | None
    share: int
    cost: str
    problem: str
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class ChainRow:
    """A pair of languages with an order of its own."""

    pair: str
    names: tuple[str, ...]
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class UsageRow:
    """What a provider was given in a month."""

    month: str
    name: str
    characters: int
    calls: int
    failures: int
    cost: str


@dataclass(frozen=True, slots=True)
class TranslationPage:
    """Providers, orders of pairs, usage; `ways` are the kinds that can be added, `form` that of an order."""

    providers: tuple[ProviderRow, ...]
    ways: tuple[Way, ...]
    chains: tuple[ChainRow, ...]
    usage: tuple[UsageRow, ...]
    form: Form
    steps: tuple[Choice, ...]
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a trial: the sample, its translation or why there is none, and how long it took."""

    sample: str
    text: str
    problem: str
    seconds: str
    source: str
    target: str


@dataclass(frozen=True, slots=True)
class ProviderPage:
    """One provider, or one to be added (`href` is where its form goes; `remove` empty)."""

    title: str
    href: str
    kind: str
    privacy: str
    here: bool
    missing: str
    form: Form
    key: str
    url: str
    usual_url: str
    model: bool
    has_key: bool
    remove: str = ""
    problem: str = ""
    problem_at: datetime | None = None
    sources: tuple[Choice, ...] = ()
    targets: tuple[Choice, ...] = ()
    tried: Tried | None = None


@dataclass(frozen=True, slots=True)
class TermRow:
    """A term; `mine`: whoever reads has proposed it; `by` who did."""

    href: str
    term: str
    source: str
    target: str
    rendering: str
    forbidden: tuple[str, ...]
    domain: str
    note: str
    proposed: bool
    by: str
    approved_by: str
    mine: bool


@dataclass(frozen=True, slots=True)
class TermsPage:
    """The term base: what is looked for, the rows, the form of a proposal."""

    rows: tuple[TermRow, ...]
    more: str
    text: str
    status: str
    statuses: tuple[Choice, ...]
    waiting: int
    form: Form
    may_approve: bool
    may_propose: bool
    taking: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of the memory."""

    href: str
    source: str
    target: str
    original: str
    text: str
    origin: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MemoryPage:
    """The translation memory."""

    rows: tuple[UnitRow, ...]
    more: str
    text: str
    form: Form
    count: int
    most: int
