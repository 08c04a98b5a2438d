"""The pages of promises, questions, notices and departments: for assistive technology in both themes, on a phone."""

from __future__ import annotations

from datetime import timedelta

from dragoman.accounts.departments import queries as departments
from dragoman.accounts.notices import service as notices
from dragoman.kit import clock
from dragoman.tickets.access import get_ticket
from dragoman.tickets.promises import service as promises
from dragoman.tickets.tasks import service as tasks
from dragoman.tickets.tasks.service import To

from .conftest import PHONE, OpenAs, Site
from .people import furnish
from .test_looks import look


async def addresses(site: Site) -> list[str]:
    """The pages as they stand when something was promised, asked and told."""
    desk, admin = site.company.desk, site.company.admin
    async with desk.db.work(site.company.workspace_id) as session:
        ticket = await get_ticket(session, admin, 1, lock=True)
        made = await promises.make(
            session, admin, ticket=ticket, text="I will write by noon", due_at=clock.now() + timedelta(hours=3)
        )
        (house, *_more) = await departments.list_departments(session)
        asked = await tasks.ask(
            session, admin, ticket=ticket, to=To(department_id=house.id), title="Where is it?", question="Please look."
        )
        await tasks.answer(session, admin, asked.id, text="At customs.")
        await notices.tell(session, [admin.person_id], "promise_soon", ticket=1)
    return [
        "/promises", f"/promises/{made.id}", "/promises/report", "/tickets/1/promises", "/tickets/1/tasks",
        "/tickets/1/forward", "/tasks", "/tasks?of=settled", f"/tasks/{asked.id}", "/notices", "/notices/wishes",
        "/settings/departments", f"/settings/departments/{house.id}", "/tickets/1",
    ]  # fmt: skip


async def test_axe_finds_nothing_serious(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.admin, "/promises")
    found = []
    for path in await addresses(site):
        await page.goto(path)
        found += await look(page)
    assert found == []


async def test_a_phone_shows_every_page_whole(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.admin, "/promises", viewport=PHONE)
    wide = []
    for path in await addresses(site):
        await page.goto(path)
        over = await page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
        )
        if over > 0:
            wide.append((path, over))
    assert wide == []
