"""What the table shows."""

from __future__ import annotations

from dataclasses import dataclass

from dragoman.web.desk.inbox.view import ListView, Row


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket with its cells, in the order of the columns."""

    row: Row
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TablePage:
    """The list as a table. `headings` are the columns' keys and words."""

    list: ListView
    headings: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    more: str = ""
    back: str = "/desk"
    csv: str = ""
    xlsx: str = ""
