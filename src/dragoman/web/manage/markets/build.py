"""Packs between the room and its pages."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from dragoman.markets import formats as local
from dragoman.markets import packs, values
from dragoman.markets.models import MarketRule
from dragoman.markets.packs import OWN, Pack, Rule
from dragoman.markets.told import told, told_pack
from dragoman.markets.topics import GROUPS, TOPICS
from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _
from dragoman.web import formats
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.markets import fields, telling
from dragoman.web.manage.markets.view import Editor, Fact, MarketPage, MarketRow, RuleGroup, RuleRow
from dragoman.web.manage.markets.words import CONFIDENCE, STANDING

BASE = "/settings/markets"
SAMPLE = Decimal("1234.5")


def row_of(pack: Pack, today: date) -> MarketRow:
    """A market in the list."""
    standings = [rule.standing(today) for rule in pack.rules.values()]
    languages = dict.fromkeys(code.partition("-")[0] for code in pack.locales)
    return MarketRow(
        iso=pack.iso, name=formats.territory(pack.iso), href=f"{BASE}/{pack.iso}",
        facts=(pack.currency, *(formats.language(code) for code in languages)), rules=len(standings),
        to_confirm=standings.count("to_confirm"), stale=standings.count("stale"),
        own=sum(rule.corrected for rule in pack.rules.values()),
    )  # fmt: skip


def page_of(
    pack: Pack, words: Sequence[MarketRule], names: Mapping[UUID, str], today: date, *, manage: bool,
    correct: str = "", editor: Editor | None = None,
) -> MarketPage:  # fmt: skip
    """One market. `correct` is the topic whose form stands open, `editor` what was typed into it."""
    said = {word.topic: word for word in words}
    spoken = told_pack(pack, i18n.current())
    rows = {topic: _rule(pack, spoken, topic, said.get(topic), names, today, manage) for topic in pack.rules}
    if manage and correct in TOPICS:
        rows[correct] = _opened(spoken, rows.get(correct), correct, editor)
    ordered = [topic for topic in TOPICS if topic in rows]
    groups = (
        RuleGroup(
            key, _(title), tuple(rows[topic] for topic in ordered if TOPICS[topic].group == key),
            *((_facts(pack), packs.sources()[pack.address.source].link or "") if key == "formats" else ()),
        )
        for key, title in GROUPS.items()
    )  # fmt: skip
    missing = (Choice(topic, _(one.label)) for topic, one in TOPICS.items() if topic not in rows)
    return MarketPage(
        pack.iso, formats.territory(pack.iso), f"{BASE}/{pack.iso}",
        tuple(group for group in groups if group.rules or group.facts),
        sum(rule.standing(today) != "fact" for rule in pack.rules.values()),
        tuple(sorted(missing, key=lambda one: one.label)) if manage else (),
    )  # fmt: skip


def _rule(
    pack: Pack, spoken: Pack, topic: str, word: MarketRule | None, names: Mapping[UUID, str], today: date, manage: bool
) -> RuleRow:
    """A rule's row; `spoken` is the pack in the reader's language, which only shows: `seen` is of the rule itself."""
    rule = pack.rules[topic]
    ended = rule.valid_to is not None and rule.valid_to < today
    spoke = ""
    if word is not None and rule.confirmed:
        who = names.get(word.confirmed_by_id, "?")
        spoke = _("Corrected by {name}", name=who) if rule.corrected else _("Confirmed by {name}", name=who)
    standing = rule.standing(today)
    return RuleRow(
        topic=rule.topic, label=_(rule.about.label), told=telling.told(spoken, spoken.rules[topic], today),
        note=spoken.rules[topic].note,
        where=where(rule), link=rule.link, as_of=telling.day(rule.as_of) if rule.as_of else "", valid=_valid(rule),
        confidence=_(CONFIDENCE[rule.confidence]), standing=STANDING[standing], seen=seen(rule),
        shared=_shared(pack, rule), spoke=spoke, spoke_at=word.confirmed_at if word is not None and spoke else None,
        may_confirm=manage and not ended and standing != "fact", may_correct=manage,
        may_restore=manage and rule.confirmed,
    )  # fmt: skip


def where(rule: Rule) -> str:
    """What a rule's source is called."""
    if rule.source == OWN:
        return rule.where or _("Your own word")
    return told(rule.where, i18n.current()) or _("General knowledge, no source")


