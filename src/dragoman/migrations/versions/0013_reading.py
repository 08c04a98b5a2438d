"""What messages were read to say"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    texts = postgresql.ARRAY(sa.Text())
    for name in ("intent", "emotion"):
        op.add_column("tickets", sa.Column(name, sa.String(), server_default="", nullable=False))
        op.alter_column("tickets", name, server_default=None)
    op.add_column("tickets", sa.Column("by_hand", texts, server_default="{}", nullable=False))
    op.alter_column("tickets", "by_hand", server_default=None)
    op.add_column("messages", sa.Column("language", sa.String(), server_default="", nullable=False))
    op.alter_column("messages", "language", server_default=None)
    op.add_column("messages", sa.Column("reading", postgresql.JSONB(), server_default="{}", nullable=False))
    op.alter_column("messages", "reading", server_default=None)
    op.create_table(
        "corrections",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("field", sa.String(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("fk_corrections_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["people.workspace_id", "people.id"], name=op.f("fk_corrections_person_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_corrections")),
        sa.UniqueConstraint(
            "workspace_id", "message_id", "field", name=op.f("uq_corrections_workspace_id_message_id_field")
        ),
    )
    op.create_index("ix_corrections_at", "corrections", ["workspace_id", "field", "at"], unique=False)
    op.create_table(
        "taught_heads",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("setting", sa.String(), nullable=False),
        sa.Column("lessons", sa.Integer(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("weights", sa.LargeBinary(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_taught_heads")),
    )
    op.create_index("ix_taught_heads_at", "taught_heads", ["workspace_id", "setting", "at"], unique=False)
    op.create_table(
        "reply_findings",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=False),
        sa.Column("check", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("passed", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("fk_reply_findings_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_reply_findings")),
    )
    op.create_index("ix_reply_findings_message", "reply_findings", ["workspace_id", "message_id"], unique=False)
    op.create_index("ix_reply_findings_at", "reply_findings", ["workspace_id", "at", "check"], unique=False)
    protect("corrections", "taught_heads", "reply_findings")
