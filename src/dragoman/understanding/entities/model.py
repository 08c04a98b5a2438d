"""What is found in a text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

PERSONAL = frozenset(("email", "phone", "card", "iban", "national_id", "address", "known"))
"""Kinds that tell who somebody is or how they pay: marked for masking."""


@dataclass(frozen=True, slots=True)
class Entity:
    """Something named from `start` to `end` of a text. `value` is its plain form, `facts` what else is known of it.

    `confidence` is high where a check digit or a shape leaves no doubt.
    """

    kind: str
    text: str
    value: str
    start: int
    end: int
    confidence: float
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def personal(self) -> bool:
        return self.kind in PERSONAL


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around a text: whose market, which language, when; products by SKU and name; and the values that
    the desk already holds of this customer (their name, street, phone), which it finds most surely."""

    language: str = ""
    market: str = ""
    today: date | None = None
    skus: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    known: tuple[str, ...] = ()
