"""The five weeks as one list of steps in order of time, to be played through the product's own doors."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from html import escape
from zoneinfo import ZoneInfo

from dragoman.main.demo.mime import Letter, Quoted, ReplyContext, build, drawn, message_id
from dragoman.main.demo.model import (
    Customer,
    Deed,
    Demo,
    File,
    Incoming,
    Priority,
    Remark,
    Reply,
    Status,
    Ticket,
    Turn,
    When,
)
from dragoman.main.demo.speech import fill
from dragoman.main.demo.wire import Blob

GIVERS = frozenset({"admin", "lead", "agent1", "agent2", "agent3"})
_CLAIM = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens to a ticket at a moment (aware, UTC)."""

    at: datetime
    ticket_key: str


@dataclass(frozen=True, slots=True)
class CustomerMail(Step):
    """A mail arrives. `build` makes its bytes from what the product's last answer carried.

    `message_id` is the one it will carry (a bounce has another, of its reporter).
    `envelope_from` is empty where RFC 3834 asks for the null sender; `kind` tells a message of the
    customer from their machine's out-of-office answer and from a bounce.
    """

    customer_key: str
    to_address: str
    build: Callable[[ReplyContext], bytes]
    message_id: str
    envelope_from: str
    kind: str


@dataclass(frozen=True, slots=True)
class DeskStep(Step):
    """Something that somebody of the desk does."""

    person_key: str


