"""Access tokens. Only the hash of a token's secret is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class AccessToken(Tenant, Base):
    """A program's key to the API. It acts as the person who made it, and dies with them, at its end, or by hand."""

    __tablename__ = "access_tokens"
    __table_args__ = (UniqueConstraint("workspace_id", "token_hash"), ref("people", "person_id", cascade=True))

    person_id: Mapped[UUID]
    name: Mapped[str]
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """Keys of `accounts.tokens.scopes.SCOPES`."""
    token_hash: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    """Last use, at a grain of five minutes."""
    revoked_at: Mapped[datetime | None]
