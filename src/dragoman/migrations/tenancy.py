"""What every migration that adds a tenant table does with it."""

from __future__ import annotations

from alembic import op

WORKSPACE = "nullif(current_setting('app.workspace_id', true), '')::uuid"


def protect(*tables: str) -> None:
    """Let a transaction see and write only the rows of its own workspace, whoever runs it."""
    for table in tables:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY workspace ON {table} USING (workspace_id = {WORKSPACE})")
