"""Alembic's entry: runs on the connection that `main/migrate.py` hands over."""

from __future__ import annotations

from alembic import context

from dragoman.main.tables import metadata


def include(_object: object, name: str | None, kind: str, _reflected: bool, _compare_to: object) -> bool:
    """Leave procrastinate's own tables alone."""
    return not (kind == "table" and name and name.startswith("procrastinate"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=include,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
