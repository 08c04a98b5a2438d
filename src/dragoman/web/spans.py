"""Lengths of time in words, and as people give them: a number and a unit."""

from __future__ import annotations

from dragoman.kit.errors import N_
from dragoman.platform.i18n import ngettext

UNITS: dict[str, tuple[int, str]] = {
    "s": (1, N_("seconds")),
    "m": (60, N_("minutes")),
    "h": (3600, N_("hours")),
    "d": (86400, N_("days")),
}
"""Seconds and the label of each unit that can be chosen."""


def split(seconds: int) -> tuple[int, str]:
    """A length as a number of the largest unit that says it exactly; two days of 24 hours stay hours below three."""
    if seconds % 86400 == 0 and seconds >= 3 * 86400:
        return seconds // 86400, "d"
    for unit in ("h", "m"):
        if seconds and seconds % UNITS[unit][0] == 0:
            return seconds // UNITS[unit][0], unit
    return seconds, "s"


def said(seconds: int) -> str:
    """A length in the reader's words."""
    number, unit = split(seconds)
    match unit:
        case "d":
            return ngettext("{n} day", "{n} days", number)
        case "h":
            return ngettext("{n} hour", "{n} hours", number)
        case "m":
            return ngettext("{n} minute", "{n} minutes", number)
    return ngettext("{n} second", "{n} seconds", number)


def read(number: str, unit: str) -> int | None:
    """Seconds; None for no number at all. Raises ValueError for what is none."""
    if not number.strip():
        return None
    return int(number) * UNITS[unit][0] if unit in UNITS else int("")
