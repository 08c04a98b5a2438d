"""LibreTranslate (docs.libretranslate.com): one's own server, often on this machine, or a public one with a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.translation import languages
from dragoman.translation.guard import WORDS
from dragoman.translation.providers import base

MOST, SIZE = 20, 8_000
_OLD = {"zh-Hans": "zh", "zh-Hant": "zt"}
"""What releases before 1.7 call the Chinese scripts."""


@dataclass(frozen=True, slots=True)
class Libre(base.Plain):
    """LibreTranslate; which pairs and codes it has, its `/languages` says."""

    marks: tuple[str, str] = WORDS

    async def _codes(self, source: str, target: str) -> tuple[str, str] | None:
        """The pair in the server's own codes, as it lists them."""
        url = f"{self.access.base_url.rstrip('/')}/languages"
        listed = await base.exchange("GET", self.access, url, headers={})
        if not isinstance(listed, list):
            raise base.Refused(base.UNREADABLE)
        known = {
            str(one["code"]): {str(code) for code in one.get("targets") or ()}
            for one in listed if isinstance(one, dict) and "code" in one
        }  # fmt: skip
        there = _known(languages.libre_code(target), known)
        if not source:
            return ("auto", there) if there else None
        here = _known(languages.libre_code(source), known)
        if not here or not there or (known[here] and there not in known[here]):
            return None
        return here, there

    async def translate(self, asked: base.Question) -> list[str]:
        """Ask with an array of texts."""
        pair = await self._codes(asked.source, asked.target)
        if pair is None:
            raise base.Refused(base.LANGUAGES, blamed=False)
        out: list[str] = []
        for some in base.batches(asked.texts, most=MOST, size=SIZE):
            body: dict[str, Any] = {"q": list(some), "source": pair[0], "target": pair[1], "format": "text"}
            if self.access.key:
                body["api_key"] = self.access.key
            answer = await base.post(self.access, f"{self.access.base_url.rstrip('/')}/translate", body, {})
            out += base.as_many(some, answer.get("translatedText"))
        return out


def _known(code: str, known: dict[str, set[str]]) -> str:
    """A code as this server has it: the variant, its older name, or the language alone; empty where it has none."""
    return next((one for one in (code, _OLD.get(code, code), code.partition("-")[0]) if _is(one, code, known)), "")


def _is(one: str, code: str, known: dict[str, set[str]]) -> bool:
    return one in known and not (code == "zh-Hant" and one == "zh")
