"""Making changes to a ticket, and taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets import service
from dragoman.tickets.changes.kinds import ME, NONE, Change, split_tags
from dragoman.tickets.models import PRIORITIES, Ticket
from dragoman.tickets.understood import set_intent

LEVELS = {name: level for level, name in PRIORITIES.items()}


async def apply(
    session: Session, ticket: Ticket, changes: Sequence[Change], *, by: Actor | None, **why: Any
) -> list[str]:
    """Make changes in their order, by a person (with their permissions) or by the desk itself (None).

    Returns the kinds that changed something. Raises what the single changes raise: Invalid for a person or team that
    is gone, Forbidden.
    """
    done = []
    for change in changes:
        before = ticket.version
        await _apply(session, ticket, change, by, why)
        if ticket.version != before:
            done.append(change.kind)
    return done


async def _apply(session: Session, ticket: Ticket, change: Change, by: Actor | None, why: dict[str, Any]) -> None:
    value = change.value
    match change.kind:
        case "status":
            await service.set_status(session, by, ticket=ticket, status=value, **why)
        case "priority":
            await service.set_priority(session, by, ticket=ticket, priority=LEVELS[value], **why)
        case "severity":
            await service.set_severity(session, by, ticket=ticket, severity="" if value == NONE else value, **why)
        case "kind":
            await service.set_kind(session, by, ticket=ticket, kind="" if value == NONE else value, **why)
        case "intent":
            await set_intent(session, by, ticket=ticket, intent=value, **why)
        case "assignee":
            await service.assign(session, by, ticket=ticket, to=_person(value, by), **why)
        case "team":
            await service.set_team(session, by, ticket=ticket, to=None if value == NONE else UUID(value), **why)
        case "tags_add":
            await service.set_tags(session, by, ticket=ticket, tags=[*ticket.tags, *split_tags(value)], **why)
        case "tags_remove":
            gone = set(service.clean_tags(split_tags(value)))
            left = [tag for tag in ticket.tags if tag not in gone]
            await service.set_tags(session, by, ticket=ticket, tags=left, **why)
        case "snooze":
            until = clock.now() + timedelta(minutes=int(value))
            await service.snooze(session, by, ticket=ticket, until=until, **why)
        case "note":
            html = "".join(f"<p>{escape(line, quote=False)}</p>" for line in value.splitlines() if line.strip())
            await service.add_note(session, by, ticket=ticket, html=html, text=value, **why)


def _person(value: str, by: Actor | None) -> UUID | None:
    if value == ME:
        return by.person_id if by else None
    return None if value == NONE else UUID(value)


def state_of(ticket: Ticket) -> dict[str, Any]:
    """What changes can change, as it is now: kept so that they can be taken back."""
    return {
        "status": ticket.status, "priority": ticket.priority, "severity": ticket.severity, "kind": ticket.kind,
        "intent": ticket.intent, "assignee": str(ticket.assignee_id or ""), "team": str(ticket.team_id or ""),
        "tags": list(ticket.tags),
        "snoozed": ticket.snoozed_until.isoformat() if ticket.snoozed_until else "",
        "unread": ticket.unread_since is not None,
    }  # fmt: skip
