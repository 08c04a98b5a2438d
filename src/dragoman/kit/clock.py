"""The one place that asks what time it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

_offset = timedelta(0)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC) + _offset


@contextmanager
def travel(to: datetime) -> Iterator[None]:
    """Let this process believe it is `to` (time then runs on from there) until the block ends.

    Simulations (training, the demo's past weeks) live through time with it; the real clock is untouched.
    """
    global _offset
    before = _offset
    _offset = to - datetime.now(UTC)
    try:
        yield
    finally:
        _offset = before
