"""Tickets as another desk left them: filed whole, with their own times, waking nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets import filing
from dragoman.tickets.filing import Incoming
from dragoman.tickets.models import Event, Ticket
from dragoman.tickets.rank import rank
from dragoman.tickets.service import TAG_LENGTH, TAGS, apply_status


@dataclass(slots=True)
class Past:
    """A ticket of another desk in its last known state there, with those of its messages that are not here yet.

    `version` is the one our ticket had when it was last brought up to date; None for a new one. A ticket that has
    been worked on here since keeps its state. None for `status` and `priority` says nothing about them.
    """

    ticket_id: UUID
    version: int | None
    subject: str
    created_at: datetime
    status: str | None
    priority: int | None
    assignee_id: UUID | None
    tags: list[str]
    messages: list[Incoming]
    told: dict[str, Any] = field(default_factory=dict)
    """What the ticket's timeline says of its coming: the source's name and the number there."""


def fitting_tags(tags: Sequence[str]) -> list[str]:
    """Tags in their stored form; those that don't fit are left out."""
    cleaned = (" ".join(tag.split()).lstrip("#").casefold() for tag in tags)
    return list(dict.fromkeys(tag for tag in cleaned if tag and len(tag) <= TAG_LENGTH))[:TAGS]


async def file_past(session: Session, pasts: Sequence[Past]) -> dict[UUID, Ticket]:
    """File what another desk knows of tickets; returns them, by id. No unread marks, no notices to other software.
    Afterwards `version` of each is the one to be noted.

    What a customer wrote there after somebody has worked on the ticket here is news: it opens the ticket again.
    """
    tickets = await filing.lock(session, {past.ticket_id for past in pasts if past.version is not None})
    for past in pasts:
        ticket = tickets.get(past.ticket_id)
        worked_on = ticket is not None and ticket.version != past.version
        for one in past.messages:
            newer = ticket is not None and one.at > ticket.last_activity_at
            one.past = not (worked_on and newer and one.kind == "inbound")
    left_alone = {past.ticket_id for past in pasts if _untouched(tickets.get(past.ticket_id), past)}
    tickets |= await filing.file_all(session, [one for past in pasts for one in past.messages])
    for past in pasts:
        ticket = tickets[past.ticket_id]
        if past.version is None:
            session.add(Event(ticket_id=ticket.id, verb="imported", data=past.told, at=clock.now()))
        if past.ticket_id in left_alone:
            _settle(ticket, past)
            past.version = ticket.version
    await session.flush()
    return tickets


def _untouched(ticket: Ticket | None, past: Past) -> bool:
    return ticket is None or ticket.version == past.version


def _settle(ticket: Ticket, past: Past) -> None:
    """The state in which the other desk has it."""
    ticket.subject = past.subject[:500] or ticket.subject
    ticket.tags = past.tags or ticket.tags
    ticket.assignee_id = past.assignee_id
    ticket.created_at = min(past.created_at, ticket.created_at)
    if past.priority is not None:
        ticket.priority = past.priority
    apply_status(ticket, past.status or ("open" if past.version is None else ticket.status), ticket.last_activity_at)
    if ticket.active_now:
        ticket.rank_at = rank(ticket)
