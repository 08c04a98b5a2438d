"""Cuts a text into the tokens `kit.when` reads: words of the tables, and numbers, dates and times of day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from dragoman.kit.when_words import LANGUAGES, Words

DIGITS = {sign: at for at, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}

_SIGNS = "[〇零一二两兩三四五六七八九十百]{1,7}"
NUMBER = rf"(?:\d{{1,4}}|{_SIGNS})"
_COMMON = (
    r"(?P<iso>\d{4}(?:[-/.]\d{1,2}[-/.]|年\d{1,2}月)\d{1,2}[日号]?(?:t(?=\d))?)"
    rf"|(?P<monthday>{NUMBER}月{NUMBER}[日号號]?(?!间|間))"
    r"|(?P<clock>\d{1,2}:\d{2}(?!\d)(?:\s?uhr)?|\d{1,2}\.\d{2}(?=\s?[ap]\.?m))"
    r"|(?P<slash>\d{1,2}/\d{1,2}(?:/\d{4})?(?!\d))"
    r"|(?P<dots>\d{1,2}\.\s?\d{1,2}\.(?:\s?\d{4})?(?!\d))"
    r"|(?P<uhr>\d{1,2}(?:[.:]\d{2})?\s?uhr)"
)
_HAN = (
    rf"(?P<weekday>(?:下下|下|这个?|本)?个?(?:周|星期|礼拜|週)[一二三四五六日天1-7])"
    rf"|(?P<dian>{NUMBER}[点點时時](?![间間])(?:半|[一三]刻|{NUMBER}分?)?)"
    rf"|(?P<dom>{NUMBER}[号號]|\d{{1,2}}日(?!间|間|以|之|内|內|后|後))"
)


class Unread(Exception):
    """The text is not a time, or says two things at once."""


@lru_cache
def _pattern(language: str) -> re.Pattern[str]:
    words = LANGUAGES[language]
    ordered = "|".join(re.escape(word) for word in sorted(words.entries, key=len, reverse=True))
    clock_h = r"|(?P<clockh>\d{1,2}\s?h(?:\d{2})?(?![^\W_]))" if words.clock_h else ""
    if words.spaced:
        ordered = rf"(?<![^\W\d_])(?:{ordered})(?![^\W\d_])"
    count = r"|(?P<number>\d{1,4}(?:[.,]\d{1,2})?(?P<ordinal>st|nd|rd|th|º|ª|\.(?=\s*[a-z]))?)"
    han, hanzi = ("", "") if words.spaced else (f"|{_HAN}", rf"|(?P<hanzi>{_SIGNS})")
    return re.compile(rf"{_COMMON}{clock_h}{han}|(?P<word>{ordered}){hanzi}{count}|(?P<gap>[\s,，、。;]+)")


def tokens(folded: str, language: str) -> Iterator[tuple[str, str]]:
    """What the text is made of: `(kind, value)`, kinds of the word tables or of the patterns above."""
    words: Words = LANGUAGES[language]
    pattern = _pattern(language)
    at = 0
    while at < len(folded):
        found = pattern.match(folded, at)
        if found is None or found.end() == at:
            if folded[at:] == ".":
                return
            raise Unread
        at = found.end()
        kind = found.lastgroup or ""
        if found["number"]:
            yield ("ordinal" if found["ordinal"] else "num"), found["number"].removesuffix(found["ordinal"] or "")
        elif kind == "word":
            yield words.entries[found["word"]]
        elif kind == "hanzi":
            yield "num", str(number(found[0]))
        elif kind != "gap":
            yield kind, found[0]


def runs(folded: str, language: str) -> Iterator[list[tuple[int, int]]]:
    """Where in a longer text words of time stand side by side: the places of the tokens of each such run."""
    pattern, at, run = _pattern(language), 0, list[tuple[int, int]]()
    while at < len(folded):
        found = pattern.match(folded, at)
        if found is None or found.end() == at:
            if run:
                yield run
            run, at = [], at + 1
            continue
        if found.lastgroup != "gap":
            run.append(found.span())
        elif "\n" in found[0] and run:
            yield run
            run = []
        at = found.end()
    if run:
        yield run


def number(sign: str) -> int:
    """A count in digits or Chinese signs: 十一 is 11, 二十 20, 一百二十 120."""
    if sign.isdigit():
        return int(sign)
    total, last = 0, 0
    for one in sign:
        if one in ("十", "百"):
            total += (last or 1) * (10 if one == "十" else 100)
            last = 0
        else:
            last = last * 10 + DIGITS[one]
    return total + last
