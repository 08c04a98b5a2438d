"""What the inbox shows: tabs, filters, and the rows of the list zone (which ticket and search pages show too)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Option:
    """A link that narrows or sorts a list; `count` may be one past the bound that is shown ("99+")."""

    label: str
    href: str
    current: bool = False
    count: int = 0
    key: str = ""
    icon: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in the list. `waiting_since` is None while the customer waits for nothing from us."""

    number: int
    href: str
    subject: str
    snippet: str
    customer: str
    shop: str
    status: str
    priority: str
    last_at: datetime
    lang: str = ""
    waiting_since: datetime | None = None
    assignee: str = ""
    unread: bool = False
    mentioned: bool = False
    files: bool = False
    current: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ListView:
    """The list zone. `href` is its own address, `more` the address of the rows that follow (empty at the end)."""

    title: str
    href: str
    tabs: tuple[Option, ...]
    shops: tuple[Option, ...]
    statuses: tuple[Option, ...]
    sorts: tuple[Option, ...]
    rows: tuple[Row, ...] = ()
    more: str = ""
    filtered: bool = False
    clear: str = ""

    @property
    def shop(self) -> str:
        """The label of the shop filter in force."""
        return chosen(self.shops)

    @property
    def status(self) -> str:
        """The label of the status filter in force."""
        return chosen(self.statuses)

    @property
    def sort(self) -> str:
        """The label of the order in force."""
        return chosen(self.sorts)


@dataclass(frozen=True, slots=True)
class InboxPage:
    """The inbox with no ticket open; `fresh` is a workspace that has no ticket yet."""

    list: ListView
    fresh: bool = False
    mailbox_href: str = ""
    queue: tuple[Option, ...] = field(default=())


def chosen(options: Iterable[Option]) -> str:
    """The label of the current option, or of none."""
    return next((option.label for option in options if option.current), "")
