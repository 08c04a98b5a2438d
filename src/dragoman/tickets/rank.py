"""Which ticket comes first: the one whose time is over soonest. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from dragoman.tickets.models import Ticket

SLACK = {1: timedelta(hours=1), 2: timedelta(hours=2), 3: timedelta(hours=24), 4: timedelta(hours=72)}
"""How long a customer may wait by the ticket's priority, where no clock says it."""
ASIDE = timedelta(days=30)
"""How far behind stands what nobody waits for."""


def rank(ticket: Ticket) -> datetime:
    """By when somebody should look at a ticket: when its next clock is over, else as its priority bears.

    A priority that somebody raised can bring it forward of its clock, never put it off.
    """
    if not ticket.active_now:
        return ticket.last_activity_at
    waits = ticket.waiting_since + SLACK[ticket.priority] if ticket.waiting_since else None
    if ticket.due_at is not None:
        return min(ticket.due_at, waits) if waits and ticket.priority < 3 else ticket.due_at
    if waits is not None:
        return waits
    if ticket.status == "new":
        return ticket.last_activity_at + SLACK[ticket.priority]
    return ticket.last_activity_at + ASIDE
