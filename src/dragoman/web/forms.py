"""A form as a page shows it: what was typed, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Form:
    """Typed values and messages by field name; `problem` is what concerns the whole form."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""

    def value(self, name: str) -> str:
        """What was typed into the field, empty when nothing was."""
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        """What is wrong with the field in the reader's language, empty when nothing is."""
        return self.errors.get(name, "")


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a select or a menu."""

    value: str
    label: str
    current: bool = False
    hint: str = ""
