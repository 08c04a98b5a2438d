"""Answers that leave later: now after all, or not at all."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.flow import planned
from dragoman.platform.i18n import gettext as _
from dragoman.web.deps import Flash, Posted, SignedIn, known_id
from dragoman.web.desk.ticket.actions import settled

router = APIRouter(prefix="/planned")


@router.post("/{planned_id}/drop")
async def drop(reader: SignedIn, planned_id: str, data: Posted) -> Response:
    """Give a planned answer up; its words stand in the composer again, to be changed or sent now."""
    del data
    async with reader.work() as session:
        ticket = await planned.drop(session, reader.actor, planned_id=known_id(planned_id))
        number = ticket.number
    return await settled(reader, number, Flash(_("It stays here. Its words are in the composer again.")), refill=True)
