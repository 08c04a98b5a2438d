"""The pages of teams, staff, rules, the next line and shift hand-over."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from dragoman.accounts.presence import queries as presence
from dragoman.accounts.presence.states import present
from dragoman.accounts.skills import queries as skills
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import Team
from dragoman.audit.models import AuditEntry
from dragoman.kit import clock
from dragoman.routing.models import Handover
from dragoman.routing.rules import queries as rules
from dragoman.routing.rules.models import Rule
from tests.cast import Company
from tests.desk_work import ticket
from tests.routing.conftest import events, mails, team_of
from tests.web.conftest import Browser, signed_in


@pytest.fixture
async def lead(app: FastAPI, company: Company) -> AsyncIterator[Browser]:
    """Ana Costa's browser: she leads, and manages teams."""
    browser = await signed_in(app, company.desk, company.lead)
    async with browser.http:
        yield browser


@pytest.mark.req("R18", "R225")
async def test_the_shipped_teams_stand_there_and_one_is_given_people_and_a_strategy(
    company: Company, lead: Browser
) -> None:
    page = await lead.get("/settings/teams")
    for name in ("Pre-sales", "After-sales", "Complaints", "Customer care", "Social media", "Wholesale",
                 "Technical support", "Payments", "Operations"):  # fmt: skip
        assert name in page.text
    async with company.desk.db.work(company.workspace_id) as session:
        team = await teams.find_by_key(session, "complaints")
        assert team is not None
    where = f"/settings/teams/{team.id}"
    await lead.get(where)
    who = {"member": [str(company.agent.person_id)], "lead": [str(company.lead.person_id)]}
    assert (await lead.post(f"{where}/members", who)).status_code == 303
    facts = {"name": "Grievances", "purpose": "complaint", "tier": "1", "timezone": "Europe/Berlin",
             "strategy": "score", "capacity": "8", "active": "yes", "usual": "yes", "calendar": ""}  # fmt: skip
    assert (await lead.post(where, facts)).status_code == 303
    async with company.desk.db.work(company.workspace_id) as session:
        team = await teams.load(session, team.id)
        assert team is not None
        assert (team.name, team.strategy, team.settings) == ("Grievances", "score", {"capacity": 8})
        members = await teams.list_members(session, [team.id])
        noted = list(await session.scalars(select(AuditEntry.verb).where(AuditEntry.area == "team")))
    assert {(one.name, one.lead) for one in members} == {("Li Wei", False), ("Ana Costa", True)}
    assert sorted(noted) == ["team.changed", "team.members"]
    assert "Grievances" in (await lead.get("/settings/teams")).text


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"name": "Wholesale"}, "Another team has this name."),
        ({"strategy": "dice"}, "Choose how tickets find somebody."),
        ({"capacity": "many"}, "A number from 1 to 500."),
        ({"capacity": "0"}, "A number from 1 to 500."),
        ({"tier": "7"}, "This line does not exist."),
        ({"calendar": "x"}, "Choose a calendar."),
    ],
)
async def test_what_is_wrong_with_a_team_stands_beside_its_field(
    company: Company, lead: Browser, facts: dict[str, str], words: str
) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        team = await teams.find_by_key(session, "care")
        assert team is not None
    await lead.get(f"/settings/teams/{team.id}")
    usual = {"name": "", "purpose": "care", "tier": "1", "strategy": "manual", "active": "yes"}
    answer = await lead.post(f"/settings/teams/{team.id}", usual | facts)
    assert answer.status_code == (422 if words else 303)
    assert words in answer.text


