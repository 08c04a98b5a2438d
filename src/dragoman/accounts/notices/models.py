"""Notices to people of the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class PersonNotice(Tenant, Base):
    """Something one person should know. `kind` is a key of notices.kinds.KINDS, `data` its facts, never a customer's
    words."""

    __tablename__ = "notices"
    __table_args__ = (
        ref("people", "person_id", cascade=True),
        Index("ix_notices_person", "workspace_id", "person_id", "at", "id"),
        Index(
            "ix_notices_unseen", "workspace_id", "person_id", "at", "id",
            postgresql_where=text("seen_at IS NULL AND desk"),
        ),
        Index(
            "ix_notices_mail", "workspace_id", "person_id",
            postgresql_where=text("mail AND mailed_at IS NULL AND seen_at IS NULL"),
        ),
    )  # fmt: skip

    person_id: Mapped[UUID]
    kind: Mapped[str]
    ticket: Mapped[int | None]
    """The number of the ticket it is about."""
    href: Mapped[str] = mapped_column(default="")
    """Where it leads; empty: to its ticket."""
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=clock.now)
    desk: Mapped[bool] = mapped_column(default=True)
    """Whether it is shown in the desk, as the person wished when it was told (notices.wishes)."""
    mail: Mapped[bool] = mapped_column(default=False)
    """Whether it goes out by mail too, unless it is seen before."""
    seen_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    """When it went out by mail, for those who want it so."""
