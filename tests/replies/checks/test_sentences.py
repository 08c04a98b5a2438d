"""The checks that depend on words, tried on labelled sentences in every language of the desk."""

from __future__ import annotations

from collections import Counter

import pytest

from dragoman.replies.checks import Context, check
from dragoman.replies.checks.phrases import Rule, find, rules
from tests.replies.checks.report import Sentence, scores, sentences

LANGUAGES = (
    *("ar", "de", "en", "es", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "vi"),
    "zh-Hans", "zh-Hant",
)  # fmt: skip
GROUPS = sorted({rule.check.partition(".")[0] for rule in rules()})
LEAST = 3
"""Sentences of each kind for a language and a group."""


@pytest.fixture(scope="module")
def tried() -> tuple[Sentence, ...]:
    """All sentences, looked over once."""
    return sentences()


def test_every_language_tries_every_group(tried: tuple[Sentence, ...]) -> None:
    counted = Counter((one.language, one.group, one.find is not None) for one in tried)
    wanted = [(language, group, kind) for language in LANGUAGES for group in GROUPS for kind in (True, False)]
    assert {one for one in wanted if counted[one] < LEAST} == set()
    assert {one.find for one in tried if one.find} >= {rule.check for rule in rules() if not rule.quiet}
    assert sum(one.held for one in tried) >= len(tried) / 3
    assert len(tried) >= 1_200


def _where(rule: Rule, one: Sentence) -> bool:
    return not rule.markets or one.market in rule.markets


def test_every_rule_is_tried_both_ways(tried: tuple[Sentence, ...]) -> None:
    def tries(rule: Rule, found: bool) -> int:
        group = rule.check.partition(".")[0]
        wanted = rule.check if found else None
        return sum(one.group == group and one.find == wanted and _where(rule, one) for one in tried)

    untried = [rule for rule in rules() if not rule.quiet and not (tries(rule, True) and tries(rule, False))]
    assert [(rule.check, sorted(rule.markets)[:3]) for rule in untried] == []


@pytest.mark.req("R62", "R66", "R67", "R92", "R93", "R94", "R97", "R98", "R101", "R103", "R135", "R153", "R161", "R171")
@pytest.mark.req("R196", "R237", "R241", "R242")
@pytest.mark.parametrize("group", GROUPS)
def test_checks_find_what_they_should_and_little_else(tried: tuple[Sentence, ...], group: str) -> None:
    score = scores(tried)[group]
    assert score.precision >= 0.95
    assert score.recall >= 0.90


def test_every_rule_has_words_in_every_language_or_speaks_of_pictures() -> None:
    wanted = {language.replace("zh-Hans", "zh") for language in LANGUAGES}
    told = {rule.check: set(rule.words) for rule in rules() if set(rule.words) != {"*"}}
    assert {name: wanted - languages for name, languages in told.items() if wanted - languages} == {}


def test_what_holds_in_quiet_hours_has_the_words_that_are_tried_elsewhere() -> None:
    (quiet,) = [rule for rule in rules() if rule.quiet]
    (tried,) = [rule for rule in rules() if rule.check == "platform.marketing"]
    assert (quiet.words, quiet.unless, quiet.near) == (tried.words, tried.unless, tried.near)


def test_what_could_stand_instead_is_no_fault_itself() -> None:
    for rule in rules():
        for language, words in rule.words.items():
            market = min(rule.markets, default="")
            context = Context(language=language, market=market, channel=min(rule.channels, default="email"))
            for mend in filter(None, words.values()):
                assert rule.check not in {one.check for one in find(mend, context)}, (rule.check, language, mend)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_every_language_are_looked_for_within_the_text(language: str) -> None:
    text = " ".join(word.replace("…", " ") for rule in rules() for word in rule.words.get(language, {}))
    for market in ("", "SA", "DE", "JP"):
        for one in check(text, Context(language=language, market=market, channel="amazon", withdrawal_days=14)):
            assert 0 <= one.start <= one.end <= len(text)
