"""The lines, what they are for, and a draft of an answer made of them.

`data/index.yaml` says for each line in which part of an answer it stands, for which intents and moods a draft takes
it, and what somebody fills in (`[day]`, `[amount]`, `[tracking]`, `[days]`); `data/<language>.yaml` holds the texts,
each written in its language and not translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

PARTS = ("opening", "step", "next")
MOST = {"opening": 1, "step": 3, "next": 1}
"""So many lines of each part a draft takes: an answer says what is known, what is done, and when we write again."""
LANGUAGES = (
    "en", "zh", "zh-Hant", "de", "fr", "es", "pt", "it", "nl", "pl", "sv", "tr", "ru", "ja", "ko", "ar", "th", "vi",
    "id",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `usual` stands in every draft that leaves something to do; `needs` names what must not be known for it
    to be asked (order: its number)."""

    key: str
    part: str
    intents: frozenset[str]
    moods: frozenset[str]
    blanks: tuple[str, ...]
    usual: bool = False
    needs: str = ""


@cache
def lines() -> tuple[Line, ...]:
    """All lines, in the order in which an answer says them. Raises ValueError for one that is not whole."""
    return tuple(_line(one) for one in _load("index"))


def _line(data: Mapping[str, Any]) -> Line:
    if data["part"] not in PARTS:
        raise ValueError(f"{data['key']}: no part {data['part']}")
    return Line(
        data["key"], data["part"], frozenset(data.get("intents", ())), frozenset(data.get("moods", ())),
        tuple(data.get("blanks", ())), data.get("default", False), data.get("needs", ""),
    )  # fmt: skip


def _load(name: str) -> Any:
    text = files("dragoman.replies.library").joinpath(f"data/{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)


@cache
def languages() -> tuple[str, ...]:
    """The languages in which the lines are written."""
    folder = files("dragoman.replies.library").joinpath("data")
    return tuple(code for code in LANGUAGES if folder.joinpath(f"{code}.yaml").is_file())


def known(tag: str) -> str:
    """The language of the lines for a BCP 47 tag, '' where there is none."""
    code = "zh-Hant" if tag in ("zh-Hant", "zh-TW", "zh-HK") else tag.partition("-")[0].lower()
    return code if code in languages() else ""


@cache
def texts(language: str) -> Mapping[str, str]:
    """The texts of a language by key; empty for one in which there are none."""
    code = known(language)
    found: Mapping[str, str] = _load(code) if code else {}
    return found


def draft(intent: str, mood: str, language: str, *, has_order: bool = True) -> tuple[str, ...]:
    """The lines that answer an intent and a mood, part by part; empty where the language has none."""
    said = texts(language)
    return tuple(said[line.key] for line in _chosen(intent, mood, has_order) if line.key in said)


def _chosen(intent: str, mood: str, has_order: bool) -> Iterator[Line]:
    for part in PARTS:
        fitting = [one for one in lines() if one.part == part and _fits(one, intent, mood, has_order)]
        fitting.sort(key=lambda one: intent not in one.intents)  # what is meant for this wish before what fits any
        chosen = fitting[: MOST[part]]
        yield from (one for one in lines() if one in chosen)


def _fits(line: Line, intent: str, mood: str, has_order: bool) -> bool:
    if line.needs == "order":
        return not has_order and intent.partition(".")[0] in ("order", "delivery", "aftersale")
    if line.moods and (mood or "calm") not in line.moods:
        return False
    usual = line.usual and not intent.startswith(("other.", "presale."))
    return intent in line.intents or usual or (line.part == "opening" and bool(line.moods) and not line.intents)
