"""What a reader makes of another desk's export: neutral records, the same for every source. Pure values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who answers at the other desk; known here by the e-mail address (lower case)."""

    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A buyer of the other desk. `phones` are in international form (+ and digits), e-mail addresses in lower case."""

    id: str
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: str = ""
    created_at: datetime | None = None
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class File:
    """A file of a message: where it lies; `size` in bytes, 0 when nobody says."""

    name: str
    url: str
    type: str = "application/octet-stream"
    size: int = 0
    inline: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """Something said. `kind` is inbound, outbound or note; `id` is unique in its ticket; `html` is as it came."""

    id: str
    kind: str
    at: datetime
    author: Person = Person()
    text: str = ""
    html: str = ""
    automatic: bool = False
    to: tuple[Person, ...] = ()
    cc: tuple[Person, ...] = ()
    files: tuple[File, ...] = ()
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A matter with its messages in time's order. `status` and `priority` are ours; None where the source says
    nothing. `doubts` are words of the source that nobody here knows, as (field, word)."""

    id: str
    number: str
    subject: str
    customer: Customer
    messages: tuple[Message, ...]
    created_at: datetime
    updated_at: datetime
    status: str | None = None
    priority: int | None = None
    tags: tuple[str, ...] = ()
    channel: str = ""
    assignee: Person | None = None
    doubts: tuple[tuple[str, str], ...] = ()
    where: str = ""
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Macro:
    """A ready answer: kept as it came, until answers have a room here."""

    id: str
    title: str
    raw: Json


@dataclass(frozen=True, slots=True)
class Article:
    """A page of a help centre: kept as it came, until knowledge has a room here."""

    id: str
    title: str
    raw: Json


Record = Ticket | Customer | Macro | Article
KINDS: dict[type[Any], str] = {Ticket: "ticket", Customer: "customer", Macro: "macro", Article: "article"}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that can't be read or filed: where (line, row, object), what (a gettext id) and its values."""

    where: str
    what: str
    values: Mapping[str, str] = field(default_factory=dict)
    raw: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Portion:
    """Some records that are filed together, and where to go on after them. `share` of the whole is done (0 to 1),
    None where the source does not say how much there is."""

    records: tuple[Record, ...]
    cursor: dict[str, Any]
    problems: tuple[Problem, ...] = ()
    share: float | None = None


def digest(record: Record) -> bytes:
    """What tells a record from its earlier state: the source's own data, whatever order its fields come in."""
    said = [record.raw, *(one.raw for one in record.messages)] if isinstance(record, Ticket) else record.raw
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=str).encode()).digest()
