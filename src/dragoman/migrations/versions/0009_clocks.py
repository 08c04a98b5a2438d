"""Calendars, policies, clocks"""

from __future__ import annotations

import json
from pathlib import Path

import sqlalchemy as sa
import yaml
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.kit import ids
from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

JSON = postgresql.JSONB(astext_type=sa.Text())


def _keys(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f(f"pk_{table}")),
    ]


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _json(*names: str) -> list[sa.Column[object]]:
    return [sa.Column(name, JSON, nullable=False) for name in names]


def _calendars() -> None:
    op.create_table(
        "calendars",
        *_keys("calendars"),
        *_text("key", "name", "zone", "market"),
        *_json("week", "days"),
        _moment("created_at", nullable=False),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_calendars_workspace_id_key")),
    )
    op.create_table(
        "sla_policies",
        *_keys("sla_policies"),
        *_text("key", "name", "languages", "hours", "source", "confidence"),
        sa.Column("position", sa.Integer(), nullable=False),
        *_json("conditions", "targets", "warn", "on_warning", "on_breach"),
        sa.Column("calendar_id", sa.UUID(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        _moment("created_at", nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "calendar_id"], ["calendars.workspace_id", "calendars.id"],
            name=op.f("fk_sla_policies_calendar_id"),
        ),
    )  # fmt: skip
    op.create_index("ix_sla_policies_position", "sla_policies", ["workspace_id", "position", "id"])


def _cascade(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column], [f"{to}.workspace_id", f"{to}.id"], name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE",
    )  # fmt: skip


def _clocks() -> None:
    op.create_table(
        "clocks",
        *_keys("clocks"),
        sa.Column("ticket_id", sa.UUID(), nullable=False),
        *_text("metric", "state"),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("round", sa.SmallInteger(), nullable=False),
        sa.Column("policy_id", sa.UUID(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("calendar_id", sa.UUID(), nullable=True),
        *_json("marks", "why"),
        _moment("started_at", nullable=False),
        *(_moment(name) for name in ("due_at", "warn_at", "warned_at", "breached_at", "ended_at")),
        sa.Column("elapsed", sa.Integer(), nullable=False),
        _cascade("clocks", "ticket_id", "tickets"),
    )
    op.create_index(
        "ix_clocks_live", "clocks", ["workspace_id", "ticket_id", "metric"], unique=True,
        postgresql_where=sa.text("live"),
    )  # fmt: skip
    op.create_index("ix_clocks_ticket", "clocks", ["workspace_id", "ticket_id", "id"])
    op.create_index(
        "ix_clocks_ended",
        "clocks",
        ["workspace_id", "metric", "ended_at"],
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_table(
        "auto_replies",
        *_keys("auto_replies"),
        sa.Column("ticket_id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        *_text("kind", "address"),
        _moment("at", nullable=False),
        sa.UniqueConstraint(
            "workspace_id", "ticket_id", "kind", name=op.f("uq_auto_replies_workspace_id_ticket_id_kind")
        ),
        _cascade("auto_replies", "ticket_id", "tickets"),
        _cascade("auto_replies", "message_id", "messages"),
    )
    op.create_index("ix_auto_replies_sender", "auto_replies", ["workspace_id", "address", "at"])


def _furnish() -> None:
    """Existing workspaces get what new ones get; 0009_clocks.yaml is sla/defaults.yaml as it was then."""
    shipped = yaml.safe_load(Path(__file__).with_name("0009_clocks.yaml").read_text(encoding="utf-8"))
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    calendar = sa.text(
        "INSERT INTO calendars (id, key, name, zone, week, market, days, created_at) "
        "VALUES (:id, 'business', '', :zone, CAST(:week AS jsonb), '', '[]', now())"
    )
    policy = sa.text(
        "INSERT INTO sla_policies (id, key, name, position, conditions, languages, targets, hours, warn, on_warning, "
        "on_breach, source, as_of, confidence, active, created_at) VALUES (:id, :key, '', :position, "
        "CAST(:conditions AS jsonb), :languages, CAST(:targets AS jsonb), :hours, CAST(:warn AS jsonb), "
        "CAST(:on_warning AS jsonb), CAST(:on_breach AS jsonb), :source, :as_of, :confidence, true, now())"
    )
    permission = sa.text(
        "UPDATE roles SET permissions = permissions || '{sla.manage}' "
        "WHERE 'workspace.manage' = ANY (permissions) AND NOT 'sla.manage' = ANY (permissions)"
    )
    week = json.dumps(shipped["business"]["week"])
    for workspace, zone in connection.execute(sa.text("SELECT id, timezone FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        connection.execute(calendar, {"id": ids.new(), "zone": zone, "week": week})
        connection.execute(policy, [_row(place, one) for place, one in enumerate(shipped["policies"], 1)])
        connection.execute(permission)
    connection.execute(enter, {"workspace": ""})


def _row(place: int, one: dict[str, object]) -> dict[str, object]:
    usual = {
        "warn": {"percent": 25}, "on_warning": {"notify": ["owner"]}, "on_breach": {"notify": ["owner", "leads"]}
    }  # fmt: skip
    row: dict[str, object] = {"id": ids.new(), "key": one["key"], "position": place, "hours": one["hours"]}
    for name in ("conditions", "targets", "warn", "on_warning", "on_breach"):
        row[name] = json.dumps(one.get(name, usual.get(name)))
    return row | {
        "languages": one.get("languages", ""), "source": one.get("source", ""), "as_of": one.get("as_of"),
        "confidence": one.get("confidence", ""),
    }  # fmt: skip


def upgrade() -> None:
    _calendars()
    _clocks()
    protect("calendars", "sla_policies", "clocks", "auto_replies")
    _furnish()
