"""What the pages of notices show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One notice; `open` marks it as seen and leads where it belongs."""

    text: str
    at: datetime
    seen: bool
    urgent: bool
    open: str
    see: str


@dataclass(frozen=True, slots=True)
class NoticesPage:
    """Unseen notices first, then the seen ones, page by page."""

    unseen: tuple[NoticeRow, ...]
    seen: tuple[NoticeRow, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Bell:
    """The bell of every page: how many are unseen, and the newest of them."""

    count: int
    rows: tuple[NoticeRow, ...]


@dataclass(frozen=True, slots=True)
class WishRow:
    """One kind of notice, and by which ways it is to come: `(way, label, chosen)`."""

    kind: str
    label: str
    ways: tuple[tuple[str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class WishesPage:
    """How notices are to reach the reader."""

    rows: tuple[WishRow, ...]
    ways: tuple[str, ...]
