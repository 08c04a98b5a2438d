"""What a message can be found by, and the periods in which search looks, newest first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from dragoman.kit.text import tokens

DAY = 86_400


def doc_tokens(workspace_id: UUID, at: datetime, *texts: str) -> list[str]:
    """The lexemes of one message: its words, and marks for its day, 8 days, 64 days and workspace.

    The marks start with `~`, which no word does; `search_messages` (migration 0001) reads them.
    """
    mark = workspace_id.hex
    day = int(at.timestamp()) // DAY
    return [*tokens(*texts), f"~d{day}:{mark}", f"~e{day // 8}:{mark}", f"~f{day // 64}:{mark}", f"~w:{mark}"]
