"""What goes into a translation and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dragoman.kit.errors import N_
from dragoman.translation import similarity
from dragoman.translation.guard import Finding, Span
from dragoman.translation.sentences import Pair

DONE, WAITING, FAILED, SAME, OFF = "done", "waiting", "failed", "same", "off"
READ, REPLY, CHECK = "read", "reply", "check"
"""Purposes: a customer's words for an agent, an agent's for a customer, and those back again."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no translation: a gettext id with its values, and whose trouble it is (empty: nobody's)."""

    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    provider: str = ""

    def facts(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {"message": self.message, "values": dict(self.values), "provider": self.provider}


def problem_of(facts: Mapping[str, Any]) -> Problem | None:
    """A kept problem; None where nothing is kept."""
    if not facts:
        return None
    return Problem(str(facts["message"]), dict(facts.get("values") or {}), str(facts.get("provider", "")))


SET_UP = Problem(N_("No translation service is switched on. It can be set up under Settings, Translation services."))
NO_PAIR = Problem(N_("No translation service that is switched on knows these languages."))
TOO_LONG = Problem(N_("This text is too long to be translated at once ({n} characters)."), {"n": 0})


@dataclass(frozen=True, slots=True)
class Ask:
    """A text to translate. `source` and `target` are BCP 47 tags, source empty when it is unknown; `spans` is what
    the text names, `[(start, end, kind)…]` as `understanding.entities.find` tells; `formality` empty, `formal` or
    `informal`."""

    text: str
    source: str = ""
    target: str = ""
    spans: tuple[Span, ...] = ()
    message_id: UUID | None = None
    formality: str = ""

    @property
    def hash(self) -> bytes:
        """By which the text is found again; another formality is another translation."""
        return similarity.digest(self.text, self.formality) if self.formality else text_hash(self.text)


def text_hash(text: str) -> bytes:
    """The key of a text's translations, 16 bytes."""
    return similarity.digest(text)


@dataclass(frozen=True, slots=True)
class Result:
    """A translation, or why there is none.

    `state`: `done`; `waiting`, a job is at it; `failed`, and `problem` says why; `same`, the reader reads the original
    (`text` is it); `off`, nothing is switched on. `provider` is whom to name beside it, empty for the memory and for
    people; `memory` that people's earlier words serve again; `corrected` that a person wrote just this.
    """

    state: str
    text: str = ""
    provider: str = ""
    sentences: tuple[Pair, ...] = ()
    memory: bool = False
    corrected: bool = False
    problem: Problem | None = None
    findings: tuple[Finding, ...] = ()
    hash: bytes = b""
    source: str = ""
    target: str = ""

    @property
    def shown(self) -> bool:
        """Whether there is a text for the reader."""
        return self.state in (DONE, SAME)


@dataclass(frozen=True, slots=True)
class Similar:
    """An earlier text like this one, 0 to 1, with what a person made of it."""

    score: float
    source: str
    target: str
