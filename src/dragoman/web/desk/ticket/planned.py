"""Answers that leave later: now after all, or not at all; and those that a colleague reviews first."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.flow import planned, review
from dragoman.platform.i18n import gettext as _
from dragoman.web.deps import Flash, Posted, SignedIn, field, known_id
from dragoman.web.desk.ticket.actions import settled

router = APIRouter(prefix="/planned")
LONGEST = 100_000


@router.post("/{planned_id}/drop")
async def drop(reader: SignedIn, planned_id: str, data: Posted) -> Response:
    """Give a planned answer up; its words stand in the composer again, to be changed or sent now."""
    del data
    async with reader.work() as session:
        ticket = await planned.drop(session, reader.actor, planned_id=known_id(planned_id))
        number = ticket.number
    return await settled(reader, number, Flash(_("It stays here. Its words are in the composer again.")), refill=True)


@router.post("/{planned_id}/approve")
async def approve(reader: SignedIn, planned_id: str, data: Posted) -> Response:
    """Send an answer that was reviewed, as it stands in the form."""
    async with reader.work() as session:
        ticket, _message = await review.approve(
            session, reader.desk.outbound, reader.actor, planned_id=known_id(planned_id),
            text=field(data, "text", LONGEST), passed=field(data, "passed", 300),
        )  # fmt: skip
        number = ticket.number
    return await settled(reader, number, Flash(_("Approved: it goes out now.")))


@router.post("/{planned_id}/back")
async def give_back(reader: SignedIn, planned_id: str, data: Posted) -> Response:
    """Give an answer back to its writer."""
    del data
    async with reader.work() as session:
        ticket = await review.give_back(session, reader.actor, planned_id=known_id(planned_id))
        number = ticket.number
    return await settled(reader, number, Flash(_("Given back to its writer.")), refill=True)