async def test_skills_hours_and_absences_of_somebody(company: Company, lead: Browser) -> None:
    who = company.agent.person_id
    where = f"/settings/staff/{who}"
    assert "Li Wei" in (await lead.get(where)).text
    spoken = {"language-0": "de", "level-0": "native", "language-1": "en", "level-1": "fluent",
              "lines": "Lamps, rugs", "tiers": "VIP", "shop": str(company.shop_id)}  # fmt: skip
    assert (await lead.post(f"{where}/skills", spoken)).status_code == 303
    room = {"capacity": "7", "day-mon": "9-12, 13:00–18", "day-sun": ""}
    assert (await lead.post(f"{where}/room", room)).status_code == 303
    begin = clock.now() + timedelta(days=1)
    away = {"starts_at": f"{begin:%Y-%m-%dT%H:%M}", "ends_at": f"{begin + timedelta(days=2):%Y-%m-%dT%H:%M}",
            "stand_in": str(company.lead.person_id), "note": "Holiday"}  # fmt: skip
    assert (await lead.post(f"{where}/absences", away)).status_code == 303
    page = (await lead.get(where)).text
    assert 'value="lamps, rugs"' in page
    assert 'value="09:00–12:00, 13:00–18:00"' in page
    assert "Ana Costa stands in" in page
    async with company.desk.db.work(company.workspace_id) as session:
        rows = {(one.kind, one.value, one.level) for one in await skills.list_skills(session, [who])}
        standing = (await presence.list_standings(session, clock.now(), [who]))[who]
    assert rows == {("language", "de", "native"), ("language", "en", "fluent"), ("line", "lamps", ""),
                    ("line", "rugs", ""), ("tier", "vip", ""), ("shop", str(company.shop_id), "")}  # fmt: skip
    assert (standing.capacity, standing.hours) == (7, {"mon": [["09:00", "12:00"], ["13:00", "18:00"]]})
    mistakes = {"room": {"day-mon": "early"}, "absences": {"starts_at": "x"}, "skills": {"language-0": "de"}}
    for part, wrong in mistakes.items():
        assert (await lead.post(f"{where}/{part}", wrong)).status_code == 422


async def test_ones_own_availability(company: Company, agent: Browser) -> None:
    assert "Availability" in (await agent.get("/settings/availability")).text
    assert (await agent.post("/presence", {"state": "available", "next": "/search"})).headers["location"] == "/search"
    assert (await agent.post("/settings/availability/room", {"capacity": "3"})).status_code == 303
    async with company.desk.db.work(company.workspace_id) as session:
        standing = (await presence.list_standings(session, clock.now(), [company.agent.person_id])).popitem()[1]
    assert (present(standing, clock.now()), standing.capacity) == ("available", 3)
    assert (await agent.post("/presence", {"state": "dancing"})).status_code == 422
    other = company.lead.person_id
    assert (await agent.post(f"/settings/staff/{other}/room", {"capacity": "1"})).status_code == 403


async def rule_named(company: Company, name: str) -> Rule:
    async with company.desk.db.work(company.workspace_id) as session:
        return next(one for one in await rules.list_rules(session) if one.name == name)


CUSTOMS = {
    "name": "Customs first", "event": "created", "active": "yes", "all-0-field": "subject", "all-0-op": "contains",
    "all-0-value": "Zoll, customs", "change-0-kind": "priority", "change-0-value": "urgent",
}  # fmt: skip


async def test_a_rule_from_its_trial_to_its_end(company: Company, admin: Browser) -> None:
    await mails(company, 2, subject="Zoll")
    await mails(company, 1, subject="Lampe")
    await admin.get("/settings/rules/new")
    tried = await admin.post("/settings/rules/new", CUSTOMS | {"try": "yes"})
    assert tried.status_code == 200
    assert "2 tickets" in tried.text
    assert "/tickets/1" in tried.text
    assert (await ticket(company, 1)).priority == 3, "nothing was changed"
    assert await events(company, 1, "rule") == []
    assert (await admin.post("/settings/rules/new", CUSTOMS)).status_code == 303
    rule = await rule_named(company, "Customs first")
    await mails(company, 1, subject="Zollamt")
    assert (await ticket(company, 4)).priority == 1
    listed = (await admin.get("/settings/rules")).text
    assert listed.index("Wholesale and cooperation") < listed.index("Customs first")
    assert "#4" in (await admin.get(f"/settings/rules/{rule.id}")).text
    await admin.post(f"/settings/rules/{rule.id}/move", {"to": "up"})
    listed = (await admin.get("/settings/rules")).text
    assert listed.index("Customs first") < listed.index("Wholesale and cooperation")
    await admin.post(f"/settings/rules/{rule.id}/switch", {"active": "no"})
    await mails(company, 1, subject="Zollerklärung")
    assert (await ticket(company, 5)).priority == 3
    await admin.post(f"/settings/rules/{rule.id}/remove")
    assert (await admin.get(f"/settings/rules/{rule.id}")).status_code == 404


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"all-1-field": "status", "all-1-op": "is", "all-1-value": "new", "all-2-field": "status", "all-2-op": "is",
          "all-2-value": "solved"}, "contradict each other"),
        ({"all-0-field": "mood"}, "This field no longer exists"),
        ({"change-0-kind": ""}, "Say what is to be done."),
        ({"change-0-kind": "assignee", "change-0-value": "0189a0ea-0000-7000-8000-000000000001"}, "no longer works"),
        ({"change-0-kind": "assignee", "change-0-value": "me"}, "Choose a person."),
        ({"event": "waited", "since": "replied", "minutes": "0"}, "A number of minutes"),
        ({"name": ""}, "A name is needed"),
    ],
)  # fmt: skip
async def test_a_rule_that_makes_no_sense_is_told_at_once(
    company: Company, admin: Browser, facts: dict[str, str], words: str
) -> None:
    await admin.get("/settings/rules/new")
    answer = await admin.post("/settings/rules/new", CUSTOMS | facts)
    assert answer.status_code == 422
    assert words in answer.text


