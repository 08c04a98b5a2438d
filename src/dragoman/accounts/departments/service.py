"""Adding and changing departments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.checks import clean_email
from dragoman.accounts.departments import queries
from dragoman.accounts.departments.models import ANSWER_HOURS, Department, DepartmentMember
from dragoman.accounts.departments.names import DEPARTMENT_NAMES, department_label
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session

MANY, LONGEST_HOURS = 60, 24 * 60


def add_shipped(session: Session) -> None:
    """Give a new workspace the departments that every seller has."""
    session.add_all(Department(key=key) for key in DEPARTMENT_NAMES)


async def get_department(session: Session, actor: Actor, department_id: UUID, *, lock: bool = False) -> Department:
    """A department, for whoever manages the workspace. Raises NotFound, Forbidden."""
    actor.require("workspace.manage")
    found = await queries.load(session, department_id, lock=lock)
    if found is None:
        raise NotFound(N_("There is no such department."))
    return found


async def save(
    session: Session, actor: Actor, department_id: UUID | None, *, name: str, address: str = "",
    lead_id: UUID | None = None, members: Collection[UUID] = (), hours: int = ANSWER_HOURS, active: bool = True,
) -> Department:  # fmt: skip
    """Add a department (None) or change one; its members are set as given. Raises Invalid, NotFound, Forbidden."""
    actor.require("workspace.manage")
    found = await get_department(session, actor, department_id, lock=True) if department_id else None
    name, address = " ".join(name.split()), address.strip()
    await _check(session, found, name, address, hours, {*members, *([lead_id] if lead_id else [])})
    before = _facts(found) if found else {}
    if found is None:
        made = ids.new()
        found = Department(id=made, key=made.hex)
        session.add(found)
    found.name = "" if name == department_label(found.key) else name
    found.address, found.lead_id, found.hours, found.active = address.lower(), lead_id, hours, active
    await session.flush()
    await queries.drop_members(session, found.id)
    session.add_all(DepartmentMember(department_id=found.id, person_id=one) for one in sorted(set(members)))
    await session.flush()
    subject = Subject("department", found.id, department_label(found.key, found.name))
    changes = audit.changes(before, _facts(found)) if before else {"after": _facts(found)}
    verb = "department.changed" if before else "department.added"
    audit.record(session, actor, verb, subject, members=len(set(members)), **changes)
    return found


async def _check(
    session: Session, found: Department | None, name: str, address: str, hours: int, chosen: Collection[UUID]
) -> None:
    faults = {}
    all_ = await queries.list_departments(session)
    if (not name and (found is None or found.key not in DEPARTMENT_NAMES)) or len(name) > 60:
        faults["name"] = N_("A name is needed, of at most 60 characters.")
    others = {department_label(one.key, one.name).casefold() for one in all_ if found is None or one.id != found.id}
    if name.casefold() in others:
        faults["name"] = N_("Another department has this name.")
    if address:
        try:
            clean_email(address)
        except Invalid as error:
            faults["address"] = error.fields["email"]
    if not 1 <= hours <= LONGEST_HOURS:
        faults["hours"] = N_("Between 1 and 1,440 hours.")
    if chosen and not set(chosen) <= {one.id for one in await people.list_people(session, active_only=True)}:
        faults["members"] = N_("Choose people who work at this desk.")
    if faults:
        raise Invalid(fields=faults)
    if found is None and len(all_) >= MANY:
        raise Invalid(N_("A workspace can have at most 60 departments."))


def _facts(found: Department) -> dict[str, Any]:
    return {
        "name": found.name or found.key, "address": found.address, "hours": found.hours, "active": found.active,
        "lead": str(found.lead_id) if found.lead_id else None,
    }  # fmt: skip
