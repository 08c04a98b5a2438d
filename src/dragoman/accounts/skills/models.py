"""What people are good for."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Skill(Tenant, Base):
    """One thing somebody is good for. `kind` is one of skills.service.KINDS; `value` a language (BCP 47), a shop's id,
    a product line or a customer tier (free words, lower case)."""

    __tablename__ = "skills"
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id", "kind", "value"),
        ref("people", "person_id", cascade=True),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    value: Mapped[str]
    level: Mapped[str] = mapped_column(default="")
    """How well a language is spoken: basic, fluent or native; empty for other kinds."""
