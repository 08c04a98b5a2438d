"""What the workspace page shows."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class WorkspacePage:
    """The form of the workspace's own settings."""

    form: Form
    locales: tuple[Choice, ...]
    zones: tuple[Choice, ...]
