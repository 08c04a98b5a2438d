"""Which ticket a mail belongs to: a pure decision over what is known. Never a second ticket for an answer, and never
a stranger inside somebody else's ticket."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from dragoman.platform.mail_hosts import PUBLIC_MAIL_DOMAINS

Via = Literal["token", "reference", "answered", "order", "subject"]
STRENGTH: dict[Via, int] = {"token": 0, "reference": 1, "answered": 2, "order": 3, "subject": 4}
"""`answered`: the thread holds an answer to this mail, which came before it."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A ticket that a mail may belong to, and what points there."""

    ticket_id: UUID
    customer_id: UUID
    via: Via
    participants: frozenset[str]
    """Addresses of the customer and of those whom the thread's mails name in To and Cc."""
    done: bool
    last_activity_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a mail goes: into `ticket_id`, or into a new ticket (linked to `linked_id` where one is known)."""

    ticket_id: UUID | None
    linked_id: UUID | None = None
    reopens: bool = False
    reason: str = "new"


def decide(
    candidates: Iterable[Candidate],
    *,
    sender: str,
    customer_id: UUID | None,
    now: datetime,
    reopen_within: timedelta,
    trusted: Collection[Via] = (),
) -> Decision:
    """Choose among candidates by strength, then by the latest activity.

    An unknown sender stays out, whatever the mail refers to, unless both use one private mail domain (a company);
    their mail opens a ticket of its own that names the other. A mail to a ticket done longer ago than
    `reopen_within` opens a linked one too. What points by one of the `trusted` ways is
    followed whoever wrote (a bounce that gives our own signature back; a colleague writing outside the desk).
    """
    ranked = sorted(candidates, key=lambda one: (STRENGTH[one.via], -one.last_activity_at.timestamp()))
    for one in ranked:
        if one.via not in trusted and not _belongs(one, sender, customer_id):
            continue
        if one.done and now - one.last_activity_at > reopen_within:
            return Decision(None, one.ticket_id, reason="done long ago")
        return Decision(one.ticket_id, reopens=one.done, reason=one.via)
    named = next((one for one in ranked if one.via in ("token", "reference")), None)
    return Decision(None, named.ticket_id, reason="unknown sender") if named else Decision(None)


def _belongs(one: Candidate, sender: str, customer_id: UUID | None) -> bool:
    if customer_id is not None and one.customer_id == customer_id:
        return True
    if one.via in ("answered", "order", "subject"):
        return False
    if sender in one.participants:
        return True
    domain = sender.rpartition("@")[2]
    same_company = any(address.rpartition("@")[2] == domain for address in one.participants)
    return bool(domain) and domain not in PUBLIC_MAIL_DOMAINS and same_company
