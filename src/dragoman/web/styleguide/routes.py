"""The styleguide, in development only."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dragoman.web import respond
from dragoman.web.styleguide.view import build

router = APIRouter()


@router.get("/styleguide")
async def styleguide(request: Request) -> Response:
    """Tokens and components."""
    return respond.page(request, "styleguide/styleguide.html", build(), respond.bare_shell(request))
