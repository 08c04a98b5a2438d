"""When a mail of a file had reached its mailbox: what its last server noted, else what its writer said."""

from __future__ import annotations

import re
from datetime import datetime

from dragoman.channels.email.dates import parse_date

HEAD = 64 * 1024
_FIELD = r"^%s[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)"
_RECEIVED = re.compile(_FIELD % "Received", re.MULTILINE | re.IGNORECASE)
_DATE = re.compile(_FIELD % "Date", re.MULTILINE | re.IGNORECASE)


def arrived(raw: bytes, now: datetime) -> datetime | None:
    """The moment in the topmost Received header, which the nearest server wrote, or in Date; None without a
    believable one, and never later than `now`."""
    head = raw[:HEAD].lstrip(b"\r\n")
    end = re.search(rb"\r?\n\r?\n", head)
    text = (head[: end.start()] if end else head).decode("latin-1")
    for pattern, mark in ((_RECEIVED, ";"), (_DATE, "")):
        if found := pattern.search(text):
            value = found[1].rpartition(mark)[2] if mark else found[1]
            if (moment := parse_date(" ".join(value.split()), now)) is not None:
                return min(moment, now)
    return None
