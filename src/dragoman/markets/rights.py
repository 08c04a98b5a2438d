"""What a customer is entitled to after a sale, by the law of the market that the goods went to. Pure.

Only that market's pack speaks: a domestic rule such as China's seven days is never applied abroad (R146, R147).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dragoman.kit.errors import N_
from dragoman.markets import days as calendar_days
from dragoman.markets.packs import Pack, Rule
from dragoman.markets.values import DayKind, Guarantee, Refund, Withdrawal

Name = Literal["withdrawal", "refund", "guarantee"]
Start = Literal["delivery", "contract", "notice", "goods_back"]
NAMES: dict[Name, str] = {
    "withdrawal": N_("Send back without a reason"),
    "refund": N_("Money back"),
    "guarantee": N_("Legal guarantee"),
}
COUNTS_FROM: dict[Start, str] = {
    "delivery": N_("from the day the goods arrived"),
    "contract": N_("from the day of the order"),
    "notice": N_("from the day of the notice"),
    "goods_back": N_("from the day the goods came back"),
}
IN_STORE = "in_store"
"""The channel of a sale in a shop: no distance sale, so no withdrawal."""
PERISHABLE = "perishable"
NOT_FOR_THESE = N_("not for goods of this kind")


@dataclass(frozen=True, slots=True)
class Right:
    """One right. `days`, or else `years`, is its term; `until` is its last day, where it can be computed.

    `open` says whether it can still be used today, None where that hangs on a day or a fact nobody knows.
    """

    name: Name
    rule: Rule
    counts_from: Start
    days: int | None = None
    years: int | None = None
    day_kind: DayKind = "calendar"
    until: date | None = None
    open: bool | None = None
    conditions: tuple[str, ...] = ()


def after_sales(
    pack: Pack, ordered: date | None, delivered: date | None, today: date, channel: str, goods: frozenset[str]
) -> tuple[Right, ...]:
    """The rights that hold for an order placed on that day (unknown: today), each with its last day.

    `goods` are the kinds of `values.Exclusion` that the order falls under. A rule that was not in force on the day of
    the order gives no right. The day from which a term counts is not itself counted.
    """
    day = ordered or delivered or today

    def rule(topic: str) -> Rule | None:
        found = pack.rules.get(topic)
        return found if found and found.value is not None and found.in_force(day) else None

    rights: list[Right] = []
    withdrawal = rule("withdrawal") if channel != IN_STORE else None
    if withdrawal:
        excluded = rule("withdrawal_exclusions")
        barred = bool(excluded and goods & set(excluded.value))
        rights.append(_withdrawal(pack, withdrawal, ordered, delivered, today, barred))
        refund = rule("refund_deadline")
        if refund and not barred:
            rights.append(_refund(refund))
    guarantee = rule("legal_guarantee")
    if guarantee:
        rights.append(_guarantee(guarantee, delivered, today, PERISHABLE in goods))
    return tuple(rights)


def withdrawal_term(pack: Pack, today: date) -> tuple[int, Rule] | None:
    """So many calendar days a market's law gives to send an order back without a reason, from its delivery; and the
    rule that says so, whose standing tells how far it can be relied on. None where there is no such right, or where it
    hangs on something."""
    rule = pack.rules.get("withdrawal")
    if rule is None or rule.value is None or not rule.in_force(today):
        return None
    value: Withdrawal = rule.value
    unsure = value.conditional or value.reason_needed or value.day_kind != "calendar"
    return None if unsure or not value.days or value.counts_from != "delivery" else (value.days, rule)


def _withdrawal(
    pack: Pack, rule: Rule, ordered: date | None, delivered: date | None, today: date, barred: bool
) -> Right:
    value: Withdrawal = rule.value
    start = ordered if value.counts_from == "contract" else delivered
    until = _last(pack, start, value.days, value.day_kind) if start and not barred else None
    passed = until is not None and today > until
    unsure = until is None or value.conditional
    still: bool | None = False if barred or passed else None if unsure else True
    if until is None and not barred and value.counts_from == "delivery" and ordered and delivered is None:
        still = None if value.conditional else True  # not delivered yet: the days have not begun
    conditions = (NOT_FOR_THESE, *value.conditions) if barred else value.conditions
    return Right(
        "withdrawal", rule, value.counts_from, days=value.days, day_kind=value.day_kind, until=until, open=still,
        conditions=conditions,
    )  # fmt: skip


def _refund(rule: Rule) -> Right:
    value: Refund = rule.value
    held = (value.may_withhold_until,) if value.may_withhold_until else ()
    return Right("refund", rule, value.counts_from, days=value.days, day_kind=value.day_kind, conditions=held)


def _guarantee(rule: Rule, delivered: date | None, today: date, perishable: bool) -> Right:
    value: Guarantee = rule.value
    days = value.days_non_durable if perishable and value.days_non_durable else value.days
    until = None
    if delivered and value.years:
        until = years_later(delivered, value.years)
    elif delivered and days:
        until = delivered + timedelta(days=days)
    return Right(
        "guarantee", rule, "delivery", days=None if value.years else days, years=value.years, until=until,
        open=None if until is None else today <= until, conditions=(value.words,) if value.words else (),
    )  # fmt: skip


def _last(pack: Pack, start: date, days: int, kind: DayKind) -> date:
    return calendar_days.business_day(pack, start, days) if kind == "business" else start + timedelta(days=days)


def years_later(start: date, years: int) -> date:
    """The same day so many years on; 29 February becomes the 28th where there is none."""
    year = start.year + years
    return start.replace(year=year, day=min(start.day, calendar.monthrange(year, start.month)[1]))
