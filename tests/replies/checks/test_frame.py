"""Checks that need no words of their own: platform, privacy, language, form, repetition; and the frame around all."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.replies.checks import BLOCK, HINT, WARN, Context, check
from dragoman.replies.checks.phrases import rules
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


def test_every_rule_is_whole_and_every_reason_used() -> None:
    assert {rule.check for rule in rules()} == set(WHY)
    for rule in rules():
        assert rule.source.confidence in ("high", "medium", "low")
        assert any(rule.words.values())


@given(st.text(max_size=400), st.sampled_from(["", "de", "zh-Hans", "ar"]), st.sampled_from(["email", "amazon"]))
def test_any_text_is_looked_over(text: str, language: str, channel: str) -> None:
    for one in check(text, Context(language=language, market="DE", channel=channel, customer="Anna")):
        assert 0 <= one.start <= one.end <= len(text)


def test_two_thousand_characters_are_looked_over_while_one_types() -> None:
    text = ("Guten Tag Anna, Ihre Bestellung 302-5829104-1234567 ist unterwegs und kommt am 24.12. an. " * 30)[:2000]
    check(text, BUYER)
    started = time.process_time()
    for _turn in range(5):
        check(text, BUYER)
    assert (time.process_time() - started) / 5 < 0.2
