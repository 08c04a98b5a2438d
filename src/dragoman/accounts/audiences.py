"""Who has what people share with each other (views, macros): oneself, a team, or everybody."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.accounts.teams import queries as teams
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session

ME, EVERYBODY = "me", "all"
"""Audiences by name; any other is a team's id."""


def audience_of(owner_id: UUID | None, team_id: UUID | None) -> str:
    """The audience of something with this owner and team."""
    return ME if owner_id else str(team_id) if team_id else EVERYBODY


def may_change(actor: Actor, owner_id: UUID | None) -> bool:
    """Whether the actor may change or remove it: their own, or a shared one with the permission."""
    return owner_id == actor.person_id if owner_id else actor.may("view.share")


async def owner_and_team(session: Session, actor: Actor, audience: str) -> tuple[UUID | None, UUID | None]:
    """The owner and the team for an audience. Raises Invalid for a team that does not exist, Forbidden to share."""
    if audience == ME:
        return actor.person_id, None
    actor.require("view.share")
    if audience == EVERYBODY:
        return None, None
    try:
        team = await teams.load(session, UUID(audience))
    except ValueError:
        team = None
    if team is None:
        raise Invalid(fields={"audience": N_("Choose a team of this desk.")})
    return None, team.id
