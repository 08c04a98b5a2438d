"""What was answered to requests that carried an Idempotency-Key."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class ApiAnswer(Tenant, Base):
    """One answered request of a token. It exists only if what the request changed exists: both are one transaction."""

    __tablename__ = "api_answers"
    __table_args__ = (
        UniqueConstraint("workspace_id", "token_id", "key"),
        Index("ix_api_answers_created", "workspace_id", "created_at"),
        ref("access_tokens", "token_id", cascade=True),
    )

    token_id: Mapped[UUID]
    key: Mapped[str]
    fingerprint: Mapped[bytes]
    """SHA-256 of method, path, query and body."""
    status: Mapped[int] = mapped_column(SmallInteger, default=0)
    headers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    body: Mapped[bytes] = mapped_column(default=b"")
    """Sealed."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
