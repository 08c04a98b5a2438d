"""Imports, and what each of them has brought."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from dragoman.kit import clock
from dragoman.platform.db import Base, Tenant
from dragoman.platform.tables import ref

DRAFT, QUEUED, RUNNING, DONE, FAILED, STOPPED = "draft", "queued", "running", "done", "failed", "stopped"
FILED, KEPT, REFUSED = "filed", "kept", "failed"


class Import(Tenant, Base):
    """One way from another desk to this one: first tried (`trial`), then done. Goes on from `cursor` after any end."""

    __tablename__ = "imports"
    __table_args__ = (
        Index("ix_imports_going", "workspace_id", "state", postgresql_where=text("state IN ('queued', 'running')")),
        ref("files", "file_id"),
        ref("people", "created_by"),
    )

    source: Mapped[str]
    """`zendesk`, `freshdesk`, `chatwoot`, `gorgias` or `csv`."""
    identity: Mapped[str]
    """Source and account, by which what came before is known again: `zendesk:acme.zendesk.com`."""
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Address, sign-in name, columns, own words for states; nothing secret."""
    secret: Mapped[str] = mapped_column(default="")
    """Sealed: the source's token; forgotten when the import is done."""
    file_id: Mapped[UUID | None]
    file_name: Mapped[str] = mapped_column(default="")
    via: Mapped[str] = mapped_column(default="web")
    """`web`: a worker does it; `cli`: a command, which alone can go on with it."""
    trial: Mapped[bool] = mapped_column(default=True)
    """A dry run: reads everything, writes nothing but the report."""
    state: Mapped[str] = mapped_column(default=DRAFT)
    cursor: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    report: Mapped[dict[str, Any]] = mapped_column(default=dict)
    share: Mapped[float | None]
    """How much is done, from 0 to 1; None while nobody knows how much there is."""
    problem: Mapped[str] = mapped_column(default="")
    """Why it stopped: a translatable sentence, which `problem_values` fill."""
    problem_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waits_until: Mapped[datetime | None]
    """Until when the source has asked us to wait (rate limit)."""
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    started_at: Mapped[datetime | None]
    touched_at: Mapped[datetime] = mapped_column(default=clock.now)
    """The last sign of life of whoever works on it."""
    finished_at: Mapped[datetime | None]


class Item(Tenant, Base):
    """One object of another desk: what became of it here, and all that was said of it there."""

    __tablename__ = "import_items"
    __table_args__ = (
        UniqueConstraint("workspace_id", "source", "kind", "external_id"),
        Index("ix_import_items_import", "workspace_id", "import_id", "state", "id"),
        ref("imports", "import_id"),
    )

    import_id: Mapped[UUID]
    """The last import that met it."""
    source: Mapped[str]
    """The import's identity."""
    kind: Mapped[str]
    """`ticket`, `message`, `customer`, `macro`, `article`; `unread` for what could not be made one of these."""
    external_id: Mapped[str]
    our_id: Mapped[UUID | None]
    digest: Mapped[bytes] = mapped_column(default=b"")
    """Of its last state; empty where something is still to be fetched."""
    version: Mapped[int | None]
    """Our ticket's version when it was last brought up to date: another one means that somebody worked here."""
    state: Mapped[str] = mapped_column(default=FILED)
    """`filed`, `kept` (whole, for a room that is to come) or `failed`."""
    problem: Mapped[str] = mapped_column(default="")
    problem_values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime] = mapped_column(default=clock.now)
