"""Numbers, money, times and measures as each market writes them."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest
from babel.numbers import parse_decimal
from hypothesis import given
from hypothesis import strategies as st

from dragoman.markets import formats, packs, units

LOCALES = sorted({locale for iso in packs.markets() for locale in packs.load(iso).locales})


@pytest.mark.req("R63")
@pytest.mark.parametrize(
    ("code", "value", "text"),
    [
        ("en-US", "1000.50", "1,000.50"), ("de-DE", "1000.50", "1.000,50"), ("en-IN", "1234567", "12,34,567"),
        ("es-ES", "1234.5", "1234,5"), ("es-ES", "12345", "12.345"), ("pl-PL", "-1234", "-1234"),
        ("es-MX", "1234", "1,234"),
    ],
)  # fmt: skip
def test_numbers(code: str, value: str, text: str) -> None:
    assert formats.number(Decimal(value), code).rstrip("0") == text.rstrip("0")


@pytest.mark.parametrize(
    ("code", "currency", "text"),
    [("de-DE", "EUR", "1.234,50\xa0€"), ("es-ES", "EUR", "1234,50\xa0€"), ("en-US", "USD", "$1,234.50"),
     ("ja-JP", "JPY", "￥1,234"), ("pt-BR", "BRL", "R$\xa01.234,50")],
)  # fmt: skip
def test_money(code: str, currency: str, text: str) -> None:
    assert formats.money(Decimal("1234.50"), currency, code) == text


def test_dates_and_times() -> None:
    assert formats.clock(time(14, 5), "ko-KR") == "오후 2:05"
    assert formats.clock(time(9, 5), "ko-KR") == "오전 9:05"
    assert formats.clock(time(14, 5), "de-DE") == "14:05"
    assert formats.day(date(2026, 3, 4), "en-GB") == "4 March 2026"
    assert [code for code in ("en-US", "ko-KR", "de-DE", "ja-JP") if formats.twelve_hours(code)] == ["en-US", "ko-KR"]


@given(code=st.sampled_from(LOCALES), value=st.decimals(0, 10**9, places=2))
def test_a_number_is_read_back_as_it_was(code: str, value: Decimal) -> None:
    assert parse_decimal(formats.number(value, code), locale=formats.locale_of(code)) == value


@pytest.mark.req("R64")
@pytest.mark.req("R99")
@pytest.mark.parametrize(
    ("iso", "value", "unit", "told", "into"),
    [
        ("DE", "10", "in", "254", "mm"), ("FR", "10", "in", "25.4", "cm"), ("US", "25.4", "cm", "10.0", "in"),
        ("JP", "30", "cm", "300", "mm"), ("US", "2", "kg", "4.4", "lb"), ("GB", "5", "lb", "2.3", "kg"),
        ("FR", "8", "oz", "227", "g"), ("US", "37", "C", "99", "F"), ("SE", "98.6", "F", "37", "C"),
        ("US", "5", "in", "5", "in"),
    ],
)  # fmt: skip
def test_measures(iso: str, value: str, unit: units.Unit, told: str, into: str) -> None:
    found = units.told_in(packs.load(iso), Decimal(value), unit)
    assert (found.value.quantize(Decimal("0.1")), found.unit) == (Decimal(told).quantize(Decimal("0.1")), into)


@given(
    value=st.decimals(0, 10**6, places=3),
    pair=st.sampled_from([("in", "cm"), ("lb", "kg"), ("oz", "g"), ("F", "C"), ("ft", "m"), ("in", "mm")]),
)
def test_a_conversion_keeps_the_value_within_its_rounding(value: Decimal, pair: tuple[units.Unit, units.Unit]) -> None:
    there = units.convert(value, *pair)
    low, high = (units.convert(there.value + half, pair[1], pair[0]) for half in (-there.step / 2, there.step / 2))
    assert low.value - low.step <= value <= high.value + high.step


def test_a_length_is_no_weight() -> None:
    with pytest.raises(ValueError, match="different things"):
        units.convert(Decimal(1), "cm", "kg")
