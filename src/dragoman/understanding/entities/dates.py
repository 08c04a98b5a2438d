"""Days that messages name, in numbers or with a month's name of their language, and whether one is a deadline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import regex
from babel import Locale, UnknownLocaleError

from dragoman.understanding.entities.model import Context, Entity

_NUMERIC = regex.compile(r"(?<![\d.,/-])(\d{1,4})([./-])(\d{1,2})(?:\2(\d{2,4}))?\.?(?![\d/-]|[.,]\d)")
_DENSE = regex.compile(r"(?:(\d{4})\s?[年년]\s?)?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日号號일]")
_UNTIL = regex.compile(
    r"(?<!\w)(?:by|until|till|before|no later than|latest|bis|spätestens|vor dem|avant|d'ici|jusqu'au|antes de[l]?|"
    r"hasta|para el|até|para o dia|entro|prima de[l]?|voor|uiterlijk|tegen|do|przed|najpóźniej|senast|före|inden|"
    r"senest|nejpozději|před|legkésőbb|până|înainte|μέχρι|πριν|до|к|не позднее|kadar|önce|قبل|حتى|तक|से पहले|before|"
    r"trước|sebelum|paling lambat|ก่อน|ภายใน)\W{0,3}(?:the |dem |den |zum |zur |le |el |al |o |il |dia )?$",
    regex.I,
)
_UNTIL_BEHIND = regex.compile(r"^\s?(?:之前|以前|前|までに|まで|까지|전까지|तक|से पहले|'?(?:e|a|ye|ya)? kadar)")
MONTH_FIRST = frozenset(("US",))
ROOT = "en"


def dates(text: str, context: Context) -> Iterator[Entity]:
    """Days in a text. Without a year the nearest such day is meant; a day that can't be is none."""
    today = context.today
    if today is None:
        return
    for start, end, day, sure in (*_numeric(text, context, today), *_dense(text, today), *_named(text, context, today)):
        deadline = bool(_UNTIL.search(text[max(0, start - 24) : start]) or _UNTIL_BEHIND.match(text[end : end + 12]))
        yield Entity("deadline" if deadline else "date", text[start:end], day.isoformat(), start, end, sure)


Found = Iterator[tuple[int, int, date, float]]


def _numeric(text: str, context: Context, today: date) -> Found:
    for match in _NUMERIC.finditer(text):
        first, mark, second, third = match.groups()
        if third is None and (mark != "." or len(first) > 2) and not (mark == "/" and len(first) <= 2):
            continue
        if len(first) == 4:
            if third is None or len(third) > 2:
                continue
            year, month, day, sure = int(first), int(second), int(third), 0.98
        elif len(first) > 2:
            continue
        else:
            one, two = int(first), int(second)
            flip = (
                context.market.upper() in MONTH_FIRST or (not context.market and mark == "/" and two > 12)
            ) and mark == "/"
            month, day = (one, two) if flip or two > 12 else (two, one)
            year = _year(third) if third else _nearest(month, day, today)
            sure = 0.9 if third and (one > 12 or two > 12 or one == two or context.market) else 0.65
        if made := _made(year, month, day):
            yield match.start(), match.end(), made, sure


def _dense(text: str, today: date) -> Found:
    for match in _DENSE.finditer(text):
        month, day = int(match[2]), int(match[3])
        if made := _made(int(match[1]) if match[1] else _nearest(month, day, today), month, day):
            yield match.start(), match.end(), made, 0.95


def _named(text: str, context: Context, today: date) -> Found:
    names, pattern = _months(context.language.partition("-")[0] or ROOT)
    for match in pattern.finditer(text):
        day_text, name, year_text = match["d1"] or match["d2"], match["m1"] or match["m2"], match["year"]
        month = names[name.casefold().rstrip(".")]
        year = int(year_text) if year_text else _nearest(month, int(day_text), today)
        if made := _made(year, month, int(day_text)):
            yield match.start(), match.end(), made, 0.95


@cache
def _months(language: str) -> tuple[dict[str, int], regex.Pattern[str]]:
    """The names of months that a language's writers use, with the English ones, and the shapes of dates with them."""
    names: dict[str, int] = {}
    for code in dict.fromkeys((ROOT, language)):
        try:
            known = Locale.parse(code.replace("-", "_")).months
        except (UnknownLocaleError, ValueError):
            continue
        for form in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, name in known[form][width].items():
                    plain = name.casefold().rstrip(".")
                    if len(plain) >= 3 and not plain[0].isdigit():
                        names[plain] = month
    listed = "|".join(regex.escape(one) for one in sorted(names, key=len, reverse=True))
    pattern = regex.compile(
        rf"(?<!\w)(?:(?P<d1>\d{{1,2}})(?:st|nd|rd|th|er|º|ª|\.|-го)?\s?(?:de\s|of\s|d’|d')?(?P<m1>{listed})\.?"
        rf"|(?P<m2>{listed})\.?\s(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)(?!\w)(?:,?\s(?:de\s)?(?P<year>20\d\d))?",
        regex.I,
    )
    return names, pattern


def _year(written: str) -> int:
    return int(written) + (2000 if len(written) == 2 else 0)


def _nearest(month: int, day: int, today: date) -> int:
    """The year in which such a day is nearest to today."""
    options = [made for year in (-1, 0, 1) if (made := _made(today.year + year, month, day))]
    return min(options, key=lambda one: abs(one - today), default=today + timedelta(0)).year


def _made(year: int, month: int, day: int) -> date | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return made if 2000 <= year <= 2100 else None
