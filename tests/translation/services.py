"""Translation services on this machine: real HTTP servers that speak the documented formats of each."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

Answer = tuple[int, dict[str, str], bytes]
GERMAN = {
    "Wo ist meine Bestellung": "Where is my order", "Hallo": "Hello", "Die Lampe ist kaputt": "The lamp is broken",
    "Ich habe": "I have", "bezahlt": "paid", "Mit freundlichen Grüßen": "Kind regards", "und": "and",
    "Die Lampe ist": "The lamp is", "Sofa in Farbe": "Sofa in colour",
}  # fmt: skip


def by_dictionary(texts: Sequence[str]) -> list[str]:
    """German into English, word for word; what is not in the dictionary stays."""
    out = []
    for one in texts:
        for here, there in GERMAN.items():
            one = one.replace(here, there)
        out.append(one)
    return out


def as_json(value: Any, status: int = 200, **headers: str) -> Answer:
    """A JSON answer."""
    return status, {"Content-Type": "application/json", **headers}, json.dumps(value).encode()


@dataclass
class Service:
    """A server for every format. `trouble` answers instead, `hang` never does, `words` translates."""

    port: int = 0
    words: Callable[[Sequence[str]], list[str]] = by_dictionary
    trouble: Answer | None = None
    hang: bool = False
    said: Callable[[str], str] | None = None
    """What a language model says instead of the JSON that was asked for, given the question."""
    got: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    open: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the questions."""
        return [body for path, _headers, body in self.got if path != "/languages"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        self.open.append(writer)
        try:
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        except asyncio.IncompleteReadError:
            return
        headers = {name.lower(): value for name, _colon, value in (one.partition(": ") for one in lines if one)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        path = first.split(" ")[1]
        self.got.append((path, headers, json.loads(body) if body else {}))
        if self.hang:
            return
        status, more, content = self._answer(path, self.got[-1][2])
        head = [f"HTTP/1.1 {status} X", f"Content-Length: {len(content)}", "Connection: close"]
        head += [f"{name}: {value}" for name, value in more.items()]
        writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + content)
        try:
            await writer.drain()
        except ConnectionError:
            return
        writer.close()

    def _answer(self, path: str, body: dict[str, Any]) -> Answer:
        if path == "/languages":
            return as_json([{"code": one, "name": one, "targets": ["de", "en", "es", "zh-Hans"]}
                            for one in ("de", "en", "es", "zh-Hans")])  # fmt: skip
        if self.trouble is not None:
            return self.trouble
        if path == "/v2/translate":
            found = [{"detected_source_language": "DE", "text": one} for one in self.words(body["text"])]
            return as_json({"translations": found})
        if path == "/language/translate/v2":
            return as_json({"data": {"translations": [{"translatedText": one} for one in self.words(body["q"])]}})
        if path == "/translate":
            return as_json({"translatedText": self.words(body["q"])})
        if path == "/v1/messages":
            said = self._model(body["messages"][-1]["content"])
            return as_json({"type": "message", "role": "assistant", "stop_reason": "end_turn",
                            "content": [{"type": "text", "text": said}]})  # fmt: skip
        if path == "/v1/chat/completions":
            said = self._model(body["messages"][-1]["content"])
            return as_json({"object": "chat.completion", "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}}]})  # fmt: skip
        return as_json({"error": "not found"}, 404)

    def _model(self, question: str) -> str:
        if self.said is not None:
            return self.said(question)
        texts = json.loads(question.split("\n", 1)[1].rsplit("\n", 1)[0])["texts"]
        return json.dumps({"texts": self.words(texts)}, ensure_ascii=False)


@asynccontextmanager
async def service() -> AsyncIterator[Service]:
    """A service for as long as the block lasts."""
    made = Service()
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0, limit=2**22)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        server.close()
        for writer in made.open:
            writer.close()
        await asyncio.sleep(0)
