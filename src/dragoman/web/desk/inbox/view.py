"""What the inbox shows: tabs, filters, and the rows of the list zone (which ticket and search pages show too)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dragoman.commerce.models import Shop
from dragoman.kit.paging import Page
from dragoman.platform.i18n import N_
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.lists import Filter, TicketRow
from dragoman.tickets.models import PRIORITIES
from dragoman.web.respond import query
from dragoman.web.words import STATUS

VIEWS = {
    "unread": (N_("Unread"), "", ""),
    "mine": (N_("Mine"), "", "g m"),
    "unassigned": (N_("Unassigned"), "", "g u"),
    "all": (N_("All"), "", ""),
    "mentions": (N_("Mentions"), "at-sign", ""),
}
SORTS = {"urgent": N_("Most urgent"), "newest": N_("Newest"), "oldest": N_("Oldest")}


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


def chosen(options: Iterable[Option]) -> str:
    """The label of the current option, or of none."""
    return next((option.label for option in options if option.current), "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the inbox the reader is, as it stands in addresses. Empty values are the usual ones."""

    view: str = "unread"
    shop: str = ""
    status: str = ""
    sort: str = "urgent"

    def href(self, path: str = "/desk", **more: str) -> str:
        """An address at this place."""
        usual = Place()
        values = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) != getattr(usual, name)}
        return query(path, values | more)

    def filter(self) -> Filter:
        """The same in the words of the tickets room. A shop that is no id finds nothing."""
        try:
            shop = UUID(self.shop) if self.shop else None
        except ValueError:
            shop = UUID(int=0)
        return Filter(self.view, shop, self.status or None, self.sort)


def place_of(params: Mapping[str, str]) -> Place:
    """The place that an address names."""
    usual = Place()
    return Place(*(params.get(name, "")[:40] or getattr(usual, name) for name in Place.__slots__))


def build_row(row: TicketRow, place: Place, *, current: bool = False) -> Row:
    """A row of the list zone; it opens its ticket beside the same list."""
    active = row.status not in ("solved", "closed")
    return Row(
        number=row.number,
        href=place.href(f"/tickets/{row.number}"),
        subject=row.subject,
        snippet=row.snippet,
        customer=row.customer_name,
        shop=row.shop or "",
        status=row.status,
        priority=PRIORITIES[row.priority],
        last_at=row.last_activity_at,
        lang=row.customer_language,
        waiting_since=row.waiting_since if active else None,
        assignee=row.assignee or "",
        unread=row.unread_since is not None,
        mentioned=place.view == "mentions",
        current=current,
        tags=tuple(row.tags),
    )


def build_list(
    place: Place, page: Page[TicketRow], counts: Mapping[str, int], shops: Sequence[Shop], *, current: int = 0
) -> ListView:
    """The list zone with its tabs, filters and rows."""
    tabs = tuple(
        Option(
            _(label), Place(view=key, shop=place.shop, sort=place.sort).href(), key == place.view, counts.get(key, 0),
            letter, icon, "accent" if key == "unread" else "plain",
        )
        for key, (label, icon, letter) in VIEWS.items()
    )  # fmt: skip
    shop_options = (
        Option(_("All shops"), replace(place, shop="").href(), not place.shop),
        *(Option(shop.name, replace(place, shop=str(shop.id)).href(), place.shop == str(shop.id)) for shop in shops),
    )
    states = (
        Option(_("Any status"), replace(place, status="").href(), not place.status),
        *(
            Option(_(word.label), replace(place, status=key).href(), place.status == key)
            for key, word in STATUS.items()
        ),
    )
    return ListView(
        title=_("Inbox"),
        href=place.href(),
        tabs=tabs,
        shops=shop_options,
        statuses=states,
        sorts=tuple(
            Option(_(label), replace(place, sort=key).href(), place.sort == key) for key, label in SORTS.items()
        ),
        rows=tuple(build_row(row, place, current=row.number == current) for row in page.rows),
        more=place.href(cursor=page.next) if page.next else "",
        filtered=bool(place.shop or place.status),
        clear=Place(view=place.view).href(),
    )
