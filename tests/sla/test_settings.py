"""Policies and calendars as people change them: contradictions are told at once, clocks follow."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from dragoman.kit import clock, ids
from dragoman.kit.errors import Forbidden, Invalid
from dragoman.sla import explain, queries, service
from dragoman.sla.checks import Given
from dragoman.sla.models import SlaPolicy, WorkCalendar
from tests.cast import Company
from tests.desk_work import answer, ticket
from tests.sla.desk import HOUR, ask, clocks, only

RED = {"all": [{"field": "severity", "op": "is", "value": ["red"]}]}
GIVEN = Given("Lamps", {"all": [{"field": "tag", "op": "has", "value": ["lamp"]}]}, {"first_response": 3600})


async def save(company: Company, given: Given, policy_id: UUID | None = None) -> SlaPolicy:
    async with company.desk.db.work(company.workspace_id) as session:
        return await service.save_policy(session, company.admin, policy_id, given)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"targets": {}}, "targets"),
        ({"targets": {"first_response": 0}}, "targets.first_response"),
        ({"targets": {"first_response": 10**9}}, "targets.first_response"),
        ({"targets": {"tea": 60}}, "targets"),
        ({"warn": {"minutes": 60}}, "warn"),
        ({"warn": {"minutes": 90}}, "warn"),
        ({"warn": {"percent": 100}}, "warn"),
        ({"hours": "never"}, "hours"),
        ({"hours": "calendar", "calendar_id": ids.new()}, "hours"),
        ({"languages": "klingon"}, "languages"),
        ({"conditions": {"all": [{"field": "colour", "op": "is", "value": ["red"]}]}}, "conditions.all.0"),
        ({"conditions": {"all": [{"field": "waiting", "op": "more", "value": ["5"]}]}}, "conditions.all.0"),
        ({"conditions": {"any": [{"field": "text", "op": "contains", "value": ["x"]}]}}, "conditions.any.0"),
        ({"conditions": {"all": [*RED["all"], {"field": "severity", "op": "is", "value": ["blue"]}]}}, "conditions"),
        ({"conditions": RED}, "conditions"),  # the shipped policy for red matters says the same
        ({"on_breach": {"changes": [{"kind": "priority", "value": "tall"}]}}, "on_breach.changes.0"),
        ({"on_warning": {"notify": ["everybody"]}}, "on_warning"),
    ],
)
async def test_a_policy_that_contradicts_itself_is_refused(
    company: Company, change: dict[str, Any], field: str
) -> None:
    """In words, beside the field; nothing is stored."""
    with pytest.raises(Invalid) as caught:
        await save(company, replace(GIVEN, **change))
    assert field in caught.value.fields
    async with company.desk.db.work(company.workspace_id) as session:
        assert all(policy.name != "Lamps" for policy in await queries.list_policies(session))


async def test_running_clocks_follow_a_changed_policy(company: Company) -> None:
    """Within a ring of the alarms: the new time, from the same start."""
    (policy_id,) = await only(company, {"name": "All", "targets": {"first_response": 4 * 3600}})
    number = await ask(company)
    start = (await clocks(company, number))["first_response"].started_at
    await save(company, Given("All", {}, {"first_response": 3600}, hours="always"), policy_id)
    while await company.desk.alarms.ring():
        pass
    assert (await clocks(company, number))["first_response"].due_at == start + HOUR
    assert (await ticket(company, number)).due_at == start + HOUR
    async with company.desk.db.work(company.workspace_id) as session:
        await service.remove_policy(session, company.admin, policy_id)
    while await company.desk.alarms.ring():
        pass
    assert (await clocks(company, number))["first_response"].state == "cancelled"
    assert (await ticket(company, number)).due_at is None


async def test_a_broken_policy_is_told_and_not_followed(company: Company) -> None:
    """A stored field that no longer exists breaks neither intake nor the other policies."""
    gone = {"all": [{"field": "colour", "op": "is", "value": ["red"]}]}
    await only(
        company,
        {"name": "Gone", "conditions": gone, "targets": {"first_response": 60}},
        {"name": "All", "targets": {"first_response": 3600}},
    )
    number = await ask(company)
    assert (await clocks(company, number))["first_response"].target == 3600


async def test_a_broken_calendar_breaks_nothing(company: Company) -> None:
    """Hours that can't be read count round the clock until somebody mends them."""
    async with company.desk.db.work(company.workspace_id) as session:
        for row in await queries.list_calendars(session):
            row.week = [[]] * 7
    number = await ask(company)
    assert (await clocks(company, number))["first_response"].calendar_id is None


