"""Promises, departments, tasks, how notices reach people"""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from dragoman.migrations.tenancy import WORKSPACE, protect

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DEPARTMENTS = ("logistics", "warehouse", "purchasing", "finance", "quality", "legal", "product", "marketing")
OPEN = "state = 'open'"


def _key(table: str) -> list[sa.schema.SchemaItem]:
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


def _id(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.UUID(), nullable=nullable)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(name: str, table: str, *columns: str, where: str = "") -> None:
    op.create_index(name, table, ["workspace_id", *columns], postgresql_where=sa.text(where) if where else None)


def _departments() -> None:
    op.create_table(
        "departments", *_key("departments"), _text("key"), _text("name"), _text("address"),
        _id("lead_id", nullable=True), sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("workspace_id", "key", name=op.f("uq_departments_workspace_id_key")),
        _ref("departments", "lead_id", "people"),
    )  # fmt: skip
    op.create_table(
        "department_members", *_key("department_members"), _id("department_id"), _id("person_id"),
        sa.UniqueConstraint("workspace_id", "department_id", "person_id", name="uq_department_members_department"),
        sa.UniqueConstraint("workspace_id", "person_id", "department_id", name="uq_department_members_person"),
        _ref("department_members", "department_id", "departments", cascade=True),
        _ref("department_members", "person_id", "people", cascade=True),
    )  # fmt: skip


def _promises() -> None:
    op.create_table(
        "promises", *_key("promises"), _id("ticket_id"), _id("message_id", nullable=True), _id("person_id"),
        _id("team_id", nullable=True), _text("text"), _moment("due_at", nullable=False), _text("state"),
        _moment("made_at", nullable=False), _moment("reminded_at"), _moment("overdue_at"), _moment("escalated_at"),
        _moment("settled_at"), _id("settled_by_id", nullable=True), _text("word"), _text("goodwill"),
        _id("renewed_from_id", nullable=True),
        _ref("promises", "ticket_id", "tickets", cascade=True),
        _ref("promises", "message_id", "messages", cascade=True),
        _ref("promises", "person_id", "people"), _ref("promises", "settled_by_id", "people"),
        _ref("promises", "team_id", "teams"), _ref("promises", "renewed_from_id", "promises", cascade=True),
    )  # fmt: skip
    _index("ix_promises_ticket", "promises", "ticket_id", "id")
    _index("ix_promises_message", "promises", "message_id", where="message_id IS NOT NULL")
    _index("ix_promises_due", "promises", "due_at", "id")
    _index("ix_promises_open", "promises", "due_at", "id", where=OPEN)
    _index("ix_promises_mine", "promises", "person_id", "due_at", "id", where=OPEN)
    _index("ix_promises_team", "promises", "team_id", "due_at", "id", where=OPEN)
    _index("ix_promises_renewed_from", "promises", "renewed_from_id", where="renewed_from_id IS NOT NULL")


def _tasks() -> None:
    op.create_table(
        "tasks", *_key("tasks"), _id("ticket_id"), _id("department_id", nullable=True),
        _id("person_id", nullable=True), _text("address"), _text("title"), _text("question"),
        sa.Column("order_refs", sa.ARRAY(sa.Text()), nullable=False), _moment("due_at", nullable=False),
        _text("state"), sa.Column("waits", sa.Boolean(), nullable=False),
        sa.Column("forwards", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        _id("asked_by_id", nullable=True), _moment("asked_at", nullable=False), _moment("overdue_at"),
        _moment("answered_at"), _moment("settled_at"), _moment("mailed_at"), _text("mail_problem"),
        _ref("tasks", "ticket_id", "tickets", cascade=True), _ref("tasks", "department_id", "departments"),
        _ref("tasks", "person_id", "people"), _ref("tasks", "asked_by_id", "people"),
    )  # fmt: skip
    _index("ix_tasks_ticket", "tasks", "ticket_id", "id")
    for name, columns in (("department", ["department_id"]), ("person", ["person_id"]), ("asked", ["asked_by_id"])):
        _index(f"ix_tasks_{name}", "tasks", *columns, "due_at", "id", where=OPEN)
    _index("ix_tasks_due", "tasks", "due_at", "id", where=OPEN)
    _index("ix_tasks_settled", "tasks", "settled_at", "id", where="settled_at IS NOT NULL")
    op.create_table(
        "task_entries", *_key("task_entries"), _id("task_id"), _text("kind"), _id("person_id", nullable=True),
        _text("from_name"), _text("from_address"), _text("text"),
        sa.Column("automatic", sa.Boolean(), nullable=False), _id("note_id", nullable=True),
        _text("rfc_message_id"), _moment("at", nullable=False),
        _ref("task_entries", "task_id", "tasks", cascade=True), _ref("task_entries", "person_id", "people"),
        _ref("task_entries", "note_id", "messages", cascade=True),
    )  # fmt: skip
    _index("ix_task_entries_task", "task_entries", "task_id", "at", "id")
    _index("ix_task_entries_note", "task_entries", "note_id", where="note_id IS NOT NULL")


def _notices() -> None:
    for name, default in (("desk", "true"), ("mail", "false")):
        op.add_column("notices", sa.Column(name, sa.Boolean(), server_default=sa.text(default), nullable=False))
        op.alter_column("notices", name, server_default=None)
    op.drop_index("ix_notices_unseen", "notices")
    _index("ix_notices_unseen", "notices", "person_id", "at", "id", where="seen_at IS NULL AND desk")
    _index("ix_notices_mail", "notices", "person_id", where="mail AND mailed_at IS NULL AND seen_at IS NULL")


def upgrade() -> None:
    _departments()
    _promises()
    _tasks()
    protect("departments", "department_members", "promises", "tasks", "task_entries")
    _notices()
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    for (workspace,) in connection.execute(sa.text("SELECT id FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        connection.execute(
            sa.text(
                "INSERT INTO departments (id, key, name, address, hours, active) "
                "SELECT gen_random_uuid(), key, '', '', 48, true FROM unnest(CAST(:keys AS text[])) AS key"
            ),
            {"keys": list(DEPARTMENTS)},
        )
        connection.execute(
            sa.text(
                "UPDATE roles SET permissions = permissions || '{task.work}' "
                "WHERE 'ticket.note' = ANY (permissions) AND NOT 'task.work' = ANY (permissions)"
            )
        )
        connection.execute(
            sa.text(
                "INSERT INTO roles (id, key, name, permissions) VALUES (:id, 'department', '', '{task.work}') "
                "ON CONFLICT DO NOTHING"
            ),
            {"id": str(uuid.uuid4())},
        )
    connection.execute(enter, {"workspace": ""})
