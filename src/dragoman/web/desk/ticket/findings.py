"""What checks found, as the composer shows it: three at a time, worst first, each with why and one way to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.platform.i18n import gettext as _
from dragoman.replies.checks import BLOCK, Finding
from dragoman.web.words import FINDING, Word

SHOWN = 3
AROUND = 40


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: the words it speaks of (empty: the whole text), why, its source, what could stand instead (None:
    nothing known), and which of the same words in the text it means."""

    check: str
    word: Word
    text: str
    why: str
    source: str
    doubtful: bool
    mend: str | None
    nth: int


@dataclass(frozen=True, slots=True)
class FindingsView:
    """The findings to show, how many more there are, and whether one of them keeps the answer from leaving; `asks`
    where somebody has tried to send it all the same."""

    found: tuple[Found, ...]
    more: tuple[Found, ...]
    blocks: bool
    asks: bool = False


def build_findings(text: str, findings: Sequence[Finding], *, asks: bool = False) -> FindingsView:
    """Findings of a text in the reader's words."""
    found = tuple(_found(text, one) for one in findings)
    return FindingsView(found[:SHOWN], found[SHOWN:], any(one.severity == BLOCK for one in findings), asks)


def _found(text: str, one: Finding) -> Found:
    words = text[one.start : one.end]
    before = text[: one.start].count(words) if words else 0
    shown = words if len(words) <= 2 * AROUND else f"{words[:AROUND]}…"
    name = _(one.source.name) if one.source.name else ""
    source = f"{name}, {one.source.as_of}" if one.source.as_of else name
    return Found(
        one.check, FINDING[one.severity], shown, _(one.why, **one.values), source, one.source.confidence == "low",
        one.mend if words == shown else None, before,
    )  # fmt: skip
