"""How much of a customer's addresses is shown where nobody needs them at once: a level by market, and pure maskers.

A rule carries where it comes from and how sure that is; of low confidence, it is shown to people as to be confirmed.
Levels: `open` shows everything, `guarded` hides what names a person, `strict` leaves initials and endings only.
Rooms that show orders, parcels and addresses mask through here too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from dragoman.kit.errors import N_

LEVELS = ("open", "guarded", "strict")
DOT = "•"


@dataclass(frozen=True, slots=True)
class Rule:
    """A level, why it holds, its source, since when it is known, and how sure that is (high, medium, low)."""

    level: str
    why: str
    source: str
    as_of: date
    confidence: str


_EUROPE = Rule(
    "guarded", N_("Data minimisation: show what the task needs."), "Regulation (EU) 2016/679 Art. 5(1)(c), 25(2)",
    date(2026, 11, 1), "high",
)  # fmt: skip
_BRITAIN = Rule(
    "guarded", N_("Data minimisation: show what the task needs."), "UK GDPR Art. 5(1)(c), 25(2)", date(2026, 11, 1),
    "high",
)  # fmt: skip
_GULF = Rule(
    "strict", N_("Addresses of private homes are shown by initials only."), "", date(2026, 11, 1), "low",
)  # fmt: skip
_REST = Rule("open", "", "", date(2026, 11, 1), "low")

_EEA = "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
RULES: Mapping[str, Rule] = (
    dict.fromkeys(_EEA.split(), _EUROPE) | {"GB": _BRITAIN} | dict.fromkeys("AE BH EG JO KW OM QA SA".split(), _GULF)  # noqa: SIM905 - a list of countries reads best as words
)


def rule_for(market: str) -> Rule:
    """The rule of a market (ISO 3166 country); an unknown market is treated as the most common guarded one."""
    return RULES.get(market.upper(), _REST) if market else _EUROPE


def switched_on(settings: Mapping[str, Any]) -> bool:
    """Whether a workspace masks customers' addresses."""
    return bool(settings.get("mask_customers", False))


def level_for(market: str, settings: Mapping[str, Any]) -> str:
    """The level at which a customer of a market is shown."""
    return rule_for(market).level if switched_on(settings) else "open"


def email(value: str, level: str) -> str:
    """An e-mail address: guarded keeps its first letter and its domain, strict only the domain's last part."""
    local, at, domain = value.rpartition("@")
    if level == "open" or not at:
        return value if level == "open" else _ends(value, 0, 0)
    if level == "guarded":
        return f"{local[:1]}{DOT * 3}@{domain}"
    return f"{DOT * 3}@{DOT * 3}.{domain.rpartition('.')[2]}"


def phone(value: str, level: str) -> str:
    """A phone number: its last three or two digits."""
    return value if level == "open" else _ends(value, 0, 3 if level == "guarded" else 2)


def name(value: str, level: str) -> str:
    """A name: guarded keeps the first one and initials, strict initials only. One word of Han, kana or hangul keeps its
    first sign, which is the family name."""
    words = value.split()
    if level == "open" or not words:
        return value
    if len(words) == 1:
        return words[0][:1] + DOT * 2
    first = words[0] if level == "guarded" else f"{words[0][:1]}."
    return " ".join([first, *(f"{word[:1]}." for word in words[1:])])


def address(value: str, level: str) -> str:
    """A postal address: guarded keeps its last line (town and country), strict the initials of every word."""
    lines = [line.strip() for line in value.splitlines() if line.strip()]
    if level == "open" or not lines:
        return value
    if level == "guarded":
        return "\n".join([*(DOT * 3 for _line in lines[:-1]), lines[-1]]) if len(lines) > 1 else DOT * 3
    return "\n".join(" ".join(f"{word[:1]}." for word in line.split()) for line in lines)


def shown(kind: str, value: str, level: str) -> str:
    """A way in which a customer is known, by its kind (`customers.models.Identity`)."""
    mask = {"email": email, "phone": phone}.get(kind)
    if mask is not None:
        return mask(value, level)
    return value if level == "open" else _ends(value, 1, 0)


def _ends(value: str, start: int, end: int) -> str:
    """The ends of a value; too short a one shows nothing of itself."""
    if len(value) < 2 * (start + end) + 2:
        return DOT * 3
    return value[:start] + DOT * 3 + (value[-end:] if end else "")
