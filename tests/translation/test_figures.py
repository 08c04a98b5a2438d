"""Figures in the reader's locale keep their value; what could mean two things stays as it is."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.translation import figures
from dragoman.translation.figures import Locales

TAGS = ("de-DE", "en-US", "en-GB", "fr-FR", "es-ES", "es-419", "pt-BR", "zh-Hans", "ja", "pl", "ru", "it", "sv")


def of(tag: str) -> Locales:
    found = figures.facts_of(tag)
    assert found is not None
    return found


@given(
    st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False), st.booleans(), st.sampled_from(TAGS),
    st.sampled_from(TAGS),
)  # fmt: skip
def test_a_number_keeps_its_value_from_any_locale_to_any_other(value: Decimal, grouped: bool, a: str, b: str) -> None:
    here, there = of(a), of(b)
    whole, _point, rest = f"{value:.2f}".partition(".")
    written = f"{int(whole):,}".replace(",", here.group) if grouped else str(int(whole))
    digits = f"{written}{here.decimal}{rest}"
    said = figures.number(digits, here, there)
    assert figures.value_of(said, there) == value
    assert figures.number(said, there, here) == digits


@pytest.mark.req("R85")
@pytest.mark.parametrize(
    ("text", "source", "target", "said"),
    [
        ("1,000.50", "en-US", "de-DE", "1.000,50"), ("1.000,50", "de-DE", "fr-FR", "1\u202f000,50"),
        ("1 000,50", "fr-FR", "en-US", "1,000.50"), ("1.000", "de-DE", "en-US", "1,000"),
        ("1,000", "de-DE", "en-US", "1,000"),
        ("0.500", "en-US", "de-DE", "0.500"), ("007", "en-US", "de-DE", "007"),
        ("1.234.567", "de-DE", "en-US", "1,234,567"),
        ("12,5", "de-DE", "en-US", "12.5"), ("1.50", "de-DE", "en-US", "1.50"),
    ],
)  # fmt: skip
def test_numbers(text: str, source: str, target: str, said: str) -> None:
    assert figures.number(text, of(source), of(target)) == said


@pytest.mark.parametrize(
    ("text", "source", "target", "said"),
    [
        ("12.11.2026", "de-DE", "zh-Hans", "2026年11月12日"), ("03/04/2026", "en", "de-DE", None),
        ("03/04/2026", "en-US", "de-DE", "4. März 2026"), ("03/04/2026", "en-GB", "de-DE", "3. April 2026"),
        ("13/04/2026", "en", "de-DE", "13. April 2026"), ("2026-11-05", "zh-Hans", "en-US", "November 5, 2026"),
        ("31.02.2026", "de-DE", "en-US", None), ("05/05/2026", "en", "es-ES", "5 de mayo de 2026"),
    ],
)  # fmt: skip
def test_days(text: str, source: str, target: str, said: str | None) -> None:
    assert figures.day(text, of(source), of(target)) == said


@pytest.mark.parametrize(
    ("text", "target", "said"),
    [
        ("3:30 pm", "de-DE", "15:30"), ("12:05 a.m.", "de-DE", "00:05"), ("15:30 Uhr", "en-US", "3:30 PM"),
        ("15h30", "zh-Hans", "15:30"), ("15:30", "en", None), ("13:30 pm", "de-DE", None),
    ],
)  # fmt: skip
def test_times(text: str, target: str, said: str | None) -> None:
    assert figures.moment(text, of(target)) == said


@pytest.mark.parametrize(
    ("text", "source", "target", "said"),
    [
        ("10 inches", "en-US", "de-DE", "10 in (25,4 cm)"), ("25,4 cm", "de-DE", "en-US", "25.4 cm (10 in)"),
        ("20 °C", "de-DE", "en-US", "20 °C (68 °F)"), ("25 cm", "de-DE", "zh-Hans", None),
        ("5 lbs", "en-US", "fr-FR", "5 lb (2,3 kg)"),
        ("10 inches", "en-US", "en", None),
    ],
)  # fmt: skip
def test_measures_are_given_both_ways(text: str, source: str, target: str, said: str | None) -> None:
    assert figures.measure(text, of(source), of(target)) == said


def test_a_locale_that_nobody_describes_is_none() -> None:
    assert figures.facts_of("xx") is None
    assert figures.facts_of("not a tag") is None
