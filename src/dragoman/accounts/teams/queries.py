"""All SQL about teams."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from dragoman.accounts.models import Person
from dragoman.accounts.teams.models import Team, TeamMember
from dragoman.platform.db import Session


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who works in a team."""

    team_id: UUID
    person_id: UUID
    name: str
    lead: bool


async def list_teams(session: Session, *, active_only: bool = False) -> list[Team]:
    """All teams, those in use first, by tier and age. A desk has dozens at most."""
    statement = select(Team).order_by(Team.active.desc(), Team.tier, Team.id)
    if active_only:
        statement = statement.where(Team.active)
    return list(await session.scalars(statement))


async def find_by_key(session: Session, key: str) -> Team | None:
    """A shipped team by its key."""
    found: Team | None = await session.scalar(select(Team).where(Team.key == key))
    return found


async def load(session: Session, team_id: UUID) -> Team | None:
    """A team by its id."""
    return await session.get(Team, (session.workspace_id, team_id))


async def list_members(session: Session, team_ids: Sequence[UUID] | None = None) -> list[Member]:
    """Who works in the teams (None: in all of them), by name; people who have left the desk are left out."""
    statement = (
        select(TeamMember.team_id, TeamMember.person_id, Person.name, TeamMember.lead)
        .join(Person, (Person.workspace_id == TeamMember.workspace_id) & (Person.id == TeamMember.person_id))
        .where(Person.active)
        .order_by(Person.name, Person.id)
    )
    if team_ids is not None:
        statement = statement.where(TeamMember.team_id.in_(team_ids))
    return [Member(*row) for row in await session.execute(statement)]


async def list_places(session: Session, team_id: UUID) -> list[TeamMember]:
    """The stored places of a team, to change."""
    return list(await session.scalars(select(TeamMember).where(TeamMember.team_id == team_id)))


async def teams_of_all(session: Session, people: Collection[UUID]) -> set[UUID]:
    """The teams that any of some people work in."""
    return set(await session.scalars(select(TeamMember.team_id).where(TeamMember.person_id.in_(people))))


async def teams_of(session: Session, person_id: UUID) -> list[UUID]:
    """The teams somebody works in."""
    return list(await session.scalars(select(TeamMember.team_id).where(TeamMember.person_id == person_id)))
