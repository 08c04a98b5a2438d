"""The same canned answer again to the same customer (R71)."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from dragoman.kit.errors import N_
from dragoman.replies.checks.model import WARN, Context, Finding, Source

HOUSE = Source("Trade handbook: never the same template twice to one question", "2025", "high")
ALIKE = 0.8
"""The share of an answer's word triples that an earlier one has, from which on they are the same."""
SHORTEST = 12
"""Words; "Thank you" may be said twice."""


def find(text: str, context: Context) -> Iterator[Finding]:
    """Whether this was answered before in nearly the same words."""
    mine = _triples(text)
    if len(mine) < SHORTEST:
        return
    for earlier in context.earlier:
        theirs = _triples(earlier)
        if len(mine & theirs) / len(mine) >= ALIKE:
            why = N_("The customer has had this answer before, nearly word for word.")
            yield Finding("repetition.same", WARN, why, HOUSE)
            return


def _triples(text: str) -> set[tuple[str, ...]]:
    words = regex.findall(r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]|[\p{L}\p{N}]+", text.casefold())
    return set(zip(words, words[1:], words[2:], strict=False))
