"""The workspace's own settings."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import service
from dragoman.accounts.access import second_factor_required
from dragoman.customers import privacy
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, said_fields
from dragoman.web.entry.routes import locales, zones
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.workspace.view import WorkspacePage

router = APIRouter(prefix="/settings/workspace")
BASE = "/settings/workspace"


async def _show(reader: Reader, form: Form | None = None) -> Response:
    reader.actor.require("workspace.manage")
    async with reader.work() as session:
        workspace = await service.get_workspace(session, reader.actor)
        around = await respond.shell(reader, session, "manage.workspace")
    values = {
        "name": workspace.name, "locale": workspace.locale, "timezone": workspace.timezone,
        "reopen_days": str(service.reopen_days(workspace.settings)),
        "second_factor": "yes" if second_factor_required(workspace.settings) else "no",
        "mask_customers": "yes" if privacy.switched_on(workspace.settings) else "no",
    }  # fmt: skip
    view = WorkspacePage(form or Form(values), locales(), (Choice("UTC", "UTC"), *zones()))
    status = 422 if form else 200
    return respond.page(reader.request, "manage/workspace/workspace.html", view, around, status=status)


@router.get("")
async def workspace_page(reader: SignedIn) -> Response:
    """What holds for the whole desk."""
    return await _show(reader)


@router.post("")
async def change(reader: SignedIn, data: Posted) -> Response:
    """Change name, language, time zone, how long an answer reopens its ticket, and what signing in takes."""
    values = {name: field(data, name, 200) for name in ("name", "locale", "timezone")}
    days = field(data, "reopen_days", 20).strip()
    switches = {name: field(data, name) == "yes" for name in ("second_factor", "mask_customers")}
    try:
        async with reader.work() as session:
            number = int(days) if days.isascii() and days.isdecimal() else -1
            await service.change_workspace(
                session,
                reader.actor,
                **values,
                days=number,
                second_factor=switches["second_factor"],
                mask_customers=switches["mask_customers"],
            )
    except Invalid as error:
        typed = values | {"reopen_days": days} | {name: "yes" if on else "no" for name, on in switches.items()}
        return await _show(reader, Form(typed, said_fields(error)))
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))
