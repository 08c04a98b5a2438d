"""A rule's value in the reader's words. Its free words are shown as they are given: `markets.told` words them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, time
from decimal import Decimal
from functools import reduce
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from pydantic import BaseModel

from dragoman.markets import days
from dragoman.markets.packs import Pack, Rule
from dragoman.markets.told import told as in_words
from dragoman.markets.values import (
    Deadline,
    Guarantee,
    Honorific,
    LowValue,
    Marketing,
    PaidBy,
    Peak,
    Quiet,
    Refund,
    Taboo,
    Tax,
    Withdrawal,
)
from dragoman.platform import i18n
from dragoman.platform.i18n import N_, ngettext
from dragoman.platform.i18n import gettext as _
from dragoman.web.manage.markets.words import CHOICES, LABELS

Lines = tuple[str, ...]
ROW, CLAUSES = N_("{said}, {more}"), N_("{said}; {more}")
"""How two names, and two clauses, stand in a row."""


def told(pack: Pack, rule: Rule, today: date) -> Lines:
    """The value, a line for each thing it says."""
    value = rule.value
    if rule.topic == "peaks":
        return _peaks(pack, today) or (_("None"),)
    if rule.topic == "weekend":
        return (listed(weekday(one) for one in value) or _("None"),)
    return tuple(line for line in _of(value) if line)


def _of(value: Any) -> Iterator[str]:
    if value is None:
        yield _("No such rule by law")
    elif isinstance(value, BaseModel):
        yield from _model(value)
    elif isinstance(value, dict):
        yield from (_("{name}: {value}", name=_key(key), value=_plain(one)) for key, one in value.items())
    elif isinstance(value, tuple | list):
        yield from _several(value)
    else:
        yield _plain(value)


def _several(value: tuple[Any, ...] | list[Any]) -> Iterator[str]:
    if not value:
        yield _("None")
    elif isinstance(value[0], BaseModel):
        for one in value:
            yield from _model(one)
    else:
        yield " · ".join(_(CHOICES[one]) if one in CHOICES else str(one) for one in value)


def _model(value: BaseModel) -> Iterator[str]:
    """The chief thing in a sentence, then what else is set, each with its name."""
    head, spoken = HEADS[type(value)](value)
    yield head
    if isinstance(value, Marketing) and value.unsubscribe_days:
        yield _("an unsubscribe is followed within {time}", time=length(value.unsubscribe_days, kind=value.day_kind))
    for name, one in value:
        if name in spoken or one in (None, "", (), False) or one == type(value).model_fields[name].default:
            continue
        if name == "words":
            yield str(one)
        else:
            yield _(LABELS[name]) if one is True else _("{name}: {value}", name=_(LABELS[name]), value=_plain(one))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        return format_decimal(value, locale=i18n.current(), decimal_quantization=False)
    if isinstance(value, dict):
        return listed(f"{_key(key)} {_plain(one)}" for key, one in value.items())
    if isinstance(value, tuple | list):
        return _joined(CLAUSES, map(_plain, value))
    if isinstance(value, Quiet):
        return quiet(value)
    return _(CHOICES[value]) if value in CHOICES else str(value)


def _key(key: str) -> str:
    """A name of the pack's own, as it stands there."""
    return key.replace("_", " ")


def length(
    days_: int | None = None, months: int | None = None, years: int | None = None, kind: str = "calendar"
) -> str:
    """A term in words: 14 days, 3 business days, 2 years."""
    if years:
        return ngettext("{n} year", "{n} years", years)
    if months:
        return ngettext("{n} month", "{n} months", months)
    if kind == "business":
        return ngettext("{n} business day", "{n} business days", days_ or 0)
    return ngettext("{n} day", "{n} days", days_ or 0)


def percent(rate: Decimal) -> str:
    """A rate that is kept as a percentage."""
    return format_percent(rate / 100, locale=i18n.current(), decimal_quantization=False)


def weekday(key: str) -> str:
    """A weekday's name."""
    return str(Locale.parse(i18n.current()).days["stand-alone"]["wide"][days.WEEKDAYS.index(key)])


def hour(at: time) -> str:
    """A time of day there."""
    return f"{at:%H:%M}"


def day(on: date) -> str:
    """A date with its year."""
    return format_date(on, "medium", locale=i18n.current())


