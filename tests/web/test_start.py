"""The first steps of a new workspace: each checks itself, and the list can be put away."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from fastapi import FastAPI

from dragoman.accounts import queries as accounts
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams import service as team_service
from dragoman.commerce.service import save_shop
from dragoman.replies.macros import service as macros
from dragoman.sla import service as sla
from dragoman.tickets.views import service as views
from dragoman.web.desk.start import service
from tests.cast import Company
from tests.web.conftest import Browser, signed_in


@pytest.fixture
async def admin(app: FastAPI, company: Company) -> AsyncIterator[Browser]:
    """The browser of whoever manages the workspace."""
    browser = await signed_in(app, company.desk, company.admin)
    async with browser.http:
        yield browser


async def done(company: Company) -> dict[str, bool]:
    """Which steps are done now."""
    async with company.desk.db.work(company.workspace_id) as session:
        workspace = await accounts.find_workspace(session, company.workspace_id)
        assert workspace is not None
        return await service.done(session, workspace.settings)


async def test_each_step_turns_done_by_being_done(company: Company, admin: Browser) -> None:
    before = await done(company)
    assert tuple(before) == service.STEPS
    late = ("teams", "clocks", "macro", "view", "auto_replies")
    assert not any(before[one] for one in late)
    async with company.desk.db.work(company.workspace_id) as session:
        team = await teams.find_by_key(session, "care")
        assert team is not None
        await team_service.set_members(session, company.admin, team.id, [team_service.Place(company.agent.person_id)])
        await save_shop(session, company.admin, None, name="Lantern", platform="own", market="", active=True)
        wanted = macros.Wanted(name="Thanks", html="<p>Thank you.</p>")
        await macros.save(session, company.admin, wanted)
        await views.save(session, company.admin, views.Wanted("Mine"))
        await sla.change_auto_replies(session, company.admin, on=["off_hours"], holiday_days=3, common=["en"])
    after = await done(company)
    assert [name for name, ready in after.items() if not ready] == ["clocks"]
    assert "Right as they are" in (await admin.get("/start")).text
    assert (await admin.post("/start/clocks")).status_code == 303
    assert all((await done(company)).values())
    page = (await admin.get("/start")).text
    assert "Everything is set up" in page
    assert not re.search(r'<a href="/start"', (await admin.get("/settings/shops")).text), "the way there is gone"


async def test_the_empty_inbox_shows_the_list_to_whoever_manages_until_it_is_put_away(
    company: Company, admin: Browser, agent: Browser
) -> None:
    assert "First steps" in (await admin.get("/desk")).text
    assert "/start" in (await admin.get("/settings/shops")).text
    assert "First steps" not in (await agent.get("/desk")).text
    assert (await agent.get("/start")).status_code == 403
    await admin.get("/start")
    assert (await admin.post("/start/away")).status_code == 303
    assert "First steps" not in (await admin.get("/desk")).text.replace("list of first steps", "")
    assert not re.search(r'<a href="/start"', (await admin.get("/settings/shops")).text)
    assert "again" in (await admin.get("/start")).text
    assert (await admin.post("/start/away", {"back": "yes"})).status_code == 303
    assert "First steps" in (await admin.get("/desk")).text
