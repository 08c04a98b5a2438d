"""A page that renews itself does so around the hands: what one types, has opened or is about to press stays."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from dragoman.customers.models import Customer
from dragoman.platform.settings import Settings
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from tests.desk_work import ticket
from tests.post import letter

from .conftest import OpenAs, Site
from .people import arrive, composer, ready, write


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Here a reply waits long enough that nothing leaves within a test."""
    return settings.model_copy(update={"undo_seconds": 30})


async def opened(site: Site, open_as: OpenAs, address: str = "/tickets/1") -> Page:
    """A ticket of a German buyer, open before an agent."""
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, address)
    await ready(page)
    return page


async def weigh(site: Site, priority: int) -> None:
    """A colleague says how urgent the ticket is."""
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        found = await get_ticket(session, site.company.lead, 1, lock=True)
        await service.set_priority(session, site.company.lead, ticket=found, priority=priority)


@pytest.mark.req("R13", "R56")
async def test_a_colleagues_change_does_not_close_the_menu_one_types_in(site: Site, open_as: OpenAs) -> None:
    page = await opened(site, open_as)
    await page.keyboard.press("t")
    await page.keyboard.type("Zo")
    await weigh(site, 1)
    await expect(page.locator("#timeline")).to_contain_text("Normal → Urgent")
    await page.keyboard.type("ll")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-head .tag")).to_have_text(["zoll"])
    await expect(page.locator("#ticket-head")).to_contain_text("Urgent")
    await page.keyboard.press("t")
    await page.keyboard.type("Eile")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-head .tag")).to_have_text(["zoll", "eile"])


async def test_what_was_not_renewed_under_the_hands_is_renewed_when_they_leave(site: Site, open_as: OpenAs) -> None:
    page = await opened(site, open_as)
    await page.keyboard.press("t")
    await weigh(site, 1)
    await expect(page.locator("#timeline")).to_contain_text("Normal → Urgent")
    await expect(page.locator("#ticket-head summary[title=Priority]")).to_contain_text("Normal")
    await page.keyboard.press("Escape")
    await expect(page.locator("#ticket-head summary[title=Priority]")).to_contain_text("Urgent")


@pytest.mark.req("R13", "R56")
async def test_a_row_that_changes_keeps_the_focus(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address, sender="Bob <bob@buyer.example>", subject="Eins"))
    page = await opened(site, open_as, "/tickets/1?view=all")
    await page.locator("#row-1 a.row").focus()
    before = await page.locator("#row-1").get_attribute("data-v")
    await weigh(site, 1)
    await expect(page.locator("#row-1")).not_to_have_attribute("data-v", before or "")
    await expect(page.locator("#row-1 a.row")).to_be_focused()


@pytest.mark.req("R14")
async def test_a_composer_that_has_to_change_takes_the_words_along(site: Site, open_as: OpenAs) -> None:
    page = await opened(site, open_as)
    await write(page, "Wir prüfen ")
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        found = await get_ticket(session, site.company.lead, 1, lock=True)
        buyer = await session.get(Customer, (found.workspace_id, found.customer_id))
        assert buyer is not None
        buyer.language = "es"
        await service.set_tags(session, site.company.lead, ticket=found, tags=["Spanien"])
    await expect(page.locator("#rendition")).to_contain_text("Spanish")
    await page.keyboard.type("das.")
    await expect(composer(page)).to_have_text("Wir prüfen das.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("Wir prüfen das.")


@pytest.mark.req("R14")
async def test_an_answer_given_back_can_be_sent_in_the_same_breath(site: Site, open_as: OpenAs) -> None:
    """The composer that brings it back is the desk's own at once: nothing is sent past it, with a whole page anew."""
    page = await opened(site, open_as)
    await write(page, "Wir prüfen das.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_have_count(1)
    await page.evaluate("""() => {
      window.same = true;
      const send = () => {
        if (!document.querySelector(".composer__rich")?.textContent) return setTimeout(send);
        document.querySelector('#composer [data-chord="ctrl+shift+Enter"]').click();
      };
      send();
    }""")
    await page.keyboard.press("Control+z")
    await expect(page.locator("#ticket-head summary[data-key=s]")).to_contain_text("Solved")
    assert await page.evaluate("window.same")
    assert (await ticket(site.company, 1)).status == "solved"


@pytest.mark.req("R13")
async def test_what_was_asked_before_a_deed_does_not_undo_it_on_the_page(site: Site, open_as: OpenAs) -> None:
    page = await opened(site, open_as)
    asked, let_go = asyncio.Event(), asyncio.Event()

    async def late(route: Route) -> None:
        """The first look-up is answered with what was true when it was asked, but late."""
        if asked.is_set() or route.request.method != "GET":
            return await route.continue_()
        answer = await route.fetch()
        asked.set()
        await let_go.wait()
        return await route.fulfill(response=answer)

    await page.route("**/tickets/1", late)
    await weigh(site, 2)
    await asked.wait()
    await page.evaluate("""() => {
      window.shown = [];
      new MutationObserver(() => window.shown.push(document.querySelectorAll("#ticket-head .tag").length))
        .observe(document.querySelector("#ticket"), { childList: true, subtree: true });
    }""")
    await page.keyboard.press("t")
    await page.keyboard.type("Zoll")
    await page.keyboard.press("Enter")
    await expect(page.locator("#ticket-head .tag")).to_have_text(["zoll"])
    let_go.set()
    await expect(page.locator("#timeline")).to_contain_text("Normal → High")
    shown = await page.evaluate("window.shown")
    assert shown[-1] == 1
    assert shown == sorted(shown), "a tag that had been set was not shown for a while"
