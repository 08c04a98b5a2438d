"""What the ways in show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class SignInPage:
    """E-mail and password; `next` is where to go afterwards.

    `asks_site` where several workspaces live in one installation.
    """

    form: Form = field(default_factory=Form)
    next: str = "/"
    asks_site: bool = False


@dataclass(frozen=True, slots=True)
class CodePage:
    """The second factor's six digits."""

    form: Form = field(default_factory=Form)
    next: str = "/"


@dataclass(frozen=True, slots=True)
class NewPasswordPage:
    """A new password, asked for when the present one was given by somebody else."""

    form: Form = field(default_factory=Form)
    name: str = ""
    next: str = "/"


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """The first start: the workspace and its first admin; with `guess` the browser may put in its own time zone."""

    form: Form
    locales: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    guess: bool = False
