"""The pages of teams, rules, lines and shifts: for assistive technology in both themes, and on a phone."""

from __future__ import annotations

from dragoman.accounts.teams import queries as teams

from .conftest import PHONE, OpenAs, Site
from .people import furnish
from .test_looks import look


async def addresses(site: Site) -> list[str]:
    """The pages as they stand, and one rule tried and one handing on refused, by their faults."""
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        team = await teams.find_by_key(session, "aftersales")
        assert team is not None
    return [
        "/settings/teams", f"/settings/teams/{team.id}", f"/settings/staff/{site.company.agent.person_id}",
        "/settings/availability", "/settings/rules", "/settings/rules/new", "/tickets/1/escalate", "/handover",
    ]  # fmt: skip


async def test_axe_finds_nothing_serious(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.admin, "/settings/teams")
    found = []
    for path in await addresses(site):
        await page.goto(path)
        found += await look(page)
    await page.goto("/settings/rules/new")
    await page.locator("[name=name]").fill("Customs")
    await page.get_by_role("button", name="Save").click()
    found += await look(page)
    assert found == []


async def test_a_phone_shows_every_page_whole(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.admin, "/settings/teams", viewport=PHONE)
    wide = []
    for path in await addresses(site):
        await page.goto(path)
        over = await page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
        )
        if over > 0:
            wide.append((path, over))
    assert wide == []
