"""What the page of signatures shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class SignatureRow:
    """One signature, and for what it stands."""

    shop: str
    shop_id: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class SignaturesPage:
    """The usual signature and those for shops and languages."""

    usual: str
    rows: tuple[SignatureRow, ...]
    shops: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