def _shared(pack: Pack, rule: Rule) -> bool:
    """Whether it holds in the whole region."""
    return bool(pack.inherit) and packs.region(str(pack.inherit)).get(rule.topic) == rule


def _valid(rule: Rule) -> str:
    first = telling.day(rule.valid_from) if rule.valid_from else ""
    last = telling.day(rule.valid_to) if rule.valid_to else ""
    if first and last:
        return _("holds from {first} to {last}", first=first, last=last)
    if first:
        return _("holds since {day}", day=first)
    return _("holds until {day}", day=last) if last else ""


def seen(rule: Rule | None) -> str:
    """A short fingerprint of a rule as it stands; empty where there is none."""
    if rule is None:
        return ""
    facts = [values.write(rule.topic, rule.value), rule.note, rule.source, rule.url, str(rule.as_of), rule.confirmed]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]


def _opened(spoken: Pack, row: RuleRow | None, topic: str, editor: Editor | None) -> RuleRow:
    """The row with its form open, in the reader's language; for a topic without a rule an empty one."""
    rule = spoken.rules.get(topic)
    kept = {name: getattr(row, name) for name in RuleRow.__slots__} if row else {
        "topic": topic, "label": _(TOPICS[topic].label), "told": (), "note": "", "where": "", "link": "",
        "as_of": "", "valid": "", "confidence": "", "standing": STANDING["to_confirm"], "seen": "",
    }  # fmt: skip
    value = values.write(topic, rule.value) if rule else None
    own = {"note": rule.note, "source_url": rule.url} if rule and rule.corrected else {}
    absent = {fields.NONE: "yes"} if rule and rule.value is None else {}
    return RuleRow(**kept | {"editor": editor or editor_of(topic, value, {**own, **absent})})


def editor_of(
    topic: str, value: Any, more: Mapping[str, str], errors: Mapping[str, str] | None = None, problem: str = ""
) -> Editor:
    """The form for a value; `more` are the fields beside it."""
    made = fields.parts(topic, value)
    typed = fields.taken(made)
    beside = fields.gathered(errors or {}, {**typed, "value": "", "note": "", "source_url": ""})
    return Editor(Form({**typed, **more}, beside, problem), made, fields.may_be_none(topic))


def _facts(pack: Pack) -> tuple[Fact, ...]:
    """How the market writes things, by examples."""
    code = pack.locales[0]
    at = datetime.combine(date(2026, 11, 22), time(14, 5))
    order = _("Family name first") if pack.name_order == "family_first" else _("Given name first")
    found = [
        Fact(_("Languages"), telling.listed(formats.language(one) for one in pack.locales)),
        Fact(_("Numbers"), local.number(SAMPLE, code)),
        Fact(_("Money"), local.money(SAMPLE, pack.currency, code)),
        Fact(_("Date"), local.day(at.date(), code)),
        Fact(_("Time of day"), local.clock(at, code)),
        Fact(_("Measures"), _("inch, pound, °F") if pack.measurement == "imperial" else _("centimetre, kilogram, °C")),
        Fact(_("Order of names"), order),
        Fact(_("Dialling code"), pack.dial_code),
        Fact(_("Postcode"), pack.address.postcode_example or _("none")),
        Fact(_("Address"), _address(pack)),
    ]
    if not any(topic == "weekend" for topic in pack.rules):
        found.append(Fact(_("Weekend"), telling.listed(telling.weekday(one) for one in pack.weekend)))
    return tuple(found)


def _address(pack: Pack) -> str:
    """How an address is written there, its lines in a row and its parts named in the reader's language."""
    lines = " / ".join(pack.address.show.split("_"))
    return re.sub(r"\{(\w+)\}", lambda part: f"{{{told(part[1], i18n.current())}}}", lines)
