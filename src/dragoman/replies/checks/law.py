"""Consumer law that words alone do not tell: a shorter time to send goods back than the law grants, and a defect at the
customer's cost. The words that this reads stand in `law.yaml`, by language.

A term longer than the law's is a favour, so only a shorter one speaks up. Whether days belong to sending back or to
something else (the money, the parcel) is told by the word that stands nearest before them, or after them in languages
that put the verb last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import regex

from dragoman.replies.checks.model import WARN, Context, Finding, Source
from dragoman.replies.checks.phrases import beginnings, load
from dragoman.replies.checks.words import WHY

TERM = Source("The market’s pack of rules: withdrawal", "2026-11", "high")
REMEDY = Source(
    "Directive (EU) 2019/771 Art. 14: remedies for a defect are free of charge; UK Consumer Rights Act 2015 s 20, 23",
    "2026-11", "high",
)  # fmt: skip
FREE_REMEDY = frozenset(
    """
    AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE GB NO IS TR BR KR AU
    """.split()  # noqa: SIM905 - a list of words reads best as words
)
_SENTENCE = regex.compile(r"[^.!?;。！？；؟\n]+")
_DENSE = ("ja", "zh", "zh-Hant", "th", "ko")


@dataclass(frozen=True, slots=True)
class Terms:
    """One language's words as patterns, and its numbers in words."""

    term: regex.Pattern[str]
    numbers: Mapping[str, int]
    back: regex.Pattern[str]
    other: regex.Pattern[str]
    left: regex.Pattern[str]
    defect: regex.Pattern[str]
    cost: regex.Pattern[str]
    free: regex.Pattern[str]
    verb_last: bool


def find(text: str, context: Context) -> Iterator[Finding]:
    """What of the law whole sentences tell."""
    key = context.language if context.language in _data() else context.primary
    if key not in _data():
        return
    terms = _terms(key)
    for match in _SENTENCE.finditer(text):
        if context.withdrawal_days is not None:
            yield from _term(match, terms, context.withdrawal_days, context.law or TERM)
        if context.market in FREE_REMEDY:
            yield from _remedy(match, terms)


def _term(sentence: regex.Match[str], terms: Terms, granted: int, source: Source) -> Iterator[Finding]:
    """A number of days for sending back that is smaller than the law's."""
    said = sentence.group()
    if not terms.back.search(said) or terms.left.search(said):
        return
    for match in terms.term.finditer(said):
        days = max(_number(one, terms) for one in (match["one"], match["two"]) if one)
        if 0 < days < granted and not terms.other.search(match.group()) and _to_send_back(match, terms, said):
            place = (sentence.start() + match.start(), sentence.start() + match.end())
            yield Finding(
                "law.return_period", WARN, WHY["law.return_period"], source, *place, None, {"days": str(granted)}
            )


def _number(written: str, terms: Terms) -> int:
    folded = written.casefold()
    return terms.numbers[folded] if folded in terms.numbers else int(written)


def _to_send_back(match: regex.Match[str], terms: Terms, said: str) -> bool:
    """Whether days are those for sending back."""
    before, after = (0, match.start()), (match.end(), len(said))
    for start, end in (after, before) if terms.verb_last else (before, after):
        near = end if (start, end) == before else start
        back, other = (
            min((abs(one.start() - near) for one in words.finditer(said, start, end)), default=None)
            for words in (terms.back, terms.other)
        )
        if back is not None or other is not None:
            return back is not None and (other is None or back < other)
    return False


def _remedy(sentence: regex.Match[str], terms: Terms) -> Iterator[Finding]:
    """A defect whose return or repair the customer is to pay."""
    said = sentence.group()
    cost = terms.cost.search(said)
    if cost and terms.defect.search(said) and not terms.free.search(said):
        place = (sentence.start() + cost.start(), sentence.start() + cost.end())
        yield Finding("law.return_cost", WARN, WHY["law.return_cost"], REMEDY, *place)


@cache
def _data() -> Mapping[str, Mapping[str, Any]]:
    found: Mapping[str, Mapping[str, Any]] = load("law.yaml")
    return found


@cache
def _terms(language: str) -> Terms:
    """A language's words, made into patterns once."""
    data = _data()[language]
    numbers: Mapping[str, int] = data["numbers"]
    words = "|".join([r"\d{1,3}", *(regex.escape(one) for one in sorted(numbers, key=len, reverse=True))])
    days = "|".join(regex.escape(one) for one in data["days"])
    edge = "" if language in _DENSE else r"(?<![\w.,])"
    gap = r"\s*(?:\p{L}+\s)?" if language not in _DENSE else r"\s*(?:个|個)?"
    term = regex.compile(
        rf"{edge}(?P<one>{words})(?:\s?(?:-|–|to|bis|à|a|~|～|do|до|至|から|tot|ila)\s?(?P<two>\d{{1,3}}))?{gap}(?:{days})",
        regex.I,
    )
    return Terms(
        term, numbers, back=_starts(data["back"]), other=_starts(data["other"]), left=_starts(data["left"]),
        defect=_starts(data["defect"]), cost=_starts(data["cost"]), free=_starts(data["free"]),
        verb_last=data.get("verb_last", False),
    )  # fmt: skip


def _starts(words: Sequence[str]) -> regex.Pattern[str]:
    found = beginnings(words)
    return found if found is not None else regex.compile(r"(?!)")
