"""Invitations, recovery codes, sign-in alerts, outside sign-in; more permissions and roles"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.kit import ids
from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ADMIN = ["audit.read", "audit.export", "api.manage", "import.manage", "system.read"]
_agent = ["ticket.read", "ticket.note", "customer.read", "ticket.reply", "ticket.change"]
_senior = [*_agent, "ticket.assign", "customer.change"]
_lead = [*_senior, "shop.manage", "intake.manage"]
ROLES = {
    "manager": [*_lead, "mailbox.manage", "workspace.manage", "audit.read"],
    "supervisor": [*_lead, "audit.read"],
    "presales": _agent,
    "aftersales": _senior,
    "complaints": _senior,
    "care": _senior,
    "social": _agent,
    "multilingual": _senior,
    "orders": _agent,
}
"""As they were at this release: what is shipped later does not change what a migration has done."""


def _table(name: str, *columns: Any) -> None:
    op.create_table(
        name,
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f(f"pk_{name}")),
    )


def _text(*names: str) -> list[Any]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _at(name: str, *, nullable: bool = False) -> Any:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _ref(table: str, column: str, to: str, *, cascade: bool = True) -> Any:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{to}.workspace_id", f"{to}.id"],
        name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def _unique(table: str, *columns: str) -> Any:
    names = ("workspace_id", *columns)
    return sa.UniqueConstraint(*names, name=op.f(f"uq_{table}_{'_'.join(names)}"))


def upgrade() -> None:
    op.add_column("roles", sa.Column("name", sa.String(), nullable=False, server_default=""))
    op.alter_column("roles", "name", server_default=None)
    op.add_column("sign_ins", sa.Column("method", sa.String(), nullable=False, server_default="password"))
    op.alter_column("sign_ins", "method", server_default=None)
    _invitations()
    _signing_in()
    _outside()
    protect(
        "invitations", "recovery_codes", "sign_in_places", "sign_in_alerts", "sign_in_providers", "outside_identities"
    )
    _grown_roles()


def _invitations() -> None:
    _table(
        "invitations",
        *_text("email"),
        sa.Column("role_id", sa.UUID(), nullable=False),
        *_text("locale"),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        *_text("invited_by"),
        _at("created_at"),
        _at("expires_at"),
        _at("used_at", nullable=True),
        _at("revoked_at", nullable=True),
        _unique("invitations", "token_hash"),
        _ref("invitations", "role_id", "roles", cascade=False),
    )
    op.create_index("ix_invitations_email", "invitations", ["workspace_id", "email"])


def _signing_in() -> None:
    _table(
        "recovery_codes",
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        _at("used_at", nullable=True),
        _unique("recovery_codes", "person_id", "code_hash"),
        _ref("recovery_codes", "person_id", "people"),
    )
    _table(
        "sign_in_places",
        sa.Column("person_id", sa.UUID(), nullable=False),
        *_text("browser", "network"),
        _at("seen_at"),
        _unique("sign_in_places", "person_id", "browser", "network"),
        _ref("sign_in_places", "person_id", "people"),
    )
    _table(
        "sign_in_alerts",
        sa.Column("person_id", sa.UUID(), nullable=False),
        *_text("kind"),
        sa.Column("sign_in_id", sa.UUID(), nullable=True),
        *_text("address", "browser"),
        _at("at"),
        _at("closed_at", nullable=True),
        _ref("sign_in_alerts", "person_id", "people"),
    )
    op.create_index("ix_sign_in_alerts_person", "sign_in_alerts", ["workspace_id", "person_id", "at"])


def _outside() -> None:
    _table(
        "sign_in_providers",
        *_text("issuer", "client_id", "client_secret", "label"),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_text("claim"),
        sa.Column("mapping", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("default_role_id", sa.UUID(), nullable=True),
        sa.Column("auto_create", sa.Boolean(), nullable=False),
        sa.Column("passwords", sa.Boolean(), nullable=False),
        _unique("sign_in_providers"),
        _ref("sign_in_providers", "default_role_id", "roles", cascade=False),
    )
    _table(
        "outside_identities",
        sa.Column("person_id", sa.UUID(), nullable=False),
        *_text("issuer", "subject"),
        _at("linked_at"),
        _unique("outside_identities", "issuer", "subject"),
        _ref("outside_identities", "person_id", "people"),
    )


def _grown_roles() -> None:
    """Give every workspace the new shipped roles, and its administrators the new permissions.

    Row-level security binds the owner of the tables too, so each workspace is entered in turn.
    """
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    for (workspace,) in connection.execute(sa.text("SELECT id FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        connection.execute(
            sa.text(
                "UPDATE roles SET permissions = permissions || (SELECT coalesce(array_agg(one), '{}') "
                "FROM unnest(CAST(:added AS text[])) one WHERE NOT one = ANY (permissions)) WHERE key = 'admin'"
            ),
            {"added": ADMIN},
        )
        for key, permissions in ROLES.items():
            connection.execute(
                sa.text(
                    "INSERT INTO roles (id, key, name, permissions) "
                    "VALUES (:id, :key, '', CAST(:permissions AS text[])) ON CONFLICT (workspace_id, key) DO NOTHING"
                ),
                {"id": ids.new(), "key": key, "permissions": permissions},
            )
    connection.execute(enter, {"workspace": ""})
