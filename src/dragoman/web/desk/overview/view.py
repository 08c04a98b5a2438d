"""What the overview shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dragoman.web.desk.inbox.view import Row


@dataclass(frozen=True, slots=True)
class Band:
    """Tickets whose clocks end in a stretch of time; `more` when there are further ones than are shown."""

    title: str
    rows: tuple[Row, ...]
    more: str = ""


@dataclass(frozen=True, slots=True)
class Heap:
    """How much lies with somebody or in a queue: late, due within the hour, and in all (to a bound)."""

    name: str
    late: int
    soon: int
    all: int


@dataclass(frozen=True, slots=True)
class OverviewPage:
    """What is late, what will be within the hour, and with whom it lies."""

    bands: tuple[Band, ...]
    heaps: tuple[Heap, ...]
    queues: tuple[Heap, ...]
    median: timedelta | None = None
    replies: int = 0
    kept: int = 0
