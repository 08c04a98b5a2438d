"""Clocks: what is owed to the customer of a ticket, by when, and why."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import Listed, Out
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me, Number
from dragoman.sla import explain
from dragoman.sla.explain import Explained
from dragoman.tickets.access import get_ticket

router = APIRouter(route_class=Door, tags=["Clocks"])


class ReasonOut(Out):
    """A policy that means the ticket, and when its time is over."""

    policy_id: UUID
    policy: str
    target: int = Field(description="Seconds of working time.")
    calendar: str
    due_at: datetime


class ClockOut(Out):
    """A clock of a ticket. What ran out and is still owed is `breached` without `ended_at`."""

    metric: str
    state: str = Field(description="`running`, `paused`, `met`, `breached` or `cancelled`.")
    started_at: datetime
    due_at: datetime | None = Field(description="Null while it is paused.")
    ended_at: datetime | None
    target: int = Field(description="Seconds of working time.")
    remaining: int | None = Field(description="Seconds of working time; negative when late, null when it has ended.")
    calendar: str
    policies: list[ReasonOut] = Field(description="All that mean the ticket, the one that holds first.")


def shown(one: Explained) -> ClockOut:
    """A clock as the API gives it."""
    return ClockOut(
        metric=one.metric, state=one.state, started_at=one.started, due_at=one.due, ended_at=one.ended,
        target=int(one.target.total_seconds()),
        remaining=None if one.remaining is None else int(one.remaining.total_seconds()), calendar=one.calendar,
        policies=[
            ReasonOut(policy_id=reason.policy_id, policy=reason.policy, target=int(reason.target.total_seconds()),
                      calendar=reason.calendar, due_at=reason.due)
            for reason in one.reasons
        ],
    )  # fmt: skip


@router.get(
    "/tickets/{number}/clocks", summary="List the clocks of a ticket", response_model=Listed[ClockOut],
    **needs("tickets:read"),
)  # fmt: skip
async def list_clocks(me: Me, number: Number) -> Response:
    """The newest clock of each metric, what is still owed first. The list comes whole."""
    ticket = await get_ticket(me.session, me.actor, number)
    return answers.page(me, [shown(one) for one in await explain.of_ticket(me.session, ticket)])
