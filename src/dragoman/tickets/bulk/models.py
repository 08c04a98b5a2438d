"""Bulk changes that were made."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class BulkRun(Tenant, Base):
    """One bulk change, with what each ticket was before."""

    __tablename__ = "bulk_runs"
    __table_args__ = (ref("people", "person_id"), Index("ix_bulk_runs_person", "workspace_id", "person_id", "at"))

    person_id: Mapped[UUID]
    changes: Mapped[list[Any]] = mapped_column(default=list)
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """By ticket id: its version after the change, and the state to which undoing brings it back."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    undone_at: Mapped[datetime | None]
