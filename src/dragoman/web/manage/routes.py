"""The way into the settings: the first page that the reader may open."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dragoman.web.deps import SignedIn
from dragoman.web.manage.pages import PAGES

router = APIRouter()


@router.get("/settings")
async def settings(reader: SignedIn) -> Response:
    """Everybody has at least a profile."""
    own = (page for page in PAGES if page.permission and page.href.startswith("/settings"))
    first = next((page.href for page in own if reader.actor.may(page.permission)), "/settings/profile")
    return RedirectResponse(first, 303)
