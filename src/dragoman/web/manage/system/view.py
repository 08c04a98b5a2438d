"""What the system page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One finding: `level` is ok, warning, wrong or unknown."""

    level: str
    what: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one area, what needs a look first."""

    label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class ProcessRow:
    """A process of the desk that is connected to its database."""

    name: str
    since: datetime
    here: bool = False


@dataclass(frozen=True, slots=True)
class SystemPage:
    """The state of the installation as one workspace may see it; `tally` is (label, figure), `looked` is whether the
    slow looks beyond the network were made for this page."""

    version: str
    wrong: int
    warnings: int
    groups: tuple[Group, ...]
    tally: tuple[tuple[str, str], ...]
    processes: tuple[ProcessRow, ...]
    looked: bool = False
