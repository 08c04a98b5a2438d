"""What the market's panel shows beside a ticket."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mark:
    """Where something is from, and whether it is to be confirmed before anybody relies on it."""

    where: str
    link: str
    to_confirm: bool


@dataclass(frozen=True, slots=True)
class Line:
    """Something to know: a word for it, what it says, and more in small."""

    head: str
    text: str
    more: tuple[str, ...] = ()
    mark: Mark | None = None
    lang: str = ""
    """The language of `text`, where it is not the reader's."""


@dataclass(frozen=True, slots=True)
class MarketPanel:
    """A market in one look. Without a pack there are no lines; `market` empty: nobody knows it."""

    number: int
    subject: str
    market: str
    href: str = ""
    manners: tuple[Line, ...] = ()
    rights: tuple[Line, ...] = ()
    avoid: tuple[Line, ...] = ()
    days: tuple[Line, ...] = ()
