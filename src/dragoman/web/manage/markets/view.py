"""What the pages of markets show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dragoman.web.forms import Choice, Form
from dragoman.web.manage.markets.fields import Part, Rows
from dragoman.web.words import Word


@dataclass(frozen=True, slots=True)
class MarketRow:
    """A market in the list; the numbers are of its rules: all, to be confirmed, perhaps changed, its own words."""

    iso: str
    name: str
    href: str
    facts: tuple[str, ...]
    rules: int
    to_confirm: int
    stale: int
    own: int


@dataclass(frozen=True, slots=True)
class MarketsPage:
    """All markets, by their names."""

    markets: tuple[MarketRow, ...]


@dataclass(frozen=True, slots=True)
class Editor:
    """The form that corrects a rule. `nullable`: the law may have no such rule."""

    form: Form
    parts: tuple[Part | Rows, ...]
    nullable: bool


@dataclass(frozen=True, slots=True)
class RuleRow:
    """A rule in words. `where` is its source's name and `link` its page; `spoke` says who confirmed or corrected it
    when. `seen` names the state that is shown, so that nobody speaks about another one unawares."""

    topic: str
    label: str
    told: tuple[str, ...]
    note: str
    where: str
    link: str
    as_of: str
    valid: str
    confidence: str
    standing: Word
    seen: str
    shared: bool = False
    spoke: str = ""
    spoke_at: datetime | None = None
    may_confirm: bool = False
    may_correct: bool = False
    may_restore: bool = False
    editor: Editor | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """A plain fact of a market, which nobody confirms."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """The rules of one kind."""

    key: str
    title: str
    rules: tuple[RuleRow, ...]
    facts: tuple[Fact, ...] = ()
    facts_link: str = ""


@dataclass(frozen=True, slots=True)
class MarketPage:
    """One market's whole pack. `missing` are the topics on which it has no rule."""

    iso: str
    name: str
    href: str
    groups: tuple[RuleGroup, ...]
    to_confirm: int
    missing: tuple[Choice, ...] = ()
