"""Roles: who can do what and why, changed while people work, and never so that nobody can change them back."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest

from dragoman.accounts import roles as rooms
from dragoman.accounts import service
from dragoman.accounts.models import Person, Role
from dragoman.accounts.permissions import PERMISSIONS, ROLE_NAMES, ROLES
from dragoman.kit.errors import Invalid
from tests.cast import Company
from tests.web.conftest import Browser

from .desk import deeds, rows


async def role_id(company: Company, key: str) -> UUID:
    return next(one.id for one in await rows(company.desk, company.workspace_id, Role) if one.key == key)


@pytest.mark.req("R225")
def test_the_trades_roles_are_shipped() -> None:
    assert set(ROLES) == set(ROLE_NAMES)
    assert len(ROLES) >= 8
    for key in (
        "presales", "aftersales", "complaints", "care", "social", "multilingual", "orders", "logistics", "trainer",
        "lead", "supervisor", "manager",
    ):  # fmt: skip
        assert set(ROLES[key]) <= set(PERMISSIONS)


@pytest.mark.req("R225")
async def test_the_page_says_who_can_do_what_and_why(admin: Browser, company: Company) -> None:
    page = (await admin.get("/settings/roles")).text
    for label in ("Pre-sales", "After-sales", "Order coordinator", "Supervisor", "Manage people and roles"):
        assert label in page
    holders = page.partition('id="holders"')[2].partition("Manage people and roles")[2].partition("</details>")[0]
    assert "Wang Fang" in holders
    assert "as Administrator" in holders
    assert "Li Wei" not in holders


async def test_a_permission_taken_away_is_gone_at_the_next_click(
    admin: Browser, agent: Browser, company: Company
) -> None:
    assert (await agent.get("/desk")).status_code == 200
    path = f"/settings/roles/{await role_id(company, 'agent2')}"
    page = await admin.get(path)
    assert "Li Wei" in page.text
    kept = [one for one in ROLES["agent2"] if one != "ticket.read"]
    form = {"name": "Senior agent", "permission": [*kept, "shop.manage"]}
    assert (await admin.post(path, form)).status_code == 303
    assert (await agent.get("/desk")).status_code == 403
    assert (await agent.get("/settings/shops")).status_code == 200
    assert "Senior agent" in (await admin.get("/settings/people")).text
    (told,) = await deeds(company, "role")
    assert told.verb == "role.changed"
    assert "ticket.read" in told.data["before"]["permissions"]
    assert "ticket.read" not in told.data["after"]["permissions"]
    await admin.post(path, {"name": "", "permission": ROLES["agent2"]})
    assert "Agent, tier 2" in (await admin.get("/settings/people")).text


async def test_a_role_of_ones_own_lives_and_goes(admin: Browser, company: Company) -> None:
    await admin.get("/settings/roles")
    for name, said in (
        ("", "A name is needed"),
        ("supervisor", "Another role has this name."),
        ("x" * 61, "at most 60"),
    ):
        bad = await admin.post("/settings/roles", {"name": name})
        assert bad.status_code == 422
        assert said in bad.text
    made = await admin.post("/settings/roles", {"name": "Night shift"})
    path = made.headers["location"]
    bad = await admin.post(path, {"name": "Night shift", "permission": ["ticket.read", "everything"]})
    assert bad.status_code == 422
    assert (await admin.post(path, {"name": "Night shift", "permission": ["ticket.read"]})).status_code == 303
    key = next(one.key for one in await rows(company.desk, company.workspace_id, Role) if one.name == "Night shift")
    person = f"/settings/people/{company.agent.person_id}"
    assert (await admin.post(person, {"role": key, "active": "yes"})).status_code == 303
    kept = await admin.post(f"{path}/remove")
    assert kept.status_code == 409
    assert "Give them another one first." in kept.text
    await admin.post(person, {"role": "agent2", "active": "yes"})
    assert (await admin.post(f"{path}/remove")).status_code == 303
    assert (await admin.get(path)).status_code == 404
    shipped = await admin.post(f"/settings/roles/{await role_id(company, 'legal')}/remove")
    assert shipped.status_code == 409
    assert [one.verb for one in await deeds(company, "role")] == ["role.added", "role.changed", "role.removed"]


async def test_somebody_must_remain_who_manages_people(admin: Browser, company: Company) -> None:
    path = f"/settings/roles/{await role_id(company, 'admin')}"
    await admin.get(path)
    bad = await admin.post(path, {"name": "Administrator", "permission": ["ticket.read"]})
    assert bad.status_code == 422
    assert "Somebody must remain who manages people." in bad.text
    assert (await admin.get("/settings/people")).status_code == 200


async def test_who_manages_people_is_what_the_stored_role_says(admin: Browser, company: Company) -> None:
    """A lead who may manage people lets the admin go; by the shipped table nobody would remain."""
    path = f"/settings/roles/{await role_id(company, 'lead')}"
    await admin.get(path)
    await admin.post(path, {"name": "", "permission": [*ROLES["lead"], "people.manage"]})
    me = f"/settings/people/{company.admin.person_id}"
    assert (await admin.post(me, {"role": "agent1", "active": "yes"})).status_code == 303
    assert (await admin.get("/settings/people")).status_code == 403
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid):
            await service.change_person(session, company.admin, company.lead.person_id, role="agent1", active=True)


async def test_two_administrators_cannot_remove_each_other_at_once(company: Company) -> None:
    desk, admin = company.desk, company.admin
    async with desk.db.work(company.workspace_id) as session:
        await service.change_person(session, admin, company.lead.person_id, role="admin", active=True)

    async def demote(person: UUID) -> str:
        try:
            async with desk.db.work(company.workspace_id) as session:
                await service.change_person(session, admin, person, role="agent1", active=True)
                await asyncio.sleep(0.05)
        except Invalid:
            return "refused"
        return "done"

    ends = await asyncio.gather(demote(admin.person_id), demote(company.lead.person_id))
    assert sorted(ends) == ["done", "refused"]
    manager = await role_id(company, "admin")
    assert sum(one.role_id == manager for one in await rows(desk, company.workspace_id, Person)) == 1


async def test_roles_are_for_those_who_manage_people(agent: Browser, company: Company) -> None:
    assert (await agent.get("/settings/roles")).status_code == 403
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Exception, match="permission"):
            await rooms.add_role(session, company.agent, name="x", permissions=())
