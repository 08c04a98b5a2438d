"""Tasks and what is said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref

STATES = ("open", "answered", "done", "cancelled")
unanswered = text("state = 'open'")


class Task(Tenant, Base):
    """A question about a ticket, to whom it was put, and by when it is to be answered.

    It goes to a department, to a person of the desk, or to an address outside: exactly one of the three.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        ref("tickets", "ticket_id", cascade=True),
        ref("departments", "department_id"),
        ref("people", "person_id"),
        ref("people", "asked_by_id"),
        Index("ix_tasks_ticket", "workspace_id", "ticket_id", "id"),
        Index("ix_tasks_department", "workspace_id", "department_id", "due_at", "id", postgresql_where=unanswered),
        Index("ix_tasks_person", "workspace_id", "person_id", "due_at", "id", postgresql_where=unanswered),
        Index("ix_tasks_asked", "workspace_id", "asked_by_id", "due_at", "id", postgresql_where=unanswered),
        Index("ix_tasks_due", "workspace_id", "due_at", "id", postgresql_where=unanswered),
        Index("ix_tasks_settled", "workspace_id", "settled_at", "id", postgresql_where=text("settled_at IS NOT NULL")),
    )

    ticket_id: Mapped[UUID]
    department_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    """Who answers: the colleague who is asked, or who of the department has taken it."""
    address: Mapped[str] = mapped_column(default="")
    """An address outside the desk."""
    title: Mapped[str]
    question: Mapped[str]
    order_refs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    """The orders it is about, as far as whoever asked names them."""
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    waits: Mapped[bool] = mapped_column(default=False)
    """Whether the ticket rests until this is answered."""
    forwards: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of the ticket's messages that go with it, for a ticket forwarded outside."""
    asked_by_id: Mapped[UUID | None]
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    overdue_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    mail_problem: Mapped[str] = mapped_column(default="")
    """Why its mail could not go out, or came back."""


class TaskEntry(Tenant, Base):
    """Something said in a task after its question: an answer, or a further question of whoever asked."""

    __tablename__ = "task_entries"
    __table_args__ = (
        ref("tasks", "task_id", cascade=True),
        ref("people", "person_id"),
        ref("messages", "note_id", cascade=True),
        Index("ix_task_entries_task", "workspace_id", "task_id", "at", "id"),
        Index("ix_task_entries_note", "workspace_id", "note_id", postgresql_where=text("note_id IS NOT NULL")),
    )

    task_id: Mapped[UUID]
    kind: Mapped[str]
    """answer or question."""
    person_id: Mapped[UUID | None]
    from_name: Mapped[str] = mapped_column(default="")
    from_address: Mapped[str] = mapped_column(default="")
    """For an answer by mail."""
    text: Mapped[str]
    automatic: Mapped[bool] = mapped_column(default=False)
    """Written by a machine (an absence notice): kept, but no answer."""
    note_id: Mapped[UUID | None]
    """The note of the ticket that repeats it, with its files."""
    rfc_message_id: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=clock.now)
