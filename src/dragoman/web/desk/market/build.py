"""From a market's briefing to the lines of its panel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from dragoman.markets.briefing import Advertising, Briefing, Coming
from dragoman.markets.packs import Rule, sources
from dragoman.markets.rights import COUNTS_FROM, NAMES, Right
from dragoman.markets.told import told, told_day
from dragoman.platform import i18n
from dragoman.platform.i18n import N_
from dragoman.platform.i18n import gettext as _
from dragoman.web import formats
from dragoman.web.desk.market.view import Line, Mark, MarketPanel
from dragoman.web.manage.markets import telling
from dragoman.web.manage.markets.build import BASE
from dragoman.web.manage.markets.words import CHOICES, LABELS

NOT_NOW = {
    "quiet_hours": N_("Not now: these are quiet hours there."),
    "ramadan": N_("Not now: it is the daytime of Ramadan there."),
}


def panel(number: int, subject: str, found: Briefing, today: date) -> MarketPanel:
    """All lines of a market with a pack."""
    return MarketPanel(
        number, subject, formats.territory(found.iso), f"{BASE}/{found.iso}",
        manners=tuple(_manners(found, today)), rights=tuple(_rights(found, today)),
        avoid=tuple(
            Line("", telling.taboo(one.taboo), mark=mark(one.rule, today) if n == len(found.avoid) - 1 else None)
            for n, one in enumerate(found.avoid)
        ),
        days=tuple(_days(found, today)),
    )  # fmt: skip


def mark(rule: Rule, today: date) -> Mark:
    """A rule's source. That there is none needs no words here: such a rule is to be confirmed."""
    return Mark(told(rule.where, i18n.current()), rule.link, rule.standing(today) != "fact")


def _manners(found: Briefing, today: date) -> Iterator[Line]:
    address = found.address
    if address.honorific:
        manner = _("formally") if address.formal else _("informally")
        yield Line(_("Form of address"), manner, (address.honorific.value.words,), mark(address.honorific, today))
    yield Line(_("Greeting"), address.greeting, lang=address.language)
    yield Line(_("Closing words"), address.closing, lang=address.language)
    if address.tone:
        yield Line(_("Tone"), address.tone.value, mark=mark(address.tone, today))


def _rights(found: Briefing, today: date) -> Iterator[Line]:
    if found.refused:
        more = (found.refused.note,) if found.refused.note else ()
        name = NAMES["withdrawal"]
        yield Line(_(name), _("No such right by law"), more, mark(found.refused, today))
    for right in found.rights:
        yield Line(_(NAMES[right.name]), _term(right), tuple(_more(right)), mark(right.rule, today))


def _term(right: Right) -> str:
    if not (right.days or right.years):
        return _("no fixed term")
    term = telling.length(right.days, years=right.years, kind=right.day_kind)
    if right.until is None:
        return _("{term}, {start}", term=term, start=_(COUNTS_FROM[right.counts_from]))
    if right.open is False:
        return _("{term}, ended on {day}", term=term, day=telling.day(right.until))
    return _("{term}, until {day}", term=term, day=telling.day(right.until))


def _more(right: Right) -> Iterator[str]:
    until = LABELS["may_withhold_until"]
    held = right.name == "refund"  # its only condition is until when the money may be held back
    for condition in right.conditions:
        yield _("{name}: {value}", name=_(until), value=condition) if held else _(condition)


def _days(found: Briefing, today: date) -> Iterator[Line]:
    if found.coming:
        yield Line(_("Coming up"), _coming(found.coming), mark=_of_days(found.coming, today))
    if found.advertising:
        yield _advertising(found.advertising, today)


def _coming(one: Coming) -> str:
    span = telling.day(one.first) if one.first == one.last else f"{telling.day(one.first)} – {telling.day(one.last)}"
    when = _("{day}, estimated", day=span) if one.estimated else span
    name = one.name if one.rule else told_day(one.name, i18n.current())
    return _("{name}: {value}", name=name, value=when)


def _of_days(one: Coming, today: date) -> Mark:
    return mark(one.rule, today) if one.rule else Mark(told(sources()["hol"].url, i18n.current()), "", to_confirm=False)


def _advertising(one: Advertising, today: date) -> Line:
    why = one.now.why if one.now is not None else ""
    more = (_(NOT_NOW[why]),) if why else ()
    return Line(_("Advertising"), _(CHOICES[one.rule.value.model]), more, mark(one.rule, today))
