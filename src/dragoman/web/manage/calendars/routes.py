"""Working hours: when time counts."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.sla import queries, service
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.manage.calendars import build
from dragoman.web.manage.calendars.build import BASE, Typed
from dragoman.web.manage.calendars.view import CalendarsPage

router = APIRouter(prefix=BASE)


@router.get("")
async def calendars_page(reader: SignedIn) -> Response:
    """All calendars."""
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        view = CalendarsPage(tuple(build.row_of(row) for row in await queries.list_calendars(session)))
        around = await respond.shell(reader, session, "manage.calendars")
    return respond.page(reader.request, "manage/calendars/calendars.html", view, around)


async def _show(
    reader: Reader, calendar_id: UUID | None, typed: Typed | None = None, errors: Mapping[str, str] | None = None,
    problem: str = "", *, status: int = 200,
) -> Response:  # fmt: skip
    reader.actor.require("sla.manage")
    async with reader.work() as session:
        row = await service.get_calendar(session, reader.actor, calendar_id) if calendar_id else None
        workspace = await queries.load_workspace(session)
        around = await respond.shell(reader, session, "manage.calendars")
    view = build.page_of(row, typed, errors or {}, problem, workspace.timezone)
    return respond.page(reader.request, "manage/calendars/calendar.html", view, around, status=status)


async def _save(reader: Reader, calendar_id: UUID | None, data: Posted) -> Response:
    reader.actor.require("sla.manage")
    typed = build.typed(data)
    if field(data, "again", 10):
        return await _show(reader, calendar_id, typed)
    if typed.errors:
        return await _show(reader, calendar_id, typed, typed.errors, status=422)
    try:
        async with reader.work() as session:
            row = await service.save_calendar(
                session, reader.actor, calendar_id, **typed.values, week=typed.week, days=typed.days
            )
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, calendar_id, typed, faults, "" if faults else said(error), status=422)
    return respond.redirect(
        reader.request, f"{BASE}/{row.id}", Flash(_("Saved. Clocks that run follow within moments."))
    )


@router.get("/new")
async def new_page(reader: SignedIn) -> Response:
    """A form for another calendar."""
    return await _show(reader, None)


@router.post("/new")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a calendar."""
    return await _save(reader, None, data)


@router.get("/{calendar_id}")
async def calendar_page(reader: SignedIn, calendar_id: str) -> Response:
    """One calendar, with what is closed in the next twelve months."""
    return await _show(reader, known_id(calendar_id))


@router.post("/{calendar_id}")
async def change(reader: SignedIn, calendar_id: str, data: Posted) -> Response:
    """Change a calendar."""
    return await _save(reader, known_id(calendar_id), data)


@router.post("/{calendar_id}/remove")
async def remove(reader: SignedIn, calendar_id: str, data: Posted) -> Response:
    """Remove a calendar that nothing counts by."""
    del data
    found = known_id(calendar_id)
    try:
        async with reader.work() as session:
            await service.remove_calendar(session, reader.actor, found)
    except Invalid as error:
        return await _show(reader, found, problem=said(error), status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Removed")))
