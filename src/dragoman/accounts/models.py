"""People, roles and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Role(Tenant, Base):
    """What a kind of person may do, as data; `key` names the shipped ones (see accounts/permissions.py)."""

    __tablename__ = "roles"
    __table_args__ = (UniqueConstraint("workspace_id", "key"),)

    key: Mapped[str]
    permissions: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)


class Person(Tenant, Base):
    """Somebody who works at the desk."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("workspace_id", "email"), ref("roles", "role_id"))

    email: Mapped[str]
    name: Mapped[str]
    role_id: Mapped[UUID]
    active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str] = mapped_column(default="en")
    timezone: Mapped[str] = mapped_column(default="UTC")
    theme: Mapped[str] = mapped_column(default="system")
    signature: Mapped[str] = mapped_column(default="")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    password_hash: Mapped[str | None]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    totp_secret: Mapped[str | None]
    """Sealed (platform.secrets); `totp_confirmed_at` says whether it is in force."""
    totp_confirmed_at: Mapped[datetime | None]
    totp_last_step: Mapped[int | None]
    """The 30-second step of the last code used: a code works once."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class SignIn(Tenant, Base):
    """A browser in which somebody is signed in. Only the hash of its cookie's secret is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = (
        UniqueConstraint("workspace_id", "token_hash"),
        ref("people", "person_id", cascade=True),
    )

    person_id: Mapped[UUID]
    token_hash: Mapped[bytes]
    stage: Mapped[str] = mapped_column(default="full")
    """`totp` after the password alone, `password` while a new one must be set, `full` afterwards."""
    address: Mapped[str] = mapped_column(default="")
    browser: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
