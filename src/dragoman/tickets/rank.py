"""Which ticket comes first: the one whose time is over soonest. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from dragoman.tickets.models import Ticket

SLACK = {1: timedelta(hours=1), 2: timedelta(hours=2), 3: timedelta(hours=24), 4: timedelta(hours=72)}
"""How long a customer may wait by the ticket's priority, where no clock says it."""
ASIDE = timedelta(days=30)
"""How far behind stands what nobody waits for."""


def rank(ticket: Ticket) -> datetime:
    """By when somebody should look at a ticket: when its next clock is over, else as its priority bears."""
    if not ticket.active_now:
        return ticket.last_activity_at
    if ticket.due_at is not None:
        return ticket.due_at
    if ticket.waiting_since is not None:
        return ticket.waiting_since + SLACK[ticket.priority]
    if ticket.status == "new":
        return ticket.last_activity_at + SLACK[ticket.priority]
    return ticket.last_activity_at + ASIDE
