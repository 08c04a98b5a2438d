"""A line in one language, found again in another: what was filled into it is carried over, written as there.

So an answer made of the desk's own lines needs no translator, in either direction.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from zoneinfo import ZoneInfo

import regex

from dragoman.kit import clock, when
from dragoman.markets import formats, manners
from dragoman.replies.library.lines import known, texts

UTC = ZoneInfo("UTC")
ENDS = " ,，.。:：!！"
_BLANK = regex.compile(r"\[(\w+)\]")
_SIGN = r"[\p{Sc}\p{L}]{0,4}"
_VALUES = {
    "day": r".{2,40}?", "amount": rf"{_SIGN}\s?\d[\d.,\s]{{0,12}}\s?{_SIGN}", "days": r"\d{1,3}(?:\s?[-–]\s?\d{1,3})?",
    "tracking": r"[A-Z0-9][A-Z0-9 -]{4,38}",
}  # fmt: skip
_SLOT = regex.compile(r"(.*)\{(name|given|surname)\}(.*)")
_ADDRESSES: tuple[tuple[str, manners.Gender | None], ...] = (
    ("woman", "woman"), ("man", "man"), ("neutral", None), ("informal", None),
)  # fmt: skip
_NAME = regex.compile(r"[\p{L}\p{M}.'’ -]{1,60}")


def render(text: str, source: str, target: str) -> str | None:
    """A sentence or a greeting in another language, None where it is none of the desk's lines or where what was filled
    in can't be read for certain."""
    said = " ".join(text.split())
    if not said or not known(source) or not known(target):
        return None
    for key, pattern in _patterns(source):
        match = pattern.fullmatch(said)
        if match and key in texts(target):
            return _filled(texts(target)[key], match.groupdict(), source, target)
    return _manner(said, source, target)


@cache
def _patterns(language: str) -> tuple[tuple[str, regex.Pattern[str]], ...]:
    made = []
    for key, text in texts(language).items():
        parts = _BLANK.split(" ".join(text.split()))
        shape = "".join(
            regex.escape(part) if at % 2 == 0 else rf"\s?(?P<{part}>\[{part}\]|{_VALUES[part]})\s?"
            for at, part in enumerate(parts)
        )
        made.append((key, regex.compile(shape, regex.I)))
    return tuple(made)


def _filled(text: str, values: dict[str, str], source: str, target: str) -> str | None:
    for name, value in values.items():
        written = value if value == f"[{name}]" else _carried(name, value.strip(), source, target)
        if written is None:
            return None
        text = text.replace(f"[{name}]", written)
    return text


def _carried(name: str, value: str, source: str, target: str) -> str | None:
    return _day(value, source, target) if name == "day" else value


def _day(value: str, source: str, target: str) -> str | None:
    """A day, and its hour where one is named, as the other language writes it."""
    found = when.parse(value, now=clock.now(), zone=UTC, locale=source.replace("-", "_"), deadline=True)
    if found is None:
        return None
    there: datetime = found.at.astimezone(UTC)
    day: date = there.date()
    named = formats.day(day, target, "long")
    return f"{named}, {formats.clock(there, target)}" if found.exact else named


def _manner(said: str, source: str, target: str) -> str | None:
    """A greeting or a closing as the other language has it; who is addressed stays as they are named."""
    here, there = manners.forms(source)[1], manners.forms(target)[1]
    bare = said.rstrip(ENDS)
    for name in ("nameless", "closing_formal", "closing"):
        if bare == getattr(here, name).rstrip(ENDS):
            form: str = getattr(there, name)
            return form
    for form, gender in _ADDRESSES:
        shape = _SLOT.fullmatch(getattr(here, form).rstrip(ENDS))
        if shape is None or (gender and here.woman == here.man):
            continue
        before, slot, after = shape.groups()
        named = bare[len(before) : len(bare) - len(after)].strip()
        if before + after and bare.startswith(before) and bare.endswith(after) and _NAME.fullmatch(named):
            whom = manners.Person(name=named) if slot == "name" else manners.Person(**{slot: named}, gender=gender)
            return manners.address(None, target, whom, formal=form != "informal").greeting
    return None
