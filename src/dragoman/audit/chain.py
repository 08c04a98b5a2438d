"""How entries are bound together, so that whoever holds one hash can tell whether anything before it was changed.

`digest = SHA-256(canonical JSON of the entry)`, `hash = SHA-256(hash of the entry before ‖ place as decimal ‖ digest)`;
the first entry of a workspace has an empty hash before it. Pure: an export can be checked with these few lines.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID


class Entry(Protocol):
    """What the chain needs of an entry."""

    id: Any
    workspace_id: Any
    at: Any
    verb: Any
    person_id: Any
    person_name: Any
    via: Any
    address: Any
    subject_kind: Any
    subject_id: Any
    subject_name: Any
    data: Any
    digest: Any
    n: Any
    prev: Any
    hash: Any


DIGESTED = (
    "id", "workspace_id", "at", "verb", "person_id", "person_name", "via", "address", "subject_kind", "subject_id",
    "subject_name", "data",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Break:
    """Where a chain does not hold: at place `n`, because of `reason` (missing, changed or moved)."""

    n: int
    reason: str


def plain(value: Any) -> Any:
    """A value as JSON keeps it; what JSON does not know becomes text."""
    if isinstance(value, dict):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in value]
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return str(value).replace("\0", "")


def digest(fields: dict[str, Any]) -> bytes:
    """The digest of an entry's fields (those of `DIGESTED`)."""
    text = json.dumps(plain(fields), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def digest_of(entry: Entry) -> bytes:
    """The digest that an entry's present fields give."""
    return digest({name: getattr(entry, name) for name in DIGESTED})


def link(prev: bytes, n: int, own: bytes) -> bytes:
    """The hash at place `n`."""
    return hashlib.sha256(prev + str(n).encode() + own).digest()


def check(entries: Iterable[Entry], *, after: Entry | None = None) -> Break | None:
    """The first place at which sealed entries, in their order, do not hold together; None when they do.

    `after` is the entry before them; without it the first one's word is taken for what came before (older entries
    may have been removed by retention).
    """
    place, head = (after.n, bytes(after.hash)) if after is not None else (None, None)
    for entry in entries:
        if place is not None and entry.n != place + 1:
            return Break(place + 1, "missing")
        if digest_of(entry) != bytes(entry.digest):
            return Break(entry.n, "changed")
        if head is not None and bytes(entry.prev) != head:
            return Break(entry.n, "moved")
        if link(bytes(entry.prev), entry.n, bytes(entry.digest)) != bytes(entry.hash):
            return Break(entry.n, "changed")
        place, head = entry.n, bytes(entry.hash)
    return None


def subject_id(value: UUID | str | int | None) -> str:
    """An id as the log keeps it."""
    return "" if value is None else str(value)
