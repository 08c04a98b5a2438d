"""What the page of a view shows."""

from __future__ import annotations

from dataclasses import dataclass, field

from dragoman.web.builders import Builder
from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class ViewPage:
    """A view to make or (with `editing`) to change."""

    builder: Builder
    columns: tuple[Choice, ...]
    sorts: tuple[Choice, ...]
    audiences: tuple[Choice, ...]
    form: Form = field(default_factory=Form)
    editing: str = ""
    action: str = "/views"
    href: str = "/desk"
    problems: tuple[str, ...] = ()
