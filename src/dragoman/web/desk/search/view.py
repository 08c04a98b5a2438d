"""What the search page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Part:
    """A run of text; `hit` where it is what was searched for."""

    text: str
    hit: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One ticket that was found, with the place in its thread that matched."""

    number: int
    href: str
    subject: tuple[Part, ...]
    snippet: tuple[Part, ...]
    customer: str
    shop: str
    status: str
    at: datetime
    lang: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Results for `query`; `count` is how many of them stand on this page."""

    query: str
    results: tuple[Result, ...] = ()
    count: int = 0
    more: str = ""
    problem: str = ""
