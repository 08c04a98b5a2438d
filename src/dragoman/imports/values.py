"""Values out of other desks' data, whatever state it is in. Pure; nothing here raises for odd input."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, tzinfo
from typing import Any

from dragoman.imports.records import Person

_ADDRESS = re.compile(r"[^@\s<>,;\"']{1,64}@[^@\s<>,;\"']{1,253}")
_NAMED = re.compile(r"\s*\"?(?P<name>[^<\"]*)\"?\s*<(?P<email>[^<>]+)>\s*\Z")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_WEST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})(?:[ ,T]+(.*))?\Z")
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?:[ ,T]+(.*))?\Z")
_CLOCK = ("%H:%M:%S", "%H:%M", "%I:%M %p", "%I:%M:%S %p")
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def text(value: object, limit: int = 1_000_000) -> str:
    """A value as text that can be stored; nothing for what is no text or number."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return _UNSTORABLE.sub("\ufffd", str(value)).replace("\r\n", "\n").strip()[:limit]


def line(value: object, limit: int = 300) -> str:
    """A value as one line."""
    return " ".join(text(value).split())[:limit]


def address(value: object) -> str:
    """An e-mail address in lower case, empty for anything else."""
    found = _ADDRESS.search(text(value))
    return found[0].lower().rstrip(".") if found and len(found[0]) <= 320 else ""


def named(value: object) -> Person:
    """Somebody written as `Anna <anna@example.com>`, an address or a name alone."""
    said = line(value)
    if found := _NAMED.match(said):
        return Person(line(found["name"], 200), address(found["email"]))
    return Person("", address(said)) if address(said) else Person(said[:200], "")


def phone(value: object) -> str:
    """A phone number as + and 7 to 15 digits (ITU-T E.164); empty for a local one, which could be anybody's."""
    said = text(value)
    digits = re.sub(r"\D", "", said)
    if said.startswith("00"):
        digits = digits[2:]
    elif not said.startswith("+"):
        return ""
    return f"+{digits}" if 7 <= len(digits) <= 15 else ""


def moment(value: object, *, zone: tzinfo = UTC, day_first: bool | None = None) -> datetime | None:
    """A moment: ISO 8601, seconds since 1970, or a date with slashes or points; None for what can't be read.

    `day_first` decides between 3.4. and 4/3; while nobody has, dates with slashes count only where they can be read in
    one way. Without an offset a time is taken for one of `zone`.
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _within(datetime.fromtimestamp(value, UTC)) if 0 < value < 4e9 else None
    said = text(value, 60)
    if said.isdecimal() and len(said) == 10:
        return _within(datetime.fromtimestamp(int(said), UTC))
    said = re.sub(r"\s*(?:UTC|GMT)\Z", "+00:00", said)
    said = re.sub(r"(\d) ([+-]\d\d):?(\d\d)\Z", r"\1\2:\3", said)
    try:
        found: datetime | None = datetime.fromisoformat(said)
    except ValueError:
        found = _written(said, day_first)
    if found is None:
        return None
    return _within(found if found.tzinfo else found.replace(tzinfo=zone))


def _within(found: datetime) -> datetime | None:
    found = found.astimezone(UTC)
    return found if EARLIEST <= found <= LATEST else None


def _written(said: str, day_first: bool | None) -> datetime | None:
    if found := _YEAR_FIRST.match(said):
        year, month, day, rest = found.groups()
    elif found := _WEST.match(said):
        one, two, year, rest = found.groups()
        first = _order(int(one), int(two), said, day_first)
        if first is None:
            return None
        day, month = (one, two) if first else (two, one)
    else:
        return None
    try:
        date = datetime(int(year), int(month), int(day))  # noqa: DTZ001 - the caller adds the zone
    except ValueError:
        return None
    return _with_clock(date, rest)


def _order(one: int, two: int, said: str, day_first: bool | None) -> bool | None:
    """Whether the day comes first; None where it could be either."""
    if day_first is not None:
        return day_first
    if "." in said.split()[0] or one > 12:
        return True
    return False if two > 12 else None


def _with_clock(date: datetime, rest: str | None) -> datetime | None:
    if not rest:
        return date
    for form in _CLOCK:
        try:
            clock = datetime.strptime(rest.strip(), form)  # noqa: DTZ007 - the caller adds the zone
        except ValueError:
            continue
        return date.replace(hour=clock.hour, minute=clock.minute, second=clock.second)
    return None


def true(value: object) -> bool | None:
    """A yes or no in the ways tables write it; None for anything else."""
    said = line(value).casefold() if not isinstance(value, bool) else str(value).casefold()
    if said in ("true", "yes", "y", "1", "t", "ja", "oui", "是"):
        return True
    return False if said in ("false", "no", "n", "0", "f", "nein", "non", "否") else None


def objects(value: object) -> list[Mapping[str, Any]]:
    """The objects of a list, in its order; what is none is left out."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def mapping(value: object) -> Mapping[str, Any]:
    """An object; an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def lines_of(value: object) -> tuple[str, ...]:
    """The texts of a list."""
    return tuple(filter(None, (line(one) for one in value))) if isinstance(value, list | tuple) else ()


def people(values: object) -> tuple[Person, ...]:
    """The addressees of a list of addresses."""
    found: Iterable[Person] = (named(one) for one in values) if isinstance(values, list) else ()
    return tuple(one for one in found if one.email)


def storable(value: Any) -> Any:
    """JSON data without what PostgreSQL can't hold (NUL, lone surrogates, numbers that are none)."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value) if _UNSTORABLE.search(value) else value
    if isinstance(value, Mapping):
        return {storable(str(name)): storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [storable(one) for one in value]
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    return value
