"""Messages with what they are: the texts that heads are taught with and measured on.

A file a language, named by its tag; a line `# label` begins a label, every other line is a message.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Example:
    """A message, its language's tag and its label."""

    text: str
    language: str
    label: str


def load(folder: Path) -> list[Example]:
    """All examples of a folder, by language. Raises ValueError where a message stands before the first label."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        label = ""
        for line in path.read_text(encoding="utf-8").splitlines():
            text = line.strip()
            if text.startswith("# "):
                label = text[2:]
            elif text and not label:
                raise ValueError(f"{path.name}: a message before the first label")
            elif text:
                found.append(Example(text, path.stem, label))
    return found
