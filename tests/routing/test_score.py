"""Who should get a ticket: tables, and what holds for any team whatever."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.routing.score import STRATEGIES, Candidate, Matter, by_load, by_score, by_turn, fits, weigh

NOW = datetime(2026, 2, 1, tzinfo=UTC)
TAGS = ("de", "de-AT", "fr", "ja", "zh-Hans", "pt-BR")
matters = st.builds(
    Matter,
    language=st.sampled_from(("", *TAGS)),
    shop=st.sampled_from(("", "a", "b")),
    lines=st.frozensets(st.sampled_from(("lamps", "rugs"))),
    tier=st.sampled_from(("", "vip")),
    slack=st.none() | st.timedeltas(timedelta(hours=-1), timedelta(hours=5)),
)
candidates = st.builds(
    Candidate,
    person=st.uuids().map(str),
    languages=st.dictionaries(
        st.sampled_from([tag.lower() for tag in TAGS]), st.sampled_from(("basic", "fluent", "native"))
    ),
    shops=st.frozensets(st.sampled_from(("a", "b"))),
    lines=st.frozensets(st.sampled_from(("lamps", "rugs"))),
    tiers=st.frozensets(st.just("vip")),
    load=st.integers(0, 40),
    capacity=st.integers(0, 30),
    here=st.booleans(),
    member=st.booleans(),
    knows_customer=st.booleans(),
    given_at=st.none() | st.timedeltas(timedelta(), timedelta(days=30)).map(lambda ago: NOW - ago),
)
teams = st.lists(candidates, max_size=8, unique_by=lambda one: one.person)
strategies = st.sampled_from(sorted(STRATEGIES))


@given(matters, teams, strategies)
def test_nobody_is_chosen_who_is_absent_full_or_of_another_team(
    matter: Matter, team: list[Candidate], strategy: str
) -> None:
    chosen = [one.candidate for one in STRATEGIES[strategy](matter, team)]
    assert all(one.here and one.member and one.load < one.capacity for one in chosen)
    assert {one.person for one in chosen} == {one.person for one in team if fits(one)}, "and nobody else is left out"


@given(matters, teams, strategies, st.randoms())
def test_the_order_in_which_people_are_named_decides_nothing(matter, team, strategy, chance) -> None:  # type: ignore[no-untyped-def]
    shuffled = list(team)
    chance.shuffle(shuffled)
    assert STRATEGIES[strategy](matter, team) == STRATEGIES[strategy](matter, shuffled)


@given(matters, candidates, st.integers(1, 20))
def test_more_in_hand_never_helps(matter: Matter, one: Candidate, more: int) -> None:
    assert weigh(matter, replace(one, load=one.load + more)).points <= weigh(matter, one).points


@given(matters, candidates)
def test_points_are_the_sum_of_their_reasons(matter: Matter, one: Candidate) -> None:
    ranked = weigh(matter, one)
    assert ranked.points == sum(reason.points for reason in ranked.reasons)


ANNA = Candidate("a", languages={"de": "native", "en": "fluent"}, load=10)
BO = Candidate("b", languages={"en": "native", "zh": "native"}, load=0)
CHEN = Candidate("c", load=5)


@pytest.mark.parametrize(
    ("matter", "first"),
    [
        (Matter(language="de"), "a"),
        (Matter(language="de-AT"), "a"),
        (Matter(language="zh-Hans"), "b"),
        (Matter(language="ja"), "c"),  # whose languages nobody noted is not held against them
        (Matter(), "b"),
        (Matter(language="en"), "b"),
    ],
)
def test_the_language_of_the_customer_weighs_most(matter: Matter, first: str) -> None:
    assert by_score(matter, [ANNA, BO, CHEN])[0].candidate.person == first


def test_whoever_looked_after_the_customer_goes_on_unless_time_is_short() -> None:
    known = replace(CHEN, load=16, knows_customer=True)
    assert by_score(Matter(), [known, replace(BO, load=5)])[0].candidate is known
    hurry = Matter(slack=timedelta(minutes=5))
    assert by_score(hurry, [known, replace(BO, load=0)])[0].candidate.person == "b"


def test_reasons_say_what_they_weighed() -> None:
    (first, *_rest) = by_score(Matter(language="de", lines=frozenset({"lamps"})), [
        replace(ANNA, lines=frozenset({"lamps"}), load=4, capacity=12, knows_customer=True)
    ])  # fmt: skip
    assert [(one.kind, one.points, dict(one.about)) for one in first.reasons] == [
        ("language", 30, {"language": "de", "level": "native"}),
        ("line", 10, {"line": "lamps"}),
        ("customer", 20, {}),
        ("room", 13, {"load": 4, "capacity": 12}),
    ]


def test_turns_go_to_whoever_waited_longest_and_loads_to_whoever_has_least() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    turns = [replace(ANNA, given_at=at + timedelta(hours=1)), replace(BO, given_at=at), CHEN]
    assert [one.candidate.person for one in by_turn(Matter(), turns)] == ["c", "b", "a"]
    assert [one.candidate.person for one in by_load(Matter(), turns)] == ["b", "c", "a"]
