"""The form of an answer: paragraphs and sentences that people who read a foreign language can follow, few emoji,
numbers and units as the market reads them."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from dragoman.kit.errors import N_
from dragoman.replies.checks.model import HINT, WARN, Context, Finding, Source

HOUSE = Source("Trade handbook: three sentences a paragraph, short ones for non-native readers", "2025")
EMOJI = Source("Trade handbook: fewer than three emoji a conversation in Europe and America", "2025")
CLDR = Source("Unicode CLDR number patterns", "2026-02", "high")
WORDS, LETTERS, SENTENCES = 28, 75, 4
"""Most words of a sentence (letters in scripts without spaces), most sentences of a paragraph."""
FEW_EMOJI = frozenset(("US", "GB", "DE", "FR", "ES", "IT", "NL", "PL", "SE", "CA", "AU"))
COMMA_DECIMALS = frozenset(
    ("DE", "FR", "ES", "IT", "NL", "PL", "SE", "BR", "RU", "TR", "ID", "VN", "AT", "BE", "DK", "CZ")
)
POINT_DECIMALS = frozenset(("US", "GB", "AU", "CA", "IN", "SG", "JP", "KR", "TH", "MX"))
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]")
_SENTENCE = regex.compile(r"[^.!?。！？؟।\n]+[.!?。！？؟।]*")
_EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F")
_POINT = regex.compile(
    r"(?<![\d.,])\d{1,3}(?:,\d{3})+\.\d{2}(?!\d)|(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d{2}(?=\s?(?:€|EUR|zł|kr|R\$|₽|₺|TL))"
)
_COMMA = regex.compile(r"(?<![\d.,])\d{1,3}(?:\.\d{3})+,\d{2}(?!\d)")
_INCH = regex.compile(r"(?<![\w.])\d+(?:\.\d+)?\s?(?:inch(?:es)?|in\.|ft|feet|lbs?|oz|°F)(?!\w)", regex.I)


def find(text: str, context: Context) -> Iterator[Finding]:
    """What makes an answer hard to read where it goes."""
    yield from _sentences(text)
    yield from _paragraphs(text)
    shown = list(_EMOJI.finditer(text))
    if context.market in FEW_EMOJI and len(shown) >= 3:
        why = N_("Fewer than three emoji are usual in this market.")
        yield Finding("clarity.emoji", HINT, why, EMOJI, *shown[2].span(), "")
    yield from _numbers(text, context)


def _sentences(text: str) -> Iterator[Finding]:
    for match in _SENTENCE.finditer(text):
        part = match.group().strip()
        dense = len(_DENSE.findall(part))
        length, most = (dense, LETTERS) if dense > len(part) / 3 else (len(part.split()), WORDS)
        if length > most:
            start = match.start() + len(match.group()) - len(match.group().lstrip())
            why = N_("A long sentence ({count}): two short ones are read more easily in a foreign language.")
            yield Finding("clarity.sentence", HINT, why, HOUSE, start, match.end(), None, {"count": str(length)})


def _paragraphs(text: str) -> Iterator[Finding]:
    at = 0
    for part in text.split("\n\n"):
        count = sum(1 for one in _SENTENCE.finditer(part) if len(one.group().strip()) > 3)
        if count > SENTENCES and "\n" not in part.strip():
            why = N_("{count} sentences in one paragraph: break it after the third.")
            yield Finding("clarity.paragraph", HINT, why, HOUSE, at, at + len(part), None, {"count": str(count)})
        at += len(part) + 2


def _numbers(text: str, context: Context) -> Iterator[Finding]:
    """Sums and measures in another country's writing."""
    if context.market in COMMA_DECIMALS:
        yield from (_number(match) for match in _POINT.finditer(text))
        for match in _INCH.finditer(text):
            yield Finding("locale.unit", HINT, N_("This market measures in metric units."), CLDR, *match.span())
    elif context.market in POINT_DECIMALS:
        yield from (_number(match) for match in _COMMA.finditer(text))


def _number(match: regex.Match[str]) -> Finding:
    """A number in the other writing: points for commas, commas for points."""
    mend = match.group().translate({ord("."): ",", ord(","): "."})
    why = N_("Numbers are written {mend} there.")
    return Finding("locale.number", WARN, why, CLDR, *match.span(), mend, {"mend": mend})
