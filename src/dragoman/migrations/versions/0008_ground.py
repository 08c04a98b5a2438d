"""Queues, notices, alarms, and what a ticket knows of time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BY_RANK = {
    "ix_tickets_active_rank": ([], "active"),
    "ix_tickets_mine": (["assignee_id"], "active AND assignee_id IS NOT NULL"),
    "ix_tickets_unassigned": ([], "active AND assignee_id IS NULL"),
    "ix_tickets_unread": ([], "unread_since IS NOT NULL"),
    "ix_tickets_team": (["team_id"], "active AND team_id IS NOT NULL"),
}
RANK = (
    "UPDATE tickets SET language = c.language, market = c.market, rank_at = CASE "
    "WHEN waiting_since IS NOT NULL OR status = 'new' THEN coalesce(waiting_since, last_activity_at) + "
    "CASE priority WHEN 1 THEN interval '1 hour' WHEN 2 THEN interval '2 hours' WHEN 3 THEN interval '24 hours' "
    "ELSE interval '72 hours' END ELSE last_activity_at + interval '30 days' END "
    "FROM customers c WHERE c.workspace_id = tickets.workspace_id AND c.id = tickets.customer_id AND tickets.active"
)


def _teams() -> None:
    op.create_table(
        "teams",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("tier", sa.SmallInteger(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("calendar_id", sa.UUID(), nullable=True),
        sa.Column("strategy", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_teams")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_teams_workspace_id_key")),
    )
    op.create_table(
        "team_members",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("team_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("lead", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_team_members")),
        sa.UniqueConstraint("workspace_id", "team_id", "person_id", name="uq_team_members_team"),
        sa.UniqueConstraint("workspace_id", "person_id", "team_id", name="uq_team_members_person"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "team_id"], ["teams.workspace_id", "teams.id"], name=op.f("fk_team_members_team_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["people.workspace_id", "people.id"],
            name=op.f("fk_team_members_person_id"), ondelete="CASCADE",
        ),
    )  # fmt: skip


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("ticket", sa.Integer(), nullable=True),
        sa.Column("href", sa.String(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_notices")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["people.workspace_id", "people.id"], name=op.f("fk_notices_person_id"),
            ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index("ix_notices_person", "notices", ["workspace_id", "person_id", "at", "id"])
    op.create_index(
        "ix_notices_unseen", "notices", ["workspace_id", "person_id"], postgresql_where=sa.text("seen_at IS NULL")
    )


def _tickets() -> None:
    for name, kind, default in (
        ("kind", sa.String(), "''"),
        ("severity", sa.String(), "''"),
        ("tier", sa.SmallInteger(), "1"),
        ("language", sa.String(), "''"),
        ("market", sa.String(), "''"),
        ("due_metric", sa.String(), "''"),
    ):
        op.add_column("tickets", sa.Column(name, kind, server_default=sa.text(default), nullable=False))
        op.alter_column("tickets", name, server_default=None)
    for name, moment in (
        ("team_id", sa.UUID()),
        ("merged_into_id", sa.UUID()),
        ("snoozed_until", sa.DateTime(timezone=True)),
        ("due_at", sa.DateTime(timezone=True)),
    ):
        op.add_column("tickets", sa.Column(name, moment, nullable=True))
    op.create_foreign_key(
        op.f("fk_tickets_team_id"), "tickets", "teams", ["workspace_id", "team_id"], ["workspace_id", "id"]
    )
    op.create_foreign_key(
        op.f("fk_tickets_merged_into_id"), "tickets", "tickets", ["workspace_id", "merged_into_id"],
        ["workspace_id", "id"],
    )  # fmt: skip
    for name, (columns, where) in BY_RANK.items():
        op.execute(f"DROP INDEX IF EXISTS {name}")
        op.create_index(name, "tickets", ["workspace_id", *columns, "rank_at", "id"], postgresql_where=sa.text(where))
    for column, also in (("due_at", ["id"]), ("snoozed_until", ["id"]), ("merged_into_id", [])):
        name = {"due_at": "due", "snoozed_until": "snoozed", "merged_into_id": "merged"}[column]
        op.create_index(
            f"ix_tickets_{name}", "tickets", ["workspace_id", column, *also],
            postgresql_where=sa.text(f"{column} IS NOT NULL"),
        )  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("workspace_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "key", name=op.f("pk_alarms")),
    )
    op.create_index("ix_alarms_at", "alarms", ["at"])
    _teams()
    _notices()
    protect("teams", "team_members", "notices")
    op.add_column("customers", sa.Column("tier", sa.String(), server_default=sa.text("''"), nullable=False))
    op.alter_column("customers", "tier", server_default=None)
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    _tickets()
    for (workspace,) in connection.execute(sa.text("SELECT id FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        connection.execute(sa.text(RANK))
    connection.execute(enter, {"workspace": ""})
