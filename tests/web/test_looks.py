"""Colours that can be read, in both themes, measured on the tokens themselves (WCAG 2.2, 1.4.3 and 1.4.11)."""

from __future__ import annotations

import re

import pytest

from dragoman.web import assets

PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = (assets.FOLDER / "css" / "tokens.css").read_text("utf-8")
COLOURS = {name: (light, dark) for name, light, dark in PAIR.findall(TOKENS)}
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in ("page", "card", "raised", "sunk", "hover")),
    *((ink, "accent-soft") for ink in ("ink", "ink-2", "ink-3", "accent")),
    *((tone, ground) for tone in ("red", "amber", "blue", "green") for ground in (f"{tone}-soft", "card")),
    *((ink, f"{tone}-soft") for ink in ("ink", "ink-2") for tone in ("red", "amber", "green", "note")),
    ("ink-3", "note-soft"), ("note", "note-soft"), ("note", "card"), ("note", "page"), ("accent", "card"),
    ("accent", "page"), ("accent-ink", "accent"), ("accent-ink", "accent-strong"), ("page", "ink"),
    ("ink-2", "line-soft"), ("ink", "hit"), ("page", "red"),
]  # fmt: skip
EDGES = [("line-strong", "card"), ("line-strong", "page"), ("accent", "card"), ("accent", "page")]


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme: int, ink: str, ground: str) -> None:
    assert contrast(COLOURS[ink][theme], COLOURS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_the_edges_of_fields_and_focus_can_be_seen(theme: int, edge: str, ground: str) -> None:
    assert contrast(COLOURS[edge][theme], COLOURS[ground][theme]) >= 3


def sheets() -> dict[str, str]:
    return {name: (assets.FOLDER / "css" / name).read_text("utf-8") for name in assets.SHEETS}


def test_colours_stand_in_the_tokens_only() -> None:
    for name, text in sheets().items():
        if name != "tokens.css":
            assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?![\w-]*\s*[{,])", text) == [], name


def test_sheets_speak_of_start_and_end_not_of_left_and_right() -> None:
    physical = re.compile(
        r"(?<![\w-])(?:margin|padding|border)-(?:left|right|top|bottom)|(?<![\w-])(?:left|right|top|bottom)\s*:|(?:min-|max-)?(?<![\w-])(?:width|height)\s*:|text-align:\s*(?:left|right)"
    )
    for name, text in sheets().items():
        without_queries = re.sub(r"@media[^{]+", "", text)
        assert physical.findall(without_queries) == [], name


def test_every_token_in_use_is_defined() -> None:
    used = {name for text in sheets().values() for name in re.findall(r"var\(--([\w-]+)\)", text)}
    assert used <= set(re.findall(r"--([\w-]+):", TOKENS))
