"""Escalations: a ticket's way through the lines of service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me, Number
from dragoman.routing import escalation, queries
from dragoman.routing.models import Escalation
from dragoman.tickets.access import get_ticket

router = APIRouter(route_class=Door, tags=["Tickets"])
Reason = Literal["technical", "payment", "legal", "complaint", "safety", "authority", "other"]


class EscalationOut(Out):
    """A ticket handed to the next line."""

    id: UUID
    from_tier: int
    to_tier: int
    from_team_id: UUID | None
    to_team_id: UUID
    reason: str
    analysis: str = Field(description="What the line before had found.")
    by_id: UUID | None
    at: datetime
    taken_by_id: UUID | None
    taken_at: datetime | None = Field(description="When somebody of the next line took it over.")
    callback_asked_at: datetime | None = Field(description="Since when a supervisor owes the customer a call.")
    called_at: datetime | None
    ended_at: datetime | None = Field(description="When it was handed back, or on.")


class EscalationNew(In):
    """A ticket to hand to a team of the next line."""

    team_id: UUID
    reason: Reason
    analysis: Annotated[Words, Field(min_length=20, max_length=4_000)] = Field(
        examples=["Charged twice on 3 May; the provider's log shows two captures."]
    )
    callback: StrictBool = False


def shown(one: Escalation) -> EscalationOut:
    """An escalation as the API gives it."""
    return EscalationOut(**{name: getattr(one, name) for name in EscalationOut.model_fields})


@router.get(
    "/tickets/{number}/escalations", summary="List escalations", response_model=Listed[EscalationOut],
    **needs("tickets:read"),
)  # fmt: skip
async def list_escalations(me: Me, number: Number) -> Response:
    """A ticket's last 50 escalations, newest first."""
    ticket = await get_ticket(me.session, me.actor, number)
    return answers.page(me, [shown(one) for one in await queries.list_escalations(me.session, ticket.id)])


@router.post(
    "/tickets/{number}/escalations", summary="Hand a ticket to the next line", response_model=EscalationOut,
    status_code=201, **needs("tickets:write"),
)  # fmt: skip
async def escalate(me: Me, number: Number, new: EscalationNew) -> Response:
    """Hands a ticket to a team of the next line, with a first analysis, which becomes a note. Refused with 409 where
    nobody works in that team."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    made = await escalation.escalate(
        me.session, me.actor, ticket=ticket, to=new.team_id, reason=new.reason, analysis=new.analysis,
        callback=new.callback,
    )  # fmt: skip
    return answers.one(me, shown(made), status=201, at=f"/tickets/{number}/escalations")