@pytest.mark.req("R45")
async def test_calendars_are_added_changed_and_kept_while_in_use(company: Company) -> None:
    """Own days, a market, hours; removed only when nothing counts by them."""
    week: list[list[list[int]]] = [[[480, 720], [780, 1020]]] * 5 + [[], []]
    async with company.desk.db.work(company.workspace_id) as session:
        days = [{"day": "2026-12-24", "kind": "closed", "name": "Christmas Eve"}]
        row = await service.save_calendar(
            session, company.admin, None, name="Berlin", zone="Europe/Berlin", week=week, market="DE", days=days
        )
    policy = await save(company, replace(GIVEN, hours="calendar", calendar_id=row.id))
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid):
            await service.remove_calendar(session, company.admin, row.id)
    async with company.desk.db.work(company.workspace_id) as session:
        await service.remove_policy(session, company.admin, policy.id)
        await session.flush()
        await service.remove_calendar(session, company.admin, row.id)
    for days in ([{"day": "Christmas", "kind": "closed"}], [{"day": "2026-12-24", "kind": "half"}]):
        async with company.desk.db.work(company.workspace_id) as session:
            with pytest.raises(Invalid) as caught:
                await service.save_calendar(
                    session, company.admin, None, name="X", zone="UTC", week=week, market="", days=days
                )
            assert "days" in caught.value.fields


async def test_only_whoever_manages_clocks_changes_them(company: Company) -> None:
    """An agent may not."""
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Forbidden):
            await service.save_policy(session, company.agent, None, GIVEN)
        with pytest.raises(Forbidden):
            await service.change_auto_replies(session, company.agent, on=[], holiday_days=3, common=["en"])


async def test_a_ticket_says_why(company: Company) -> None:
    """What it owes, by which policy and hours, how much working time is left, and what else matched."""
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(WorkCalendar(id=ids.new(), key="x", name="Never used", zone="UTC", week=[[[0, 60]]] * 7, days=[]))
    await only(
        company,
        {"key": "email", "targets": {"first_response": 4 * 3600}},
        {"name": "Lamps", "targets": {"first_response": 3600}, "hours": "team"},
    )
    number = await ask(company)
    found = await ticket(company, number)
    async with company.desk.db.work(company.workspace_id) as session:
        (one,) = await explain.of_ticket(session, found)
        matched, _clocks = await explain.try_out(session, found)
    assert [match.policy for match in matched] == ["E-mail inquiries", "Lamps"]
    assert one.label == "First reply"
    assert one.remaining is not None
    assert {reason.policy for reason in one.reasons} == {"E-mail inquiries", "Lamps"}
    assert [reason.holds for reason in one.reasons] == [True, False]
    assert one.reasons[0].due <= one.reasons[1].due
    assert {reason.calendar for reason in one.reasons} == {"Round the clock", "Working hours"}
    with clock.travel(clock.now() + 100 * HOUR):
        async with company.desk.db.work(company.workspace_id) as session:
            (late,) = await explain.of_ticket(session, found)
    assert late.remaining is not None
    assert late.remaining.total_seconds() < 0


@pytest.mark.req("R24")
async def test_first_replies_of_the_day(company: Company) -> None:
    """The middle one, and how many were in time."""
    await only(company, {"targets": {"first_response": 1800}})
    for minutes in (5, 10, 40):
        number = await ask(company, f"Frage {minutes}")
        start = (await clocks(company, number))["first_response"].started_at
        with clock.travel(start + HOUR * minutes / 60):
            await answer(company, number)
    async with company.desk.db.work(company.workspace_id) as session:
        found = await explain.today(session)
    assert (found.count, found.kept) == (3, 2)
    assert found.median == pytest.approx(600, abs=20)
