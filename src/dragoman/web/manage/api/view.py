"""What the page of access tokens shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form
from dragoman.web.words import Word


@dataclass(frozen=True, slots=True)
class TokenRow:
    """One token: as whom it acts, its scopes in words, and how it stands; `revoke` is empty once it is dead."""

    name: str
    person: str
    scopes: tuple[str, ...]
    state: Word
    expires_at: datetime
    used_at: datetime | None
    revoke: str = ""


@dataclass(frozen=True, slots=True)
class TokensPage:
    """All tokens, the form that makes one, and one that was just made."""

    tokens: tuple[TokenRow, ...]
    scopes: tuple[Choice, ...]
    lifetimes: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
    made: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class TryPage:
    """Where the API's description is."""

    description: str
