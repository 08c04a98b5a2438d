"""What the page of signing in shows."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Pair:
    """A value of the claim and the role it gives."""

    value: str
    role: str


@dataclass(frozen=True, slots=True)
class SignInSettingsPage:
    """The company's own sign-in: `back` is the address the provider must be told, `others` the
    choices for whom no pair fits, `tested` what a trial of the provider said."""

    form: Form
    pairs: tuple[Pair, ...]
    roles: tuple[Choice, ...]
    others: tuple[Choice, ...]
    back: str
    stored: bool = False
    tested: str = ""
    works: bool = False
