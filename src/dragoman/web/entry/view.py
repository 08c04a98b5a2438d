"""What the ways in show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Account:
    """A log-in of the demo workspace, offered on its sign-in page."""

    email: str
    role: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """E-mail and password; `next` is where to go afterwards, `demo` the demo's log-ins and their password."""

    form: Form = field(default_factory=Form)
    next: str = "/"
    demo: tuple[Account, ...] = ()
    demo_password: str = ""


@dataclass(frozen=True, slots=True)
class CodePage:
    """The second factor's six digits, or a rescue code."""

    form: Form = field(default_factory=Form)
    next: str = "/"


@dataclass(frozen=True, slots=True)
class NewPasswordPage:
    """A new password, asked for when the present one was given by somebody else."""

    form: Form = field(default_factory=Form)
    name: str = ""


@dataclass(frozen=True, slots=True)
class SetUpPage:
    """The first start: the workspace and its first admin."""

    form: Form
    locales: tuple[Choice, ...]
    zones: tuple[Choice, ...]
