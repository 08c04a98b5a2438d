"""People, roles and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text, UniqueConstraint
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
    name: Mapped[str] = mapped_column(default="")
    """What the workspace calls it; empty: the shipped name of its key."""
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
    seen_at: Mapped[datetime | None]
    """When they last did something here, at a grain of five minutes."""
    left_at: Mapped[datetime | None]
    """When they were last here before the present stretch of work (accounts.queries.AWAY)."""


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
    method: Mapped[str] = mapped_column(default="password")
    """`password`, `invitation`, or `outside` (the company's own sign-in)."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]


class Invitation(Tenant, Base):
    """A link by which somebody joins: works once, until `expires_at`. Only the hash of its secret is kept."""

    __tablename__ = "invitations"
    __table_args__ = (
        UniqueConstraint("workspace_id", "token_hash"),
        ref("roles", "role_id"),
        Index("ix_invitations_email", "workspace_id", "email"),
    )

    email: Mapped[str]
    role_id: Mapped[UUID]
    locale: Mapped[str]
    token_hash: Mapped[bytes]
    invited_by: Mapped[str]
    """The name of whoever invited, as it was then."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RecoveryCode(Tenant, Base):
    """A code that stands in once for a lost phone. `code_hash` is keyed with the installation's secret."""

    __tablename__ = "recovery_codes"
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id", "code_hash"),
        ref("people", "person_id", cascade=True),
    )

    person_id: Mapped[UUID]
    code_hash: Mapped[bytes]
    used_at: Mapped[datetime | None]


class SignInPlace(Tenant, Base):
    """A browser in a neighbourhood of the network from which a person has signed in (accounts/places.py)."""

    __tablename__ = "sign_in_places"
    __table_args__ = (
        UniqueConstraint("workspace_id", "person_id", "browser", "network"),
        ref("people", "person_id", cascade=True),
    )

    person_id: Mapped[UUID]
    browser: Mapped[str]
    network: Mapped[str]
    seen_at: Mapped[datetime] = mapped_column(default=clock.now)


class SignInAlert(Tenant, Base):
    """Something about a person's sign-in that they should know: shown on their profile until they close it."""

    __tablename__ = "sign_in_alerts"
    __table_args__ = (
        ref("people", "person_id", cascade=True),
        Index("ix_sign_in_alerts_person", "workspace_id", "person_id", "at"),
    )

    person_id: Mapped[UUID]
    kind: Mapped[str]
    """A key of accounts.alerts.KINDS."""
    sign_in_id: Mapped[UUID | None]
    """The sign-in it speaks of, while that lasts."""
    address: Mapped[str]
    browser: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_at: Mapped[datetime | None]


class SignInProvider(Tenant, Base):
    """Where a company's own sign-in lives (OpenID Connect); a workspace has one at most."""

    __tablename__ = "sign_in_providers"
    __table_args__ = (UniqueConstraint("workspace_id"), ref("roles", "default_role_id"))

    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[str]
    """Sealed; empty for a public client."""
    label: Mapped[str]
    active: Mapped[bool]
    claim: Mapped[str]
    """The ID token's claim that tells the role; empty: everybody new gets the default role."""
    mapping: Mapped[list[Any]]
    """Pairs of a value of the claim and a role's id; the first that fits holds."""
    default_role_id: Mapped[UUID | None]
    """The role of whom no pair fits; None refuses them."""
    auto_create: Mapped[bool]
    """Whether somebody who is not here yet becomes a person at their first sign-in."""
    passwords: Mapped[bool]
    """Whether people may still sign in by password (whoever manages people always may)."""


class OutsideIdentity(Tenant, Base):
    """Who a person is at the company's own sign-in: linked once, known by issuer and subject from then on."""

    __tablename__ = "outside_identities"
    __table_args__ = (
        UniqueConstraint("workspace_id", "issuer", "subject"),
        ref("people", "person_id", cascade=True),
    )

    person_id: Mapped[UUID]
    issuer: Mapped[str]
    subject: Mapped[str]
    linked_at: Mapped[datetime] = mapped_column(default=clock.now)
