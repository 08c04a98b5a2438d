"""What a language says in a mail program's own voice, and dates as its speakers write them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache

import yaml
from babel.dates import format_date, format_skeleton, format_time

from dragoman.main.demo.load import CONTENT

_PLACEHOLDER = re.compile(r"\{(order|date|day|short)(?: ([+-]?\d+)d)?\}")


@dataclass(frozen=True, slots=True)
class Speech:
    """One language's phrases; see `content/phrases.yaml` for what each holds."""

    locale: str
    charset: str
    wrote: str
    apple: str
    labels: list[str]
    re: str
    iphone: str = "Sent from my iPhone"
    galaxy: str = "Sent from my Galaxy"
    amazon: dict[str, str] = field(default_factory=dict)
    ebay: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)


@cache
def _all() -> dict[str, Speech]:
    rows = yaml.safe_load((CONTENT / "phrases.yaml").read_text("utf-8"))
    return {lang: Speech(**row) for lang, row in rows.items()}


def speech(lang: str) -> Speech:
    """The phrases of a language tag, of its language alone, or English."""
    table = _all()
    return table.get(lang) or table.get(lang.split("-")[0]) or table["en"]


def long_date(at: datetime, lang: str) -> str:
    """Weekday, day, month and year in the abbreviated form that attribution lines use."""
    return format_skeleton("yMMMEd", at, tzinfo=at.tzinfo, locale=speech(lang).locale)


def clock_time(at: datetime, lang: str) -> str:
    """The hour and minute as the language writes them."""
    return format_time(at, "short", tzinfo=at.tzinfo, locale=speech(lang).locale)


def fill(text: str, *, lang: str, today: datetime, order: str) -> str:
    """Prose with {order}, {date -9d}, {day +2d} and {short -1d} filled; days count from `today`."""

    def say(found: re.Match[str]) -> str:
        what, days = found[1], int(found[2] or 0)
        if what == "order":
            return order
        day, locale = today.date() + timedelta(days=days), speech(lang).locale
        if what == "date":
            return format_skeleton("MMMMd", day, locale=locale)
        return format_date(day, "EEEE" if what == "day" else "short", locale=locale)

    return _PLACEHOLDER.sub(say, text)
