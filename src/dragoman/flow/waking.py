"""Snoozed tickets come back at their time."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dragoman.accounts.notices import service as notices
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets import filing, service


async def wake(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: bring tickets back whose time has come; whoever has them is told."""
    for ticket in (await filing.lock(session, set(keys))).values():
        if ticket.snoozed_until is None or ticket.snoozed_until > clock.now():
            continue
        await service.wake(session, None, ticket=ticket)
        if ticket.assignee_id:
            await notices.tell(session, [ticket.assignee_id], "woken", ticket=ticket.number)
