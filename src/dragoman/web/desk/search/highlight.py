"""Where the searched words stand in a text: marked as search itself folds them, with a little text around."""

from __future__ import annotations

from collections.abc import Iterable

from dragoman.kit.text import fold
from dragoman.web.desk.search.view import Part

BEFORE, LENGTH = 50, 240


def needles(query: str) -> list[str]:
    """The folded words to look for, longest first, and the parts of codes after them."""
    words = fold(query).split()
    parts = [part for word in words for part in _pieces(word) if len(part) > 1 or not part.isascii()]
    return sorted(dict.fromkeys([*words, *parts]), key=len, reverse=True)


def _pieces(word: str) -> Iterable[str]:
    return "".join(sign if sign.isalnum() else " " for sign in word).split()


def _folded(text: str) -> tuple[str, list[int]]:
    """A text folded sign by sign, and for each folded sign the place it came from."""
    out: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        folded = fold(sign)
        out.append(folded)
        places.extend([place] * len(folded))
    return "".join(out), places


def hits(text: str, words: Iterable[str]) -> list[tuple[int, int]]:
    """The places of words in a text, in order, overlapping ones joined."""
    folded, places = _folded(text)
    found: list[tuple[int, int]] = []
    for word in words:
        start = folded.find(word)
        while start >= 0:
            found.append((places[start], places[start + len(word) - 1] + 1))
            start = folded.find(word, start + len(word))
    joined: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def parts(text: str, words: Iterable[str], *, around: bool = False) -> tuple[Part, ...]:
    """A text with its hits marked; with `around` only the neighbourhood of the first one, on one line."""
    if around:
        text = " ".join(text[:20_000].split())
    places = hits(text, words)
    start = max(0, places[0][0] - BEFORE) if around and places else 0
    end = min(len(text), start + LENGTH) if around else len(text)
    out: list[Part] = [Part("… ")] if start else []
    at = start
    for first, last in places:
        if first >= end:
            break
        out += [Part(text[at:first]), Part(text[first:last], hit=True)]
        at = last
    out.append(Part(text[at:end] + ("…" if end < len(text) else "")))
    return tuple(part for part in out if part.text)
