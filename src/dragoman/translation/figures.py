"""Numbers, sums, days, times and measures re-written for the reader's locale without changing their value. Pure.

What could mean two things (03/04/2026 in English of no country, "1,000" where the comma may be either) is left as it
stands: a reader can ask about it, a wrong value can't be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from functools import cache

import regex
from babel import Locale, UnknownLocaleError
from babel.core import get_global

from dragoman.markets import formats, units
from dragoman.markets.units import Unit
from dragoman.translation import languages

NUMBER = regex.compile(
    r"(?<![\dA-Za-z#]|\d[.,'’:/-])(?:\d{1,3}(?:[.,'’\u00a0\u202f ]\d{3})+(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
    r"(?![\dA-Za-z]|[.,'’:/-]\d)"
)
"""A number by itself: neither part of a code nor grouped in a way that no locale here writes."""
TIME = regex.compile(
    r"(?<![\d:.,])(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d)|h(?P<after>[0-5]\d))(?![\d:])"
    r"(?:\s?(?P<half>[ap]\.?\s?m\.?(?![\p{L}])))?(?:\s(?:Uhr|h)\b)?", regex.I,
)  # fmt: skip
DAY = regex.compile(
    r"(?<![\d./-])(?:(?P<y>\d{4})(?P<s>[-./])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<t>[-./])(?P<b>\d{1,2})(?P=t)(?P<year>\d{4}))(?![\d/-]|\.\d)"
)
_UNITS: dict[str, Unit] = {
    "inches": "in", "inch": "in", "″": "in", "zoll": "in", "pouces": "in", "pouce": "in", "pulgadas": "in",
    "pulgada": "in", "polegadas": "in", "pollici": "in", "英寸": "in", "インチ": "in", "인치": "in", "cm": "cm",
    "厘米": "cm", "mm": "mm", "毫米": "mm", "feet": "ft", "foot": "ft", "ft": "ft", "kg": "kg", "公斤": "kg",
    "lbs": "lb", "lb": "lb", "oz": "oz", "°f": "F", "℉": "F", "°c": "C", "℃": "C",
}  # fmt: skip
_names = "|".join(regex.escape(one) for one in sorted(_UNITS, key=len, reverse=True))
MEASURE = regex.compile(
    rf"(?<![\d.,#A-Za-z-])(?P<value>\d+(?:[.,]\d{{1,2}})?)\s?(?P<unit>{_names})(?![\p{{Latin}}\p{{N}}])", regex.I
)
_SIGN = {"F": "°F", "C": "°C"}
_OTHER: dict[Unit, Unit] = {"in": "cm", "cm": "in", "mm": "in", "ft": "m", "kg": "lb", "lb": "kg", "oz": "g",
                            "F": "C", "C": "F"}  # fmt: skip
_IMPERIAL = frozenset(("in", "ft", "lb", "oz", "F"))


@dataclass(frozen=True, slots=True)
class Locales:
    """How a locale writes: its decimal and grouping marks, the order of a day's parts (`dmy`, `mdy`, `ymd`), and
    whether it counts hours to twelve and measures in inches; None or empty where the tag leaves it open."""

    code: str
    decimal: str
    group: str
    order: str
    twelve: bool | None
    imperial: bool | None


@cache
def facts_of(tag: str) -> Locales | None:
    """What is known of a tag's locale (CLDR); None for one that nobody describes."""
    code = languages.tidy(tag)
    try:
        locale = Locale.parse(code, sep="-") if code else None
    except (UnknownLocaleError, ValueError):
        return None
    if locale is None:
        return None
    open_ = locale.language == "en" and not locale.territory
    likely = locale.territory or str(get_global("likely_subtags").get(str(locale), "")).rpartition("_")[2]
    order = "".join(dict.fromkeys(one for one in str(locale.date_formats["short"].pattern).lower() if one in "dmy"))
    symbols = locale.number_symbols.get("latn") or locale.number_symbols.get("default", {})
    return Locales(
        code, str(symbols.get("decimal", ".")), str(symbols.get("group", ",")), "" if open_ else order,
        None if open_ else formats.twelve_hours(code), None if open_ else likely in {"US", "LR", "MM"},
    )  # fmt: skip


