"""A desk with clocks, in a line each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from dragoman.kit import clock, ids
from dragoman.platform.alarms import Alarm
from dragoman.sla import queries
from dragoman.sla.models import Clock, SlaPolicy
from dragoman.tickets.models import Event
from tests.cast import Company
from tests.desk_work import receive, tickets_of
from tests.post import letter

HOUR = timedelta(hours=1)


async def only(company: Company, *policies: dict[str, Any]) -> list[UUID]:
    """Replace all policies by these; what they do not say is round the clock and warns nobody."""
    made = []
    async with company.desk.db.work(company.workspace_id) as session:
        for old in await queries.list_policies(session):
            await session.delete(old)
        for place, one in enumerate(policies):
            usual = {"hours": "always", "conditions": {}, "warn": {}, "on_warning": {}, "on_breach": {}}
            row = SlaPolicy(id=ids.new(), position=place, **(usual | one))
            session.add(row)
            made.append(row.id)
    return made


async def ask(company: Company, subject: str = "Wo ist mein Paket?", **more: str) -> int:
    """A customer writes anew; returns the ticket's number."""
    await receive(company, letter(to=company.address, subject=subject, **more))
    return (await tickets_of(company))[-1].number


async def clocks(company: Company, number: int) -> dict[str, Clock]:
    """A ticket's live clocks by metric."""
    row = next(one for one in await tickets_of(company) if one.number == number)
    async with company.desk.db.work(company.workspace_id) as session:
        return (await queries.list_live(session, [row.id])).get(row.id, {})


async def verbs(company: Company, number: int) -> list[str]:
    """What happened to a ticket."""
    row = next(one for one in await tickets_of(company) if one.number == number)
    async with company.desk.db.work(company.workspace_id) as session:
        found = await session.scalars(select(Event.verb).where(Event.ticket_id == row.id).order_by(Event.id))
        return list(found)


async def alarms_of(company: Company) -> list[Alarm]:
    """What the clocks of the company wait for."""
    async with company.desk.db.work(None) as session:
        statement = select(Alarm).where(Alarm.workspace_id == company.workspace_id, Alarm.kind == "clock")
        return list(await session.scalars(statement.order_by(Alarm.at)))


async def ring(company: Company, after: timedelta) -> int:
    """Let the alarms ring that are due so much later."""
    rang = 0
    with clock.travel(clock.now() + after):
        while done := await company.desk.alarms.ring():
            rang += done
    return rang
