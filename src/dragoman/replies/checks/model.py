"""What a check sees and says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

BLOCK, WARN, HINT = "block", "warn", "hint"
SEVERITIES = (BLOCK, WARN, HINT)
MOST = 40
"""Findings of one text; what is worse than that is told by the first forty."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from: in words or an address, as of when, and how sure that is (high, medium, low)."""

    name: str
    as_of: str = ""
    confidence: str = "medium"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a text from `start` to `end` (both 0: about the whole).

    `why` is a message to translate, filled with `values`; `mend` what could stand there instead (None: nothing known).
    """

    check: str
    severity: str
    why: str
    source: Source
    start: int = 0
    end: int = 0
    mend: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """The kind of check: culture for culture.pork."""
        return self.check.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Context:
    """What is known around an answer. Everything may be empty: then what needs it is not checked.

    `language` is the customer's (BCP 47), `market` ISO 3166, `channel` email, amazon, ebay, whatsapp, …; `earlier`
    our answers of this ticket, the newest first; `orders` and `known` are the order numbers and the personal values
    (name, address, phone, e-mail) that belong to this customer, `ours` addresses and links of our own.
    `withdrawal_days` are the days that the law grants the customer to withdraw (`law`: which says so), `signature` is
    what will be put under the answer ("" for nothing); None for each: not known. `quiet` is the rule by which
    advertising rests just now where the customer is (Ramadan's daytime, quiet hours), None where it may go out.
    `muted` are checks that the workspace has switched off.
    """

    language: str = ""
    market: str = ""
    channel: str = "email"
    customer: str = ""
    earlier: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    ours: tuple[str, ...] = ()
    today: date | None = None
    withdrawal_days: int | None = None
    law: Source | None = None
    signature: str | None = None
    quiet: Source | None = None
    muted: frozenset[str] = frozenset()

    @property
    def primary(self) -> str:
        """The language alone."""
        return self.language.partition("-")[0].lower()
