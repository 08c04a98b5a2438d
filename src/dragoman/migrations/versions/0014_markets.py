"""What a workspace says about the rules of markets"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

GRANT = (
    "UPDATE roles SET permissions = permissions || '{market.manage}' "
    "WHERE key IN ('admin', 'manager', 'legal') AND NOT 'market.manage' = ANY (permissions)"
)


def upgrade() -> None:
    op.create_table(
        "market_rules",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("market", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("corrected", sa.Boolean(), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("source_url", sa.String(), nullable=False),
        sa.Column("confidence", sa.String(), nullable=False),
        sa.Column("confirmed_by_id", sa.UUID(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "confirmed_by_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_market_rules_confirmed_by_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_market_rules")),
    )
    op.create_index(
        "ix_market_rules_live",
        "market_rules",
        ["workspace_id", "market", "topic"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    protect("market_rules")
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    for (workspace,) in connection.execute(sa.text("SELECT id FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        connection.execute(sa.text(GRANT))
    connection.execute(enter, {"workspace": ""})
