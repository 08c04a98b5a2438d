"""Chat completions as OpenAI defined them (platform.openai.com/docs/api-reference/chat) and many others speak:
DeepSeek, Qwen's compatible mode, vLLM, Ollama. The address is the one that ends before `/chat/completions`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.translation.providers import base, prompt


@dataclass(frozen=True, slots=True)
class Chat(base.Plain):
    """A language model behind any address of this format."""

    model: bool = True

    async def translate(self, asked: base.Question) -> list[str]:
        """Ask in groups that leave room for the answer."""
        out: list[str] = []
        for some in base.batches(asked.texts, most=60, size=prompt.SIZE):
            body: dict[str, Any] = {
                "model": self.access.model, "stream": False, "response_format": {"type": "json_object"},
                "messages": [
                    {"role": "system", "content": prompt.orders(some, asked)},
                    {"role": "user", "content": prompt.question(some, asked.secret)},
                ],
            }  # fmt: skip
            headers = {"Authorization": f"Bearer {self.access.key}"} if self.access.key else {}
            url = f"{self.access.base_url.rstrip('/')}/chat/completions"
            out += prompt.read(_content(await base.post(self.access, url, body, headers)), some)
        return out


def _content(answer: dict[str, Any]) -> str:
    """The words of the first choice, when it came to its end by itself and calls nothing."""
    try:
        choice = answer["choices"][0]
        said, ended, message = choice["message"]["content"], choice.get("finish_reason"), choice["message"]
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise base.Refused(base.UNREADABLE) from error
    if ended not in ("stop", None) or message.get("tool_calls") or not isinstance(said, str):
        raise base.Refused(base.UNREADABLE, blamed=False)
    return said
