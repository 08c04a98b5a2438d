"""What a transaction has done to tickets, for those who draw the consequences before it commits (flow/aftermath.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.platform.db import Session
from dragoman.tickets.models import Ticket

_KEY = "tickets.touched"


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that happened to a ticket; `verb` and `data` are those of its event (tickets.service.record), or
    `message` for the customer's own words. `person_id` None: the desk itself, or somebody outside."""

    ticket: Ticket
    verb: str
    at: datetime
    data: dict[str, Any] = field(default_factory=dict)
    person_id: UUID | None = None


def touch(session: Session, *touched: Touched) -> None:
    """Note what was done."""
    session.info.setdefault(_KEY, []).extend(touched)


def take(session: Session) -> list[Touched]:
    """What has been done since this was last asked."""
    found: list[Touched] = session.info.pop(_KEY, [])
    return found
