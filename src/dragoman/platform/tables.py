"""Helpers by which every room declares tables that can be sharded by workspace."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, ForeignKeyConstraint, Text, func, type_coerce
from sqlalchemy.types import UserDefinedType


def ref(table: str, column: str, *, cascade: bool = False) -> ForeignKeyConstraint:
    """A foreign key to `table`'s id that includes the workspace, so that it holds on one shard."""
    return ForeignKeyConstraint(
        ["workspace_id", column],
        [f"{table}.workspace_id", f"{table}.id"],
        ondelete="CASCADE" if cascade else None,
    )


class Tokens(UserDefinedType[list[str]]):
    """A tsvector made of given lexemes (no parser, no positions): see kit/text.py."""

    cache_ok = True

    def get_col_spec(self, **_options: Any) -> str:
        """The column's type in SQL."""
        return "TSVECTOR"

    def bind_expression(self, bindvalue: Any) -> Any:
        """Lexemes go in as an array."""
        return func.array_to_tsvector(type_coerce(bindvalue, ARRAY(Text)))
