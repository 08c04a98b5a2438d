"""Search."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit.errors import Invalid
from dragoman.kit.paging import Page
from dragoman.tickets import finding
from dragoman.web import respond
from dragoman.web.deps import SignedIn, said
from dragoman.web.desk.search.build import build

router = APIRouter()
LONGEST = 200


@router.get("/search")
async def search(reader: SignedIn, q: str = "", cursor: str = "") -> Response:
    """Tickets whose threads hold the words."""
    reader.actor.require("ticket.read")
    words, problem = " ".join(q.split())[:LONGEST], ""
    found: Page[finding.Hit] = Page(())
    async with reader.work() as session:
        if words:
            try:
                found = await finding.search(session, reader.actor, words, cursor=cursor or None)
            except Invalid as error:
                problem = said(error)
        around = await respond.shell(reader, session, "search")
    view = build(words, found, problem)
    status = 422 if problem else 200
    if reader.fragment:
        return respond.fragment("desk/search/search.html", "rows", view, around, status=status)
    return respond.page(reader.request, "desk/search/search.html", view, around, status=status)