def value_of(digits: str, locale: Locales) -> Decimal | None:
    """The value of a number as that locale writes it; None where it could be two."""
    plain = regex.sub(r"['’\u00a0\u202f ]", "", digits)
    marks = [one for one in plain if one in ".,"]
    if regex.match(r"0\d", plain):
        return None  # a code rather than a number
    if not marks:
        return Decimal(plain)
    whole, last, rest = plain.rpartition(marks[-1])
    if len(set(marks)) == 2:
        fits = regex.fullmatch(rf"\d{{1,3}}(?:[{'.' if last == ',' else ','}]\d{{3}})+", whole)
        return Decimal(f"{regex.sub('[.,]', '', whole)}.{rest}") if fits else None
    if len(marks) > 1:
        return Decimal(regex.sub("[.,]", "", plain))
    if len(rest) != 3:
        return Decimal(f"{whole}.{rest}")
    if last == locale.group and last != locale.decimal and len(whole) <= 3 and whole != "0":
        return Decimal(whole + rest)
    return None


def number(digits: str, source: Locales, target: Locales) -> str:
    """A number with the marks of the target's locale; its decimals stay as many, grouped only if it was."""
    value = value_of(digits, source)
    if value is None:
        return digits
    whole, _point, rest = f"{value:f}".partition(".")
    if not digits[: len(whole)].isdigit():
        whole = f"{int(whole):,}".replace(",", target.group)
    return f"{whole}{target.decimal}{rest}" if rest else whole


def numbers_in(text: str, source: Locales, target: Locales) -> str:
    """A text (a sum, say) whose numbers are written as the target's locale does."""
    return str(NUMBER.sub(lambda found: number(found.group(), source, target), text))


def day(text: str, source: Locales, target: Locales) -> str | None:
    """A day in figures, with its month in the target's words; None where it is none, or could be two."""
    found = DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        if found["y"]:
            meant = date(int(found["y"]), int(found["m"]), int(found["d"]))
        else:
            a, b, year = int(found["a"]), int(found["b"]), int(found["year"])
            first = source.order[:1] if source.order[:1] != "y" else ""
            if a > 12 or b > 12 or a == b:
                meant = date(year, b, a) if a >= b else date(year, a, b)
            elif first:
                meant = date(year, b, a) if first == "d" else date(year, a, b)
            else:
                return None
    except ValueError:
        return None
    return formats.day(meant, target.code)


def moment(text: str, target: Locales) -> str | None:
    """A time of day with as many hours as the target counts; None where it is none, or nobody knows which it reads."""
    found = TIME.fullmatch(text.strip())
    if found is None or target.twelve is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or found["after"])
    if half := found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[0] in "pP" else 0)
    return formats.clock(time(hour, minute), target.code).replace("\u202f", " ")


def measure(text: str, source: Locales, target: Locales) -> str | None:
    """A measure with what it is in the reader's system behind it: `10 in (25,4 cm)`; None where none is needed."""
    found = MEASURE.fullmatch(text.strip())
    if found is None or target.imperial is None:
        return None
    unit = _UNITS[found["unit"].lower()]
    value = value_of(found["value"], source)
    if value is None or (unit in _IMPERIAL) == target.imperial:
        return None
    other = units.convert(value, unit, _OTHER[unit])
    shown = str(other.value.normalize() if other.value % 1 else other.value.quantize(Decimal(1)))
    own = number(found["value"], source, target)
    return f"{own} {_SIGN.get(unit, unit)} ({shown.replace('.', target.decimal)} {_SIGN.get(other.unit, other.unit)})"
