"""What was translated, what people made of it, the words of the house, and who translates at what price."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Date, Index, Integer, LargeBinary, Numeric, SmallInteger, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import CURRENT_WORKSPACE, Base, Tenant
from dragoman.platform.tables import ref


class Translation(Tenant, Base):
    """A text in another language: `wanted` (a job will ask), `done`, or `failed` (`problem` says why)."""

    __tablename__ = "translations"
    __table_args__ = (
        UniqueConstraint("workspace_id", "hash", "source", "target"),
        Index("ix_translations_message", "workspace_id", "message_id"),
        Index("ix_translations_at", "workspace_id", "at"),
        ref("messages", "message_id", cascade=True),
        ref("people", "corrected_by_id"),
    )

    message_id: Mapped[UUID | None]
    """Whose words they are, and with whom they go; None for what somebody tried in a composer."""
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    source: Mapped[str]
    target: Mapped[str]
    state: Mapped[str] = mapped_column(default="wanted")
    purpose: Mapped[str] = mapped_column(default="read")
    original: Mapped[str]
    spans: Mapped[list[Any]] = mapped_column(default=list)
    """What the original names, `[[start, end, kind]…]`."""
    text: Mapped[str] = mapped_column(default="")
    sentences: Mapped[list[Any]] = mapped_column(default=list)
    """`[[sentence of the original, of the translation]…]` in order."""
    findings: Mapped[list[Any]] = mapped_column(default=list)
    """Forbidden renderings, `[[word, preferred, note]…]`."""
    provider: Mapped[str] = mapped_column(default="")
    """Its name then; empty: the memory, or a person."""
    memory: Mapped[bool] = mapped_column(default=False)
    problem: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`{"message": gettext id, "values": {…}}`"""
    number: Mapped[int | None]
    """The ticket whose open pages are told."""
    at: Mapped[datetime] = mapped_column(default=clock.now)
    corrected_by_id: Mapped[UUID | None]


class MemoryUnit(Tenant, Base):
    """A sentence or paragraph and its translation by a person, facts as marks (`⟦0⟧`) so that it serves again."""

    __tablename__ = "memory_units"
    __table_args__ = (
        UniqueConstraint("workspace_id", "key"),
        Index("ix_memory_units_at", "workspace_id", "at", "id"),
        ref("people", "person_id"),
    )

    key: Mapped[bytes] = mapped_column(LargeBinary)
    """Of languages and normalised original (similarity.digest)."""
    source: Mapped[str]
    target: Mapped[str]
    original: Mapped[str]
    text: Mapped[str]
    origin: Mapped[str] = mapped_column(default="correction")
    """`correction` or `import`."""
    person_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(default=clock.now)


class MemoryKey(Base):
    """A band by which alike units find each other (similarity.keys)."""

    __tablename__ = "memory_keys"
    __table_args__ = (
        ref("memory_units", "unit_id", cascade=True),
        Index("ix_memory_keys_unit", "workspace_id", "unit_id"),
    )

    workspace_id: Mapped[UUID] = mapped_column(primary_key=True, server_default=CURRENT_WORKSPACE)
    key: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)


class TermEntry(Tenant, Base):
    """A word of the house and how it is said elsewhere: `proposed` by one person, `approved` by another (R85)."""

    __tablename__ = "terms"
    __table_args__ = (
        UniqueConstraint("workspace_id", "source", "target", "folded", "status"),
        ref("people", "proposed_by_id"),
        ref("people", "approved_by_id"),
    )

    source: Mapped[str]
    target: Mapped[str]
    """Empty: in every language (a product's name that stays as it is)."""
    term: Mapped[str]
    folded: Mapped[str]
    """The term as it is looked for, small."""
    rendering: Mapped[str] = mapped_column(default="")
    forbidden: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    domain: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    exact: Mapped[bool] = mapped_column(default=False)
    status: Mapped[str] = mapped_column(default="proposed")
    proposed_by_id: Mapped[UUID | None]
    proposed_at: Mapped[datetime] = mapped_column(default=clock.now)
    approved_by_id: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]


class ProviderSetting(Tenant, Base):
    """Somebody or something that translates, as the workspace has set it up, and how it has fared."""

    __tablename__ = "translation_providers"

    kind: Mapped[str]
    """A key of providers.KINDS."""
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(SmallInteger, default=0)
    base_url: Mapped[str] = mapped_column(default="")
    model: Mapped[str] = mapped_column(default="")
    secret: Mapped[str] = mapped_column(default="")
    """Its key, sealed (platform.secrets); empty: it needs none."""
    note: Mapped[str] = mapped_column(default="")
    """What is known of its quality, for whoever orders the chain."""
    price: Mapped[Decimal] = mapped_column(Numeric(12, 4), default=Decimal(0))
    """For a million characters, in `currency`."""
    currency: Mapped[str] = mapped_column(default="USD")
    monthly_limit: Mapped[int | None] = mapped_column(BigInteger)
    """Characters of a month; None: no limit of ours."""
    time_limit: Mapped[int] = mapped_column(SmallInteger, default=20)
    """Seconds it may take for one text."""
    failures: Mapped[int] = mapped_column(default=0)
    paused_until: Mapped[datetime | None]
    problem: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What went wrong last, `{"message": gettext id, "values": {…}}`; empty: nothing since it last worked."""
    problem_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)


class Chain(Tenant, Base):
    """For a pair of languages of its own order: which providers are asked, first to last."""

    __tablename__ = "translation_chains"
    __table_args__ = (UniqueConstraint("workspace_id", "source", "target"),)

    source: Mapped[str] = mapped_column(default="")
    """Empty: whatever it is."""
    target: Mapped[str] = mapped_column(default="")
    steps: Mapped[list[Any]] = mapped_column(default=list)
    """Ids of providers as text."""


class Usage(Tenant, Base):
    """What a provider was given in a month."""

    __tablename__ = "translation_usage"
    __table_args__ = (
        UniqueConstraint("workspace_id", "month", "provider_id"),
        ref("translation_providers", "provider_id", cascade=True),
    )

    month: Mapped[date] = mapped_column(Date)
    """Its first day (UTC)."""
    provider_id: Mapped[UUID]
    characters: Mapped[int] = mapped_column(BigInteger, default=0)
    calls: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    cost: Mapped[Decimal] = mapped_column(Numeric(16, 6), default=Decimal(0))
    """At the price of then, in the provider's currency."""
