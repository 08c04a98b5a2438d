"""All that is named in one text; where two readings overlap, the surer one stands."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from dragoman.channels.email.refs import order_refs
from dragoman.understanding.entities.dates import dates
from dragoman.understanding.entities.model import Context, Entity
from dragoman.understanding.entities.money import money
from dragoman.understanding.entities.personal import personal
from dragoman.understanding.entities.tracking import tracking

LONGEST = 8_000
"""Characters of a message that are looked through."""
MOST = 60
_URL = regex.compile(r"https?://[^\s<>\"']+|www\.[^\s<>\"']+")
_RANK = {"known": 9, "url": 8, "email": 8, "card": 7, "iban": 7, "tracking": 6, "order": 5, "sku": 5, "money": 4}


def find(text: str, context: Context | None = None) -> tuple[Entity, ...]:
    """What a text names, in its order. Never raises; a text of hostile length is read at its beginning only."""
    known, text = context or Context(), text[:LONGEST]
    hits = [*_urls(text), *_orders(text), *_goods(text, known)]
    if any(one.isdigit() for one in text) or "@" in text or known.known:
        hits += [*tracking(text), *money(text, known), *dates(text, known), *personal(text, known)]
    best: list[Entity] = []
    for hit in sorted(hits, key=lambda one: (-_RANK.get(one.kind, 3) - one.confidence, one.start)):
        if all(hit.end <= one.start or one.end <= hit.start for one in best):
            best.append(hit)
    return tuple(sorted(best, key=lambda one: one.start)[:MOST])


def _urls(text: str) -> Iterator[Entity]:
    for match in _URL.finditer(text):
        plain = match.group().rstrip(".,;:!?)]}»”。，）")
        yield Entity("url", plain, plain, match.start(), match.start() + len(plain), 0.99)


def _orders(text: str) -> Iterator[Entity]:
    upper = text.upper()
    for number in order_refs("", text):
        bare = number.lstrip("#")
        at = upper.find(bare)
        if at >= 0:
            yield Entity("order", text[at : at + len(bare)], number, at, at + len(bare), 0.9)


def _goods(text: str, known: Context) -> Iterator[Entity]:
    folded = text.casefold()
    if len(folded) != len(text):
        return
    for kind, words in (("sku", known.skus), ("product", known.names)):
        for word, meant in words.items():
            at = folded.find(word.casefold())
            if len(word) >= 3 and at >= 0 and not _inside(folded, at, at + len(word)):
                yield Entity(kind, text[at : at + len(word)], meant, at, at + len(word), 0.95)


def _inside(text: str, start: int, end: int) -> bool:
    """Whether a hit is only a part of a longer word of an alphabet."""
    before = start > 0 and text[start - 1].isalnum() and text[start - 1] < "\u2e80"
    return before or (end < len(text) and text[end].isalnum() and text[end] < "\u2e80")
