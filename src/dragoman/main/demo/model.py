"""What the demo is made of: frozen values, read from `content/` by `load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Role = Literal["admin", "lead", "agent1", "agent2", "agent3", "trainer", "finance", "legal", "logistics"]
Platform = Literal["amazon", "ebay", "shopify"]
Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
DeedKind = Literal["assign", "unassign", "tag", "untag", "priority", "status"]


class DemoError(ValueError):
    """The content is wrong; the message names the file, the entry and what to mend."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A sales channel of the company; `address` is where its customers' mail arrives."""

    key: str
    name: str
    platform: Platform
    address: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works at the desk. `zone` is an IANA time zone, `locale` the desk's language."""

    key: str
    name: str
    role: Role
    email: str
    locale: str
    zone: str


@dataclass(frozen=True, slots=True)
class Product:
    """Something the company sells; `eur` is the price in euros with sales tax."""

    key: str
    sku: str
    name: str
    eur: float


@dataclass(frozen=True, slots=True)
class Customer:
    """Somebody who writes to the desk.

    `lang` is a BCP 47 tag, `market` an ISO 3166 country, `mailer` the program they write with
    (see `mime.PROGRAMS`), `machine` true for senders that are no buyers: notifiers, lists, spam.
    """

    key: str
    name: str
    email: str
    lang: str
    market: str
    zone: str
    mailer: str
    shop: str
    place: str = ""
    phone: str = ""
    signature: str = ""
    machine: bool = False


@dataclass(frozen=True, slots=True)
class When:
    """A moment before the demo's present.

    Either `days` whole days ago at `clock` (minutes after midnight in the customer's zone), or, where
    `days` is None, `ago` minutes ago.
    """

    days: int | None
    clock: int = 0
    ago: int = 0


@dataclass(frozen=True, slots=True)
class File:
    """An attachment drawn in code: `kind` is photo or pdf, `scene` which one, `name` its file name or empty."""

    kind: Literal["photo", "pdf"]
    scene: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """The customer's mail: a message, an out-of-office answer, or the bounce of the desk's own mail."""

    when: When
    text: str
    kind: Literal["message", "auto", "bounce"] = "message"
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer to the customer, after which the ticket takes `status`."""

    when: When
    person: str
    text: str
    status: Status
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Remark:
    """An internal note; `mentions` are the people its text names with an @."""

    when: When
    person: str
    text: str
    mentions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody does to the ticket itself; `value` is a person, tag, priority or status."""

    when: When
    person: str
    kind: DeedKind
    value: str = ""


Turn = Incoming | Reply | Remark | Deed


@dataclass(frozen=True, slots=True)
class Ticket:
    """One matter of one customer. `turns` are in order of time; the first is the customer's opening.

    `who`, `tags` and `priority` are set when the desk first touches the ticket. `via` is "form" where
    the opening came through the shop's contact form rather than the customer's own program.
    """

    key: str
    customer: str
    shop: str
    subject: str
    turns: tuple[Turn, ...]
    order: str = ""
    product: str = ""
    who: str = ""
    tags: tuple[str, ...] = ()
    priority: Priority = "normal"
    via: str = ""


@dataclass(frozen=True, slots=True)
class Demo:
    """The whole content, each part by its key in the order of the files."""

    name: str
    legal_name: str
    domain: str
    zone: str
    address: str
    shops: dict[str, Shop]
    people: dict[str, Person]
    products: dict[str, Product]
    customers: dict[str, Customer]
    tickets: dict[str, Ticket]
    desk: Mapping[str, Any] = field(default_factory=dict)
    """How the desk is arranged and what its people did lately (desk.yaml), read by `arrange` and `lately`."""
