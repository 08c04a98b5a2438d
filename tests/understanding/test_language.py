"""The language of a message: script first, then letters, words and statistics; honest where nothing decides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.understanding.language import SURE, UNSURE, detect


@pytest.mark.req("R79", "R88")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is my parcel? It was due last week.", "en"),
        ("Wann kommt mein Paket endlich an?", "de"),
        ("Je n'ai toujours pas reçu mon colis", "fr"),
        ("¿Cuándo llega mi pedido?", "es"),
        ("Dove si trova il mio pacco?", "it"),
        ("Waar blijft mijn bestelling?", "nl"),
        ("Gdzie jest moja paczka?", "pl"),
        ("Var är mitt paket?", "sv"),
        ("Hvornår kommer min pakke? Jeg har ikke fået noget", "da"),
        ("Når kommer pakken min? Jeg har ikke fått noe", "no"),
        ("Kdy dorazí moje zásilka?", "cs"),
        ("Kedy príde môj balík?", "sk"),
        ("Hol van a csomagom?", "hu"),
        ("Unde este coletul meu?", "ro"),
        ("Kargom nerede kaldı?", "tr"),
        ("Paket saya sudah sampai mana kak?", "id"),
        ("Bila barang saya boleh sampai? Nak hadiahkan esok", "ms"),
        ("Đơn hàng của tôi đang ở đâu?", "vi"),
        ("Где моя посылка?", "ru"),
        ("Де моя посилка?", "uk"),
        ("Πού είναι το δέμα μου;", "el"),
        ("איפה החבילה שלי?", "he"),
        ("أين طردي؟", "ar"),
        ("بسته من کجاست؟ پول من را پس بدهید", "fa"),
        ("मेरा पार्सल कहाँ है?", "hi"),
        ("พัสดุของฉันอยู่ที่ไหน", "th"),
        ("荷物はまだ届きませんか", "ja"),
        ("택배가 언제 오나요?", "ko"),
        ("我的包裹还没有收到，请问什么时候能到", "zh-Hans"),
        ("我的包裹還沒有收到，請問什麼時候能到", "zh-Hant"),
    ],
)
def test_languages_are_told(text: str, code: str) -> None:
    found = detect(text)
    assert found.code == code
    assert found.confidence >= SURE


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("รับ PayPal ไหม", "th"),
        ("PayPalで払えますか", "ja"),
        ("能用PayPal付款吗", "zh-Hans"),
        ("هل تقبلون Visa و Mastercard", "ar"),
    ],
)
def test_a_brand_in_latin_letters_flips_nothing(text: str, code: str) -> None:
    assert detect(text).code == code


@pytest.mark.req("R86")
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The colour is grey, not what I ordered. Sent by Royal Mail.", "en-GB"),
        ("The color is gray, USPS says it's in my mailbox", "en-US"),
        ("Cadê meu celular? Paguei o frete no boleto", "pt-BR"),
        ("A minha encomenda ainda não chegou, o telemóvel é para prenda", "pt-PT"),
        ("¿Habéis enviado ya el ordenador?", "es-ES"),
        ("¿Ya enviaron la computadora? Pagué en OXXO", "es-419"),
        ("Where is my order?", "en"),
    ],
)
def test_variants_are_told_only_where_the_text_shows_them(text: str, code: str) -> None:
    assert detect(text).code == code


def test_a_variant_that_is_known_of_the_writer_is_kept_where_the_text_shows_none() -> None:
    assert detect("Onde está o meu pedido?", ("pt-PT",)).code == "pt-PT"
    assert detect("Cadê meu celular? Paguei o frete no boleto", ("pt-PT",)).code == "pt-BR"


@pytest.mark.parametrize(
    ("text", "guess"),
    [
        ("bhai mera order kab aayega abhi tak nahi mila", "hi-Latn"),
        ("ya3ni el order lsa mesh wasal, 3ayez felosy", "ar-Latn"),
    ],
)
def test_romanised_languages_are_unsure_rather_than_wrong(text: str, guess: str) -> None:
    found = detect(text)
    assert (found.code, found.guess) == (UNSURE, guess)
    assert found.confidence < SURE


def test_what_is_the_same_in_both_chinese_scripts_follows_the_writer() -> None:
    assert detect("我要退款").code == "zh"
    assert detect("我要退款", ("zh-Hant",)).code == "zh-Hant"


def test_what_is_known_breaks_a_tie_but_overrules_nothing() -> None:
    assert detect("Hola", ("pt",)).primary in ("es", "pt")
    assert detect("Wann kommt mein Paket endlich an?", ("fr",)).code == "de"


@pytest.mark.parametrize("text", ["", "   ", "😀", "12345", "????", "https://shop.example/x", "a@b.example"])
def test_nothing_to_read_is_unsure(text: str) -> None:
    found = detect(text)
    assert (found.code, found.confidence) == (UNSURE, 0.0)


def test_a_mixed_message_names_both() -> None:
    found = detect(
        "我上周下的订单到现在还没有发货，请帮我查一下。 Please send me the tracking number as soon as you can."
    )
    assert found.code == "zh-Hans"
    assert found.also == ("en",)


@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    found = detect(text)
    assert 0.0 <= found.confidence <= 1.0
    assert found.code
