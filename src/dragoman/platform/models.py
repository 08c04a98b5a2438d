"""The directory of workspaces, limits, and stored files."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, deferred, mapped_column

from dragoman.kit import clock, ids
from dragoman.platform.db import Base, Tenant


class Workspace(Base):
    """A company's desk. Directory table: readable before a workspace is entered, so it holds no customer data."""

    __tablename__ = "workspaces"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=ids.new)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    locale: Mapped[str] = mapped_column(default="en")
    timezone: Mapped[str] = mapped_column(default="UTC")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    next_ticket_number: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class RateLimit(Base):
    """Uses of a key in a window of time. Directory table: limits hold before anyone is known."""

    __tablename__ = "rate_limits"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012 - SQLAlchemy's own form

    key: Mapped[str] = mapped_column(primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


class File(Tenant, Base):
    """Bytes stored once for a workspace, whatever names they go by."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("workspace_id", "sha256"),)

    sha256: Mapped[bytes]
    size: Mapped[int]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary, nullable=False))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
