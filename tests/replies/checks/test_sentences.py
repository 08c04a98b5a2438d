"""The checks that depend on words, tried on labelled sentences in every language of the desk."""

from __future__ import annotations

from collections import Counter

import pytest

from dragoman.replies.checks import Context, check
from dragoman.replies.checks.phrases import find, rules
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
    assert {one.find for one in tried if one.find} == {rule.check for rule in rules()}
    assert sum(one.held for one in tried) >= 0.3 * len(tried)


@pytest.mark.req("R67", "R92", "R135", "R153", "R161", "R171", "R237", "R242")
@pytest.mark.parametrize("group", GROUPS)
def test_checks_find_what_they_should_and_little_else(tried: tuple[Sentence, ...], group: str) -> None:
    score = scores(tried)[group]
    assert score.precision >= 0.95
    assert score.recall >= 0.90


def test_every_rule_has_words_in_every_language() -> None:
    wanted = {language.replace("zh-Hans", "zh") for language in LANGUAGES}
    assert {rule.check: wanted - set(rule.words) for rule in rules() if wanted - set(rule.words)} == {}


def test_what_could_stand_instead_is_no_fault_itself() -> None:
    for rule in rules():
        for language, words in rule.words.items():
            context = Context(language=language, channel=min(rule.channels, default="email"))
            for mend in filter(None, words.values()):
                assert rule.check not in {one.check for one in find(mend, context)}, (rule.check, language, mend)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_of_every_language_are_looked_for_within_the_text(language: str) -> None:
    text = " ".join(word.replace("…", " ") for rule in rules() for word in rule.words.get(language, {}))[:2000]
    for one in check(text, Context(language=language, channel="amazon")):
        assert 0 <= one.start <= one.end <= len(text)
