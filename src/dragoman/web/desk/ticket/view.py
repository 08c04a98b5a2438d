"""What a ticket's page shows: head, timeline, composer, and the customer beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from dragoman.web.desk.inbox.view import ListView
from dragoman.web.desk.promises.view import OnTicket as Promises
from dragoman.web.desk.tasks.view import OnTicket as Tasks
from dragoman.web.desk.ticket.tongues import Beside, Bilingual
from dragoman.web.desk.ticket.understood import Guess, Short, Understood
from dragoman.web.forms import Choice


@dataclass(frozen=True, slots=True)
class Section:
    """A run of a message's text: `own` words, a folded `quote`, or a dimmed `signature`."""

    kind: str
    text: str

    @property
    def lines(self) -> int:
        """How many lines stand in it."""
        return self.text.count("\n") + 1


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; `type` is its media type, `size` in octets, `preview` a picture's small form if it has one."""

    name: str
    type: str
    size: int
    href: str
    preview: str = ""
    id: str = ""

    @property
    def icon(self) -> str:
        """The sign of its kind."""
        kinds = {"image": "file-image", "video": "file-video", "text": "file-text"}
        parts = {"pdf": "file-text", "zip": "file-archive", "sheet": "file-spreadsheet", "excel": "file-spreadsheet"}
        found = next((sign for part, sign in parts.items() if part in self.type), "")
        return found or kinds.get(self.type.partition("/")[0], "file")


@dataclass(frozen=True, slots=True)
class Frame:
    """The mail's own layout, shown in a sandboxed frame.

    A frame without scripts cannot tell its height, so `span` is the server's guess by its length: s, m or l.
    `images_href` is the same with remote images, empty when it has none.
    """

    href: str
    span: str = "m"
    images_href: str = ""
    open: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where an answer of ours is on its way (a key of words.DELIVERY); addresses are empty where a step is not offered.

    `until` is the moment until which a queued message can be taken back, `next_at` the next try of one that failed
    for now.
    """

    state: str
    at: datetime
    reason: str = ""
    until: datetime | None = None
    next_at: datetime | None = None
    undo: str = ""
    retry: str = ""
    settle: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the timeline: `kind` is in (the customer's), out (ours) or note."""

    id: str
    kind: str
    author: str
    at: datetime
    sections: tuple[Section, ...]
    address: str = ""
    to: str = ""
    cc: str = ""
    lang: str = ""
    subject: str = ""
    html: str = ""
    files: tuple[File, ...] = ()
    frame: Frame | None = None
    delivery: Delivery | None = None
    machine: bool = False
    said: Understood | None = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A quiet line of the timeline: what happened, already in the reader's words."""

    id: str
    text: str
    at: datetime
    icon: str = ""
    kind: str = "event"


@dataclass(frozen=True, slots=True)
class Link:
    """A pointer to another ticket or order."""

    label: str
    href: str
    at: datetime | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """The customer panel. `zone` is the customer's own time zone where it is known."""

    id: str
    name: str
    address: str
    lang: str = ""
    market: str = ""
    zone: tzinfo | None = None
    place: str = ""
    phone: str = ""
    since: datetime | None = None
    tickets: tuple[Link, ...] = ()
    orders: tuple[Link, ...] = ()
    note: str = ""
    note_href: str = ""
    more_href: str = ""
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Planned:
    """An answer that leaves later; `problem` says why it was held back.

    One that waits for a review has the `language` it is in and what its writer wrote of `own`; `reviews` says whether
    the reader may review it.
    """

    text: str
    at: datetime
    author: str
    problem: str = ""
    mine: bool = False
    href: str = ""
    language: str = ""
    own: str = ""
    reviews: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that was said while an answer was written; of a colleague's answer, which words it has in common with
    the one that is about to be sent (`parts`: text, and whether both say it)."""

    author: str
    at: datetime
    ours: bool
    parts: tuple[tuple[str, bool], ...]
    id: str = ""


@dataclass(frozen=True, slots=True)
class Composer:
    """The answer being written. `reply` and `note` are the kept drafts as HTML, `kind` is the tab in front and
    `text` its draft in plain text, for pages without scripts.

    `refill` says that the page must take the draft over into an open composer.
    """

    action: str
    draft_href: str
    upload_href: str
    to: str
    kind: str = "reply"
    cc: str = ""
    text: str = ""
    reply: str = ""
    note: str = ""
    saved_at: datetime | None = None
    people: tuple[Choice, ...] = ()
    files: tuple[File, ...] = ()
    error: str = ""
    blocked: str = ""
    max_octets: int = 25_000_000
    refill: bool = False
    seen: str = ""
    macros_href: str = ""
    variables: tuple[Choice, ...] = ()
    language: str = ""
    clash: tuple[Clash, ...] = ()
    bilingual: Bilingual | None = None


@dataclass(frozen=True, slots=True)
class TicketView:
    """One ticket; the `…_choices` are what the reader may set it to, empty where the reader may not.

    `href` is the ticket's own address, `at` the same with the place in the list that it was opened from.
    """

    number: int
    id: str
    href: str
    version: int
    subject: str
    status: str
    priority: str
    shop: str
    channel: str
    customer: Customer
    composer: Composer | None
    timeline: tuple[Message | Event, ...]
    lang: str = ""
    assignee: str = ""
    tags: tuple[str, ...] = ()
    waiting_since: datetime | None = None
    earlier: str = ""
    linked: Link | None = None
    assignee_choices: tuple[Choice, ...] = ()
    status_choices: tuple[Choice, ...] = ()
    priority_choices: tuple[Choice, ...] = ()
    at: str = ""
    severity: str = ""
    kind: str = ""
    tier: int = 1
    team: str = ""
    due_at: datetime | None = None
    due_what: str = ""
    snoozed_until: datetime | None = None
    severity_choices: tuple[Choice, ...] = ()
    kind_choices: tuple[Choice, ...] = ()
    team_choices: tuple[Choice, ...] = ()
    snooze_choices: tuple[Choice, ...] = ()
    planned: tuple[Planned, ...] = ()
    merged: Link | None = None
    participants: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    promises: Promises | None = None
    tasks: Tasks | None = None
    intent: str = ""
    emotion: str = ""
    intent_choices: tuple[Choice, ...] = ()
    guess: Guess | None = None
    short: Short | None = None
    why: str = ""
    grounds: tuple[str, ...] = ()
    untranslated: bool = False
    """Whether something in the thread is still to be put into the reader's language, by a translator that is there."""


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket beside the list it was opened from (None where only the ticket's part of the page is made)."""

    list: ListView | None
    ticket: TicketView
    back: str = "/desk"
