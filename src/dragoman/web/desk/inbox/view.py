"""What the inbox shows: tabs, views, filters, and the rows of the list zone (ticket and search pages show it too)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dragoman.accounts.teams.names import team_label
from dragoman.commerce.models import Shop
from dragoman.kit.paging import Page
from dragoman.platform.i18n import N_
from dragoman.platform.i18n import gettext as _
from dragoman.sla.metrics import label
from dragoman.tickets.lists import Filter, TicketRow
from dragoman.tickets.models import PRIORITIES
from dragoman.tickets.views.models import View
from dragoman.web.desk.start.view import StartPage
from dragoman.web.forms import Choice
from dragoman.web.respond import query
from dragoman.web.words import STATUS

VIEWS = {
    "unread": (N_("Unread"), "", "g n"),
    "mine": (N_("Mine"), "", "g m"),
    "unassigned": (N_("Unassigned"), "", "g u"),
    "all": (N_("All"), "", "g a"),
    "mentions": (N_("Mentions"), "at-sign", ""),
}
FURTHER = {
    "overnight": (N_("Since I left"), "sunrise", "g o"),
    "snoozed": (N_("Snoozed"), "alarm-clock", "g z"),
}
"""Views that stand in the menu of views, not among the tabs."""
SORTS = {"urgent": N_("Most urgent"), "newest": N_("Newest"), "oldest": N_("Oldest")}
SNOOZES = ((60, N_("1 hour")), (240, N_("4 hours")), (1440, N_("1 day")), (4320, N_("3 days")), (10080, N_("1 week")))


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
    edit: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket in the list. `due_at` is when its next clock (`due_what`) is over; `waiting_since` is None while the
    customer waits for nothing from us."""

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
    emotion: str = ""
    waiting_since: datetime | None = None
    due_at: datetime | None = None
    due_what: str = ""
    severity: str = ""
    team: str = ""
    snoozed_until: datetime | None = None
    assignee: str = ""
    unread: bool = False
    mentioned: bool = False
    current: bool = False
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bulk:
    """What can be done with chosen tickets at once; empty where the reader may not."""

    statuses: tuple[Choice, ...] = ()
    priorities: tuple[Choice, ...] = ()
    severities: tuple[Choice, ...] = ()
    people: tuple[Choice, ...] = ()
    teams: tuple[Choice, ...] = ()
    snoozes: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class ListView:
    """The list zone. `href` is its own address, `more` the address of the rows that follow (empty at the end);
    `sparse` says that a window of history held few or none. `problems` are a saved view's broken conditions."""

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
    further: tuple[Option, ...] = ()
    shared: tuple[Option, ...] = ()
    own: tuple[Option, ...] = ()
    chooses: bool = False
    sparse: bool = False
    problems: tuple[str, ...] = ()
    edit: str = ""
    save: str = ""
    table: str = ""
    lead: str = ""

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
    start: StartPage | None = None
    """The first steps, for whoever manages a workspace that has no ticket yet."""


def chosen(options: Iterable[Option]) -> str:
    """The label of the current option, or of none."""
    return next((option.label for option in options if option.current), "")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the inbox the reader is, as it stands in addresses. Empty values are the usual ones; `view` names a
    view of the house or is a saved one's id."""

    view: str = "unread"
    shop: str = ""
    status: str = ""
    sort: str = ""

    def href(self, path: str = "/desk", **more: str) -> str:
        """An address at this place."""
        usual = Place()
        values = {name: getattr(self, name) for name in self.__slots__ if getattr(self, name) != getattr(usual, name)}
        return query(path, values | more)

    @property
    def saved(self) -> UUID | None:
        """The id of the saved view that is meant, None for one of the house."""
        try:
            return UUID(self.view)
        except ValueError:
            return None

    def filter(self, base: Filter | None = None) -> Filter:
        """The same in the words of the tickets room, over a saved view's own filter where there is one. A shop that
        is no id finds nothing."""
        try:
            shop = UUID(self.shop) if self.shop else None
        except ValueError:
            shop = UUID(int=0)
        base = base or Filter(self.view)
        return replace(base, shop_id=shop, status=self.status or None, sort=self.sort or base.sort)


