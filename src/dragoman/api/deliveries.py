"""How an answer stands on its way out."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import Out
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me
from dragoman.delivery import lists, queries
from dragoman.kit.errors import N_, NotFound
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.access import get_message

router = APIRouter(route_class=Door, tags=["Messages"])


class AttemptOut(Out):
    """One try to hand a message over."""

    started_at: datetime
    ended_at: datetime | None
    phase: str = Field(description="`connecting`, `handing_over` or `done`.")
    outcome: str = Field(description="`sent`, `later` (tried again), `failed` or `lost`; empty while it runs.")
    code: int | None = Field(description="The server's reply code.")
    detail: str = Field(description="The server's own words.")


class DeliveryOut(Out):
    """A message in the outbox."""

    message_id: UUID
    channel: str
    state: str = Field(description="`queued`, `sending`, `sent`, `failed`, `cancelled`, `uncertain` or `bounced`.")
    reason: str = Field(description="Why it is not out.")
    next_attempt_at: datetime | None = Field(description="When it is tried, while it waits.")
    created_at: datetime
    settled_at: datetime | None
    attempts: list[AttemptOut]


@router.get(
    "/messages/{message_id}/delivery", summary="Read an answer's delivery", response_model=DeliveryOut,
    **needs("tickets:read"),
)  # fmt: skip
async def read_delivery(me: Me, message_id: UUID) -> Response:
    """The outbox's word on an answer, with every try."""
    message = await get_message(me.session, me.actor, message_id)
    row = await queries.find_by_message(me.session, message.id)
    if row is None:
        raise NotFound(N_("This message is not one that leaves the desk."))
    tries = [
        AttemptOut(
            started_at=one.started_at, ended_at=one.ended_at, phase=one.phase, outcome=one.outcome, code=one.code,
            detail=_(one.detail) if one.detail else "",
        )
        for one in await lists.list_attempts(me.session, row.id)
    ]  # fmt: skip
    waits = row.next_attempt_at if row.settled_at is None else None
    return answers.one(me, DeliveryOut(
        message_id=message.id, channel=row.channel, state=row.state, reason=_(row.reason) if row.reason else "",
        next_attempt_at=waits, created_at=row.created_at, settled_at=row.settled_at, attempts=tries,
    ))  # fmt: skip
