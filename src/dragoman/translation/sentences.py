"""Sentences: where a text breaks, and which one of a translation answers to which of the original. Pure.

Aligned by order and length alone (Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora",
Computational Linguistics 19:1, 1993): within a paragraph no dictionary is needed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import regex

_END = regex.compile(r"(?:[.!?…]{1,9}[\"'”’»)\]]{0,3}(?=\s|$)|[。！？｡]+[”’」』）]*|[؟।॥](?=\s|$))\s*")
_SHORT = frozenset(
    (
        "mr", "mrs", "ms", "dr", "prof", "st", "no", "nr", "art", "vs", "etc", "e.g", "i.e", "z.b", "d.h", "u.a",
        "usw", "bzw", "ca", "inkl", "sr", "sra", "srta", "ud", "uds", "núm", "pág", "m", "mme", "mlle", "p.ex", "sig",
        "dott", "tel", "approx", "incl", "max", "min", "r",
    )
)  # fmt: skip
"""Words after which a full stop ends no sentence."""
_LAST = regex.compile(r"([\p{L}.]+)\.$")
LONGEST_WORD = 40
MOST = 120
"""Sentences of a paragraph that are aligned; a longer one is shown as a whole."""
PENALTY = {(1, 1): 0.0, (1, 0): 4.5, (0, 1): 4.5, (2, 1): 2.3, (1, 2): 2.3, (2, 2): 4.4}
"""-log of how often each way of pairing occurs, relative to one by one (Gale and Church, table 5)."""
VARIANCE = 6.8


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence (or a few that belong together) of the original, and what stands for it in the translation."""

    source: str
    target: str


def split(text: str) -> list[str]:
    """The sentences of a paragraph, with the space behind them: joined they are the text again."""
    found: list[str] = []
    start = 0
    for end in _END.finditer(text):
        said = text[max(start, end.end() - LONGEST_WORD) : end.end()].rstrip()
        last = _LAST.search(said)
        if last and (last[1].lower() in _SHORT or (len(last[1]) == 1 and last[1].isupper())):
            continue
        if last is None and regex.search(r"(?:^|\s)\p{N}+\.$", said):
            continue  # "12. November", "1. Platz"
        found.append(text[start : end.end()])
        start = end.end()
    if start < len(text):
        found.append(text[start:])
    return found


def weight(text: str) -> float:
    """How long a text is when it is said: a character of Han, Kana or Hangul counts for several letters."""
    dense = len(regex.findall(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}]", text))
    return len(text) + 2 * dense


def _cost(source: float, target: float) -> float:
    mean = (source + target) / 2
    if mean == 0:
        return 0.0
    off = abs(target - source) / math.sqrt(VARIANCE * mean)
    return -math.log(max(math.erfc(off / math.sqrt(2)), 1e-12))


def align(source: Sequence[str], target: Sequence[str]) -> list[Pair]:
    """Pairs in order; every sentence is in exactly one. Lengths are compared after the texts' own proportion."""
    if not source or not target or max(len(source), len(target)) > MOST:
        return [Pair("".join(source), "".join(target))] if source or target else []
    here, there = [weight(one.strip()) for one in source], [weight(one.strip()) for one in target]
    scale = sum(here) / max(sum(there), 1.0)
    there = [one * scale for one in there]
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    for i in range(len(source) + 1):
        for j in range(len(target) + 1):
            ways = [
                (best[i - a, j - b][0] + penalty + _cost(sum(here[i - a : i]), sum(there[j - b : j])), (a, b))
                for (a, b), penalty in PENALTY.items()
                if (i - a, j - b) in best and (a, b) != (0, 0)
            ]
            if ways:
                best[i, j] = min(ways)
    pairs: list[Pair] = []
    i, j = len(source), len(target)
    while (i, j) != (0, 0):
        a, b = best[i, j][1]
        pairs.append(Pair("".join(source[i - a : i]), "".join(target[j - b : j])))
        i, j = i - a, j - b
    return pairs[::-1]


def pair_up(source: str, target: str) -> tuple[Pair, ...]:
    """The pairs of two whole texts: paragraph by paragraph where both have as many, else as one."""
    here, there = source.split("\n"), target.split("\n")
    if len(here) != len(there):
        here, there = [source], [target]
    pairs: list[Pair] = []
    for one, other in zip(here, there, strict=True):
        if one.strip() or other.strip():
            pairs += align(split(one), split(other))
    return tuple(Pair(one.source.strip(), one.target.strip()) for one in pairs)
