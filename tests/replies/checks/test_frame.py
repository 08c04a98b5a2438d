"""Checks that need no words of their own: platform, privacy, language, form, repetition; and the frame around all."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.replies.checks import BLOCK, HINT, WARN, Context, check
from dragoman.replies.checks.phrases import rules
from dragoman.replies.checks.sources import SOURCES
from dragoman.replies.checks.words import WHY

BUYER = Context(
    language="de", market="DE", customer="Anna Schmidt", orders=("302-5829104-1234567",),
    known=("Anna Schmidt", "anna@buyer.example", "+4930123456"), ours=("help@shop.example",),
)  # fmt: skip
AMAZON = Context(language="en", market="US", channel="amazon")


def found(text: str, context: Context = BUYER) -> dict[str, str]:
    """What is found, by check, with the words it speaks of."""
    return {one.check: text[one.start : one.end] for one in check(text, context)}


@pytest.mark.req("R153")
@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("See https://shop.example/return for the label.", "platform.link", "https://shop.example/return"),
        ("Visit lantern-shop.com today.", "platform.link", "lantern-shop.com"),
        ("Write to help@shop.example please.", "platform.email", "help@shop.example"),
        ("Call us: +49 30 1234567.", "platform.phone", "+49 30 1234567"),
        ("It is <b>urgent.", "platform.html", "<b>"),
    ],
)
def test_marketplaces_forbid_what_leads_away(text: str, name: str, words: str) -> None:
    assert found(text, AMAZON)[name] == words
    assert name not in found(text), "by mail it is allowed"


def test_links_within_the_marketplace_and_plain_numbers_are_no_fault() -> None:
    text = "Your order 302-5829104-1234567 is at https://www.amazon.com/orders, parcel 1Z999AA10123456784."
    assert not [name for name in found(text, AMAZON) if name.startswith("platform.")]


def test_a_text_too_long_for_its_channel_is_held_back() -> None:
    (worst, *_rest) = check("word " * 500, AMAZON)
    assert (worst.check, worst.severity, worst.values) == ("platform.length", BLOCK, {"count": "2500", "limit": "2000"})


@pytest.mark.req("R239")
def test_personal_data_stays_here() -> None:
    text = "Ihre Karte 4111 1111 1111 1111 und IBAN DE89 3704 0044 0532 0130 00, fragen Sie max@andere.example."
    seen = {one.check: one for one in check(text, BUYER)}
    assert seen["privacy.card"].severity == BLOCK
    assert seen["privacy.card"].mend == "•••• 1111"
    assert {"privacy.number", "privacy.foreign"} <= seen.keys()


@pytest.mark.req("R239")
@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("Die Karte 4111.1111.1111.1111 wurde belastet.", "privacy.card", "4111.1111.1111.1111"),
        ("Karte 2223 0000 4841 0010", "privacy.card", "2223 0000 4841 0010"),
        ("Karte 3056 930902 5904", "privacy.card", "3056 930902 5904"),
        ("O CPF 529.982.247-25 foi aceito.", "privacy.number", "529.982.247-25"),
        ("Seu CPF é 52998224725.", "privacy.number", "52998224725"),
        ("身份证 11010519491231002X 已登记。", "privacy.number", "11010519491231002X"),
        ("The SSN is 536-90-4399.", "privacy.number", "536-90-4399"),
        ("Ihre Steuer-ID lautet 36574261809.", "privacy.number", "36574261809"),
        ("Steuer-ID: 36 574 261 809", "privacy.number", "36 574 261 809"),
        ("Konto gb82 west 1234 5698 7654 32 und so weiter", "privacy.number", "gb82 west 1234 5698 7654 32"),
    ],
)
def test_numbers_of_people_are_told_in_every_market(text: str, name: str, words: str) -> None:
    for market in ("DE", "US", "BR", "CN", ""):
        assert found(text, Context(market=market))[name] == words


@pytest.mark.parametrize(
    "text",
    [
        "Sendung 00340434161094021501, Paket 1Z999AA10123456784", "CPF 529.982.247-26", "SSN 000-12-3456",
        "Ihre Nummer 36574261809", "Bestellung 8132456789012345", "110105194912310021", "Artikel 4111-1111-1111-1112",
    ],
)  # fmt: skip
def test_numbers_of_things_are_nobodys(text: str) -> None:
    assert not {"privacy.card", "privacy.number"} & found(text, Context(market="FR")).keys()


def test_what_is_the_customers_or_ours_may_be_said() -> None:
    text = "Bestellung 302-5829104-1234567 an anna@buyer.example, Rückfragen an help@shop.example, +49 30 123456."
    assert not [name for name in found(text) if name.startswith("privacy.")]


def test_another_order_is_asked_about() -> None:
    assert found("Bestellung 111-2222222-3333333 ist da.")["privacy.order"] == "111-2222222-3333333"


@pytest.mark.parametrize("left", ["{{customer.name}}", "{name}", "[name]", "<DATE>", "XXXX", "____"])
def test_what_is_left_to_fill_in_is_held_back(left: str) -> None:
    (worst, *_rest) = check(f"Guten Tag {left}, Ihr Paket ist da.", BUYER)
    assert (worst.check, worst.severity) == ("language.placeholder", BLOCK)


def test_an_answer_in_another_language_is_seen_and_so_is_a_sentence() -> None:
    whole = "Your parcel was handed to the carrier yesterday and should arrive on Friday."
    assert "language.other" in found(whole)
    mixed = "Ihr Paket wurde gestern an DHL übergeben und kommt am Freitag. We are very sorry for the long delay of it."
    assert found(mixed)["language.rest"].strip() == "We are very sorry for the long delay of it."
    assert not {"language.other", "language.rest"} & found("Ihr Paket wurde gestern an DHL übergeben.").keys()


def test_languages_that_read_alike_are_not_told_apart() -> None:
    text = "Terima kasih atas penjelasan Anda, itu sangat membantu kami."
    assert "language.other" not in found(text, Context(language="id", market="ID"))


@pytest.mark.req("R86")
def test_variants_are_not_mixed() -> None:
    british = Context(language="en-GB", market="GB")
    assert "language.variant" in found("The color is gray and it is in your mailbox, says USPS.", british)
    assert "language.variant" not in found("The colour is grey, Royal Mail has it.", british)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Sehr geehrte Frau Müller,\nIhr Paket ist da.", True),
        ("Sehr geehrte Frau Schmidt,\nIhr Paket ist da.", False),
        ("Hallo Anna,\nIhr Paket ist da.", False), ("Guten Tag,\nIhr Paket ist da.", False),
        ("Liebe Kundin,\nIhr Paket ist da.", False), ("Hallo Peter!\nIhr Paket ist da.", True),
    ],
)  # fmt: skip
def test_the_customer_is_called_by_their_name(text: str, wrong: bool) -> None:
    assert ("language.name" in found(text)) == wrong


def test_a_name_without_its_accents_is_the_name() -> None:
    assert "language.name" not in found("Guten Tag Frau Yilmaz,\nja.", Context(customer="Elif Yılmaz"))
    assert "language.name" not in found("Estimada Sra. Hernandez:\nya.", Context(customer="Ximena Hernández"))


@pytest.mark.req("R58", "R62", "R68")
def test_long_sentences_paragraphs_and_many_emoji_are_hints() -> None:
    text = f"Ihr Paket {'und noch ein Wort ' * 12}kommt. Eins ist da. Zwei ist da. Drei ist da. Vier ist da. 😀😀😀"
    seen = {one.check: one.severity for one in check(text, BUYER)}
    assert seen["clarity.sentence"] == seen["clarity.paragraph"] == seen["clarity.emoji"] == HINT
    assert "clarity.sentence" in found(
        "您的包裹" + "已经由承运商揽收并正在运往目的地的路上" * 6 + "。", Context(language="zh-Hans")
    )


@pytest.mark.req("R63", "R64")
@pytest.mark.parametrize(
    ("market", "text", "mend"),
    [
        ("DE", "Es kostet 1,299.50 €.", "1.299,50"),
        ("US", "It costs 1.299,50 dollars.", "1,299.50"),
        ("DE", "Es kostet 1.299,50 €.", None),
    ],
)
def test_numbers_are_written_as_the_market_reads_them(market: str, text: str, mend: str | None) -> None:
    mends = [one.mend for one in check(text, Context(market=market)) if one.check == "locale.number"]
    assert mends == ([mend] if mend else [])


@pytest.mark.req("R71")
def test_the_same_answer_again_is_seen() -> None:
    before = "Thank you for your patience. Your parcel is on its way and the carrier will bring it within three days."
    again = Context(language="en", earlier=(before,))
    assert "repetition.same" in found(before.replace("patience", "message"), again)
    assert "repetition.same" not in found(
        "The carrier has lost it. A new one leaves today, here is its number and date.", again
    )
    assert "repetition.same" not in found("Thank you!", Context(earlier=("Thank you!",)))


def test_worst_stands_first_and_muted_checks_are_silent() -> None:
    text = "Es kostet 1,299.50 €, siehe {{link}}."
    order = [one.severity for one in check(text, BUYER)]
    assert order == sorted(order, key=(BLOCK, WARN, HINT).index)
    quiet = Context(language="de", market="DE", muted=frozenset(("language.placeholder", "locale")))
    assert not {"language.placeholder", "locale.number"} & found(text, quiet).keys()


TOLD_BY_THE_WHOLE = {
    "tone.greeting", "tone.closing", "tone.informal", "tone.mixed", "tone.polite", "tone.sorry", "tone.apology",
    "tone.parts", "law.return_period", "law.return_cost",
}  # fmt: skip
"""Checks of `tone.py` and `law.py` that no rule of words has."""


def test_every_rule_is_whole_and_every_reason_used() -> None:
    assert {rule.check for rule in rules()} | TOLD_BY_THE_WHOLE == set(WHY)
    for rule in rules():
        assert rule.source.confidence in ("high", "medium", "low")
        assert any(rule.words.values())
        assert all(isinstance(one, str) and len(one) == 2 and one.isupper() for one in rule.markets)


LANGUAGES = ("", *sorted({language for rule in rules() for language in rule.words} - {"*"}))
PIECES = st.sampled_from(
    [word for rule in rules()[::5] for words in rule.words.values() for word in list(words)[:2]]
    + ["0", "7 ", "日", " days", "sorry", "。", ".", "\n", "Sie ", "du ", "返品", "@", "#", "٣ ", "İ", "ß"]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=30).map(" ".join))


@given(TEXTS, st.sampled_from(LANGUAGES), st.sampled_from(["DE", "JP", "SA"]), st.sampled_from(["email", "amazon"]))
def test_any_text_is_looked_over(text: str, language: str, market: str, channel: str) -> None:
    context = Context(
        language=language, market=market, channel=channel, customer="Anna", withdrawal_days=14, signature=""
    )
    for one in check(text, context):
        assert 0 <= one.start <= one.end <= len(text)
        assert one.why.format(**one.values)


TYPED = {
    "de": "Guten Tag Anna, Ihre Bestellung 302-5829104-1234567 ist unterwegs und kommt am 24.12. an. ",
    "en": "Dear Anna, your parcel was handed to the carrier on Monday and should be with you on 4 March. ",
    "ja": "お世話になっております。ご注文の商品は月曜日に発送いたしました。到着予定は3月4日でございます。",
    "zh-Hant": "您好，您的包裹已於週一交給承運商，預計3月4日送達，追蹤編號請見訂單頁面。",
    "ar": "تحية طيبة، تم تسليم الطرد إلى شركة الشحن يوم الاثنين ومن المتوقع وصوله في 4 مارس. ",
}


@pytest.mark.parametrize("language", TYPED)
def test_two_thousand_characters_are_looked_over_while_one_types(language: str) -> None:
    text = (TYPED[language] * 60)[:2000]
    buyer = replace(BUYER, language=language, channel="amazon", withdrawal_days=14)
    check(text, buyer)
    spent = []
    for _turn in range(9):
        started = time.process_time()
        check(text, buyer)
        spent.append(time.process_time() - started)
    print(f"{language}: {median(spent) * 1000:.1f} ms")
    assert median(spent) < 0.2, "at most 50 ms are meant; a busy machine is given more"


def test_every_source_has_its_name_for_translation() -> None:
    used = {rule.source.name for rule in rules()}
    assert used - set(SOURCES) == set()
    assert not [name for name in SOURCES if re.search(r"\bR\d{2,3}\b", name)], "our own numbers say nothing to people"
