"""What messages name."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.understanding.entities import Context, Entity, find
from dragoman.understanding.entities.money import parse_number
from dragoman.understanding.entities.tracking import tracking

TODAY = date(2026, 11, 22)


def named(text: str, *, language: str = "en", market: str = "", **more: object) -> list[tuple[str, str]]:
    context = Context(language, market, TODAY, **more)  # type: ignore[arg-type]
    return [(one.kind, one.value) for one in find(text, context)]


@pytest.mark.parametrize(
    ("number", "carrier"),
    [
        ("1Z999AA10123456784", "UPS"),
        ("RB123456785GB", "Royal Mail"),
        ("LX123456785CN", "China Post"),
        ("00340434161094042557", "DHL"),
        ("TBA123456789012", "Amazon Logistics"),
        ("YT2412345678901234", "YunExpress"),
        ("SF1234567890123", "SF Express"),
        ("JD014600006281230704", "DHL"),
    ],
)
def test_parcels_are_told_by_shape_and_check_digit(number: str, carrier: str) -> None:
    (found,) = tracking(f"tracking {number}, please")
    assert (found.value, found.facts["carrier"]) == (number, carrier)
    assert found.confidence >= 0.9


def test_a_wrong_check_digit_is_doubted_beside_a_word_for_tracking_and_nothing_elsewhere() -> None:
    (found,) = tracking("my tracking number is RB123456784GB")
    assert found.facts["check"] == "wrong"
    assert found.confidence < 0.5
    assert list(tracking("RB123456784GB")) == []


def test_ten_digits_are_a_parcel_only_where_tracking_is_spoken_of() -> None:
    assert [one.value for one in tracking("Sendung 1234567891")] == ["1234567891"]
    assert list(tracking("ring me at 1234567891")) == []


@pytest.mark.req("R63")
@pytest.mark.parametrize(
    ("written", "market", "value"),
    [
        ("1,000.50", "US", "1000.50"), ("1.000,50", "DE", "1000.50"), ("1 000,50", "FR", "1000.50"),
        ("1'000.50", "CH", "1000.50"), ("12,34,567.89", "IN", "1234567.89"), ("1.500", "DE", "1500"),
        ("1,500", "US", "1500"), ("19,9", "DE", "19.9"), ("0,5", "", "0.5"), ("1234", "", "1234"),
    ],
)  # fmt: skip
def test_numbers_are_read_as_their_country_writes_them(written: str, market: str, value: str) -> None:
    assert parse_number(written, market) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "market", "value"),
    [
        ("You charged me $49.99", "US", "49.99 USD"), ("You charged me $49.99", "AU", "49.99 AUD"),
        ("it was $49.99", "", "49.99"), ("Es kostet 1.299,50 €", "DE", "1299.5 EUR"), ("付了299元", "CN", "299 CNY"),
        ("R$ 1.200,00 no cartão", "BR", "1200 BRL"), ("zapłaciłem 120 zł", "PL", "120 PLN"),
        ("3,000円でした", "JP", "3000 JPY"), ("US$ 20 voucher", "MX", "20 USD"),
    ],
)  # fmt: skip
def test_sums_and_their_currency(text: str, market: str, value: str) -> None:
    found = [one for kind, one in named(text, market=market) if kind == "money"]
    assert found == [value]


@pytest.mark.parametrize(
    ("text", "language", "market", "kind", "value"),
    [
        ("I need it by 3 December", "en", "US", "deadline", "2026-12-03"),
        ("delivered on 03/12/2026", "en", "US", "date", "2026-03-12"),
        ("delivered on 03/12/2026", "en", "GB", "date", "2026-12-03"),
        ("bis zum 24.12. brauche ich es", "de", "DE", "deadline", "2026-12-24"),
        ("avant le 5 janvier 2027 svp", "fr", "FR", "deadline", "2027-01-05"),
        ("ordered 2026-11-02", "en", "", "date", "2026-11-02"),
        ("11月30日之前能到吗", "zh", "CN", "deadline", "2026-11-30"),
        ("12月24日までに届きますか", "ja", "JP", "deadline", "2026-12-24"),
        ("12월 24일까지 받을 수 있나요", "ko", "KR", "deadline", "2026-12-24"),
        ("я заказал 4 ноября", "ru", "RU", "date", "2026-11-04"),
    ],
)
def test_days_and_deadlines(text: str, language: str, market: str, kind: str, value: str) -> None:
    assert (kind, value) in named(text, language=language, market=market)


def test_versions_and_prices_are_no_days() -> None:
    assert [one for one in named("firmware 2.10.3 costs 12.50", language="en", market="US") if one[0] == "date"] == []


@pytest.mark.req("R239")
def test_personal_data_is_marked() -> None:
    text = (
        "Max Muster, Hauptstraße 12, 10115 Berlin, 030 1234567, max@web.de, IBAN DE89 3704 0044 0532 0130 00, "
        "Karte 4111 1111 1111 1111"
    )
    found = find(text, Context("de", "DE", TODAY, known=("Max Muster",)))
    kinds = {one.kind for one in found if one.personal}
    assert kinds == {"known", "address", "phone", "email", "iban", "card"}
    shown = {one.kind: one.value for one in found}
    assert shown["card"] == "…1111"
    assert "3704" not in shown["iban"]


@pytest.mark.parametrize(
    ("market", "number"),
    [
        ("BR", "529.982.247-25"),
        ("ES", "54362315K"),
        ("PL", "44051401359"),
        ("CN", "11010519491231002X"),
        ("TR", "10000000146"),
    ],
)
def test_identity_numbers_are_told_by_their_check_digits(market: str, number: str) -> None:
    assert [one.kind for one in find(f"id {number}", Context(market=market, today=TODAY))] == ["national_id"]


def test_an_order_number_is_no_payment_card() -> None:
    found = find("Order 302-5829104-1234567 via AliExpress order 8123456789012345", Context(today=TODAY))
    assert "card" not in {one.kind for one in found}
    assert next(one.value for one in found if one.kind == "order") == "302-5829104-1234567"


def test_goods_are_found_by_number_and_name() -> None:
    known = {"skus": {"KX-200": "KX-200"}, "names": {"Nod smart plug": "KX-200"}}
    assert named("my Nod smart plug (KX-200) hums", **known) == [("product", "KX-200"), ("sku", "KX-200")]
    assert named("my XKX-2000 hums", **known) == []


def test_vouchers_and_links() -> None:
    assert named("my code SAVE20 fails on https://shop.example/a?b=1.") == [
        ("voucher", "SAVE20"), ("url", "https://shop.example/a?b=1"),
    ]  # fmt: skip


@given(st.text(max_size=300), st.sampled_from(["", "DE", "US", "CN", "XX"]))
def test_whatever_is_found_stands_where_it_says(text: str, market: str) -> None:
    found = find(text, Context("en", market, TODAY))
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    ends = [(one.start, one.end) for one in found]
    assert all(a[1] <= b[0] for a, b in pairwise(ends)), "no two overlap"


@pytest.mark.parametrize(
    "text", ["QUJD" * 25_000, "1" * 100_000, "1 " * 50_000, "a." * 50_000, "@" * 100_000, "str. 1 " * 15_000]
)
def test_a_hostile_text_costs_little(text: str) -> None:
    started = time.process_time()
    find(text, Context("de", "DE", TODAY))
    assert time.process_time() - started < 2.0


def test_an_entity_knows_whether_it_is_personal() -> None:
    assert Entity("phone", "1", "1", 0, 1, 1.0).personal
    assert not Entity("order", "1", "1", 0, 1, 1.0).personal


def test_a_known_name_is_found_beside_letters_that_grow_when_they_are_small() -> None:
    text = "İSTANBUL’dan yazıyorum, adım ayşe kaya. İyi günler"
    (name,) = [one for one in find(text, Context(known=("Ayşe Kaya",))) if one.kind == "known"]
    assert text[name.start : name.end] == "ayşe kaya"
    assert not [one for one in find("Kayalar", Context(known=("Kaya",))) if one.kind == "known"]
