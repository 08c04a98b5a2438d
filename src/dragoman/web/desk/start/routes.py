"""First steps of a new workspace."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import service as accounts
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, SignedIn, field
from dragoman.web.desk.start import service
from dragoman.web.desk.start.view import build

router = APIRouter(prefix="/start")
BASE = "/start"


@router.get("")
async def start(reader: SignedIn) -> Response:
    """What a workspace needs before it works, and what of it is done."""
    reader.actor.require("workspace.manage")
    async with reader.work() as session:
        workspace = await accounts.get_workspace(session, reader.actor)
        done = await service.done(session, workspace.settings)
        around = await respond.shell(reader, session, "manage.start")
    view = build(reader.actor, done, away=service.put_away(workspace.settings))
    return respond.page(reader.request, "desk/start/start.html", view, around)


@router.post("/away")
async def put_away(reader: SignedIn, data: Posted) -> Response:
    """Put the list away for everybody, or bring it back."""
    on = field(data, "back") != "yes"
    async with reader.work() as session:
        await service.note(session, reader.actor, fact=service.AWAY, on=on)
    if on:
        return respond.redirect(reader.request, "/desk", Flash(_("The list of first steps is put away")))
    return respond.redirect(reader.request, BASE, Flash(_("The list of first steps is back")))


@router.post("/clocks")
async def clocks_fit(reader: SignedIn, data: Posted) -> Response:
    """Working hours and clocks are right as they are."""
    del data
    async with reader.work() as session:
        await service.note(session, reader.actor, fact=service.CLOCKS_FIT, on=True)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))
