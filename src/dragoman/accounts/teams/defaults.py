"""The teams that every desk starts with: queues by role, and the lines of service above the first."""

from __future__ import annotations

from dragoman.accounts.teams.models import Team
from dragoman.platform.db import Session

TEAMS: dict[str, tuple[str, int]] = {
    "presales": ("presale", 1),
    "aftersales": ("aftersale", 1),
    "complaints": ("complaint", 1),
    "care": ("care", 1),
    "social": ("social", 1),
    "wholesale": ("wholesale", 1),
    "technical": ("", 2),
    "payment": ("", 2),
    "operations": ("", 3),
}
"""By key: the kind of ticket it is for, and its line. All begin without members and with the strategy `manual`, so that
nobody's work is given out by the desk before somebody asks for it."""


async def install(session: Session) -> None:
    """Add the shipped teams to a new workspace."""
    session.add_all(Team(key=key, purpose=purpose, tier=tier) for key, (purpose, tier) in TEAMS.items())
    await session.flush()
