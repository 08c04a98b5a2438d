"""Queues, notices, alarms, and what a ticket knows of time"""

from __future__ import annotations

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Filled by the room it belongs to."""
