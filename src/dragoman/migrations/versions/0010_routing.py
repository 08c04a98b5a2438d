"""Skills, presence, rules, escalations"""

from __future__ import annotations

import json
import uuid
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TEAMS = {
    "presales": ("presale", 1), "aftersales": ("aftersale", 1), "complaints": ("complaint", 1), "care": ("care", 1),
    "social": ("social", 1), "wholesale": ("wholesale", 1), "technical": ("", 2), "payment": ("", 2),
    "operations": ("", 3),
}  # fmt: skip
WHOLESALE = [
    "wholesale", "bulk order", "bulk purchase", "reseller", "distributor", "dropship", "become a partner",
    "批发", "经销商", "代理商", "分销", "大货采购", "商务合作", "批發", "經銷商",
    "großhandel", "grosshandel", "wiederverkäufer", "großbestellung", "vertriebspartner",
    "vente en gros", "grossiste", "revendeur", "distributeur", "al por mayor", "mayorista", "distribuidor",
    "atacado", "revenda", "all'ingrosso", "rivenditore", "grossista", "groothandel", "wederverkoper",
    "hurtow", "dystrybutor", "оптов", "дилер", "дистрибьютор", "toptan", "bayilik", "卸売", "仕入れ", "代理店",
    "도매", "총판", "ขายส่ง", "bán buôn", "بالجملة", "grosir",
]  # fmt: skip
GRANTS = {"team.manage": "shop.manage", "rule.manage": "audit.read"}
"""The new permissions, and the old one whose holders get them; whoever manages people gets all."""


def _key(table: str) -> list[Any]:
    return [
        sa.Column("workspace_id", sa.UUID(), server_default=sa.text(WORKSPACE), nullable=False),
        sa.Column("id", sa.UUID(), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "id", name=op.f(f"pk_{table}")),
    ]


def _ref(table: str, column: str, to: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", column], [f"{to}.workspace_id", f"{to}.id"], name=op.f(f"fk_{table}_{column}"),
        ondelete="CASCADE" if cascade else None,
    )  # fmt: skip


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _people() -> None:
    op.add_column("team_members", _moment("given_at", nullable=True))
    op.create_table(
        "skills", *_key("skills"), sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False), sa.Column("value", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False), _ref("skills", "person_id", "people", cascade=True),
        sa.UniqueConstraint(
            "workspace_id", "person_id", "kind", "value", name=op.f("uq_skills_workspace_id_person_id_kind_value")
        ),
    )  # fmt: skip
    op.create_table(
        "presences", *_key("presences"), sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.String(), nullable=False), sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("hours", postgresql.JSONB(astext_type=sa.Text()), nullable=False), _moment("seen_at", nullable=True),
        _moment("changed_at"), _ref("presences", "person_id", "people", cascade=True),
        sa.UniqueConstraint("workspace_id", "person_id", name=op.f("uq_presences_workspace_id_person_id")),
    )  # fmt: skip
    op.create_table(
        "absences", *_key("absences"), sa.Column("person_id", sa.UUID(), nullable=False), _moment("starts_at"),
        _moment("ends_at"), sa.Column("stand_in_id", sa.UUID(), nullable=True),
        sa.Column("note", sa.String(), nullable=False), _ref("absences", "person_id", "people", cascade=True),
        _ref("absences", "stand_in_id", "people"),
    )  # fmt: skip
    op.create_index("ix_absences_person", "absences", ["workspace_id", "person_id", "ends_at"])


