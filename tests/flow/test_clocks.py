"""Warnings and breaches: at their time, once each, whatever happens to the workers."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import func, select

from dragoman.accounts.notices.models import PersonNotice
from dragoman.accounts.teams.models import Team, TeamMember
from dragoman.customers.models import Customer
from dragoman.flow.clocks import sweep
from dragoman.kit import clock, ids
from dragoman.main import wiring
from dragoman.platform import alarms
from dragoman.platform.alarms import Alarm, Alarms
from dragoman.platform.settings import Settings
from dragoman.sla.models import Clock
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.filing import Incoming, file_all
from dragoman.tickets.models import Event
from dragoman.webhooks.models import Delivery, Webhook
from tests.cast import Company, found_company
from tests.desk_work import answer, ticket
from tests.flow.test_kill import own_database, worker  # noqa: F401 - a fixture
from tests.post import free_port
from tests.sla.desk import HOUR, ask, clocks, only, ring, verbs

FOUR: dict[str, Any] = {
    "targets": {"first_response": 4 * 3600}, "warn": {"percent": 25},
    "on_warning": {"notify": ["owner"]}, "on_breach": {"notify": ["owner", "leads"]},
}  # fmt: skip


async def notices(company: Company) -> list[tuple[str, str]]:
    """Who was told what, by name."""
    names = {one.person_id: role for role, one in company.people.items()}
    async with company.desk.db.work(company.workspace_id) as session:
        rows = await session.execute(
            select(PersonNotice.person_id, PersonNotice.kind)
            .where(PersonNotice.kind.in_(("clock_warned", "clock_breached")))
            .order_by(PersonNotice.id)
        )
        return [(names[row.person_id], row.kind) for row in rows]


async def give(company: Company, number: int, *, team: bool = True) -> None:
    """Assign a ticket to the agent, in a team that Ana leads."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        await service.assign(session, company.agent, ticket=found, to=company.agent.person_id)
        if team:
            made = Team(id=ids.new(), key=ids.new().hex)
            session.add(made)
            await session.flush()
            session.add(TeamMember(team_id=made.id, person_id=company.lead.person_id, lead=True))
            found.team_id = made.id


async def test_a_warning_and_a_breach_once_each(company: Company) -> None:
    """Three quarters of the time gone: the owner is told; all of it: the owner and the lead; and never again."""
    await only(company, FOUR)
    number = await ask(company)
    await give(company, number)
    await ring(company, 2 * HOUR)
    assert await notices(company) == []
    await ring(company, 3 * HOUR + timedelta(minutes=1))
    assert await notices(company) == [("agent2", "clock_warned")]
    assert (await verbs(company, number)).count("sla.warned") == 1
    await ring(company, 4 * HOUR + timedelta(minutes=1))
    await ring(company, 9 * HOUR)
    assert Counter(await notices(company)) == Counter(
        [("agent2", "clock_warned"), ("agent2", "clock_breached"), ("lead", "clock_breached")]
    )
    assert (await verbs(company, number)).count("sla.breached") == 1
    late = (await clocks(company, number))["first_response"]
    assert (late.state, late.ended_at) == ("breached", None)
    assert (await ticket(company, number)).due_metric == "first_response"
    with clock.travel(clock.now() + 5 * HOUR):
        await answer(company, number)
    ended = (await clocks(company, number))["first_response"]
    assert (ended.state, ended.due_at) == ("breached", late.due_at)
    assert (await ticket(company, number)).due_at is None


async def test_a_ticket_of_nobody_reaches_those_who_lead(company: Company) -> None:
    """Also when only its owner was to be told."""
    await only(company, FOUR)
    await ask(company)
    await ring(company, 3 * HOUR + timedelta(minutes=1))
    assert await notices(company) == [("lead", "clock_warned")]


async def test_what_is_done_when_time_runs_out(company: Company) -> None:
    """Raised, handed to the next line, taken off its owner, tagged: by the desk, which says why. What can't be done
    any more holds nothing up."""
    await only(
        company,
        FOUR | {
            "on_breach": {
                "notify": ["leads"], "raise": True, "escalate": True,
                "changes": [
                    {"kind": "team", "value": str(ids.new())},
                    {"kind": "assignee", "value": "none"},
                    {"kind": "tags_add", "value": "late"},
                ],
            }
        },
    )  # fmt: skip
    number = await ask(company)
    await give(company, number, team=False)
    await ring(company, 5 * HOUR)
    found = await ticket(company, number)
    assert (found.priority, found.tier, found.assignee_id, found.tags) == (2, 2, None, ["late"])
    async with company.desk.db.work(company.workspace_id) as session:
        event = await session.scalar(select(Event).where(Event.verb == "priority"))
    assert event is not None
    assert event.person_id is None
    assert event.data["metric"] == "first_response"


async def test_an_alarm_that_is_outdated_does_nothing(company: Company) -> None:
    """Answered a moment before it rang, though the alarm was left behind."""
    await only(company, FOUR)
    number = await ask(company)
    found = await ticket(company, number)
    await answer(company, number)
    async with company.desk.db.work(None) as session:
        session.add(Alarm(workspace_id=company.workspace_id, kind="clock", key=found.id, at=clock.now()))
    assert await ring(company, 9 * HOUR) >= 1
    assert not {"sla.warned", "sla.breached"} & set(await verbs(company, number))
    async with company.desk.db.work(None) as session:
        left = await session.scalar(select(func.count()).select_from(Alarm).where(Alarm.key == found.id))
    assert left == 0


