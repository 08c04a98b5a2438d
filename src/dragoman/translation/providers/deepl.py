"""DeepL API v2 (developers.deepl.com/api-reference/translate): free and pro accounts have hosts of their own, told by
the key's ending `:fx`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.translation import languages
from dragoman.translation.providers import base

FREE, PRO = "https://api-free.deepl.com", "https://api.deepl.com"
MOST, SIZE = 50, 24_000
"""Texts of a request (documented), and characters, so that it stays below the documented 128 KiB in any script."""
_FORMALITY = {"formal": "prefer_more", "informal": "prefer_less"}


@dataclass(frozen=True, slots=True)
class DeepL(base.Plain):
    """DeepL. Glossaries of theirs are not used: our term base goes in as marks."""

    html: bool = True

    async def supports(self, source: str, target: str) -> bool:
        """Whether both are among its languages."""
        return languages.deepl_source(source) is not None and languages.deepl_target(target) is not None

    async def translate(self, asked: base.Question) -> list[str]:
        """Ask in groups of fifty."""
        out: list[str] = []
        host = self.access.base_url or (FREE if self.access.key.endswith(":fx") else PRO)
        for some in base.batches(asked.texts, most=MOST, size=SIZE):
            body: dict[str, Any] = {"text": list(some), "target_lang": languages.deepl_target(asked.target),
                                    "tag_handling": "html"}  # fmt: skip
            if code := languages.deepl_source(asked.source):
                body["source_lang"] = code
            if asked.formality in _FORMALITY:
                body["formality"] = _FORMALITY[asked.formality]
            answer = await base.post(
                self.access, f"{host}/v2/translate", body, {"Authorization": f"DeepL-Auth-Key {self.access.key}"}
            )
            found = answer.get("translations")
            if not isinstance(found, list):
                raise base.Refused(base.UNREADABLE)
            out += base.as_many(some, [one.get("text") if isinstance(one, dict) else None for one in found])
        return out
