"""The port: what a translator is asked, what it answers, and how it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from dragoman.kit.errors import N_, DeskError
from dragoman.platform import http
from dragoman.platform.net import Unreachable
from dragoman.translation.guard import BRACKETS, Term

ANSWER_LIMIT = 1024 * 1024
"""Bytes of an answer that are read; a longer one is none."""
LONGEST_WAIT = 6 * 3600


class Refused(DeskError):
    """A provider that did not translate, in words that say what to do.

    `permanent`: it will go on refusing until somebody changes its settings. `blamed`: the provider itself is at fault,
    not this text, so that it is left alone for a while. `wait` is how many seconds it asked for, if it did.
    """

    status = 502

    def __init__(
        self, message: str, *, permanent: bool = False, blamed: bool = True, wait: int | None = None, **values: Any
    ) -> None:
        super().__init__(message, fields=None, **values)
        self.permanent, self.blamed, self.wait = permanent, blamed, wait


@dataclass(frozen=True, slots=True)
class Access:
    """How a provider is reached: address, model and key where its kind has them; `timeout` in seconds."""

    base_url: str = ""
    model: str = ""
    key: str = ""
    timeout: float = 20.0
    allow_private: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: texts (HTML for providers that take it) between languages (BCP 47; source empty: unknown).

    `formality` is empty, `formal` or `informal`; `terms` are words of the house that the texts use; `secret` stands in
    the fence of a model's question and must not come back.
    """

    texts: tuple[str, ...]
    source: str
    target: str
    formality: str = ""
    terms: tuple[Term, ...] = ()
    secret: str = ""


class Provider(Protocol):
    """Somebody or something that translates.

    `marks` is how what must survive is marked for it, `html` whether it keeps tags and takes texts as HTML, `model`
    whether it is a language model, whose answers are looked at more strictly.
    """

    @property
    def marks(self) -> tuple[str, str]: ...
    @property
    def html(self) -> bool: ...
    @property
    def model(self) -> bool: ...

    async def supports(self, source: str, target: str) -> bool:
        """Whether it translates between these languages (BCP 47, source empty: to be found out)."""

    async def translate(self, asked: Question) -> list[str]:
        """The texts in the target language, as many and in the same order. Raises Refused."""


KEY_REFUSED = N_("The translation service refuses the key. Enter a valid one under Settings, Translation services.")
USED_UP = N_("The quota at the translation service is used up. Raise it there, or let another provider go first.")
BUSY = N_("The translation service has too much to do. It is asked again in a while.")
DOWN = N_("The translation service is out of order ({status}). It is asked again in a while.")
NOT_FOUND = N_("The translation service knows no such address or model. See Settings, Translation services.")
NOT_TAKEN = N_("The translation service does not take this text or these languages ({detail}).")
TOO_LONG = N_("The text is too long for the translation service.")
UNREADABLE = N_("The translation service sent an answer that can't be read. It is asked again in a while.")
COUNT = N_("The translation service sent back another number of texts.")
LANGUAGES = N_("The translation service does not know these languages.")


def refusal(status: int, headers: Mapping[str, str], detail: str = "") -> Refused:
    """What an HTTP status of a translation service means; 402 and DeepL's 456 are quotas."""
    if status in (401, 403):
        return Refused(KEY_REFUSED, permanent=True)
    if status in (402, 456):
        return Refused(USED_UP, permanent=True)
    if status == 404:
        return Refused(NOT_FOUND, permanent=True)
    if status in (413, 414):
        return Refused(TOO_LONG, blamed=False)
    if status in (429, 503, 529):
        return Refused(BUSY, wait=_seconds(headers.get("retry-after", "")))
    if 400 <= status < 500:
        return Refused(NOT_TAKEN, blamed=False, detail=f"{status} {detail[:120]}".strip())
    return Refused(DOWN, status=status)


def _seconds(value: str) -> int | None:
    return min(int(value), LONGEST_WAIT) if value.isascii() and value.isdigit() else None


async def post(access: Access, url: str, body: dict[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
    """Send JSON, get a JSON object. Raises Refused for everything else."""
    answer = await exchange("POST", access, url, headers=headers, body=body)
    if not isinstance(answer, dict):
        raise Refused(UNREADABLE)
    return answer


async def exchange(
    method: str, access: Access, url: str, *, headers: Mapping[str, str], body: dict[str, Any] | None = None
) -> Any:
    """One call through the guard of the platform; what a well answered one holds. Raises Refused."""
    sent = json.dumps(body, ensure_ascii=False).encode() if body is not None else None
    try:
        answer = await http.request(
            method, url, headers={"Content-Type": "application/json", **headers}, body=sent, timeout=access.timeout,
            limit=ANSWER_LIMIT, allow_private=access.allow_private,
        )  # fmt: skip
    except Unreachable as error:
        values: dict[str, Any] = dict(error.values)
        raise Refused(error.message, **values) from error
    try:
        content = json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        if 200 <= answer.status < 300:
            raise Refused(UNREADABLE) from error
        content = None
    if not 200 <= answer.status < 300:
        raise refusal(answer.status, answer.headers, _detail(content))
    return content


def _detail(content: Any) -> str:
    """The sentence of an error answer: `message` (DeepL), `error` (LibreTranslate), `error.message` (the others)."""
    if not isinstance(content, dict):
        return ""
    error = content.get("error", content.get("message", ""))
    if isinstance(error, dict):
        error = error.get("message", "")
    return str(error).replace("\0", "") if error else ""


def as_many(texts: Sequence[str], answers: Any) -> list[str]:
    """The answers, when they are texts and as many as were asked for. Raises Refused."""
    if not isinstance(answers, list) or not all(isinstance(one, str) for one in answers):
        raise Refused(UNREADABLE)
    if len(answers) != len(texts):
        raise Refused(COUNT, blamed=False)
    return [str(one) for one in answers]


def batches(texts: Sequence[str], *, most: int, size: int) -> Iterator[Sequence[str]]:
    """Texts in groups of at most `most`, and of at most `size` characters where a single one is not longer."""
    start, held = 0, 0
    for at, one in enumerate(texts):
        if at > start and (at - start >= most or held + len(one) > size):
            yield texts[start:at]
            start, held = at, 0
        held += len(one)
    if start < len(texts):
        yield texts[start:]


@dataclass(frozen=True, slots=True)
class Plain:
    """What most providers have in common."""

    access: Access
    marks: tuple[str, str] = BRACKETS
    html: bool = False
    model: bool = False

    async def supports(self, source: str, target: str) -> bool:
        """Of those that list no languages nobody knows before they are asked."""
        return bool(target) and source != target
