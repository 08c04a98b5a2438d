"""What the ways in show."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class SignInPage:
    """E-mail and password; `next` is where to go afterwards.

    `asks_site` where several workspaces live in one installation; `outside` leads to the company's own sign-in, which
    goes by `label`.
    """

    form: Form = field(default_factory=Form)
    next: str = "/"
    asks_site: bool = False
    outside: str = ""
    label: str = ""


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


@dataclass(frozen=True, slots=True)
class InvitationPage:
    """Who invites to what, and the form to join; with `guess` the browser may put in its own time zone."""

    form: Form
    action: str
    email: str
    role: str
    by: str
    company: str
    locales: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    guess: bool = False


@dataclass(frozen=True, slots=True)
class OutsidePage:
    """Why the company's own sign-in let nobody in, and what to do."""

    text: str
