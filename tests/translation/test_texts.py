"""Sentences, likeness, languages and variants."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.translation import languages, sentences, similarity, variants
from dragoman.translation.memory import Paragraph, paragraphs, renumber

TEXTS = st.text(st.sampled_from("ab. !?。！ zä\n…1"), max_size=60)


@given(TEXTS)
def test_sentences_joined_are_the_text(text: str) -> None:
    assert "".join(sentences.split(text)) == text


@settings(deadline=None)
@given(st.lists(TEXTS.filter(bool), max_size=8), st.lists(TEXTS.filter(bool), max_size=8))
def test_every_sentence_has_its_pair_in_order(here: list[str], there: list[str]) -> None:
    pairs = sentences.align(here, there)
    assert "".join(one.source for one in pairs) == "".join(here)
    assert "".join(one.target for one in pairs) == "".join(there)


def test_abbreviations_and_numbers_end_no_sentence() -> None:
    text = "Sehr geehrter Hr. Dr. Meier, am 12. November kam z.B. nichts an! Warum? Bitte antworten Sie."
    assert sentences.split(text) == [
        "Sehr geehrter Hr. Dr. Meier, am 12. November kam z.B. nichts an! ", "Warum? ", "Bitte antworten Sie.",
    ] or len(sentences.split(text)) == 4  # fmt: skip
    assert sentences.split("您好。灯坏了！请退款。") == ["您好。", "灯坏了！", "请退款。"]


def test_two_sentences_that_became_one_stay_together() -> None:
    pairs = sentences.pair_up(
        "Die Lampe ist kaputt. Sie flackert. Bitte schicken Sie mir so bald wie möglich eine neue Lampe zu.",
        "The lamp is broken and it flickers. Please send me a new lamp as soon as possible.",
    )
    assert [(one.source, one.target) for one in pairs] == [
        ("Die Lampe ist kaputt. Sie flackert.", "The lamp is broken and it flickers."),
        ("Bitte schicken Sie mir so bald wie möglich eine neue Lampe zu.",
         "Please send me a new lamp as soon as possible."),
    ]  # fmt: skip


def test_alike_texts_find_each_other() -> None:
    here = "Wo ist meine Bestellung? Ich warte seit zwei Wochen auf das Paket."
    near = "Wo ist denn meine Bestellung? Ich warte schon seit zwei Wochen auf das Paket."
    far = "Die Lampe ist kaputt, bitte erstatten Sie mir den Kaufpreis."
    assert similarity.likeness(here, near) > 0.7 > 0.2 > similarity.likeness(here, far)
    keys = similarity.keys(here, "de", "en")
    assert set(keys) & set(similarity.keys(near, "de", "en"))
    assert not set(keys) & set(similarity.keys(here, "de", "fr")), "another pair of languages is another memory"
    assert similarity.keys("", "de", "en")


@pytest.mark.req("R86")
@pytest.mark.parametrize(
    ("text", "target", "said"),
    [
        ("Our favourite colour, Grey", "en-US", "Our favorite color, Gray"), ("color", "en-AU", "colour"),
        ("El ordenador y un zumo", "es-MX", "La computadora y un jugo"),
        ("Onde está a minha encomenda?", "pt-BR", "Onde está o meu pedido?"), ("no ecrã", "pt-BR", "na tela"),
        ("A tela do celular", "pt-PT", "O ecrã do telemóvel"),
        ("colour", "en", "colour"), ("recolour", "en-US", "recolour"),
    ],
)  # fmt: skip
def test_words_of_the_other_variant(text: str, target: str, said: str) -> None:
    assert variants.adapt(text, target) == said


def test_languages() -> None:
    assert languages.tidy("zh_tw") == "zh-Hant-TW"
    assert languages.tidy("PT-br") == "pt-BR"
    assert languages.tidy("x; DROP") == ""
    assert languages.same("en-GB", "en")
    assert not languages.same("zh-Hans", "zh-TW")
    assert not languages.same("", "en")
    assert [languages.deepl_target(one) for one in ("en", "en-AU", "es-MX", "pt-BR", "zh-TW", "sw")] == [
        "EN-US", "EN-GB", "ES-419", "PT-BR", "ZH-HANT", None,
    ]  # fmt: skip
    assert [languages.google_code(one) for one in ("zh-Hans", "zh-TW", "pt-PT", "nb")] == [
        "zh-CN",
        "zh-TW",
        "pt-PT",
        "no",
    ]
    assert languages.covers("es", "es-419")
    assert not languages.covers("es-ES", "es")


def test_a_text_falls_into_lines_with_their_own_facts() -> None:
    lines = paragraphs("a\nb", ())
    assert lines == [Paragraph("a", ()), Paragraph("b", ())]
    assert renumber("x ⟦4⟧ y ⟦2⟧") == ("x ⟦0⟧ y ⟦1⟧", (4, 2))
