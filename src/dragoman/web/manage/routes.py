"""The way into the settings: the first page that the reader may open."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from dragoman.web.deps import SignedIn

router = APIRouter()
DOORS = (
    ("people.manage", "/settings/people"),
    ("team.manage", "/settings/teams"),
    ("rule.manage", "/settings/rules"),
    ("sla.manage", "/settings/policies"),
    ("mailbox.manage", "/settings/mailboxes"),
    ("intake.manage", "/settings/set-aside"),
    ("shop.manage", "/settings/shops"),
    ("workspace.manage", "/settings/workspace"),
    ("api.manage", "/settings/api"),
    ("import.manage", "/settings/imports"),
    ("audit.read", "/settings/audit"),
    ("system.read", "/settings/system"),
)


@router.get("/settings")
async def settings(reader: SignedIn) -> Response:
    """Everybody has at least a profile."""
    first = next((href for permission, href in DOORS if reader.actor.may(permission)), "/settings/profile")
    return RedirectResponse(first, 303)
