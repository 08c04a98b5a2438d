"""A new workspace, with everything a desk starts with: its roles and first administrator, teams, rules, clocks."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts import service as accounts
from dragoman.accounts.teams import defaults as teams
from dragoman.platform.db import Session
from dragoman.routing.rules import defaults as rules
from dragoman.sla import defaults as clocks


async def found(
    session: Session, *, workspace: str, slug: str, name: str, email: str, password: str, locale: str, timezone: str
) -> tuple[UUID, UUID]:
    """Make a workspace (accounts.service.set_up says what may go wrong); returns (workspace, person)."""
    made = await accounts.set_up(
        session, workspace=workspace, slug=slug, name=name, email=email, password=password, locale=locale,
        timezone=timezone,
    )  # fmt: skip
    await teams.install(session)
    await rules.install(session)
    await clocks.install(session)
    return made
