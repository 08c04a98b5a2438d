"""Saved views: making, changing, removing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts.audiences import ME, audience_of, may_change
from dragoman.kit.errors import Forbidden, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.views import service
from dragoman.tickets.views.columns import COLUMNS, USUAL
from dragoman.tickets.views.models import View
from dragoman.tickets.views.service import Wanted
from dragoman.web import audiences, respond
from dragoman.web.builders import conditions_builder, conditions_from, names
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.desk.inbox.view import SORTS, Place, place_of
from dragoman.web.desk.views.view import ViewPage
from dragoman.web.forms import Choice, Form

router = APIRouter(prefix="/views")


def wanted_of(data: FormData) -> Wanted:
    """The view as the form has it."""
    return Wanted(
        name=field(data, "name", 200), conditions=conditions_from(data), sort=field(data, "sort", 20),
        columns=fields(data, "columns"), audience=field(data, "audience", 40) or ME,
    )  # fmt: skip


def wanted_from(view: View) -> Wanted:
    """A saved view as a form shows it."""
    audience = audience_of(view.owner_id, view.team_id)
    return Wanted(view.name, view.conditions, view.sort, service.columns_of(view), audience)


async def _show(
    session: Session, reader: Reader, wanted: Wanted, view: View | None = None, error: Invalid | None = None,
    spare: Sequence[str] = (),
) -> Response:  # fmt: skip
    reader.actor.require("ticket.read")
    errors: Mapping[str, str] = said_fields(error) if error else {}
    problem = said(error) if error and not error.fields else ""
    page = ViewPage(
        builder=conditions_builder(
            await names(session), wanted.conditions, errors, listing=True, spare=3 if spare else 1
        ),
        columns=tuple(Choice(key, _(label), key in (wanted.columns or USUAL)) for key, label in COLUMNS.items()),
        sorts=tuple(Choice(key, _(label)) for key, label in SORTS.items()),
        audiences=await audiences.choices(session, reader.actor),
        form=Form({"name": wanted.name, "sort": wanted.sort, "audience": wanted.audience}, errors, problem),
        editing=view.name if view else "",
        action=f"/views/{view.id}" if view else "/views",
        href=Place(view=str(view.id)).href() if view else "/desk",
        problems=tuple(_(one.message) for one in service.filter_of(view)[1]) if view and not error else (),
    )  # fmt: skip
    around = await respond.shell(reader, session, "inbox")
    return respond.page(reader.request, "desk/views/view.html", page, around, status=422 if error else 200)


@router.get("/new")
async def new_view(reader: SignedIn) -> Response:
    """A view to make; it begins as the list that the reader comes from."""
    place = place_of(reader.request.query_params)
    async with reader.work() as session:
        return await _show(session, reader, Wanted("", _as_conditions(place), place.sort or "urgent"))


def _as_conditions(place: Place) -> dict[str, Any]:
    """What a place of the inbox shows, as conditions."""
    rows: list[dict[str, Any]] = []
    if place.view == "unread":
        rows.append({"field": "unread", "op": "yes", "value": []})
    elif place.view in ("mine", "unassigned"):
        rows.append({"field": "assignee", "op": "is", "value": ["me" if place.view == "mine" else "none"]})
    if place.shop:
        rows.append({"field": "shop", "op": "is", "value": [place.shop]})
    if place.status:
        rows.append({"field": "status", "op": "is", "value": [place.status]})
    return {"all": rows, "any": []}


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Save a new view and go there."""
    return await _save(reader, data, None)


@router.get("/{view_id}")
async def change_view(reader: SignedIn, view_id: str) -> Response:
    """A view to change."""
    async with reader.work() as session:
        view = await _own(session, reader, view_id)
        return await _show(session, reader, wanted_from(view), view)


@router.post("/{view_id}")
async def change(reader: SignedIn, view_id: str, data: Posted) -> Response:
    """Save what was changed and go there."""
    return await _save(reader, data, view_id)


async def _own(session: Session, reader: Reader, view_id: str) -> View:
    view = await service.get_view(session, reader.actor, known_id(view_id))
    if not may_change(reader.actor, view.owner_id):
        raise Forbidden
    return view


async def _save(reader: Reader, data: FormData, view_id: str | None) -> Response:
    wanted = wanted_of(data)
    again = field(data, "again", 10)
    try:
        async with reader.work() as session:
            view = await _own(session, reader, view_id) if view_id else None
            if again:
                return await _show(session, reader, wanted, view, spare=(again,))
            view = await service.save(session, reader.actor, wanted, view=view)
            where = Place(view=str(view.id)).href()
    except Invalid as error:
        async with reader.work() as session:
            view = await _own(session, reader, view_id) if view_id else None
            return await _show(session, reader, wanted, view, error)
    return respond.redirect(reader.request, where, Flash(_("Saved")))


@router.post("/{view_id}/remove")
async def remove(reader: SignedIn, view_id: str, data: Posted) -> Response:
    """Remove a view."""
    del data
    async with reader.work() as session:
        view = await _own(session, reader, view_id)
        await service.remove(session, reader.actor, view=view)
    return respond.redirect(reader.request, "/desk", Flash(_("The view is gone; its tickets stay.")))
