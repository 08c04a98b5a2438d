"""What the profile page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form
from dragoman.web.manage.people.view import SignInRow


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor being set up: `qr` is a data address of the picture, `secret` the same for typing."""

    qr: str
    secret: str
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class Alert:
    """Something about the reader's sign-in that they should know; `end` ends the sign-in it speaks of, if it lasts."""

    what: str
    browser: str
    address: str
    at: datetime
    close: str
    end: str = ""


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """The reader's own settings: the forms of the profile, of the password, and of switching codes off.

    `enrolment` stands while a second factor is being set up; `codes` are recovery codes just made, shown once.
    """

    form: Form
    password: Form
    off: Form
    locales: tuple[Choice, ...]
    themes: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    second_factor: bool = False
    enrolling: bool = False
    enrolment: Enrolment | None = None
    renew: Form = field(default_factory=Form)
    codes: tuple[str, ...] = ()
    codes_left: int = 0
    has_password: bool = True
    sign_ins: tuple[SignInRow, ...] = ()
    alerts: tuple[Alert, ...] = ()
