"""Translations, the memory, the term base, and who translates"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

GRANTS = {
    "translation.manage": ("admin", "manager"),
    "term.approve": ("admin", "manager", "supervisor", "lead", "multilingual"),
}


def upgrade() -> None:
    op.create_table(
        "translation_providers",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("base_url", sa.String(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("price", sa.Numeric(precision=12, scale=4), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("monthly_limit", sa.BigInteger(), nullable=True),
        sa.Column("time_limit", sa.SmallInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("paused_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", postgresql.JSONB(), nullable=False),
        sa.Column("problem_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_translation_providers")),
    )
    op.create_table(
        "translation_chains",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("steps", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_translation_chains")),
        sa.UniqueConstraint(
            "workspace_id", "source", "target", name=op.f("uq_translation_chains_workspace_id_source_target")
        ),
    )
    op.create_table(
        "translation_usage",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("provider_id", sa.UUID(), nullable=False),
        sa.Column("characters", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=16, scale=6), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "provider_id"],
            ["translation_providers.workspace_id", "translation_providers.id"],
            name=op.f("fk_translation_usage_provider_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_translation_usage")),
        sa.UniqueConstraint(
            "workspace_id", "month", "provider_id", name=op.f("uq_translation_usage_workspace_id_month_provider_id")
        ),
    )
    op.create_table(
        "translations",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("message_id", sa.UUID(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("spans", postgresql.JSONB(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sentences", postgresql.JSONB(), nullable=False),
        sa.Column("findings", postgresql.JSONB(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("memory", sa.Boolean(), nullable=False),
        sa.Column("problem", postgresql.JSONB(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("corrected_by_id", sa.UUID(), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "corrected_by_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_translations_corrected_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "message_id"],
            ["messages.workspace_id", "messages.id"],
            name=op.f("fk_translations_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_translations")),
        sa.UniqueConstraint(
            "workspace_id", "hash", "source", "target", name=op.f("uq_translations_workspace_id_hash_source_target")
        ),
    )
    op.create_index("ix_translations_at", "translations", ["workspace_id", "at"], unique=False)
    op.create_index("ix_translations_message", "translations", ["workspace_id", "message_id"], unique=False)
    op.create_table(
        "memory_units",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("original", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "person_id"], ["people.workspace_id", "people.id"], name=op.f("fk_memory_units_person_id")
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_memory_units")),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_memory_units_workspace_id_key")),
    )
    op.create_index("ix_memory_units_at", "memory_units", ["workspace_id", "at", "id"], unique=False)
    op.create_table(
        "memory_keys",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "unit_id"],
            ["memory_units.workspace_id", "memory_units.id"],
            name=op.f("fk_memory_keys_unit_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("workspace_id", "key", "unit_id", name=op.f("pk_memory_keys")),
    )
    op.create_index("ix_memory_keys_unit", "memory_keys", ["workspace_id", "unit_id"], unique=False)
    op.create_table(
        "terms",
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("rendering", sa.String(), nullable=False),
        sa.Column("forbidden", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("domain", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("proposed_by_id", sa.UUID(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by_id", sa.UUID(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id", "approved_by_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_terms_approved_by_id"),
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id", "proposed_by_id"],
            ["people.workspace_id", "people.id"],
            name=op.f("fk_terms_proposed_by_id"),
        ),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f("pk_terms")),
        sa.UniqueConstraint(
            "workspace_id",
            "source",
            "target",
            "folded",
            "status",
            name=op.f("uq_terms_workspace_id_source_target_folded_status"),
        ),
    )
    protect(
        "translation_providers", "translation_chains", "translation_usage", "translations", "memory_units",
        "memory_keys", "terms",
    )  # fmt: skip
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    grant = sa.text(
        "UPDATE roles SET permissions = array_append(permissions, :permission) "
        "WHERE key = ANY (:roles) AND NOT :permission = ANY (permissions)"
    )
    for (workspace,) in connection.execute(sa.text("SELECT id FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        for permission, roles in GRANTS.items():
            connection.execute(grant, {"permission": permission, "roles": list(roles)})
    connection.execute(enter, {"workspace": ""})
