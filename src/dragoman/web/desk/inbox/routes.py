"""The inbox."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.commerce import queries as shops
from dragoman.platform.db import Session
from dragoman.tickets import lists
from dragoman.web import respond
from dragoman.web.deps import Reader, SignedIn
from dragoman.web.desk.inbox.view import InboxPage, ListView, Place, build_list, place_of

router = APIRouter()


async def list_zone(
    session: Session, reader: Reader, place: Place, *, cursor: str = "", current: int = 0
) -> tuple[ListView, dict[str, int]]:
    """The list zone at a place, and the counts of all views."""
    page = await lists.list_tickets(session, reader.actor, place.filter(), cursor=cursor or None)
    counts = await lists.counts(session, reader.actor)
    return build_list(place, page, counts, await shops.list_shops(session), current=current), counts


@router.get("/desk")
async def inbox(reader: SignedIn, cursor: str = "") -> Response:
    """What comes next: a view of the tickets, a page of it at a time."""
    place = place_of(reader.request.query_params)
    async with reader.work() as session:
        zone, counts = await list_zone(session, reader, place, cursor=cursor)
        around = await respond.shell(reader, session, "inbox", unread=counts["unread"])
    fresh = not zone.rows and not any(counts.values()) and place == Place()
    box = "/settings/mailboxes/new" if reader.actor.may("mailbox.manage") else ""
    view = InboxPage(zone, fresh=fresh, mailbox_href=box)
    if reader.fragment:
        whole = reader.request.headers.get("hx-target") == "list"
        return respond.fragment("desk/inbox/inbox.html", "list" if whole else "rows", view, around)
    return respond.page(reader.request, "desk/inbox/inbox.html", view, around)
