"""What the webhook pages show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form
from dragoman.web.words import Word


@dataclass(frozen=True, slots=True)
class HookRow:
    """One webhook in the list."""

    name: str
    url: str
    href: str
    kinds: int
    state: Word


@dataclass(frozen=True, slots=True)
class HooksPage:
    """All webhooks, and the form that adds one."""

    hooks: tuple[HookRow, ...]
    kinds: tuple[Choice, ...]
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class Try:
    """One try of a delivery; `status` 0 is no answer at all."""

    at: datetime
    status: int
    ms: int
    detail: str


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery of the log; `payload` is what was sent, indented."""

    id: str
    kind: str
    at: datetime
    state: Word
    tries: tuple[Try, ...]
    next_at: datetime | None
    payload: str
    replay: str


@dataclass(frozen=True, slots=True)
class HookPage:
    """One webhook, its form and its log; `secret` only right after it was made."""

    name: str
    href: str
    state: Word
    kinds: tuple[Choice, ...]
    form: Form
    deliveries: tuple[DeliveryRow, ...]
    more: str = ""
    secret: str = ""
    active: bool = True
