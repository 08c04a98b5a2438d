"""The audit log's table."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.platform.db import Base, Tenant


class AuditEntry(Tenant, Base):
    """One deed. The database refuses to change or remove a row (migration 0002); `n`, `prev` and `hash` are its place
    in the workspace's chain, given a little later by `audit_seal`."""

    __tablename__ = "audit_log"
    __table_args__ = (
        UniqueConstraint("workspace_id", "n"),
        Index("ix_audit_log_at", "workspace_id", "at", "id"),
        Index("ix_audit_log_area", "workspace_id", "area", "at", "id"),
        Index("ix_audit_log_person", "workspace_id", "person_id", "at", "id"),
        Index("ix_audit_log_subject", "workspace_id", "subject_kind", "subject_id", "at", "id"),
        Index("ix_audit_log_unsealed", "workspace_id", "id", postgresql_where=text("n IS NULL")),
    )

    at: Mapped[datetime]
    verb: Mapped[str]
    """What was done, as `area.deed`: ticket.status, person.invited, export.audit …"""
    area: Mapped[str]
    person_id: Mapped[UUID | None]
    """Who; None for the desk itself or somebody unknown. No foreign key: the log outlives everything."""
    person_name: Mapped[str]
    via: Mapped[str]
    address: Mapped[str]
    subject_kind: Mapped[str]
    subject_id: Mapped[str]
    subject_name: Mapped[str]
    data: Mapped[dict[str, Any]]
    digest: Mapped[bytes]
    """SHA-256 of everything above in canonical JSON (audit/chain.py)."""
    n: Mapped[int | None] = mapped_column(BigInteger)
    prev: Mapped[bytes | None]
    hash: Mapped[bytes | None]
