"""The Date field, where it can be believed."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
FUTURE = timedelta(days=2)

_ISO = re.compile(r"\s*(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d)(?::(\d\d))?(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?")


def parse_date(value: str, now: datetime) -> datetime | None:
    """An aware datetime for an RFC 5322 (or ISO 8601) date; None if it cannot be read or cannot be true.

    A date before 1990 or more than two days after `now` comes from a dead battery or a spammer.
    """
    try:
        found = _rfc5322(value) or _iso(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    if found is None or not EARLIEST <= found <= now + FUTURE:
        return None
    return found


def _rfc5322(value: str) -> datetime | None:
    fields = parsedate_tz(value[:200])
    if not fields:
        return None
    offset = fields[9] or 0
    # Offsets beyond a day are nonsense, the local time may still be right to a day.
    zone = timezone(timedelta(seconds=offset)) if abs(offset) < 86400 else UTC
    return datetime(*fields[:5], min(fields[5], 59), tzinfo=zone)


def _iso(value: str) -> datetime | None:
    match = _ISO.match(value)
    if not match:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    stamp = datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0), tzinfo=UTC)
    if zone and zone != "Z":
        minutes = int(zone[1:3]) * 60 + int(zone[-2:])
        sign = -1 if zone[0] == "-" else 1
        return stamp.replace(tzinfo=timezone(timedelta(minutes=sign * minutes)))
    return stamp