def place_of(params: Mapping[str, str]) -> Place:
    """The place that an address names."""
    usual = Place()
    return Place(*(params.get(name, "")[:40] or getattr(usual, name) for name in Place.__slots__))


def build_row(row: TicketRow, place: Place, *, current: bool = False) -> Row:
    """A row of the list zone; it opens its ticket beside the same list."""
    active = row.status not in ("solved", "closed")
    metric = label(row.due_metric)
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
        lang=row.language or row.customer_language,
        waiting_since=row.waiting_since if active else None,
        due_at=row.due_at if active else None,
        due_what=_(metric) if metric else "",
        severity=row.severity,
        emotion=row.emotion,
        team=team_label(row.team_key, row.team_name or "") if row.team_key else "",
        snoozed_until=row.snoozed_until,
        assignee=row.assignee or "",
        unread=row.unread_since is not None,
        mentioned=place.view == "mentions",
        current=current,
        tags=tuple(row.tags),
    )


@dataclass(frozen=True, slots=True)
class Around:
    """What the list zone shows besides its rows."""

    counts: Mapping[str, int]
    shops: Sequence[Shop]
    views: Sequence[View]
    changeable: frozenset[UUID] = frozenset()
    view: View | None = None
    filter: Filter | None = None
    problems: tuple[str, ...] = ()
    chooses: bool = False
    lead: str = ""


def build_list(place: Place, page: Page[TicketRow], around: Around, *, current: int = 0) -> ListView:
    """The list zone with its tabs, filters and rows."""
    views = {one.id: _saved_option(one, place, around) for one in around.views}
    shared = tuple(views[one.id] for one in around.views if one.owner_id is None)
    own = tuple(views[one.id] for one in around.views if one.owner_id is not None)
    further = tuple(_house_option(key, place, around.counts) for key in FURTHER)
    tabs = tuple(_house_option(key, place, around.counts) for key in VIEWS)
    shown = [option for option in (*further, *shared, *own) if option.current]
    sort = around.filter.sort if around.filter else "urgent"
    view = around.view
    return ListView(
        title=view.name if view else _house_title(place.view),
        href=place.href(),
        tabs=(*tabs, *shown),
        shops=(
            Option(_("All shops"), replace(place, shop="").href(), not place.shop),
            *(Option(one.name, replace(place, shop=str(one.id)).href(), place.shop == str(one.id))
              for one in around.shops),
        ),
        statuses=(
            Option(_("Any status"), replace(place, status="").href(), not place.status),
            *(Option(_(word.label), replace(place, status=key).href(), place.status == key)
              for key, word in STATUS.items()),
        ),
        sorts=tuple(Option(_(label), replace(place, sort=key).href(), sort == key) for key, label in SORTS.items()),
        rows=tuple(build_row(row, place, current=row.number == current) for row in page.rows),
        more=place.href(cursor=page.next) if page.next else "",
        filtered=bool(place.shop or place.status),
        clear=Place(view=place.view).href(),
        further=further, shared=shared, own=own, chooses=around.chooses,
        sparse=bool(page.next) and len(page.rows) < 50,
        problems=around.problems,
        edit=f"/views/{view.id}" if view and view.id in around.changeable else "",
        save=place.href("/views/new"),
        table=place.href("/desk/table"),
        lead=around.lead,
    )  # fmt: skip


def _house_title(view: str) -> str:
    return _((VIEWS | FURTHER).get(view, (N_("Inbox"), "", ""))[0])


def _house_option(key: str, place: Place, counts: Mapping[str, int]) -> Option:
    label, icon, letter = (VIEWS | FURTHER)[key]
    here = Place(view=key, shop=place.shop).href()
    tone = "accent" if key == "unread" else "plain"
    return Option(_(label), here, key == place.view, counts.get(key, 0), letter, icon, tone, name=key)


def _saved_option(view: View, place: Place, around: Around) -> Option:
    edit = f"/views/{view.id}" if view.id in around.changeable else ""
    icon = "lock" if view.owner_id else "users" if view.team_id else ""
    here = Place(view=str(view.id)).href()
    count = around.counts.get(str(view.id), 0)
    return Option(view.name, here, str(view.id) == place.view, count, icon="", edit=edit, tone=icon, name=str(view.id))
