"""Helpers by which every room declares tables that can be sharded by workspace."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint


def ref(table: str, column: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """A foreign key to `table`'s id that includes the workspace, so that it holds on one shard."""
    return ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{table}.workspace_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )
