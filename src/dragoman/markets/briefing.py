"""What whoever answers a customer should know of the customer's market, in one look. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dragoman.markets import days, manners, rights
from dragoman.markets.days import Verdict
from dragoman.markets.manners import Address, Person
from dragoman.markets.packs import Pack, Rule
from dragoman.markets.rights import Right
from dragoman.markets.values import Taboo

TABOOS = 3
"""So many of the things to avoid are told."""


@dataclass(frozen=True, slots=True)
class Coming:
    """The next day off or busy time, its last day included; what has begun counts until it is over.

    `estimated`: by the moon, may move by a day. Without a rule it comes from the `holidays` library.
    """

    name: str
    kind: Literal["holiday", "sale", "religious"]
    first: date
    last: date
    estimated: bool
    rule: Rule | None


@dataclass(frozen=True, slots=True)
class Avoid:
    """Something to avoid, and the rule that says so."""

    taboo: Taboo
    rule: Rule


@dataclass(frozen=True, slots=True)
class Advertising:
    """The rule on advertising, and whether its hours allow any now; `now` None where the hour there is not known."""

    rule: Rule
    now: Verdict | None


@dataclass(frozen=True, slots=True)
class Briefing:
    """A market in one look. `refused` is the rule that says that nothing can be sent back without a reason.

    Each part names its rule; `rule.standing(today)` says how far it can be relied on.
    """

    iso: str
    address: Address
    rights: tuple[Right, ...]
    refused: Rule | None
    avoid: tuple[Avoid, ...]
    coming: Coming | None
    advertising: Advertising | None


def brief(
    pack: Pack, *, language: str, name: str, today: date, ordered: date | None, delivered: date | None, channel: str,
    goods: frozenset[str], local: datetime | None = None,
) -> Briefing:  # fmt: skip
    """All of it for one customer. `language` is theirs (empty: the market's first), `name` as they gave it, `today` and
    `local` by their clock; `goods` as in `rights.after_sales`. A day that is not known may be None."""
    withdrawal = pack.rules.get("withdrawal")
    taboos = pack.rules.get("taboos")
    marketing = pack.rules.get("marketing")
    return Briefing(
        iso=pack.iso,
        address=manners.address(pack, variant(pack, language), Person(name=name)),
        rights=rights.after_sales(pack, ordered, delivered, today, channel, goods),
        refused=withdrawal if withdrawal and withdrawal.value is None else None,
        avoid=tuple(Avoid(one, taboos) for one in taboos.value[:TABOOS]) if taboos else (),
        coming=coming(pack, today),
        advertising=Advertising(marketing, days.marketing_now(pack, local, channel) if local else None)
        if marketing
        else None,
    )


def variant(pack: Pack, language: str) -> str:
    """The language as it is written in that market (R86): `en` in the United States is `en-US`."""
    plain = language.partition("-")[0].lower()
    if not plain:
        return pack.locales[0]
    here = (code for code in pack.locales if code.partition("-")[0] == plain)
    return language if "-" in language else next(here, language)


def coming(pack: Pack, today: date) -> Coming | None:
    """What is on or comes next: a public holiday, or a busy time of the market. Whole months are no news."""
    rule = pack.rules.get("peaks")
    found = [
        Coming(one.peak.name, one.peak.kind, one.first, one.last, one.estimated, rule)
        for one in days.year_ahead(pack, today)
        if one.peak.rule or one.peak.day
    ]
    off = days.next_holiday(pack.iso, today)
    if off:
        found.append(Coming(off.name, "holiday", off.day, off.day, off.estimated, None))
    return min(found, key=lambda one: (max(one.first, today), one.rule is None), default=None)