def listed(names: Iterable[str]) -> str:
    """Several names in a row."""
    return _joined(ROW, names)


def _joined(form: str, texts: Iterable[str]) -> str:
    """Several texts by the msgid that joins two: what CLDR has for Chinese is no comma at all."""
    found = list(texts)
    return reduce(lambda said, more: _(form, said=said, more=more), found) if found else ""


def quiet(value: Quiet) -> str:
    """Hours of rest and the channels that rest."""
    span = _("{start} to {end}", start=hour(value.start), end=hour(value.end))
    channels = listed(in_words(one, i18n.current()) for one in value.channels)
    return f"{span} ({channels})" if channels else span


def _peaks(pack: Pack, today: date) -> Lines:
    lines = []
    for one in days.year_ahead(pack, today):
        span = day(one.first) if one.first == one.last else f"{day(one.first)} – {day(one.last)}"
        if one.peak.month and not one.peak.day:
            span = format_date(one.first, "LLLL", locale=i18n.current())
        moon = _("{day}, estimated", day=span) if one.estimated else span
        lines.append(_("{name}: {value}", name=one.peak.name, value=moon))
    return tuple(dict.fromkeys(lines))  # a month that is on now comes again within the year


Head = tuple[str, frozenset[str]]


def _withdrawal(one: Withdrawal) -> Head:
    said = _("{term}, {start}", term=length(one.days, kind=one.day_kind), start=_(CHOICES[one.counts_from]))
    return said, frozenset({"days", "day_kind", "counts_from"})


def _refund(one: Refund) -> Head:
    said = _("within {time}", time=length(one.days, kind=one.day_kind))
    said = _("{term}, {start}", term=said, start=_(CHOICES[one.counts_from]))
    return said, frozenset({"days", "day_kind", "counts_from"})


def _guarantee(one: Guarantee) -> Head:
    if not (one.years or one.days):
        return one.words, frozenset({"words"})
    return length(one.days, years=one.years), frozenset({"years", "days"})


def _tax(one: Tax) -> Head:
    if one.rate is None:
        return one.words, frozenset({"rate", "words"})
    rates = [percent(rate) for rate in one.reduced]
    said = _("{rate}, reduced {rates}", rate=percent(one.rate), rates=listed(rates)) if rates else percent(one.rate)
    return said, frozenset({"rate", "reduced"})


def _low_value(one: LowValue) -> Head:
    if one.limit is None:
        said = _("The sources do not agree")
    elif not one.limit:
        said = _("No value is free of duty")
    else:
        said = _("Free of duty up to {sum}", sum=format_currency(one.limit, one.currency, locale=i18n.current()))
    return said, frozenset({"limit", "currency"})


def _deadline(one: Deadline) -> Head:
    time_ = (
        ngettext("{n} hour", "{n} hours", one.hours) if one.hours else length(one.days, one.months, kind=one.day_kind)
    )
    return _("within {time}", time=time_), frozenset({"hours", "days", "months", "day_kind"})


def _marketing(one: Marketing) -> Head:
    return _(CHOICES[one.model]), frozenset({"model", "unsubscribe_days", "day_kind"})


def taboo(one: Taboo) -> str:
    """Something to avoid, its kind, and why."""
    said = f"{one.what} ({_(CHOICES[one.kind])})"
    return _("{name}: {value}", name=said, value=one.why) if one.why else said


def _taboo(one: Taboo) -> Head:
    return taboo(one), frozenset({"what", "kind", "why"})


def _paid_by(one: PaidBy) -> Head:
    same = {"words"} if one.words == one.paid_by else set()
    return _(CHOICES[one.paid_by]), frozenset({"paid_by", *same})


def _honorific(one: Honorific) -> Head:
    return _("formal") if one.formal else _("informal"), frozenset({"formal"})


def _peak(one: Peak) -> Head:
    return one.name, frozenset({"name", "kind", "month", "day", "rule"})


HEADS: dict[type[BaseModel], Callable[[Any], Head]] = {
    Withdrawal: _withdrawal, Refund: _refund, Guarantee: _guarantee, Tax: _tax, LowValue: _low_value,
    Deadline: _deadline, Marketing: _marketing, Taboo: _taboo, PaidBy: _paid_by, Honorific: _honorific, Peak: _peak,
}  # fmt: skip