async def test_alarms_that_were_lost_are_found(company: Company) -> None:
    """As after a backup was brought back: the sweep has every running clock looked at, and its alarm is there again."""
    await only(company, FOUR)
    number = await ask(company)
    found = await ticket(company, number)
    async with company.desk.db.work(company.workspace_id) as session:
        await alarms.drop(session, "clock", [found.id])
    await sweep(company.desk.db)
    while await company.desk.alarms.ring():
        pass
    async with company.desk.db.work(None) as session:
        kinds = list(await session.scalars(select(Alarm.kind).where(Alarm.key == found.id)))
    assert kinds == ["clock"]


async def test_webhooks_hear_of_it(company: Company) -> None:
    """`clock.warned` and `clock.breached`, with the metric."""
    await only(company, FOUR)
    await ask(company)
    async with company.desk.db.work(company.workspace_id) as session:
        kinds = ["clock.warned", "clock.breached"]
        session.add(Webhook(id=ids.new(), name="Wall", url="https://wall.example", kinds=kinds, secret="v1."))
    await ring(company, 3.5 * HOUR)
    await ring(company, 4.5 * HOUR)
    async with company.desk.db.work(company.workspace_id) as session:
        told = list(await session.scalars(select(Delivery).order_by(Delivery.id)))
    assert [one.kind for one in told] == kinds
    assert told[0].payload["data"]["change"]["metric"] == "first_response"


async def many(company: Company, count: int) -> None:
    """So many tickets of one customer, filed in batches."""
    async with company.desk.db.work(company.workspace_id) as session:
        customer = Customer(id=ids.new(), name="Anna")
        session.add(customer)
    for start in range(0, count, 200):
        async with company.desk.db.work(company.workspace_id) as session:
            await file_all(session, [
                Incoming(
                    ticket_id=ids.new(), new=True, customer_id=customer.id, envelope_id=None, from_name="Anna",
                    from_address="anna@buyer.example", subject=f"Frage {start + n}", text="Wo?", at=clock.now(),
                    mailbox_id=company.mailbox_id,
                )
                for n in range(min(200, count - start))
            ])  # fmt: skip


async def acted(company: Company) -> tuple[Counter[int], list[tuple[datetime, datetime]]]:
    """How often each ticket's breach was noted, and when each clock was due and acted upon."""
    async with company.desk.db.work(company.workspace_id) as session:
        times = await session.execute(
            select(Event.ticket_id, func.count()).where(Event.verb == "sla.breached").group_by(Event.ticket_id)
        )
        moments = await session.execute(select(Clock.due_at, Clock.breached_at).where(Clock.breached_at.is_not(None)))
        return Counter(row[1] for row in times), [(row[0], row[1]) for row in moments if row[0] and row[1]]


@pytest.mark.timeout(120)
async def test_thousands_at_once_and_two_workers(company: Company) -> None:
    """Three thousand clocks run out in the same second while two workers ring: each is acted upon once, all within five
    seconds of being due."""
    await only(company, FOUR | {"targets": {"first_response": 3600}, "warn": {}})
    await many(company, 3000)
    other = Alarms(company.desk.db)
    other.on("clock", company.desk.alarms._handlers["clock"])
    began = asyncio.get_running_loop().time()
    with clock.travel(clock.now() + 2 * HOUR):

        async def work(alarms: Alarms) -> int:
            total = 0
            while done := await alarms.ring():
                total += done
            return total

        rang = await asyncio.gather(work(company.desk.alarms), work(other))
    took = asyncio.get_running_loop().time() - began
    times, moments = await acted(company)
    assert sum(rang) >= 3000
    assert times == Counter({1: 3000})
    assert len(moments) == 3000
    assert took < 60  # beside other tests; bench/clocks.py measures


@pytest.mark.timeout(170)
async def test_a_worker_killed_again_and_again(own_database: str, settings: Settings) -> None:  # noqa: F811
    """`kill -9` while clocks run out: every breach is acted upon, none twice, and none before its time."""
    chance = random.Random(7)
    desk = wiring.build(settings, own_database)
    company = await found_company(desk)
    await only(company, FOUR | {"targets": {"first_response": 3600}, "warn": {}})
    with clock.travel(clock.now() - HOUR + timedelta(seconds=3)):
        await many(company, 600)
    port = free_port()
    for _life in range(6):
        with worker(own_database, settings.data, port) as run:
            await asyncio.sleep(1.2 + chance.random())
            run.send_signal(signal.SIGKILL)
    with worker(own_database, settings.data, port):
        for _ in range(300):
            times, moments = await acted(company)
            if sum(times.values()) >= 600:
                break
            await asyncio.sleep(0.1)
    await wiring.close(desk)
    assert times == Counter({1: 600})
    assert all(acted_at >= due for due, acted_at in moments)
    with psycopg.connect(own_database) as connection:
        row = connection.execute("SELECT count(*) FROM alarms WHERE kind = 'clock'").fetchone()
    assert row == (0,)
