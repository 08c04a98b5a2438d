"""Answers that wait for a colleague's review"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("review", "own"):
        op.add_column("planned_replies", sa.Column(name, sa.String(), server_default="", nullable=False))
        op.alter_column("planned_replies", name, server_default=None)


def downgrade() -> None:
    for name in ("own", "review"):
        op.drop_column("planned_replies", name)