@dataclass(frozen=True, slots=True)
class AgentReply(DeskStep):
    """A person answers the customer; the ticket then takes `status`."""

    text: str
    html: str
    attachments: tuple[Blob, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class Note(DeskStep):
    """A person writes an internal note; `mentions` are keys of people."""

    text: str
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assign(DeskStep):
    """A person gives the ticket to `to` (their own key when they take it, empty to free it)."""

    to: str


@dataclass(frozen=True, slots=True)
class Tag(DeskStep):
    """A person adds a tag, or takes it off where `off`."""

    tag: str
    off: bool = False


@dataclass(frozen=True, slots=True)
class SetStatus(DeskStep):
    """A person sets the ticket's status."""

    status: Status


@dataclass(frozen=True, slots=True)
class SetPriority(DeskStep):
    """A person sets the ticket's priority."""

    priority: Priority


@dataclass(frozen=True, slots=True)
class Rate(DeskStep):
    """A person says what kind of matter it is and how grave; empty where nothing is to be said."""

    kind: str
    severity: str


KINDS = {
    "safety": "quality", "wholesale": "wholesale", "a-to-z": "complaint",
    "review-threat": "complaint", "complaint": "complaint", "praise": "care", "vip": "care", "pre-sale": "presale",
    "customs": "delivery", "where-is-it": "delivery", "lost-parcel": "delivery", "pickup-point": "delivery",
    "delivery": "delivery", "invoice": "order", "vat": "order", "cancel": "order", "address-change": "order",
    "order-change": "order", "discount": "order", "payment": "order", "return": "aftersale", "refund": "aftersale",
    "damaged": "aftersale", "defect": "aftersale", "missing-parts": "aftersale", "wrong-plug": "aftersale",
    "wrong-colour": "aftersale", "wrong-item": "aftersale", "warranty": "aftersale", "app": "aftersale",
}  # fmt: skip
"""The kind of matter that a tag speaks of; the first one here wins."""
SEVERITIES = {
    "safety": "red", "a-to-z": "yellow", "review-threat": "yellow", "legal": "yellow", "complaint": "yellow",
    "gift-deadline": "yellow", "damaged": "blue", "defect": "blue", "lost-parcel": "blue",
}  # fmt: skip


@dataclass(slots=True)
class State:
    """Where a ticket stands while its turns are played."""

    status: Status = "new"
    assignee: str = ""
    priority: Priority = "normal"
    tags: set[str] = field(default_factory=set)


def steps(demo: Demo, now: datetime) -> list[Step]:
    """Everything that happens in the demo up to `now` (aware), sorted by time; nothing lies after `now`."""
    if now.tzinfo is None:
        raise ValueError("the demo's present must be an aware datetime")
    played = [step for ticket in demo.tickets.values() for step in _Play(demo, ticket, now).steps()]
    return sorted(played, key=lambda step: step.at)


def ending(demo: Demo, ticket: Ticket) -> State:
    """Where a ticket stands after its last turn, if mail reopens what waited or was solved."""
    play = _Play(demo, ticket, datetime.fromisoformat("2026-01-01T12:00:00+00:00"))
    for _step in play.steps():
        pass
    return play.state


def moment(when: When, now: datetime, zone: str) -> datetime:
    """A relative time as an aware one in `zone`."""
    local = now.astimezone(ZoneInfo(zone))
    if when.days is None:
        return local - timedelta(minutes=when.ago)
    day = local.date() - timedelta(days=when.days)
    return datetime(day.year, day.month, day.day, when.clock // 60, when.clock % 60, tzinfo=local.tzinfo)


def to_html(text: str) -> str:
    """An agent's plain text as the composer's HTML: paragraphs, breaks, and lists where lines begin with a dash."""
    blocks = []
    for block in re.split(r"\n\s*\n", text):
        lines = block.split("\n")
        if len(lines) > 1 and all(line.lstrip().startswith("- ") for line in lines):
            items = "".join(f"<li>{escape(line.lstrip()[2:], quote=False)}</li>" for line in lines)
            blocks.append(f"<ul>{items}</ul>")
        else:
            blocks.append(f"<p>{escape(block, quote=False).replace(chr(10), '<br>')}</p>")
    return "".join(blocks)


class _Play:
    """Plays one ticket; a class because a dozen facts travel together through its few steps."""

    def __init__(self, demo: Demo, ticket: Ticket, now: datetime) -> None:
        self.demo, self.ticket, self.now = demo, ticket, now.astimezone(UTC)
        self.customer: Customer = demo.customers[ticket.customer]
        self.shop = demo.shops[ticket.shop]
        self.product = demo.products.get(ticket.product)
        self.today = now.astimezone(ZoneInfo(self.customer.zone))
        self.state = State()
        self.subject = self._fill(ticket.subject)
        self.quoted: Quoted | None = None
        self.earlier: tuple[str, ...] = ()
        self.last = datetime.min.replace(tzinfo=UTC)
        self.touched = False

    def steps(self) -> Iterator[Step]:
        """The ticket's steps in order; `state` follows."""
        for place, turn in enumerate(self.ticket.turns):
            at = moment(turn.when, self.now, self.customer.zone).astimezone(UTC)
            if not isinstance(turn, Incoming) and not self.touched:
                yield from self._claim(turn, at)
            # Two things of one minute keep their order, and the present is the latest anything can be.
            at = min(max(at, self.last + timedelta(seconds=1)), self.now)
            yield from self._turn(turn, at, f"{self.ticket.key}/{place}")
            self.last = at

    def _turn(self, turn: Turn, at: datetime, seed: str) -> Iterator[Step]:
        if isinstance(turn, Incoming):
            yield self._mail(turn, at, seed)
        elif isinstance(turn, Reply):
            yield self._reply(turn, at, seed)
        elif isinstance(turn, Remark):
            yield Note(at, self.ticket.key, turn.person, self._fill(turn.text), turn.mentions)
        else:
            yield from self._deed(turn, at)

    def _fill(self, text: str) -> str:
        return fill(text, lang=self.customer.lang, today=self.today, order=self.ticket.order)

    def _files(self, files: tuple[File, ...], at: datetime, seed: str) -> tuple[Blob, ...]:
        item = self.product.name if self.product else ""
        day = at.date().isoformat()
        return tuple(
            drawn(f.kind, f.scene, f.name, seed=f"{seed}/{n}", order=self.ticket.order, item=item, day=day)
            for n, f in enumerate(files)
        )

    def _mail(self, turn: Incoming, at: datetime, seed: str) -> CustomerMail:
        letter = Letter(
            customer=self.customer,
            shop=self.shop,
            subject=self.subject,
            text=self._fill(turn.text),
            at=at.astimezone(ZoneInfo(self.customer.zone)),
            seed=seed,
            kind=turn.kind,
            order=self.ticket.order,
            product=self.product,
            files=self._files(turn.files, at, seed),
            quoted=self.quoted if turn.kind == "message" else None,
            earlier=self.earlier,
            via=self.ticket.via,
        )
        mark = message_id(letter)
        if turn.kind == "message":
            self.earlier = (*self.earlier, mark)
            if self.state.status != "new":
                self.state.status = "open"
        sender = self.customer.email if turn.kind == "message" else ""
        write = partial(build, letter)
        return CustomerMail(at, self.ticket.key, self.customer.key, self.shop.address, write, mark, sender, turn.kind)

    def _reply(self, turn: Reply, at: datetime, seed: str) -> AgentReply:
        text, name = self._fill(turn.text), self.demo.people[turn.person].name
        local = at.astimezone(ZoneInfo(self.customer.zone))
        self.quoted = Quoted(text, local, name, self.shop.address)
        self.state.status = turn.status
        files = self._files(turn.files, at, seed)
        return AgentReply(at, self.ticket.key, turn.person, text, to_html(text), files, turn.status)

    def _claim(self, turn: Reply | Remark | Deed, at: datetime) -> Iterator[Step]:
        """The first of the desk to touch a ticket hands it to its owner, with tags and priority."""
        self.touched = True
        claimed = max(at - _CLAIM, self.last + timedelta(seconds=1))
        deeds = [Deed(turn.when, self._giver(turn.person), "assign", self.ticket.who)] if self.ticket.who else []
        deeds += [Deed(turn.when, turn.person, "tag", tag) for tag in self.ticket.tags]
        if self.ticket.priority != "normal":
            deeds.append(Deed(turn.when, turn.person, "priority", self.ticket.priority))
        if not isinstance(turn, Deed):
            deeds.append(Deed(turn.when, turn.person, "status", "open"))
        for deed in deeds:
            claimed = min(claimed + timedelta(milliseconds=200), self.now)
            yield from self._deed(deed, claimed)
        kind, severity = (
            next((word for tag, word in words.items() if tag in self.ticket.tags), "") for words in (KINDS, SEVERITIES)
        )
        if kind or severity:
            yield Rate(claimed, self.ticket.key, turn.person, kind, severity)
        self.last = max(self.last, claimed)

    def _giver(self, person: str) -> str:
        """Who hands a ticket out: the person at hand, or the team lead where their role may not."""
        if self.demo.people[person].role in GIVERS:
            return person
        return next(one.key for one in self.demo.people.values() if one.role == "lead")

    def _deed(self, deed: Deed, at: datetime) -> Iterator[Step]:
        """The deed's step, or none where it would change nothing."""
        state, key = self.state, self.ticket.key
        before = replace(state, tags=set(state.tags))
        if deed.kind in ("assign", "unassign"):
            state.assignee = deed.value
            step: Step = Assign(at, key, deed.person, deed.value)
        elif deed.kind in ("tag", "untag"):
            (state.tags.add if deed.kind == "tag" else state.tags.discard)(deed.value)
            step = Tag(at, key, deed.person, deed.value, deed.kind == "untag")
        elif deed.kind == "priority":
            state.priority = deed.value  # type: ignore[assignment]
            step = SetPriority(at, key, deed.person, state.priority)
        else:
            state.status = deed.value  # type: ignore[assignment]
            step = SetStatus(at, key, deed.person, state.status)
        if state != before:
            yield step
