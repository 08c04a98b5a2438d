"""What the page about reading shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Round:
    """A round of teaching. Shares are percents; `used` whether its heads are in use, `helped` whether they were
    better."""

    at: datetime
    lessons: int
    before: int
    after: int
    kept_before: int
    kept_after: int
    used: bool
    helped: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """How well a language was read in the project's own held-back messages, in percent."""

    name: str
    count: int
    intent: int
    language: int


@dataclass(frozen=True, slots=True)
class ReadingPage:
    """The form, the rounds of teaching, what was measured. `setting` is full, light or off; `fewest` the corrections
    that teaching needs, `corrections` how many there are."""

    form: Form
    setting: str
    thresholds: tuple[Choice, ...]
    corrections: int
    fewest: int
    rounds: tuple[Round, ...]
    measured: tuple[Measured, ...] = ()
