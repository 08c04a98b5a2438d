"""What was said while an answer was written, beside the answer. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from dragoman.tickets.models import Message
from dragoman.web.desk.ticket.view import Clash

LONGEST = 1_500  # words compared; more would be slow, and nobody would read it
_WORDS = re.compile(r"\s+|[\w'’-]+|[^\w\s]")


def clash_of(message: Message, mine: str, author: str = "") -> Clash:
    """A message that came meanwhile; where a colleague (`author`) wrote it, with what it has in common with one's own
    words."""
    theirs = message.text
    ours = message.kind == "outbound"
    parts = common(theirs, mine) if ours else ((theirs[:4_000], False),)
    return Clash(author or message.from_name or message.from_address, message.at, ours, parts, str(message.id))


def common(theirs: str, mine: str) -> tuple[tuple[str, bool], ...]:
    """A text cut into what another text says too and what it does not."""
    a, b = _WORDS.findall(theirs)[:LONGEST], _WORDS.findall(mine)[:LONGEST]
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    parts: list[tuple[str, bool]] = []
    done = 0
    for block in matcher.get_matching_blocks():
        if block.a > done:
            parts.append(("".join(a[done : block.a]), False))
        if block.size:
            parts.append(("".join(a[block.a : block.a + block.size]), True))
        done = block.a + block.size
    return tuple(parts)
