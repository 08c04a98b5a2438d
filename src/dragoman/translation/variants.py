"""The variant of a language that a reader has (R86), where a provider writes another one. Pure, from data."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import regex
import yaml

from dragoman.translation import languages

DATA = Path(__file__).parent / "data" / "variants.yaml"
_AREA = {"en-GB": ("GB", "IE", "AU", "NZ", "ZA", "IN", "SG", "HK"), "en-US": ("US", "CA", "PH"), "es-ES": ("ES",),
         "pt-PT": ("PT", "AO", "MZ"), "pt-BR": ("BR",)}  # fmt: skip


def of(tag: str) -> str:
    """Which written variant a tag means: `en-GB` for `en-AU`, `es-419` for `es-MX`; empty where there are none."""
    base, region = languages.base(tag), languages.region(tag)
    if not region:
        return ""
    for variant, regions in _AREA.items():
        if languages.base(variant) == base and region in regions:
            return variant
    return "es-419" if base == "es" else ""


@cache
def _words(variant: str) -> dict[str, str]:
    """Words of the other variant with their form in this one."""
    found: dict[str, str] = {}
    for table in yaml.safe_load(DATA.read_text("utf-8")):
        pairs = [*table["words"].items(), *_gendered(table)]
        if table["to"] == variant:
            found |= dict(pairs)
        elif table["from"] == variant:
            found |= {there: here for here, there in pairs}
    return found


def _gendered(table: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Words of another gender there, bare and with each article before them: (in `from`, in `to`)."""
    for he, she, *back in table.get("gendered", ()):
        for his, her in (("", ""), *table["articles"]):
            pair = f"{his} {he}".strip(), f"{her} {she}".strip()
            yield pair[::-1] if back else pair


@cache
def _pattern(variant: str) -> regex.Pattern[str]:
    words = sorted(_words(variant), key=len, reverse=True)
    return regex.compile(rf"\b(?:{'|'.join(map(regex.escape, words))})\b", regex.I)


def adapt(text: str, target: str) -> str:
    """A text with the other variant's words as the target's readers write them."""
    variant = of(target)
    if not variant or not _words(variant):
        return text

    def swap(found: regex.Match[str]) -> str:
        word = _words(variant).get(found.group()) or _words(variant).get(found.group().lower(), found.group())
        return word[:1].upper() + word[1:] if found.group()[:1].isupper() else word

    return str(_pattern(variant).sub(swap, text))
