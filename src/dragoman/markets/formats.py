"""Numbers, money, dates and times as a locale writes them (CLDR by Babel, with its gaps closed). Pure."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Literal

from babel import Locale
from babel.dates import format_date, format_time, get_period_names, get_time_format
from babel.numbers import format_currency, format_decimal

UNGROUPED_BELOW = Decimal(10_000)
"""Four digits stand together where CLDR's minimumGroupingDigits is 2, which Babel does not read."""
Length = Literal["short", "medium", "long", "full"]


def locale_of(code: str) -> Locale:
    """A locale from its BCP 47 code such as `pt-BR`. Raises babel's UnknownLocaleError or ValueError."""
    return Locale.parse(code, sep="-")


def _grouped(value: Decimal, locale: Locale) -> bool:
    apart = locale.language == "pl" or (locale.language == "es" and locale.territory in {None, "ES"})
    return not (apart and abs(value) < UNGROUPED_BELOW)


def number(value: Decimal, code: str) -> str:
    """A number with the separators of the locale: 1.234,5 in German, 12,34,567 in India."""
    locale = locale_of(code)
    return format_decimal(value, locale=locale, decimal_quantization=False, group_separator=_grouped(value, locale))


def money(value: Decimal, currency: str, code: str) -> str:
    """An amount with the digits that its currency has, the symbol where the locale writes it."""
    locale = locale_of(code)
    return format_currency(value, currency, locale=locale, group_separator=_grouped(value, locale))


def day(value: date, code: str, length: Length = "long") -> str:
    """A date, by default with the month in words, so that nobody takes the day for the month."""
    return format_date(value, length, locale=locale_of(code))


def clock(value: time | datetime, code: str) -> str:
    """A time of day with 12 or 24 hours as the locale does; no zone is added.

    Korean names the halves of the day in words, as ICU prints them; Babel prints AM and PM.
    """
    locale = locale_of(code)
    if locale.language == "ko":
        half = get_period_names("wide", locale=locale)["am" if value.hour < 12 else "pm"]
        return f"{half} {format_time(value, 'h:mm', locale=locale)}"
    return format_time(value, "short", locale=locale)


def twelve_hours(code: str) -> bool:
    """Whether the locale counts the hours twice to twelve."""
    return "h" in str(get_time_format("short", locale=locale_of(code)).pattern)
