"""What the packs say in free words is whole in Chinese, and says the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from dragoman.markets import days, packs, told
from dragoman.markets.values import Marketing, Peak, Taboo

ZH = "zh_Hans"
PAYERS = {"consumer", "trader", "depends"}
YEARS = range(2025, 2031)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
MONTH = re.compile(rf"\b({'|'.join(MONTHS)})(?:uary|ruary|ch|il|e|y|ust|ember|tember|ober)?\b")


def free_texts() -> set[str]:
    """All that pages show in free words. Figures speak for themselves, and who pays is a choice of the page's own."""
    found = {source.url for source in packs.sources().values() if not source.link}
    for iso in packs.markets():
        found.update(re.findall(r"\{(\w+)\}", packs.load(iso).address.show))
        for rule in packs.load(iso).rules.values():
            told.reworded(rule, lambda text: found.add(text.strip()) or text)
            if isinstance(rule.value, Marketing):
                found.update(channel for quiet in rule.value.quiet_hours for channel in quiet.channels)
    return {text for text in found if re.search(r"[A-Za-z]", text) and text not in PAYERS}


def days_off() -> set[str]:
    return {one.name for iso in packs.markets() for year in YEARS for one in days.public_holidays(iso, year)}


def figures(text: str) -> Counter[int]:
    """The numbers of a text: months by their number, millions and billions as Chinese counts them."""
    text = MONTH.sub(lambda found: str(MONTHS.index(found[1]) + 1), text)
    text = re.sub(r"(\d+) bn\b", lambda found: str(int(found[1]) * 10), text)
    text = re.sub(r"(\d+) m\b", lambda found: str(int(found[1]) * 100), text)
    return Counter(int(one) for one in re.findall(r"[0-9]+", text))


def names(text: str) -> Iterator[str]:
    """What is called by letters and figures, or by figures alone: UN38.3, 152-FZ, 2011/83, 91/2025/QH15, 2026-06-19."""
    yield from re.findall(r"\b[0-9]+(?:[./][0-9]+)*/[0-9A-Z/]+\b", text)
    yield from re.findall(r"\b(?:[A-Z]+-?[0-9][0-9.]*[0-9]|[A-Z]+-?[0-9]|[0-9]+-[A-Z]+)\b", text)
    yield from re.findall(r"\b[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?\b", text)


@pytest.mark.req("R138")
def test_every_free_text_has_its_chinese() -> None:
    assert free_texts() - set(told.words(ZH)) == set()


def test_every_day_off_has_its_chinese() -> None:
    assert {name for name in days_off() if not re.search("[一-鿿]", told.told_day(name, ZH))} == set()


def test_nothing_lies_about_unused() -> None:
    plain = {found[2] if (found := told.MOVED.fullmatch(name)) else name for name in days_off()}
    assert set(told.words(ZH)) - free_texts() - days_off() - plain == {told.IN_LIEU}


def test_no_word_stands_in_both_files() -> None:
    both = [set(packs.parse((packs.FOLDER / f"{name}.zh.yaml").read_text("utf-8"))) for name in ("days", "words")]
    assert not both[0] & both[1]


@pytest.mark.parametrize("text", sorted(free_texts()))
def test_figures_and_names_of_laws_survive(text: str) -> None:
    chinese = told.told(text, ZH)
    assert figures(chinese) == figures(text)
    assert [name for name in names(text) if name not in chinese] == []
    assert chinese == chinese.strip() != ""
    kept = {found for found in re.findall(r"\b[A-Z]{3,}\b", text) if found not in chinese}
    assert kept <= {"NOT", "CHECK", "SMS", "VAT", "NZD", "EUR"}, "a name that people look up by"


def test_the_words_are_chinese() -> None:
    """English that holds sentences together is nowhere left; official names and words of other tongues may be."""
    glue = re.compile(r"\b(the|of|and|or|with|without|for|from|not|only|must|by|if|is|are|before|after|until|name)\b")
    assert {said for said in told.words(ZH).values() if glue.search(said)} == set()


def test_told_where_known_otherwise_as_it_stands() -> None:
    assert told.told("e-mail", ZH) == told.told(" e-mail ", ZH) == "电子邮件"
    assert told.told("e-mail", "en") == "e-mail"
    assert told.told("by pigeon", ZH) == "by pigeon"
    assert told.told("", ZH) == ""
    assert told.told_day("Good Friday", "en") == "Good Friday"
    assert told.told_day("Doomsday (observed)", ZH) == "Doomsday (observed)"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Good Friday", "耶稣受难日"),
        ("Christmas Day (observed)", "圣诞节（补休）"),
        ("National Day (in lieu)", "国庆日（补休）"),
        ("Eid al-Fitr (observed, estimated)", "开斋节（补休）"),
        ("Alternative holiday for Children's Day", "儿童节（补休）"),
        ("Day off (substituted from 01/03/2027)", "休息日（补休）"),
        ("Janmashtami (Vaishnava)", "克里希纳诞辰"),
    ],
)
def test_a_day_that_was_moved_says_so(name: str, said: str) -> None:
    assert told.told_day(name, ZH) == said


def test_a_pack_is_told_and_its_codes_stay() -> None:
    for iso in packs.markets():
        pack = packs.load(iso)
        spoken = told.told_pack(pack, ZH)
        assert told.told_pack(pack, "en") is pack
        assert spoken.rules.keys() == pack.rules.keys()
        assert days.year_ahead(spoken, days.date(2026, 11, 22)) is not None
        for topic, rule in pack.rules.items():
            said = spoken.rules[topic]
            assert (said.source, said.as_of, said.confidence) == (rule.source, rule.as_of, rule.confidence)
            if topic in told.CODED:
                assert said.value == rule.value
            if topic == "peaks":
                assert [when(one) for one in said.value] == [when(one) for one in rule.value]
            if topic == "marketing":
                assert (said.value.label, said.value.quiet_hours) == (rule.value.label, rule.value.quiet_hours)


def when(peak: Peak) -> tuple[object, ...]:
    return peak.kind, peak.month, peak.day, peak.rule


def test_what_a_workspace_typed_stays() -> None:
    pack = packs.load("JP")
    rule = pack.rules["taboos"]
    assert told.told_pack(pack, ZH).value("taboos")[3] == Taboo(what="OK 手势", kind="gesture", why="表示钱")
    confirmed = rule.model_copy(update={"confirmed": True})
    own = rule.model_copy(update={"confirmed": True, "corrected": True, "note": "general"})
    held = told.told_pack(pack.model_copy(update={"rules": {"taboos": confirmed, "tone": own}}), ZH)
    assert held.value("taboos")[3].what == "OK 手势"
    assert held.rules["tone"] is own
