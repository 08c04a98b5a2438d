"""Customers and the addresses they are known by."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref


class Customer(Tenant, Base):
    """A buyer, as far as the desk knows."""

    __tablename__ = "customers"
    __table_args__ = (Index("ix_customers_seen", "workspace_id", "last_seen_at", "id"),)

    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    market: Mapped[str] = mapped_column(default="")
    timezone: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    tier: Mapped[str] = mapped_column(default="")
    """What the seller calls this kind of customer, lower case: vip, wholesale, new …; empty: none."""
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_seen_at: Mapped[datetime] = mapped_column(default=clock.now)


class Identity(Tenant, Base):
    """One way a customer is known: `kind` email, phone, whatsapp …; `value` in its normal form."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("workspace_id", "kind", "value"),
        Index("ix_identities_customer", "workspace_id", "customer_id"),
        ref("customers", "customer_id", cascade=True),
    )

    customer_id: Mapped[UUID]
    kind: Mapped[str]
    value: Mapped[str]
