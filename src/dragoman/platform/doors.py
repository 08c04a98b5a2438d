"""What a door needs to know of whoever knocks; `accounts.access.Actor` is the real one."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Permitted(Protocol):
    """Somebody with permissions. Rooms that stand beside `accounts` take this instead of importing it."""

    @property
    def workspace_id(self) -> UUID: ...

    @property
    def person_id(self) -> UUID: ...

    @property
    def name(self) -> str: ...

    def may(self, permission: str) -> bool:
        """Whether a permission is given."""

    def require(self, permission: str) -> None:
        """Raise Forbidden unless a permission is given."""
