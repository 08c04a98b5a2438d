"""Teams at work: who is in one, who is there, and what the desk gives them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dragoman.accounts.access import Actor
from dragoman.accounts.presence.models import Presence
from dragoman.accounts.skills.models import Skill
from dragoman.accounts.teams.models import Team, TeamMember
from dragoman.kit import clock
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Event
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter


async def team_of(
    company: Company, key: str, *people: Actor, strategy: str = "manual", leads: tuple[Actor, ...] = (), **settings: Any
) -> UUID:
    """Give a shipped team members and a strategy; returns its id."""
    async with company.desk.db.work(company.workspace_id) as session:
        team = (await session.scalars(select(Team).where(Team.key == key))).one()
        team.strategy, team.settings = strategy, settings
        session.add_all(TeamMember(team_id=team.id, person_id=one.person_id) for one in people)
        session.add_all(TeamMember(team_id=team.id, person_id=one.person_id, lead=True) for one in leads)
        return team.id


async def here(company: Company, *people: Actor, state: str = "available", seen: timedelta = timedelta(0)) -> None:
    """Somebody's page was open so long ago."""
    async with company.desk.db.work(company.workspace_id) as session:
        for one in people:
            found = await session.scalar(select(Presence).where(Presence.person_id == one.person_id))
            found = found or Presence(person_id=one.person_id)
            found.state, found.seen_at = state, clock.now() - seen
            session.add(found)


async def speaks(company: Company, who: Actor, **languages: str) -> None:
    """Note somebody's languages."""
    async with company.desk.db.work(company.workspace_id) as session:
        session.add_all(
            Skill(person_id=who.person_id, kind="language", value=tag, level=level) for tag, level in languages.items()
        )


async def mails(company: Company, count: int, *, subject: str = "Frage", text: str = "Guten Tag") -> None:
    """So many new tickets, in one batch."""
    name = subject.split()[0].lower()
    raw = [
        letter(to=company.address, sender=f"b{n}-{name}@buyer.example", subject=f"{subject} {n}", text=text)
        for n in range(count)
    ]
    await receive(company, *raw)


async def into(company: Company, number: int, team: UUID) -> None:
    """The lead puts a ticket into a queue."""
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, number, lock=True)
        await service.set_team(session, company.lead, ticket=ticket, to=team)


async def owner(company: Company, number: int) -> UUID | None:
    """Who has a ticket."""
    async with company.desk.db.work(company.workspace_id) as session:
        return (await get_ticket(session, company.lead, number)).assignee_id


async def events(company: Company, number: int, verb: str) -> list[dict[str, Any]]:
    """The facts of a ticket's events of a kind, oldest first."""
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.lead, number)
        rows = await session.scalars(
            select(Event).where(Event.ticket_id == ticket.id, Event.verb == verb).order_by(Event.at, Event.id)
        )
        return [one.data for one in rows]
