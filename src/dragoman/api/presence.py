"""Who is there."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.accounts.presence import queries, service
from dragoman.accounts.presence.states import Standing, present
from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out
from dragoman.api.door import Door, needs
from dragoman.api.teams import READ, WRITE
from dragoman.api.tickets import Me
from dragoman.kit import clock

router = APIRouter(route_class=Door, tags=["People"])


class PresenceOut(Out):
    """How somebody stands now."""

    person_id: UUID
    name: str
    state: str = Field(
        description="`available`, `busy`, `away`, `offline`, `absent` (out of office) or `off_hours`.",
        examples=["available"],
    )
    capacity: int | None = Field(description="Open tickets at once; null: as their team says.")
    seen_at: datetime | None = Field(description="When a page of theirs was last open, to the minute.")
    absent_until: datetime | None
    stand_in_id: UUID | None


class PresenceIn(In):
    """What somebody says of themselves."""

    state: Literal["available", "busy", "away", "offline"]


def shown(one: Standing) -> PresenceOut:
    """Somebody's presence as the API gives it."""
    return PresenceOut(
        person_id=one.person_id, name=one.name, state=present(one, clock.now()), capacity=one.capacity,
        seen_at=one.seen_at, absent_until=one.absent_until, stand_in_id=one.stand_in_id,
    )  # fmt: skip


@router.get("/presence", summary="List who is there", response_model=Listed[PresenceOut], **needs(READ))
async def list_presence(me: Me) -> Response:
    """Everybody who works here, by name. The list comes whole: hundreds at most."""
    me.actor.require("team.manage")
    standings = await queries.list_standings(me.session, clock.now())
    return answers.page(me, [shown(one) for one in standings.values()])


@router.post(
    "/people/{person_id}/presence", summary="Say who is there", response_model=PresenceOut, status_code=200,
    **needs(WRITE),
)  # fmt: skip
async def set_presence(me: Me, person_id: UUID, wanted: PresenceIn) -> Response:
    """Sets what somebody has chosen. Without an open page they count as away ten minutes later all the same."""
    me.actor.require("team.manage")
    return answers.one(me, shown(await service.set_state(me.session, me.actor, wanted.state, person_id=person_id)))
