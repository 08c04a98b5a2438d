"""What the profile page shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor being set up: `qr` is a data address of the picture, `secret` the same for typing."""

    qr: str
    secret: str
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """The reader's own settings: the forms of the profile, of the password, and of switching codes off.

    `enrolment` stands while a second factor is being set up.
    """

    form: Form
    password: Form
    off: Form
    locales: tuple[Choice, ...]
    themes: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    second_factor: bool = False
    enrolment: Enrolment | None = None
