"""Checks that depend on words: each rule is data, with its source, its words by language, and what to say instead.

A file of `data/` is a list of rules; why a check speaks up stands in `words.py`, by its key:

    - check: promises.guarantee
      severity: warn
      source: {name: "House rule", as_of: "2026-11", confidence: high}
      markets: [SA, AE]          # where it holds; left out: everywhere
      channels: [amazon]         # likewise
      words:
        en: {"we guarantee": "we will do our best to", "100% sure": null}
        de: {...}
      unless:                    # words, or beginnings of words, near which it does not hold
        en: ["guarantee card"]
      near: 60                   # how far around in characters; left out: 24
      quiet: true                # holds only while advertising rests where the customer is; left out: always

A word maps to what could stand instead, null where nothing fits, "" where it should go. `*` as language holds in all of
them (emoji, links). Words match whole words in scripts with spaces, anywhere in others, in any case; `…` in a word
stands for up to five words between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import regex
import yaml

from dragoman.replies.checks.model import SEVERITIES, Context, Finding, Source
from dragoman.replies.checks.words import WHY

NEAR = 24
_DENSE = regex.compile(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}]")
_JOINED = regex.compile(r"[\p{Hangul}]")
_ALPHABET = regex.compile(r"[\p{Latin}\p{Cyrillic}]")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule; `words` by language, each word with what could stand instead."""

    check: str
    severity: str
    source: Source
    markets: frozenset[str]
    channels: frozenset[str]
    words: Mapping[str, Mapping[str, str | None]]
    unless: Mapping[str, Sequence[str]]
    near: int = NEAR
    quiet: bool = False

    def holds(self, context: Context) -> bool:
        """Whether it holds for where an answer goes."""
        return (not self.markets or context.market in self.markets) and (
            not self.channels or context.channel in self.channels
        )

    def told_by(self, context: Context) -> Source | None:
        """Who says so; None where it does not hold."""
        if not self.holds(context):
            return None
        return context.quiet if self.quiet else self.source


def find(text: str, context: Context) -> Iterator[Finding]:
    """What the rules find in a text."""
    for number, rule in enumerate(rules()):
        source = rule.told_by(context)
        if rule.check in context.muted or source is None:
            continue
        for pattern, mends in _patterns(number, context.language, context.primary):
            for match in pattern.finditer(text):
                spared = _unless(number, context.language, context.primary)
                if spared and spared.search(text[max(0, match.start() - rule.near) : match.end() + rule.near]):
                    continue
                mend = mends.get(match.lastgroup or "")
                yield Finding(
                    rule.check, rule.severity, WHY[rule.check], source, match.start(), match.end(),
                    _cased(mend, match.group()), {"word": match.group()},
                )  # fmt: skip


@cache
def _unless(number: int, language: str, primary: str) -> regex.Pattern[str] | None:
    """What spares a rule's words, as one pattern."""
    unless = rules()[number].unless
    return beginnings([word for key in dict.fromkeys((language, primary, "*")) for word in unless.get(key, ())])


def _cased(mend: str | None, word: str) -> str | None:
    """A replacement beginning as the word did."""
    if not mend or not word[:1].isupper() or not mend[:1].islower():
        return mend
    return mend[0].upper() + mend[1:]


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, in the files' order. Raises ValueError for one that is not whole."""
    found = []
    for path in sorted(files("dragoman.replies.checks").joinpath("data").iterdir(), key=lambda one: one.name):
        if path.name.endswith(".yaml"):
            found += [_rule(one, path.name) for one in load(f"data/{path.name}")]
    return tuple(found)


def load(name: str) -> Any:
    """A file of words beside this module. Read in C where that is there: a first check is then six times as fast."""
    text = files("dragoman.replies.checks").joinpath(name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe


def _rule(data: Mapping[str, Any], file: str) -> Rule:
    missing = {"check", "severity", "source", "words"} - data.keys()
    if missing or data["severity"] not in SEVERITIES or data["check"] not in WHY:
        raise ValueError(f"{file}: {data.get('check')}: {', '.join(sorted(missing)) or 'severity or reason'}")
    source = data["source"]
    return Rule(
        data["check"], data["severity"],
        Source(source["name"], str(source.get("as_of", "")), source.get("confidence", "medium")),
        frozenset(data.get("markets", ())), frozenset(data.get("channels", ())), data["words"], data.get("unless", {}),
        int(data.get("near", NEAR)), data.get("quiet", False),
    )  # fmt: skip


Patterns = tuple[tuple[regex.Pattern[str], Mapping[str, str | None]], ...]


@cache
def _patterns(number: int, language: str, primary: str) -> Patterns:
    """A rule's words in one language as one pattern, and what stands instead by the group's name."""
    rule = rules()[number]
    words: dict[str, str | None] = {}
    for key in dict.fromkeys(("*", primary, language)):
        words |= {str(word): mend for word, mend in (rule.words.get(key) or {}).items()}
    if not words:
        return ()
    parts, mends = [], {}
    for at, word in enumerate(sorted(words, key=len, reverse=True)):
        parts.append(f"(?P<w{at}>{_shape(word)})")
        mends[f"w{at}"] = words[word]
    return ((regex.compile("|".join(parts), regex.I), mends),)


def beginnings(words: Sequence[str]) -> regex.Pattern[str] | None:
    """One pattern for words that may go on: in alphabets they start where a word does. None without any."""
    parts = [rf"(?<!\p{{L}}){_plain(one)}" if _ALPHABET.match(one) else _plain(one) for one in words]
    return regex.compile("|".join(parts), regex.I) if parts else None


def _plain(text: str) -> str:
    """Text as a pattern, with either apostrophe and with е for ё."""
    return str(regex.escape(text)).replace("'", "['’]").replace("ё", "[её]")


def _shape(word: str) -> str:
    """A word as a pattern."""
    if _DENSE.search(word) or not any(char.isalnum() for char in word):
        return r"[^\n。！？!?]{0,12}?".join(_plain(part) for part in word.split("…"))
    pieces = [r"\s+".join(_plain(one) for one in part.split()) for part in word.split("…")]
    inner = r"(?:\W+\w+){0,5}?\W+".join(pieces)
    start = rf"(?<!{_edge(word[0])})" if word[0].isalnum() else ""
    end = rf"(?!{_edge(word[-1])})" if word[-1].isalnum() and not _JOINED.search(word) else ""
    return f"{start}{inner}{end}"


def _edge(letter: str) -> str:
    """What must not stand beside a word: in scripts without spaces and in Korean a Latin term touches other letters."""
    return r"[^\W\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Hangul}]" if letter.isascii() else r"\w"
