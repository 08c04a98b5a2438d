"""A stopped worker is noticed and told."""

from __future__ import annotations

from datetime import timedelta

from dragoman.kit import clock, ids
from dragoman.platform import alarms
from dragoman.platform.health import server
from tests.cast import Company
from tests.web.conftest import Browser


async def test_alarms_that_nobody_rings_are_told(company: Company, admin: Browser, agent: Browser) -> None:
    """On the system page, by doctor, and on every page of whoever looks after the installation; nobody else is told."""
    async with company.desk.db.work(company.workspace_id) as session:
        await alarms.put(session, "clock", {ids.new(): clock.now() - timedelta(minutes=5)})
    async with company.desk.db.work(None) as session:
        found = [one for one in await server.look(session) if one.area == "work" and one.level == "wrong"]
    assert any("has waited for 5 minutes" in one.what for one in found)
    assert "No worker is running" in (await admin.get("/settings/people")).text
    assert "has waited for 5 minutes" in (await admin.get("/settings/system")).text
    assert "No worker is running" not in (await agent.get("/settings/profile")).text
    await company.desk.alarms.ring()
    assert "No worker is running" not in (await admin.get("/settings/people")).text


async def test_a_minute_is_no_trouble(company: Company) -> None:
    """What is merely a little late is not told."""
    async with company.desk.db.work(company.workspace_id) as session:
        await alarms.put(session, "clock", {ids.new(): clock.now() - timedelta(seconds=30)})
        assert await alarms.overdue(session) < alarms.STOPPED
        assert not [one for one in await server.look(session) if "has waited" in one.what]
