"""One row of a list, for pages that stand open: what they ask when they hear that a ticket has changed.

A change is heard by every page at once, so this is made to cost little: the same row, in the same words, is looked up
and written once for all who ask within a few seconds. Who asks is checked each time; a row differs only where the
list speaks of its reader.
"""

from __future__ import annotations

from time import monotonic
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from dragoman.kit.paging import Page
from dragoman.platform.db import Session
from dragoman.tickets import lists
from dragoman.web import render
from dragoman.web.deps import Number, Reader, SignedIn
from dragoman.web.desk.inbox.counting import speaks_of_me
from dragoman.web.desk.inbox.routes import filter_at
from dragoman.web.desk.inbox.view import Around, InboxPage, Place, build_list, place_of

router = APIRouter(prefix="/desk/rows")
FRESH = 3.0
KEPT = 5_000
_known: dict[tuple[Any, ...], tuple[float, str]] = {}


@router.get("/{number}")
async def row(reader: SignedIn, number: Number, v: str = "") -> Response:
    """The row, or nothing where the list does not hold the ticket (any more). `v` is the version that was told."""
    reader.actor.require("ticket.read")
    place = place_of(reader.request.query_params)
    key = (reader.actor.workspace_id, number, v[:12], place, reader.actor.locale, reader.actor.timezone,
           _whose(reader, place), reader.actor.may("ticket.change"))  # fmt: skip
    found = _known.get(key)
    if found is None or monotonic() - found[0] > FRESH or not v:
        async with reader.work() as session:
            html = await _written(session, reader, place, number)
        if len(_known) > KEPT:
            _known.clear()
        found = _known[key] = (monotonic(), html)
    headers = {"Cache-Control": "no-store"}
    return HTMLResponse(found[1], headers=headers) if found[1] else Response(status_code=204, headers=headers)


def _whose(reader: Reader, place: Place) -> UUID | None:
    """The reader, where the list is theirs: a saved view may speak of them, so it counts as theirs."""
    return reader.actor.person_id if place.saved or speaks_of_me(place.filter()) else None


async def _written(session: Session, reader: Reader, place: Place, number: int) -> str:
    chosen, _view, _problems = await filter_at(session, reader, place)
    found = await lists.find_in(session, reader.actor, chosen, number)
    if found is None:
        return ""
    around = Around({}, (), (), filter=chosen, chooses=reader.actor.may("ticket.change"))
    zone = build_list(place, Page((found,)), around)
    shell = render.Shell(locale=reader.actor.locale, zone=reader.zone)
    return render.fragment("desk/inbox/inbox.html", "rows", InboxPage(zone), shell)
