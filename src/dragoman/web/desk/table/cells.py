"""A ticket's columns in plain words: for the table, and for files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dragoman.accounts.teams.names import team_label
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.lists import TicketRow
from dragoman.tickets.models import PRIORITIES
from dragoman.web import formats
from dragoman.web.builders import label_of

TIMES = ("clock", "waiting", "activity", "created")


_PLAIN = {
    "customer": "customer_name", "clock": "due_at", "waiting": "waiting_since", "activity": "last_activity_at",
    "created": "created_at", "messages": "message_count",
}  # fmt: skip
"""Columns that are called otherwise than the row calls them."""


def value(row: TicketRow, column: str) -> Any:
    """What a column holds: a text, a number, or a moment."""
    match column:
        case "status":
            return label_of("status", row.status)
        case "priority":
            return label_of("priority", PRIORITIES[row.priority])
        case "severity" | "kind" | "intent" | "emotion":
            key = getattr(row, column)
            return label_of(column, key) if key else ""
        case "team":
            return team_label(row.team_key, row.team_name or "") if row.team_key else ""
        case "language":
            code = row.language or row.customer_language
            return formats.language(code) if code else ""
        case "market":
            code = row.market or row.customer_market
            return formats.territory(code) if code else ""
        case "tags":
            return ", ".join(row.tags)
        case "orders":
            return ", ".join(row.order_refs)
    found = getattr(row, _PLAIN.get(column, column))
    return "" if found is None and column not in TIMES else found


def shown(row: TicketRow, column: str) -> str:
    """A column as a text in the reader's words and zone."""
    found = value(row, column)
    if column == "clock":
        return formats.left(found) if found else ""
    if isinstance(found, datetime):
        return formats.stamp(found)
    return str(found)


def for_file(row: TicketRow, columns: Sequence[str], zone: ZoneInfo) -> list[Any]:
    """A row for a file: moments without zone, as the reader's clock shows them (spreadsheets know no other), and texts
    made harmless."""
    return [_plain(value(row, column), zone) for column in columns]


def _plain(found: Any, zone: ZoneInfo) -> Any:
    if isinstance(found, datetime):
        return found.astimezone(zone).replace(tzinfo=None, microsecond=0)
    if isinstance(found, str) and found[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return f"'{found}"  # a customer's subject must not become a formula (OWASP: CSV injection)
    return "" if found is None else found


def heading(column: str, label: str, zone: ZoneInfo) -> str:
    """A file's column heading; moments name the zone that they are told in."""
    return f"{_(label)} ({zone.key})" if column in TIMES else _(label)
