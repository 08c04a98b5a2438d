"""What the ways in show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Account:
    """A log-in of the demo workspace, offered on its sign-in page."""

    email: str
    role: str


@dataclass(frozen=True, slots=True)
class SignInPage:
    """E-mail and password; `next` is where to go afterwards, `demo` the demo's log-ins and their password.

    `asks_site` where several workspaces live in one installation.
    """

    form: Form = field(default_factory=Form)
    next: str = "/"
    demo: tuple[Account, ...] = ()
    demo_password: str = ""
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
    """The first start: the workspace and its first admin."""

    form: Form
    locales: tuple[Choice, ...]
    zones: tuple[Choice, ...]


def demo_accounts(settings: Mapping[str, Any]) -> tuple[tuple[Account, ...], str]:
    """The log-ins a demo workspace offers on its sign-in page, and their password; nothing for a real one."""
    offered = settings.get("demo_accounts") or {}
    people = tuple(Account(str(one["email"]), str(one["role"])) for one in offered.get("people", ()))
    return people, str(offered.get("password", ""))
