"""Finds the promise in an answer: its sentence, the words of time in it, and the moment they mean.

Pure, by patterns; precise rather than complete: a promise it misses is made by one click, a false one annoys in every
answer. Quoted lines, questions, negations, conditions and what "you will receive" are none.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dragoman.kit.text import fold
from dragoman.kit.when import When, parse
from dragoman.kit.when_tokens import runs
from dragoman.tickets.promises.phrases import BELONGS_ELSEWHERE, ELSEWHERE, GREETINGS, WORDINGS, Wording

LONGEST_TEXT, LONGEST_SENTENCE, TOKENS = 20_000, 600, 12

_ends = re.compile(
    r"(?<!\b\d)(?<!\b\d\d)(?<!\b[aApP]\.[mM])(?<!\b[A-Z])[.!?]+(?=[\s\"”»)]|\Z)|[。！？!?]+|\n\s*\n|\n(?=[-*•>])"
)
_quoted = re.compile(r"^[ \t]*>.*$", re.M)
_LONE = frozenset({"sun", "sat", "mon", "wed", "m", "h", "d", "w", "tarde", "noche", "noite", "lunch"})
"""Words of time that mean something else as often, where they stand alone."""


@dataclass(frozen=True)
class Found:
    """A promise: where its sentence stands in the text (NFC), what it says, its words of time, and when that is.

    `due` is None where no time was said, or none that lies ahead.
    """

    start: int
    end: int
    text: str
    phrase: str = ""
    due: When | None = None


def find(text: str, *, now: datetime, zone: ZoneInfo) -> list[Found]:
    """The promises of a text, in their order; `zone` is whose tomorrow is meant. Never raises."""
    plain = unicodedata.normalize("NFC", text[:LONGEST_TEXT])
    plain = _quoted.sub(lambda found: "\n" * len(found[0]), plain)
    out = []
    for start, end in _sentences(plain):
        found = _in_sentence(plain[start:end], start, now, zone)
        if found is not None:
            out.append(found)
    return out


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for stop in (*(found.end() for found in _ends.finditer(text)), len(text)):
        bare = text[start:stop]
        first = start + len(bare) - len(bare.lstrip())
        last = start + len(bare.rstrip())
        if first < last and last - first <= LONGEST_SENTENCE:
            yield first, last
        start = stop


def _in_sentence(sentence: str, start: int, now: datetime, zone: ZoneInfo) -> Found | None:
    if sentence.rstrip('"”»)').endswith(("?", "？")):
        return None
    folded, places = _folded(sentence)
    folded = GREETINGS.sub(lambda found: "~" * len(found[0]), folded)
    best: Found | None = None
    for language, wording in WORDINGS.items():
        sure = wording.sure.search(folded)
        promise = sure or wording.likely.search(folded)
        if promise is None:
            continue
        if wording.never.search(folded):
            return None
        condition = wording.condition.search(folded)
        after = promise.start() if condition and condition.start() < promise.start() else 0
        phrase, due = _time(folded, language, after, now, zone, wording)
        if best is None and (due or sure):
            best = Found(start, start + len(sentence), sentence)
        if phrase is not None:
            said = sentence[places[phrase[0]] : places[phrase[1] - 1] + 1]
            return Found(start, start + len(sentence), sentence, said, due)
    return best


def _folded(sentence: str) -> tuple[str, list[int]]:
    """The sentence as patterns read it, and for each of its signs the place it comes from."""
    out, places = [], []
    for place, sign in enumerate(sentence):
        small = fold(sign)
        out.append(small)
        places += [place] * len(small)
    return "".join(out), places


def _time(
    folded: str, language: str, after: int, now: datetime, zone: ZoneInfo, wording: Wording
) -> tuple[tuple[int, int] | None, When | None]:
    """The first words of time that lie ahead; the longest of a run that can be read."""
    condition = wording.condition.search(folded, after)
    for run in runs(folded, language):
        run = run[:TOKENS]
        if run[0][0] < after or (condition and condition.start() > after and run[0][0] > condition.start()):
            continue
        if BELONGS_ELSEWHERE.search(folded[: run[0][0]]):
            continue
        for size in range(len(run), 0, -1):
            for first in range(len(run) - size + 1):
                start, end = run[first][0], run[first + size - 1][1]
                words = folded[start:end]
                if (
                    words in _LONE
                    or words.isdigit()
                    or ELSEWHERE.match(words)
                    or BELONGS_ELSEWHERE.search(folded[:start])
                ):
                    continue
                due = parse(words, now=now, zone=zone, locale=language, deadline=True)
                if due is not None:
                    return (start, end), due
    return None, None
