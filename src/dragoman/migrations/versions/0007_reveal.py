"""Whoever may change customers may have their masked addresses shown"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    enter = sa.text("SELECT set_config('app.workspace_id', :workspace, true)")
    for (workspace,) in connection.execute(sa.text("SELECT id FROM workspaces")).all():
        connection.execute(enter, {"workspace": str(workspace)})
        connection.execute(
            sa.text(
                "UPDATE roles SET permissions = permissions || '{customer.reveal}' "
                "WHERE 'customer.change' = ANY (permissions) AND NOT 'customer.reveal' = ANY (permissions)"
            )
        )
    connection.execute(enter, {"workspace": ""})
