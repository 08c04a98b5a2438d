"""What reading was measured to be worth, on held-back messages (bench/reading.py writes it)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Figures:
    """Messages measured, and the shares of right intents and languages, 0 to 1."""

    count: int
    intent: float
    language: float


@cache
def by_language(setting: str) -> Mapping[str, Figures]:
    """The figures of a setting by language tag; empty where none were kept."""
    path = files("dragoman.understanding").joinpath("data/figures.json")
    if not path.is_file():
        return {}
    found = json.loads(path.read_text(encoding="utf-8")).get(setting, {})
    return {tag: Figures(one["count"], one["intent"], one["language"]) for tag, one in found.items()}
