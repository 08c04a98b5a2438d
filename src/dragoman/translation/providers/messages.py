"""Anthropic's Messages API (platform.claude.com/docs/en/api/messages), version 2023-06-01."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.translation.providers import base, prompt

HOST = "https://api.anthropic.com"
VERSION = "2023-06-01"
TOKENS = 8_192
"""The longest answer asked for (`max_tokens`, which the API requires)."""


@dataclass(frozen=True, slots=True)
class Messages(base.Plain):
    """A language model behind the Messages API."""

    model: bool = True

    async def translate(self, asked: base.Question) -> list[str]:
        """Ask in groups that leave room for the answer."""
        out: list[str] = []
        headers = {"x-api-key": self.access.key, "anthropic-version": VERSION}
        for some in base.batches(asked.texts, most=60, size=prompt.SIZE):
            body: dict[str, Any] = {
                "model": self.access.model, "max_tokens": TOKENS,
                "system": prompt.orders(some, asked),
                "messages": [{"role": "user", "content": prompt.question(some, asked.secret)}],
            }  # fmt: skip
            url = f"{(self.access.base_url or HOST).rstrip('/')}/v1/messages"
            out += prompt.read(_content(await base.post(self.access, url, body, headers)), some)
        return out


def _content(answer: dict[str, Any]) -> str:
    """The words of the answer, when it came to its end by itself."""
    blocks = answer.get("content")
    if not isinstance(blocks, list) or not all(isinstance(one, dict) for one in blocks):
        raise base.Refused(base.UNREADABLE)
    if answer.get("stop_reason") != "end_turn" or any(one.get("type") != "text" for one in blocks):
        raise base.Refused(base.UNREADABLE, blamed=False)
    return "".join(str(one.get("text", "")) for one in blocks)
