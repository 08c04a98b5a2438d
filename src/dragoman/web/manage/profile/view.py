"""What the profile page shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Session:
    """One place where the person is signed in."""

    label: str
    seen_at: datetime
    current: bool = False


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A second factor being set up: `qr` is a data address of the picture, `secret` the same for typing."""

    qr: str
    secret: str
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class ProfilePage:
    """The reader's own settings; `enrolment` while a second factor is being set up, `codes` right after."""

    form: Form
    password: Form
    locales: tuple[Choice, ...]
    themes: tuple[Choice, ...]
    zones: tuple[Choice, ...]
    second_factor: bool = False
    enrolment: Enrolment | None = None
    codes: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
