"""What the pages of merging and splitting show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Form


@dataclass(frozen=True, slots=True)
class Other:
    """A ticket that this one could be merged into."""

    number: int
    subject: str
    customer: str
    status: str
    at: datetime
    same: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """A message that could go into a ticket of its own."""

    id: str
    author: str
    kind: str
    at: datetime
    text: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class MergePage:
    """A ticket, and what it could be merged into."""

    number: int
    subject: str
    others: tuple[Other, ...]
    form: Form = field(default_factory=Form)
    strangers: bool = False


@dataclass(frozen=True, slots=True)
class SplitPage:
    """A ticket's messages, of which some make a new ticket."""

    number: int
    subject: str
    messages: tuple[Said, ...]
    form: Form = field(default_factory=Form)
