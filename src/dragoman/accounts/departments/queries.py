"""All SQL about departments."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from dragoman.accounts.departments.models import Department, DepartmentMember
from dragoman.accounts.models import Person
from dragoman.platform.db import Session


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who answers for a department."""

    department_id: UUID
    person_id: UUID
    name: str


async def list_departments(session: Session, *, active_only: bool = False) -> list[Department]:
    """All departments, those in use first, by age. A company has dozens at most."""
    statement = select(Department).order_by(Department.active.desc(), Department.id)
    if active_only:
        statement = statement.where(Department.active)
    return list(await session.scalars(statement))


async def load(session: Session, department_id: UUID, *, lock: bool = False) -> Department | None:
    """A department by its id."""
    return await session.get(Department, (session.workspace_id, department_id), with_for_update=lock or None)


async def list_members(session: Session, department_ids: Collection[UUID] | None = None) -> list[Member]:
    """Who answers for the departments (None: for all), by name; people who have left are left out."""
    statement = (
        select(DepartmentMember.department_id, DepartmentMember.person_id, Person.name)
        .join(
            Person, (Person.workspace_id == DepartmentMember.workspace_id) & (Person.id == DepartmentMember.person_id)
        )
        .where(Person.active)
        .order_by(Person.name, Person.id)
    )
    if department_ids is not None:
        statement = statement.where(DepartmentMember.department_id.in_(department_ids))
    return [Member(*row) for row in await session.execute(statement)]


async def departments_of(session: Session, person_id: UUID) -> list[UUID]:
    """The departments somebody answers for."""
    statement = select(DepartmentMember.department_id).where(DepartmentMember.person_id == person_id)
    return list(await session.scalars(statement))


async def drop_members(session: Session, department_id: UUID) -> None:
    """Let nobody answer for a department, before its members are set anew."""
    await session.execute(delete(DepartmentMember).where(DepartmentMember.department_id == department_id))
