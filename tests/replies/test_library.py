"""The desk's own lines: whole in every language, fit to be sent, and found again in another one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.kit import clock
from dragoman.replies import library
from dragoman.replies.checks import BLOCK, WARN, Context, check
from dragoman.replies.library.lines import LANGUAGES
from dragoman.understanding.taxonomy import leaves

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
MARKET = {
    "en": "GB", "zh": "CN", "zh-Hant": "TW", "de": "DE", "fr": "FR", "es": "ES", "pt": "BR", "it": "IT", "nl": "NL",
    "pl": "PL", "sv": "SE", "tr": "TR", "ru": "RU", "ja": "JP", "ko": "KR", "ar": "SA", "th": "TH", "vi": "VN",
    "id": "ID",
}  # fmt: skip


@pytest.mark.req("R70", "R111", "R199")
def test_every_language_has_every_line() -> None:
    wanted = {line.key for line in library.lines()}
    assert set(library.languages()) == set(LANGUAGES)
    assert {code: wanted ^ set(library.texts(code)) for code in library.languages()} == {
        code: set() for code in library.languages()
    }


@pytest.mark.parametrize("code", library.languages())
def test_lines_are_fit_to_be_sent(code: str) -> None:
    context = Context(language=code, market=MARKET[code], channel="amazon")
    found = {
        (key, one.check, text[one.start : one.end])
        for key, text in library.texts(code).items()
        for one in check(text.replace("[", "").replace("]", ""), context)
        if one.severity in (BLOCK, WARN)
    }
    assert found == set()


@pytest.mark.parametrize("code", library.languages())
def test_lines_leave_the_same_blanks(code: str) -> None:
    for line in library.lines():
        for blank in line.blanks:
            assert f"[{blank}]" in library.texts(code)[line.key], (code, line.key)
        assert library.texts(code)[line.key].count("[") == len(line.blanks), (code, line.key)


@pytest.mark.parametrize("code", library.languages())
def test_a_line_is_found_again_in_another_language(code: str) -> None:
    for key, text in library.texts("zh").items():
        there = library.render(text, "zh-Hans", code)
        assert there == library.texts(code)[key], key
        assert library.render(there, code, "zh-Hans") == text, key


def test_what_was_filled_in_is_carried_over() -> None:
    with clock.travel(NOW):
        found = library.render("我会在11月24日之前再次给您写信。", "zh-Hans", "en")
        assert found == "I will write to you again by November 24, 2026."
        assert library.render("我会在某个时候之前再次给您写信。", "zh-Hans", "en") is None, "no day can be read in it"
    shipped = library.render("您的订单已经发货，运单号是 1Z999AA10123456784。", "zh-Hans", "en")
    assert shipped == "Your order has been shipped; its tracking number is 1Z999AA10123456784."


def test_greetings_and_closings_are_those_of_the_language() -> None:
    assert library.render("王伟，您好：", "zh-Hans", "en") == "Dear 王伟,"
    assert library.render("Dear Ms Souza,", "en", "pt-BR") == "Prezada Sra. Souza,"
    assert library.render("Sehr geehrter Herr Souza,", "de", "en-US") == "Dear Mr. Souza,"
    assert library.render("Souza様", "ja", "de") == "Guten Tag Souza,"
    assert library.render("Hi Thiago,", "en", "de") == "Hallo Thiago,"
    assert library.render("Hej Thiago,", "sv", "pl") == "Dzień dobry,"
    assert library.render("Kind regards", "en", "de") == "Mit freundlichen Grüßen"
    assert library.render("Dear me, this is bad", "en", "de") is None


def test_other_sentences_are_nobodys_lines() -> None:
    for text in ("", "   ", "今天天气很好。", "Please send the money to my account."):
        assert library.render(text, "zh-Hans" if text and ord(text[0]) > 999 else "en", "de") is None
    assert library.render("您好：", "zh-Hans", "eo") is None


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    library.render(text, "en", "de")


@pytest.mark.req("R201", "R58")
def test_a_draft_says_what_is_known_what_is_done_and_when_we_write() -> None:
    said = library.texts("en")
    angry = library.draft("delivery.damaged", "angry", "en")
    assert angry == (
        said["empathy.damaged"], said["ask.photos"], said["ask.choice"], said["next.answer"],
    )  # fmt: skip
    assert said["next.write"] in library.draft("delivery.where", "worried", "en")
    assert said["ask.order"] in library.draft("delivery.where", "calm", "en", has_order=False)
    assert library.draft("delivery.where", "calm", "eo") == ()
    for leaf in leaves().values():
        if leaf.frequent and leaf.group in ("order", "delivery", "aftersale"):
            assert len(library.draft(leaf.key, "disappointed", "zh")) >= 2, leaf.key
