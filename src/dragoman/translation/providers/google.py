"""Google Cloud Translation, basic edition, v2 (cloud.google.com/translate/docs/reference/rest/v2/translate)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.translation import languages
from dragoman.translation.providers import base

HOST = "https://translation.googleapis.com"
MOST, SIZE = 128, 5_000
"""Texts of a request (documented), and the characters the documentation recommends to stay below."""


@dataclass(frozen=True, slots=True)
class Google(base.Plain):
    """Cloud Translation with an API key, which goes in a header so that no log of addresses holds it."""

    html: bool = True

    async def translate(self, asked: base.Question) -> list[str]:
        """Ask in groups of 128."""
        out: list[str] = []
        for some in base.batches(asked.texts, most=MOST, size=SIZE):
            body: dict[str, Any] = {
                "q": list(some), "target": languages.google_code(asked.target), "format": "html",
            }  # fmt: skip
            if asked.source:
                body["source"] = languages.google_code(asked.source)
            url = f"{self.access.base_url or HOST}/language/translate/v2"
            answer = await base.post(self.access, url, body, {"X-Goog-Api-Key": self.access.key})
            data = answer.get("data")
            found = data.get("translations") if isinstance(data, dict) else None
            if not isinstance(found, list):
                raise base.Refused(base.UNREADABLE)
            out += base.as_many(some, [one.get("translatedText") if isinstance(one, dict) else None for one in found])
        return out