async def test_rules_against_each_other_and_broken_ones_are_told_in_the_list(company: Company, admin: Browser) -> None:
    await admin.get("/settings/rules/new")
    await admin.post("/settings/rules/new", CUSTOMS)
    await admin.post("/settings/rules/new", CUSTOMS | {"name": "Customs later", "change-0-value": "low"})
    async with company.desk.db.work(company.workspace_id) as session:
        session.add(Rule(name="Old", event="created", position=9, changes=[{"kind": "explode", "value": "x"}]))
    page = (await admin.get("/settings/rules")).text
    assert "It undoes what “Customs first” does just before it" in page
    assert "This change no longer exists" in page
    assert "broken: left out" in page


async def test_one_more_row_keeps_what_was_typed(admin: Browser) -> None:
    await admin.get("/settings/rules/new")
    page = await admin.post("/settings/rules/new", CUSTOMS | {"again": "all"})
    assert page.status_code == 200
    assert 'value="Customs first"' in page.text
    assert 'name="all-3-field"' in page.text


@pytest.mark.req("R168")
async def test_handing_a_ticket_on_by_its_form(company: Company, agent: Browser, lead: Browser) -> None:
    payment = await team_of(company, "payment", company.people["agent1"])
    await mails(company, 1)
    await agent.get("/tickets/1/escalate")
    short = await agent.post("/tickets/1/escalate", {"team": str(payment), "reason": "payment", "analysis": "x"})
    assert short.status_code == 422
    assert "at least 20 characters" in short.text
    empty = await team_of(company, "technical")
    void = {"team": str(empty), "reason": "technical", "analysis": "The shop's app shows a blank page."}
    refused = await agent.post("/tickets/1/escalate", void)
    assert refused.status_code == 409
    assert "can put people into that team" in refused.text
    assert "The shop&#39;s app" in refused.text, "what was typed stays"
    done = await agent.post("/tickets/1/escalate", void | {"team": str(payment), "callback": "yes"})
    assert (done.status_code, done.headers["location"]) == (303, "/tickets/1")
    await lead.get("/tickets/1/escalate")
    assert (await lead.post("/tickets/1/called-back")).status_code == 303
    assert (await lead.post("/tickets/1/take-over")).status_code == 303
    assert (await lead.post("/tickets/1/hand-back", {"word": ""})).status_code == 422
    assert (await lead.post("/tickets/1/hand-back", {"word": "Refunded."})).status_code == 303
    page = (await lead.get("/tickets/1/escalate")).text
    assert "taken over by Ana Costa" in page
    assert (await ticket(company, 1)).tier == 1


@pytest.mark.req("R231", "R243")
async def test_a_shift_is_handed_over_and_taken(company: Company, agent: Browser, lead: Browser) -> None:
    await mails(company, 2)
    page = await agent.get("/handover")
    assert "Unanswered" in page.text
    assert "/tickets/2" in page.text
    assert (await agent.post("/handover", {"notes": " "})).status_code == 422
    assert (await agent.post("/handover", {"notes": "The courier calls at 9."})).status_code == 303
    async with company.desk.db.work(company.workspace_id) as session:
        (left,) = list(await session.scalars(select(Handover)))
    assert {one["number"] for one in left.snapshot["unanswered"]} == {1, 2}
    assert "subject" not in str(left.snapshot), "no customer's words are kept twice"
    assert f"/handover/{left.id}/take" not in (await agent.get("/handover")).text, "nobody takes over from themselves"
    assert "The courier calls at 9." in (await lead.get("/handover")).text
    assert (await lead.post(f"/handover/{left.id}/take")).status_code == 303
    assert (await lead.post(f"/handover/{left.id}/take")).status_code == 409
    assert "taken over by Ana Costa" in (await agent.get("/handover")).text


async def test_a_teams_hand_over_holds_only_its_own(company: Company, lead: Browser) -> None:
    await mails(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        team = await session.scalar(select(Team.id).where(Team.key == "care"))
    assert "/tickets/1" not in (await lead.get(f"/handover?team={team}")).text
    assert (await lead.get("/handover?team=0189a0ea-0000-7000-8000-000000000001")).status_code == 404
