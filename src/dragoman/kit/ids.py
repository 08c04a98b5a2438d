"""Identifiers: UUIDs of version 7, so that keys sort by the time they were made."""

from __future__ import annotations

import os
import time
from threading import Lock
from uuid import UUID

_lock = Lock()
_last_ms = 0
_counter = 0


def new() -> UUID:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then a counter, then chance.

    Ids made by one process strictly increase, also within a millisecond and when the clock steps back.
    """
    global _last_ms, _counter
    with _lock:
        ms = time.time_ns() // 1_000_000
        if ms > _last_ms:
            _last_ms, _counter = ms, int.from_bytes(os.urandom(2), "big") & 0x7FF
        else:
            _counter += 1
            if _counter > 0xFFF:
                _last_ms, _counter = _last_ms + 1, 0
        head = (_last_ms << 16) | 0x7000 | _counter
    tail = (0b10 << 62) | (int.from_bytes(os.urandom(8), "big") >> 2)
    return UUID(int=(head << 64) | tail)


def is_id(text: str) -> bool:
    """Whether a text is an id."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True
