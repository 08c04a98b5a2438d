"""What happened to a ticket."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import Cursor, Limit, Listed, Out
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me, Number
from dragoman.tickets import lists
from dragoman.tickets.access import get_ticket

router = APIRouter(route_class=Door, tags=["Events"])


class EventOut(Out):
    """One change of a ticket."""

    id: UUID
    verb: str = Field(description="What happened.", examples=["status"])
    person_id: UUID | None = Field(description="Who did it; null: the desk itself, or the customer's message.")
    data: dict[str, Any] = Field(
        description="What was before and after.", examples=[{"before": "new", "after": "open"}]
    )
    at: datetime


@router.get(
    "/tickets/{number}/events", summary="List a ticket's events", response_model=Listed[EventOut],
    **needs("tickets:read"),
)  # fmt: skip
async def list_events(me: Me, number: Number, limit: Limit = 50, cursor: Cursor = "") -> Response:
    """All that happened to it, oldest first."""
    ticket = await get_ticket(me.session, me.actor, number)
    page = await lists.page_events(me.session, ticket.id, cursor=cursor or None, size=limit)
    rows = [EventOut(id=one.id, verb=one.verb, person_id=one.person_id, data=one.data, at=one.at) for one in page.rows]
    return answers.page(me, rows, page.next)
