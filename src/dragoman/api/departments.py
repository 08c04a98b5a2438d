"""Departments: who beside the desk is asked."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.accounts.departments import queries, service
from dragoman.accounts.departments.models import Department
from dragoman.accounts.departments.names import department_label
from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Caller, Door, needs
from dragoman.api.tickets import Me

router = APIRouter(route_class=Door, tags=["Departments"])
Name = Annotated[Words, Field(max_length=60, examples=["Logistics"])]
Address = Annotated[Words, Field(max_length=254, examples=["logistics@seller.example"])]
Hours = Annotated[int, Field(ge=1, le=1440, strict=True, description="How long it has for an answer.")]
People = list[UUID]


class DepartmentOut(Out):
    """A department; `key` names a shipped one."""

    id: UUID
    key: str
    name: str
    address: str
    lead_id: UUID | None
    hours: int
    active: bool
    members: list[UUID]


class DepartmentNew(In):
    """A department to add."""

    name: Annotated[Name, Field(min_length=1)]
    address: Address = ""
    lead_id: UUID | None = None
    hours: Hours = 48
    members: People = Field([], max_length=200)


class DepartmentChange(In):
    """What to change; what is not named stays."""

    name: Name = ""
    address: Address = ""
    lead_id: UUID | None = None
    hours: Hours = 48
    members: People = Field([], max_length=200)
    active: StrictBool = True


async def _shown(me: Caller, one: Department) -> DepartmentOut:
    members = [member.person_id for member in await queries.list_members(me.session, [one.id])]
    return _out(one, members)


def _out(one: Department, members: list[UUID]) -> DepartmentOut:
    return DepartmentOut(
        id=one.id, key=one.key, name=department_label(one.key, one.name), address=one.address, lead_id=one.lead_id,
        hours=one.hours, active=one.active, members=members,
    )  # fmt: skip


@router.get("/departments", summary="List departments", response_model=Listed[DepartmentOut], **needs("settings:read"))
async def list_departments(me: Me) -> Response:
    """All departments. The list comes whole: a workspace has 60 at most."""
    me.actor.require("workspace.manage")
    members = await queries.list_members(me.session)
    found = await queries.list_departments(me.session)
    return answers.page(me, [_out(one, [m.person_id for m in members if m.department_id == one.id]) for one in found])


@router.post(
    "/departments", summary="Add a department", response_model=DepartmentOut, status_code=201,
    **needs("settings:write"),
)  # fmt: skip
async def add_department(me: Me, new: DepartmentNew) -> Response:
    """Adds a department."""
    made = await service.save(
        me.session, me.actor, None, name=new.name, address=new.address, lead_id=new.lead_id, members=new.members,
        hours=new.hours,
    )  # fmt: skip
    return answers.one(me, await _shown(me, made), status=201, at=f"/departments/{made.id}")


@router.get(
    "/departments/{department_id}", summary="Read a department", response_model=DepartmentOut,
    **needs("settings:read"),
)  # fmt: skip
async def read_department(me: Me, department_id: UUID) -> Response:
    """One department."""
    return answers.one(me, await _shown(me, await service.get_department(me.session, me.actor, department_id)))


@router.patch(
    "/departments/{department_id}", summary="Change a department", response_model=DepartmentOut,
    **needs("settings:write", 412),
)  # fmt: skip
async def change_department(me: Me, department_id: UUID, change: DepartmentChange) -> Response:
    """Changes the named fields; `members` are replaced as a whole."""
    found = await service.get_department(me.session, me.actor, department_id, lock=True)
    present = await _shown(me, found)
    answers.check_unchanged(me, present)
    values = present.model_dump(include={"name", "address", "lead_id", "hours", "members", "active"})
    changed = await service.save(me.session, me.actor, department_id, **values | change.model_dump(exclude_unset=True))
    return answers.one(me, await _shown(me, changed))
