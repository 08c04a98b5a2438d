"""Keyset pages: a cursor names the last row seen, so that page 1,000 costs what page 1 does."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from dragoman.kit.errors import N_, Invalid

T = TypeVar("T")

type_of: dict[str, Callable[[str], datetime | UUID | int | str]] = {
    "t": datetime.fromisoformat,
    "u": UUID,
    "i": int,
    "s": str,
}


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows and, where there are more, the cursor that continues after them."""

    rows: tuple[T, ...]
    next: str | None = None


def encode(*key: datetime | UUID | int | str) -> str:
    """An opaque, URL-safe cursor for a row's sort key."""
    out = []
    for part in key:
        if isinstance(part, datetime):
            out.append("t" + part.isoformat())
        elif isinstance(part, UUID):
            out.append("u" + part.hex)
        elif isinstance(part, int):
            out.append(f"i{part}")
        else:
            out.append("s" + part)
    return base64.urlsafe_b64encode(json.dumps(out).encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[datetime | UUID | int | str, ...]:
    """The sort key inside a cursor. Raises Invalid for anything this module did not make."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return tuple(type_of[part[0]](part[1:]) for part in parts)
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        binascii.Error,
        UnicodeError,
    ) as error:
        raise Invalid(N_("This page link is damaged. Start again from the first page.")) from error


def decode_as(cursor: str, *kinds: type) -> tuple[datetime | UUID | int | str, ...]:
    """The sort key inside a cursor, when its parts are of these kinds. Raises Invalid for every other cursor."""
    parts = decode(cursor)
    if len(parts) != len(kinds) or not all(type(part) is kind for part, kind in zip(parts, kinds, strict=True)):
        raise Invalid(N_("This page link is damaged. Start again from the first page."))
    return parts
