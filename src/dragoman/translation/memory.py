"""The translation memory: what people wrote serves again, for whole paragraphs and for their sentences.

Facts are marks in it, so that "Where is order ⟦0⟧?" answers for every order. Machine output never enters it: only
corrections and what was brought in from files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import regex

from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.translation import guard, languages, queries, sentences, similarity
from dragoman.translation.guard import BRACKETS, Fact, Masked
from dragoman.translation.values import Similar

ALIKE = 0.7
"""From which likeness on an earlier text is worth showing."""
MOST_ALIKE = 5
LONGEST = 8_000
"""Characters of a unit; longer ones are not kept."""
_MARK = regex.compile(r"⟦(\d+)⟧")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a text with its facts, positions within the line."""

    text: str
    facts: tuple[Fact, ...]

    @property
    def masked(self) -> str:
        """Its text with marks."""
        return guard.mask(self.text, self.facts).text

    @property
    def silent(self) -> bool:
        """Whether nothing in it is left to translate."""
        return not regex.search(r"\p{L}", _MARK.sub("", self.masked))


def paragraphs(text: str, facts: Sequence[Fact]) -> list[Paragraph]:
    """The lines of a text, each with its facts."""
    found: list[Paragraph] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        own = tuple(
            Fact(one.start - start, one.end - start, one.kind, one.shown)
            for one in facts
            if start <= one.start and one.end <= end
        )
        found.append(Paragraph(line, own))
        start = end + 1
    return found


def key_of(masked: str, source: str, target: str) -> bytes:
    """The key of a unit: languages (of the original without its country) and the normalised text."""
    reads = f"{languages.base(source)}-{languages.script(source)}"
    return similarity.digest(reads, languages.tidy(target), similarity.normal(masked))


def _bands(masked: str, source: str, target: str) -> list[int]:
    return similarity.keys(masked, languages.base(source), languages.tidy(target))


def renumber(masked: str) -> tuple[str, tuple[int, ...]]:
    """A part of a masked text with its marks numbered from 0, and which numbers they had."""
    numbers: list[int] = []

    def fresh(found: regex.Match[str]) -> str:
        numbers.append(int(found[1]))
        return f"⟦{len(numbers) - 1}⟧"

    return _MARK.sub(fresh, masked), tuple(numbers)


def _parts(paragraph: Paragraph) -> list[tuple[str, tuple[int, ...], str]]:
    """A paragraph's sentences: masked from 0, the numbers of their facts, and the space behind."""
    found = []
    for one in sentences.split(paragraph.masked):
        masked, numbers = renumber(one.rstrip())
        found.append((masked, numbers, one[len(one.rstrip()) :]))
    return found


def wanted_keys(said: Sequence[Paragraph], source: str, target: str) -> set[bytes]:
    """Every key by which something of a text could be known."""
    keys: set[bytes] = set()
    for one in said:
        if not one.silent:
            keys.add(key_of(one.masked, source, target))
            keys.update(key_of(masked, source, target) for masked, _numbers, _space in _parts(one))
    return keys


def recall(paragraph: Paragraph, source: str, target: str, known: Mapping[bytes, Any]) -> str | None:
    """A paragraph's translation out of units by their keys: as a whole, else when all its sentences are known."""
    whole = known.get(key_of(paragraph.masked, source, target))
    if whole is not None and (text := _filled(whole.text, paragraph.facts)) is not None:
        return text
    out = ""
    for masked, numbers, space in _parts(paragraph):
        unit = known.get(key_of(masked, source, target))
        text = _filled(unit.text, [paragraph.facts[one] for one in numbers]) if unit is not None else None
        if text is None:
            return None
        out += text + (space if space or languages.base(target) in languages.WORDS_APART else " ")
    return out.rstrip() if out else None


def _filled(masked: str, facts: Sequence[Fact]) -> str | None:
    try:
        return guard.restore(Masked(masked, tuple(facts), BRACKETS), masked)
    except guard.Broken:
        return None


def mask_answer(answer: str, facts: Sequence[Fact]) -> str | None:
    """A person's translation with marks for the facts; None where one is not in it just as often as it should be."""
    out = answer
    for shown in sorted({one.shown for one in facts}, key=len, reverse=True):
        numbers = [number for number, one in enumerate(facts) if one.shown == shown]
        pattern = regex.compile(rf"(?<![\p{{L}}\p{{N}}⟦])({regex.escape(shown)})(?![\p{{N}}⟧])", regex.I)
        if len(pattern.findall(out)) != len(numbers):
            return None
        left = iter(numbers)
        out = pattern.sub(lambda _found, left=left: f"⟦{next(left)}⟧", out)  # type: ignore[misc]
    return out


def units_of(said: Sequence[Paragraph], answer: str) -> list[tuple[str, str]]:
    """What can be learnt from a text and a person's translation of it: (original, translation), both masked."""
    lines = answer.split("\n")
    if len(lines) != len(said):
        return []
    found: list[tuple[str, str]] = []
    for one, line in zip(said, lines, strict=True):
        masked = mask_answer(line.strip(), one.facts)
        if one.silent or masked is None or not masked:
            continue
        found.append((one.masked.strip(), masked))
        found += _by_sentence(one.masked, masked)
    return found


def _by_sentence(original: str, answer: str) -> list[tuple[str, str]]:
    pairs = sentences.align(sentences.split(original), sentences.split(answer))
    found: list[tuple[str, str]] = []
    if len(pairs) < 2:
        return found
    for pair in pairs:
        if not (pair.source.strip() and pair.target.strip()) or len(sentences.split(pair.source)) != 1:
            continue
        masked, numbers = renumber(pair.source.strip())
        if sorted(numbers) == sorted(int(one) for one in _MARK.findall(pair.target)):
            place = {one: at for at, one in enumerate(numbers)}
            text = _MARK.sub(lambda mark, place=place: f"⟦{place[int(mark[1])]}⟧", pair.target.strip())  # type: ignore[misc]
            found.append((masked, text))
    return found


async def keep(
    session: Session, pairs: Sequence[tuple[str, str]], source: str, target: str, *, person_id: UUID | None,
    origin: str, over: bool,
) -> int:  # fmt: skip
    """Put pairs of masked texts into the memory; returns how many were written."""
    units: dict[bytes, dict[str, Any]] = {}
    bands: dict[bytes, list[int]] = {}
    for original, text in pairs:
        if max(len(original), len(text)) > LONGEST or not similarity.normal(original) or not text.strip():
            continue
        key = key_of(original, source, target)
        units[key] = {
            "key": key, "source": languages.tidy(source), "target": languages.tidy(target), "original": original,
            "text": text, "origin": origin, "person_id": person_id, "at": clock.now(),
        }  # fmt: skip
        bands[key] = _bands(original, source, target)
    return await queries.put_units(session, list(units.values()), bands, over=over) if units else 0


async def similar(session: Session, said: Sequence[Paragraph], source: str, target: str) -> list[Similar]:
    """Earlier paragraphs like those of a text, best first, with this text's own facts where they fit."""
    told = [one for one in said if not one.silent][:20]
    bands = {band for one in told for band in _bands(one.masked, source, target)}
    found: dict[UUID, Similar] = {}
    for unit in await queries.list_alike(session, sorted(bands)) if bands else ():
        for one in told:
            score = similarity.likeness(one.masked, unit.original)
            if score >= ALIKE and (unit.id not in found or found[unit.id].score < score):
                text = _filled(unit.text, one.facts)
                found[unit.id] = Similar(round(score, 2), unit.original, text or unit.text)
    return sorted(found.values(), key=lambda one: -one.score)[:MOST_ALIKE]
