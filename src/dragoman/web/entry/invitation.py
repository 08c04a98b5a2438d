"""The way in by invitation: a link, a form, and one is signed in."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dragoman.accounts import invitations, queries
from dragoman.accounts.permissions import role_label
from dragoman.accounts.signin import Place
from dragoman.kit.errors import Invalid
from dragoman.platform import i18n, limits
from dragoman.web.deps import Posted, desk_of, field, said, said_fields
from dragoman.web.entry.routes import WINDOW, browser_of, check_breaches, let_in, locales, show, zones
from dragoman.web.entry.view import InvitationPage
from dragoman.web.forms import Form

router = APIRouter()


async def _show(request: Request, link: str, form: Form | None = None) -> Response:
    workspace_id = invitations.workspace_of(link)
    async with desk_of(request).db.work(workspace_id) as session:
        invitation = await invitations.find(session, link)
        workspace = await queries.find_workspace(session, workspace_id)
        role = await queries.load_role(session, invitation.role_id)
    company = workspace.name if workspace else "Dragoman"
    usual = Form({"locale": invitation.locale, "timezone": workspace.timezone if workspace else "UTC"})
    view = InvitationPage(
        form or usual, f"/invitation/{link}", invitation.email, role_label(role.key, role.name) if role else "",
        invitation.invited_by, company, locales(), zones(), guess=form is None,
    )  # fmt: skip
    with i18n.use(form.value("locale") if form else invitation.locale):
        return show(request, "entry/invitation.html", view, status=422 if form else 200, workspace=company)


@router.get("/invitation/{link}")
async def invitation_page(request: Request, link: str) -> Response:
    """Who invites to what, and the form to join; looking uses nothing up."""
    return await _show(request, link)


@router.post("/invitation/{link}")
async def join(request: Request, link: str, data: Posted) -> Response:
    """Join with a name and a password of one's own."""
    desk = desk_of(request)
    values = {name: field(data, name, 300) for name in ("name", "locale", "timezone")}
    password = field(data, "password", 1000)
    address, browser = browser_of(request)
    await limits.hit(desk.db, f"invitation:{address}", limit=20, window=WINDOW)
    workspace_id = invitations.workspace_of(link)
    try:
        await check_breaches(desk, password)
        async with desk.db.work(workspace_id) as session:
            cookie = await invitations.accept(session, link, **values, password=password, place=Place(address, browser))
    except Invalid as error:
        faults = said_fields(error)
        return await _show(request, link, Form(values, faults, "" if faults else said(error)))
    return let_in(request, cookie, "/")
