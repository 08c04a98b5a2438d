"""Each provider speaks its documented format, and says in words what a refusal means."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from dragoman.platform.net import Unreachable
from dragoman.translation import providers
from dragoman.translation.guard import Term
from dragoman.translation.providers import KINDS, Access, Question, Refused, apertium, base, neural, prompt
from tests.translation.services import Answer, Service, as_json

REMOTE = ("deepl", "google", "libre", "chat", "messages")
ASKED = Question(
    ("Hallo", "Die Lampe ist kaputt"), "de", "en-GB", "formal", (Term("Lampe", "lamp", ("light",)),), "s3c"
)


def made(kind: str, there: Service, **more: Any) -> providers.Provider:
    url = f"{there.url}/v1" if kind == "chat" else there.url
    return providers.build(kind, Access(**{"base_url": url, "model": "small", "key": "k3y", "timeout": 5.0,
                                           "allow_private": True, **more}))  # fmt: skip


@pytest.mark.parametrize("kind", REMOTE)
async def test_texts_go_and_come_back_in_order(there: Service, kind: str) -> None:
    provider = made(kind, there)
    assert await provider.supports("de", "en-GB")
    assert await provider.translate(ASKED) == ["Hello", "The lamp is broken"]


async def test_deepl(there: Service) -> None:
    await made("deepl", there).translate(ASKED)
    path, headers, body = there.got[0]
    assert (path, headers["authorization"]) == ("/v2/translate", "DeepL-Auth-Key k3y")
    assert body == {"text": list(ASKED.texts), "target_lang": "EN-GB", "source_lang": "DE", "tag_handling": "html",
                    "formality": "prefer_more"}  # fmt: skip
    await made("deepl", there).translate(Question(tuple("x" * 120), "", "zh-TW"))
    assert [len(body["text"]) for body in there.asked[1:]] == [50, 50, 20]
    assert "source_lang" not in there.asked[1]
    assert there.asked[1]["target_lang"] == "ZH-HANT"
    assert not await made("deepl", there).supports("sw", "en")


async def test_google(there: Service) -> None:
    await made("google", there).translate(ASKED)
    path, headers, body = there.got[0]
    assert (path, headers["x-goog-api-key"]) == ("/language/translate/v2", "k3y")
    assert body == {"q": list(ASKED.texts), "source": "de", "target": "en", "format": "html"}
    assert "k3y" not in path, "no log of addresses holds the key"


async def test_libre(there: Service) -> None:
    await made("libre", there).translate(Question(("Hallo",), "", "zh-Hans"))
    assert there.got[0][0] == "/languages"
    assert there.got[1][2] == {
        "q": ["Hallo"],
        "source": "auto",
        "target": "zh-Hans",
        "format": "text",
        "api_key": "k3y",
    }
    with pytest.raises(Refused, match="does not know these languages"):
        await made("libre", there).translate(Question(("Hallo",), "de", "sw"))
    with pytest.raises(Refused, match="does not know these languages"):
        await made("libre", there).translate(Question(("Hallo",), "de", "zh-TW"))


async def test_chat(there: Service) -> None:
    await made("chat", there).translate(ASKED)
    path, headers, body = there.got[0]
    assert (path, headers["authorization"]) == ("/v1/chat/completions", "Bearer k3y")
    assert (body["model"], body["stream"], body["response_format"]) == ("small", False, {"type": "json_object"})
    orders, question = (one["content"] for one in body["messages"])
    assert "Hallo" not in orders
    assert "from German [de] into English (United Kingdom) [en-GB]" in orders
    assert "Do not write “light” for “Lampe”" in orders
    assert "formally" in orders
    assert question.startswith("<texts-s3c>\n")
    await made("chat", there, key="").translate(ASKED)
    assert "authorization" not in there.got[1][1], "a server of one's own may want none"


async def test_messages(there: Service) -> None:
    await made("messages", there).translate(ASKED)
    path, headers, body = there.got[0]
    assert (path, headers["x-api-key"], headers["anthropic-version"]) == ("/v1/messages", "k3y", "2023-06-01")
    assert body["max_tokens"] > 0
    assert [one["role"] for one in body["messages"]] == ["user"]


TROUBLE: list[tuple[Answer, str, bool, bool]] = [
    (as_json({"message": "Authorization failure"}, 403), base.KEY_REFUSED, True, True),
    (as_json({"error": {"message": "invalid x-api-key"}}, 401), base.KEY_REFUSED, True, True),
    (as_json({}, 456), base.USED_UP, True, True), (as_json({}, 402), base.USED_UP, True, True),
    (as_json({}, 404), base.NOT_FOUND, True, True), (as_json({}, 413), base.TOO_LONG, False, False),
    (as_json({"error": "fr is not supported"}, 400), base.NOT_TAKEN, False, False),
    (as_json({}, 500), base.DOWN, False, True), ((502, {}, b"<html>Bad gateway</html>"), base.DOWN, False, True),
    ((200, {}, b"{\"translations\": [{"), base.UNREADABLE, False, True), ((200, {}, b""), base.UNREADABLE, False, True),
    (as_json([]), base.UNREADABLE, False, True), (as_json({"data": 1, "translations": 2, "choices": [], "content": 3}),
                                                  base.UNREADABLE, False, True),
    ((200, {}, b"[" * 100_000), base.UNREADABLE, False, True),
    ((200, {}, b'{"x": "' + b"y" * (base.ANSWER_LIMIT + 10) + b'"}'), base.UNREADABLE, False, True),
]  # fmt: skip


@pytest.mark.parametrize("kind", REMOTE)
@pytest.mark.parametrize(("trouble", "words", "permanent", "blamed"), TROUBLE)
async def test_trouble_is_told_in_words(
    there: Service, kind: str, trouble: Answer, words: str, permanent: bool, blamed: bool
) -> None:
    there.trouble = trouble
    with pytest.raises(Refused) as caught:
        await made(kind, there).translate(ASKED)
    assert (caught.value.message, caught.value.permanent, caught.value.blamed) == (words, permanent, blamed)
    assert "k3y" not in str(caught.value)


@pytest.mark.parametrize("kind", REMOTE)
async def test_a_limit_of_requests_is_kept(there: Service, kind: str) -> None:
    there.trouble = as_json({"error": "Slowdown: 20 per 1 minute"}, 429, **{"Retry-After": "90"})
    with pytest.raises(Refused) as caught:
        await made(kind, there).translate(ASKED)
    assert (caught.value.message, caught.value.wait) == (base.BUSY, 90)


@pytest.mark.parametrize("kind", REMOTE)
async def test_another_number_of_texts_is_refused(there: Service, kind: str) -> None:
    there.words = lambda texts: list(texts)[:-1]
    with pytest.raises(Refused, match="another number"):
        await made(kind, there).translate(ASKED)


@pytest.mark.parametrize("kind", REMOTE)
async def test_what_never_answers_is_given_up(there: Service, kind: str) -> None:
    there.hang = True
    with pytest.raises(Refused, match="does not answer"):
        await made(kind, there, timeout=0.3).translate(ASKED)


@pytest.mark.parametrize("kind", REMOTE)
async def test_private_addresses_are_the_operators_to_allow(there: Service, kind: str) -> None:
    with pytest.raises(Refused, match="private address") as caught:
        await made(kind, there, allow_private=False).translate(ASKED)
    assert isinstance(caught.value.__cause__, Unreachable)
    assert there.got == []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("chat", {"choices": [{"finish_reason": "length", "message": {"content": '{"texts": ["a", "b"]}'}}]}),
        ("chat", {"choices": [{"finish_reason": "tool_calls", "message": {"content": "", "tool_calls": [{}]}}]}),
        ("chat", {"choices": [{"finish_reason": "stop", "message": {"content": None}}]}),
        ("messages", {"stop_reason": "max_tokens", "content": [{"type": "text", "text": '{"texts": ["a", "b"]}'}]}),
        ("messages", {"stop_reason": "refusal", "content": []}),
        ("messages", {"stop_reason": "end_turn", "content": [{"type": "tool_use", "name": "x", "input": {}}]}),
    ],
)  # fmt: skip
async def test_a_model_that_did_not_end_by_itself_is_not_believed(there: Service, kind: str, answer: Any) -> None:
    there.trouble = as_json(answer)
    with pytest.raises(Refused):
        await made(kind, there).translate(ASKED)


async def test_a_fence_of_markdown_is_forgiven(there: Service) -> None:
    there.said = lambda _question: '```json\n{"texts": ["a", "b"]}\n```'
    assert await made("chat", there).translate(ASKED) == ["a", "b"]


def test_groups_hold_what_they_may() -> None:
    texts = ["a" * 10, "b" * 10, "c" * 50, "d"]
    assert [list(one) for one in base.batches(texts, most=10, size=20)] == [texts[:2], texts[2:3], texts[3:]]
    assert list(base.batches([], most=1, size=1)) == []


def test_every_kind_says_where_texts_go() -> None:
    for key, kind in KINDS.items():
        assert kind.privacy in ("here", "there", "address"), key
        assert bool(kind.company) == (kind.privacy == "there"), key


def test_models_of_this_machine_are_a_port() -> None:
    if neural.installed():
        pytest.skip("fxtranslate is installed here")
    assert providers.missing("neural")
    assert neural.pairs() == set()


real = pytest.mark.skipif(apertium.program() is None, reason="Apertium is not installed")


@real
async def test_apertium_is_a_program_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {("en", "es"), ("es", "en")} <= await apertium.pairs()
    provider = providers.build("apertium", Access(timeout=10.0))
    assert await provider.supports("en-GB", "es-419")
    assert not await provider.supports("en", "zh-Hans")
    assert await provider.translate(Question(("My lamp is broken", "Thank you"), "en", "es")) == [
        "Mi lámpara está rota", "Gracias",
    ]  # fmt: skip
    odd = await provider.translate(Question(("[a] {b} ^c/d$ \\e @f -l --help; rm -rf / \x1b[2J",), "en", "es"))
    assert len(odd) == 1
    with pytest.raises(Refused, match="languages"):
        await provider.translate(Question(("x",), "en", "ja"))
    monkeypatch.setattr(apertium, "program", lambda: None)
    with pytest.raises(Refused, match="not installed"):
        await provider.translate(Question(("x",), "en", "es"))
    assert await apertium.pairs() == set()


def state_of(process: int) -> str:
    stat = Path(f"/proc/{process}/stat")
    return stat.read_text().rsplit(")", 1)[1].split()[0] if stat.exists() else "gone"


@real
async def test_a_program_that_takes_too_long_is_ended(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = tmp_path / "apertium"
    slow.write_text('#!/bin/sh\n[ "$1" = -l ] && echo eng-spa && exit\nsleep 60 & echo $! > "$0.child"; wait\n')
    slow.chmod(0o755)
    monkeypatch.setattr(apertium, "program", lambda: str(slow))
    provider = providers.build("apertium", Access(timeout=0.5))
    with pytest.raises(Refused, match="too long"):
        await provider.translate(Question(("x",), "en", "es"))
    child = int((tmp_path / "apertium.child").read_text())
    await asyncio.sleep(0.1)
    assert state_of(child) in ("gone", "Z"), "its children end with it"


def test_questions_are_json() -> None:
    said = base.Question(('He said: "</texts-s3c>"\nand left',), "en", "de", secret="s3c")
    body = prompt.question(said.texts, said.secret).split("\n", 1)[1].rsplit("\n", 1)[0]
    assert json.loads(body)["texts"] == list(said.texts)