def _escalations() -> None:
    op.create_table(
        "escalations", *_key("escalations"), sa.Column("ticket_id", sa.UUID(), nullable=False),
        sa.Column("from_tier", sa.SmallInteger(), nullable=False),
        sa.Column("to_tier", sa.SmallInteger(), nullable=False),
        sa.Column("from_team_id", sa.UUID(), nullable=True), sa.Column("to_team_id", sa.UUID(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False), sa.Column("analysis", sa.String(), nullable=False),
        sa.Column("by_id", sa.UUID(), nullable=True), _moment("at"),
        sa.Column("taken_by_id", sa.UUID(), nullable=True), _moment("taken_at", nullable=True),
        _moment("callback_asked_at", nullable=True), _moment("called_at", nullable=True),
        sa.Column("called_by_id", sa.UUID(), nullable=True), _moment("ended_at", nullable=True),
        _ref("escalations", "ticket_id", "tickets", cascade=True), _ref("escalations", "from_team_id", "teams"),
        _ref("escalations", "to_team_id", "teams"), _ref("escalations", "by_id", "people"),
        _ref("escalations", "taken_by_id", "people"), _ref("escalations", "called_by_id", "people"),
    )  # fmt: skip
    op.create_index("ix_escalations_ticket", "escalations", ["workspace_id", "ticket_id", "id"])
    op.create_index(
        "ix_escalations_waiting", "escalations", ["workspace_id", "to_team_id", "at"],
        postgresql_where=sa.text("taken_at IS NULL AND ended_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "handovers", *_key("handovers"), sa.Column("team_id", sa.UUID(), nullable=True),
        sa.Column("by_id", sa.UUID(), nullable=False), _moment("at"), sa.Column("notes", sa.String(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("taken_by_id", sa.UUID(), nullable=True), _moment("taken_at", nullable=True),
        _ref("handovers", "team_id", "teams"), _ref("handovers", "by_id", "people"),
        _ref("handovers", "taken_by_id", "people"),
    )  # fmt: skip
    op.create_index("ix_handovers_at", "handovers", ["workspace_id", "at", "id"])


def _rules() -> None:
    op.create_table(
        "rules", *_key("rules"), sa.Column("name", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False), sa.Column("since", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("conditions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False), sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("problems", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("looped_with", sa.String(), nullable=False), _moment("looped_at", nullable=True),
        _moment("created_at"),
    )  # fmt: skip
    op.create_index("ix_rules_position", "rules", ["workspace_id", "position"])
    op.create_table(
        "rule_firings", *_key("rule_firings"), sa.Column("rule_id", sa.UUID(), nullable=False),
        sa.Column("ticket_id", sa.UUID(), nullable=False), _moment("at"),
        _ref("rule_firings", "rule_id", "rules", cascade=True),
        _ref("rule_firings", "ticket_id", "tickets", cascade=True),
    )  # fmt: skip
    op.create_index("ix_rule_firings_rule", "rule_firings", ["workspace_id", "rule_id", "at"])
    op.create_index("ix_rule_firings_at", "rule_firings", ["workspace_id", "at"])
    op.create_table(
        "rule_timers", *_key("rule_timers"), sa.Column("rule_id", sa.UUID(), nullable=False),
        sa.Column("ticket_id", sa.UUID(), nullable=False), _moment("at"),
        _ref("rule_timers", "rule_id", "rules", cascade=True),
        _ref("rule_timers", "ticket_id", "tickets", cascade=True),
        sa.UniqueConstraint(
            "workspace_id", "ticket_id", "rule_id", name=op.f("uq_rule_timers_workspace_id_ticket_id_rule_id")
        ),
    )  # fmt: skip


def _fill(connection: sa.Connection, locale: str) -> None:
    """The shipped teams and, switched off, the shipped rule: nothing moves in a desk at work before somebody asks."""
    for permission, held in GRANTS.items():
        connection.execute(
            sa.text(
                "UPDATE roles SET permissions = permissions || CAST(:permission AS text) "
                "WHERE (:held = ANY (permissions) OR 'people.manage' = ANY (permissions)) "
                "AND NOT :permission = ANY (permissions)"
            ),
            {"permission": permission, "held": held},
        )
    team = sa.text(
        "INSERT INTO teams (id, key, name, purpose, tier, timezone, strategy, active, settings) "
        "VALUES (:id, :key, '', :purpose, :tier, '', 'manual', true, '{}') ON CONFLICT DO NOTHING"
    )
    for key, (purpose, tier) in TEAMS.items():
        connection.execute(team, {"id": uuid.uuid4(), "key": key, "purpose": purpose, "tier": tier})
    wholesale = connection.execute(sa.text("SELECT id FROM teams WHERE key = 'wholesale'")).scalar_one()
    words = [{"field": field, "op": "contains", "value": WHOLESALE} for field in ("subject", "text")]
    connection.execute(
        sa.text(
            "INSERT INTO rules (id, name, event, since, minutes, conditions, changes, position, active, stop, "
            "problems, looped_with, created_at) VALUES (:id, :name, 'created', '', 0, CAST(:conditions AS jsonb), "
            "CAST(:changes AS jsonb), 1, false, false, '{}', '', now())"
        ),
        {
            "id": uuid.uuid4(),
            "name": "批发与合作咨询转给批发团队" if locale.startswith("zh")
            else "Wholesale and cooperation go to the wholesale team",
            "conditions": json.dumps({"all": [{"field": "team", "op": "is", "value": ["none"]}], "any": words}),
            "changes": json.dumps(
                [{"kind": "kind", "value": "wholesale"}, {"kind": "team", "value": str(wholesale)}]
            ),
        },
    )  # fmt: skip


def upgrade() -> None:
    _people()
    _escalations()
    _rules()
    protect(
        "skills", "presences", "absences", "escalations", "handovers", "rules", "rule_firings", "rule_timers"
    )  # fmt: skip
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    for workspace, locale in connection.execute(sa.text("SELECT id, locale FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        _fill(connection, locale)
    connection.execute(enter, {"workspace": ""})
