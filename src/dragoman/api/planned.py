"""Answers that leave later: plan one, list them, give one up."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import AwareDatetime, Field

from dragoman.api import answers
from dragoman.api.answers import Email, In, Listed, Out, naming
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me, Number, Status, Text
from dragoman.flow import planned
from dragoman.flow.planned import Plan
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.replies import queries
from dragoman.replies.models import PlannedReply
from dragoman.tickets.access import get_ticket

router = APIRouter(route_class=Door, tags=["Planned answers"])


class PlannedOut(Out):
    """An answer that is to leave later."""

    id: UUID
    ticket_id: UUID
    person_id: UUID = Field(description="Who answers.")
    html: str
    cc: list[Any]
    status: str = Field(description="The ticket's state from then on; empty: as it is.")
    send_at: datetime
    held_at: datetime | None = Field(description="When it was held back instead of sent.")
    problem: str = Field(description="Why it was held back, in the language of Accept-Language.")
    created_at: datetime


class PlannedNew(In):
    """An answer to plan. Give `text` or `html`. Files that were uploaded to the ticket leave with it."""

    text: Text = Field("", examples=["Guten Morgen, Ihr Paket ist da."])
    html: Text = ""
    send_at: AwareDatetime = Field(description="When it leaves, up to 90 days ahead.")
    cc: list[Email] = Field([], max_length=20, description="Copies.")
    status: Annotated[Status | None, Field(description="The ticket's state from then on.")] = None


def shown(one: PlannedReply) -> PlannedOut:
    """A planned answer as the API gives it."""
    return PlannedOut(
        id=one.id, ticket_id=one.ticket_id, person_id=one.person_id, html=one.html, cc=one.cc, status=one.then,
        send_at=one.at, held_at=one.held_at, problem=_(one.problem) if one.problem else "", created_at=one.created_at,
    )  # fmt: skip


@router.get(
    "/tickets/{number}/planned", summary="List a ticket's planned answers", response_model=Listed[PlannedOut],
    **needs("tickets:read"),
)  # fmt: skip
async def list_planned(me: Me, number: Number) -> Response:
    """What is to leave, soonest first; one for each person at most."""
    ticket = await get_ticket(me.session, me.actor, number)
    return answers.page(me, [shown(one) for one in await queries.planned_of(me.session, ticket.id)])


@router.post(
    "/tickets/{number}/planned", summary="Plan an answer", response_model=PlannedOut, status_code=201,
    **needs("tickets:write"),
)  # fmt: skip
async def plan(me: Me, number: Number, new: PlannedNew) -> Response:
    """Keeps an answer until its time, in place of the earlier plan of whose token it is. When the customer writes
    before, it is held back for its writer to look at."""
    if new.html and new.text:
        raise Invalid(fields={"html": N_("Give the text either plain or as HTML.")})
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    wanted = Plan(new.html, new.send_at, new.text, tuple(new.cc), new.status or "")
    with naming(later="send_at", body="text"):
        made = await planned.plan(me.session, me.actor, ticket=ticket, wanted=wanted)
    return answers.one(me, shown(made), status=201, at=f"/tickets/{number}/planned")


@router.post(
    "/planned/{planned_id}/drop", summary="Give a planned answer up", response_model=PlannedOut, status_code=200,
    **needs("tickets:write"),
)  # fmt: skip
async def drop(me: Me, planned_id: UUID) -> Response:
    """Sends it never, and answers what it was; its words become its writer's draft. 404 for another person's."""
    me.actor.require("ticket.reply")
    found = await queries.load_planned(me.session, planned_id)
    if found is None:
        raise NotFound(planned.GONE)
    was = shown(found)
    await planned.drop(me.session, me.actor, planned_id=planned_id)
    return answers.one(me, was)
