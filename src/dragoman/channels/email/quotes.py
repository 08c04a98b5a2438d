"""Tells the sender's own words from quotations and signatures."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.channels.email.html_text import SIGNATURE_END, SIGNATURE_START
from dragoman.channels.email.mail import Section


def split(text: str) -> tuple[Section, ...]:
    """`text` cut into sections, in order."""
    text = text.replace(SIGNATURE_START, "").replace(SIGNATURE_END, "").strip("\n")
    return (Section("own", text),) if text else ()


def own_words(sections: Sequence[Section]) -> str:
    """The sender's own words."""
    return "\n".join(section.text for section in sections if section.kind == "own")
