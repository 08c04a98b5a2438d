"""Access tokens and idempotency"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_tokens",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_access_tokens")),
        sa.UniqueConstraint("workspace_id", "token_hash", name=op.f("uq_access_tokens_workspace_id_token_hash")),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["people.workspace_id", "people.id"],
            name=op.f("fk_access_tokens_person_id"), ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_table(
        "api_answers",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("token_id", sa.UUID(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_api_answers")),
        sa.UniqueConstraint(
            "workspace_id", "token_id", "key", name=op.f("uq_api_answers_workspace_id_token_id_key")
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "token_id"], ["access_tokens.workspace_id", "access_tokens.id"],
            name=op.f("fk_api_answers_token_id"), ondelete="CASCADE",
        ),
    )  # fmt: skip
    op.create_index("ix_api_answers_created", "api_answers", ["workspace_id", "created_at"])
    protect("access_tokens", "api_answers")
