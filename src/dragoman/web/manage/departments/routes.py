"""Departments: who beside the desk is asked, where their mail goes, and by when they answer."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.accounts import queries as people
from dragoman.accounts.departments import queries, service
from dragoman.accounts.departments.models import ANSWER_HOURS
from dragoman.accounts.departments.names import DEPARTMENT_NAMES, department_label
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.departments.view import DepartmentPage, DepartmentRow, DepartmentsPage

router = APIRouter(prefix="/settings/departments")
BASE, HERE = "/settings/departments", "manage.departments"


async def _show(reader: Reader, form: Form | None = None) -> Response:
    reader.actor.require("workspace.manage")
    async with reader.work() as session:
        found = await queries.list_departments(session)
        members = await queries.list_members(session)
        around = await respond.shell(reader, session, HERE)
    rows = tuple(
        DepartmentRow(
            department_label(one.key, one.name), f"{BASE}/{one.id}", one.address,
            tuple(member.name for member in members if member.department_id == one.id), one.hours, one.active,
        )
        for one in found
    )  # fmt: skip
    view = DepartmentsPage(rows, form or Form({"hours": str(ANSWER_HOURS)}))
    return respond.page(
        reader.request, "manage/departments/departments.html", view, around, status=422 if form else 200
    )


async def _show_one(
    reader: Reader, department_id: UUID, form: Form | None = None, chosen: frozenset[str] | None = None
) -> Response:
    async with reader.work() as session:
        found = await service.get_department(session, reader.actor, department_id)
        members = {str(one.person_id) for one in await queries.list_members(session, [department_id])}
        everybody = await people.list_people(session, active_only=True)
        around = await respond.shell(reader, session, HERE)
    name = department_label(found.key, found.name)
    present = {
        "name": found.name, "address": found.address, "hours": str(found.hours), "lead": str(found.lead_id or ""),
        "active": "yes" if found.active else "no",
    }  # fmt: skip
    ticked = members if chosen is None else chosen
    view = DepartmentPage(
        name=name, href=f"{BASE}/{found.id}",
        shipped=department_label(found.key) if found.key in DEPARTMENT_NAMES else "",
        leads=(Choice("", "—"), *(Choice(str(one.id), one.name) for one in everybody)),
        people=tuple(Choice(str(one.id), one.name, str(one.id) in ticked) for one in everybody),
        form=form or Form(present),
    )  # fmt: skip
    return respond.page(reader.request, "manage/departments/department.html", view, around, status=422 if form else 200)


@router.get("")
async def departments_page(reader: SignedIn) -> Response:
    """All departments."""
    return await _show(reader)


def _hours(value: str) -> int:
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 6 else 0


def _values(data: FormData) -> dict[str, str]:
    return {name: field(data, name, 300).strip() for name in ("name", "address", "hours", "lead", "active")}


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a department; its page follows, where its people are chosen."""
    values = _values(data)
    try:
        async with reader.work() as session:
            made = await service.save(
                session, reader.actor, None, name=values["name"], address=values["address"],
                hours=_hours(values["hours"]),
            )  # fmt: skip
    except Invalid as error:
        return await _show(reader, Form(values, said_fields(error), "" if error.fields else said(error)))
    return respond.redirect(reader.request, f"{BASE}/{made.id}", Flash(_("Added")))


@router.get("/{department_id}")
async def department_page(reader: SignedIn, department_id: str) -> Response:
    """One department and its people."""
    return await _show_one(reader, known_id(department_id))


@router.post("/{department_id}")
async def change(reader: SignedIn, department_id: str, data: Posted) -> Response:
    """Change it."""
    found, values, chosen = known_id(department_id), _values(data), fields(data, "member")
    try:
        async with reader.work() as session:
            await service.save(
                session, reader.actor, found, name=values["name"], address=values["address"],
                hours=_hours(values["hours"]), lead_id=known_id(values["lead"]) if values["lead"] else None,
                members=[known_id(one) for one in chosen], active=values["active"] == "yes",
            )  # fmt: skip
    except Invalid as error:
        form = Form(values, said_fields(error), "" if error.fields else said(error))
        return await _show_one(reader, found, form, frozenset(chosen))
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))
