"""Departments and their members."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref

ANSWER_HOURS = 48
"""How long a department has for an answer, where nothing else is agreed (requirements R33, R34)."""


class Department(Tenant, Base):
    """Somebody of the company beside the desk who is asked about tickets."""

    __tablename__ = "departments"
    __table_args__ = (UniqueConstraint("workspace_id", "key"), ref("people", "lead_id"))

    key: Mapped[str]
    """Names a shipped department (departments.names); for the workspace's own its id in hex."""
    name: Mapped[str] = mapped_column(default="")
    """What the workspace calls it; empty: the shipped name of its key."""
    address: Mapped[str] = mapped_column(default="")
    """Where its questions go by mail; empty: they are read here only."""
    lead_id: Mapped[UUID | None]
    """Who is told when an answer is overdue."""
    hours: Mapped[int] = mapped_column(default=ANSWER_HOURS)
    """How long it has for an answer."""
    active: Mapped[bool] = mapped_column(default=True)


class DepartmentMember(Tenant, Base):
    """Somebody who answers for a department."""

    __tablename__ = "department_members"
    __table_args__ = (
        UniqueConstraint("workspace_id", "department_id", "person_id", name="uq_department_members_department"),
        UniqueConstraint("workspace_id", "person_id", "department_id", name="uq_department_members_person"),
        ref("departments", "department_id", cascade=True),
        ref("people", "person_id", cascade=True),
    )

    department_id: Mapped[UUID]
    person_id: Mapped[UUID]
