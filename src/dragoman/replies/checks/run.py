"""All checks over one text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from dragoman.replies.checks import form, law, personal, phrases, platform, sameness, tone, tongue
from dragoman.replies.checks.model import MOST, SEVERITIES, Context, Finding

Check = Callable[[str, Context], Iterator[Finding]]
CHECKS: Sequence[Check] = (
    phrases.find, platform.find, personal.find, tongue.find, form.find, sameness.find, tone.find, law.find,
)  # fmt: skip
LONGEST = 20_000
"""Characters of an answer that are looked at."""


def check(text: str, context: Context) -> tuple[Finding, ...]:
    """What should be looked at before a text is sent, worst first, then in the text's order. Never raises."""
    text = text[:LONGEST]
    found = [one for find in CHECKS for one in find(text, context) if not _muted(one, context)]
    found.sort(key=lambda one: (SEVERITIES.index(one.severity), one.start, -one.end))
    return tuple(_apart(found))[:MOST]


def _muted(finding: Finding, context: Context) -> bool:
    return finding.check in context.muted or finding.group in context.muted


def _apart(found: Sequence[Finding]) -> Iterator[Finding]:
    """Of findings of one check that lie within each other the first; about the whole text each check's first."""
    seen: list[Finding] = []
    for one in found:
        if not any(one.check == other.check and _within(one, other) for other in seen):
            seen.append(one)
            yield one


def _within(one: Finding, other: Finding) -> bool:
    whole = one.end == 0 and other.end == 0
    return whole or (other.start <= one.start and one.end <= other.end)
