"""A market in one look."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.markets import packs
from dragoman.markets.briefing import TABOOS, Briefing, brief, variant
from dragoman.markets.packs import Pack
from dragoman.markets.rights import withdrawal_term

TODAY = date(2026, 11, 22)


def of(iso: str, language: str = "", name: str = "Anna Weber", local: datetime | None = None) -> Briefing:
    return brief(
        packs.load(iso), language=language, name=name, today=TODAY, ordered=None, delivered=None, channel="email",
        goods=frozenset(), local=local,
    )  # fmt: skip


def with_rule(pack: Pack, topic: str, **facts: object) -> Pack:
    return pack.model_copy(update={"rules": {**pack.rules, topic: pack.rules[topic].model_copy(update=facts)}})


@pytest.mark.req("R70", "R93", "R100", "R146")
def test_a_german_customer() -> None:
    found = of("DE", "de")
    assert (found.address.greeting, found.address.closing) == ("Guten Tag Anna Weber,", "Mit freundlichen Grüßen")
    assert [(one.name, one.days, one.years, one.open) for one in found.rights] == [
        ("withdrawal", 14, None, None), ("refund", 14, None, None), ("guarantee", None, 2, None),
    ]  # fmt: skip
    assert found.refused is None
    assert [one.taboo.what for one in found.avoid] == ["first-name familiarity", "exaggeration", "OK hand sign"]
    assert found.coming is not None
    assert (found.coming.name, found.coming.first, found.coming.kind) == ("Black Friday", date(2026, 11, 27), "sale")
    assert found.advertising is not None
    assert (found.advertising.rule.value.model, found.advertising.now) == ("soft_opt_in", None)


@pytest.mark.req("R146", "R147")
def test_a_market_without_the_right_says_so() -> None:
    found = of("US", "en")
    assert found.rights == ()
    assert found.refused is packs.load("US").rules["withdrawal"]


@pytest.mark.req("R96")
def test_quiet_hours_and_ramadan_are_told() -> None:
    late = of("KR", local=datetime(2026, 11, 22, 22, tzinfo=UTC)).advertising
    assert late is not None
    assert late.now is not None
    assert late.now.why == "quiet_hours"
    fast = of("SA", local=datetime(2027, 2, 10, 12, tzinfo=UTC)).advertising
    assert fast is not None
    assert fast.now is not None
    assert fast.now.why == "ramadan"


@pytest.mark.req("R86")
@pytest.mark.parametrize(
    ("iso", "language", "variant_"),
    [("US", "en", "en-US"), ("GB", "en", "en-GB"), ("GB", "en-US", "en-US"), ("DE", "tr", "tr"), ("JP", "", "ja-JP")],
)
def test_the_language_as_the_market_writes_it(iso: str, language: str, variant_: str) -> None:
    assert variant(packs.load(iso), language) == variant_


@given(iso=st.sampled_from(packs.markets()), today=st.dates(date(2025, 1, 1), date(2030, 12, 31)), name=st.text())
def test_every_market_on_every_day(iso: str, today: date, name: str) -> None:
    pack = packs.load(iso)
    found = brief(
        pack, language="", name=name, today=today, ordered=None, delivered=None, channel="chat", goods=frozenset(),
        local=datetime(today.year, today.month, today.day, 12, tzinfo=UTC),
    )  # fmt: skip
    assert found.address.greeting
    assert found.address.closing
    assert 1 <= len(found.avoid) <= TABOOS
    assert found.coming is not None
    assert found.coming.first <= found.coming.last
    assert found.coming.last >= today
    assert all(one.rule.topic in pack.rules for one in (*found.rights, *found.avoid))


@pytest.mark.req("R146", "R147")
def test_only_an_unconditional_right_has_days() -> None:
    found = {iso: withdrawal_term(packs.load(iso), TODAY) for iso in packs.markets()}
    days = {iso: term[0] for iso, term in found.items() if term is not None}
    assert (days["DE"], days["FR"], days["BR"]) == (14, 14, 7)
    assert {"JP", "MX", "US"} & days.keys() == set(), "conditional; business days; none"
    assert all(term[1] is packs.load(iso).rules["withdrawal"] for iso, term in found.items() if term is not None)
