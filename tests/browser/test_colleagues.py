"""Two people at one desk: each sees within a second or two what the other does."""

from __future__ import annotations

import time

import pytest
from playwright.async_api import expect

from dragoman.platform.settings import Settings
from tests.desk_work import ticket
from tests.post import letter

from .conftest import OpenAs, Site
from .people import arrive, composer, ready, write


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Here a reply waits long enough to be taken back."""
    return settings.model_copy(update={"undo_seconds": 20})


@pytest.mark.req("R14")
async def test_a_colleague_is_seen_by_name(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    mine = await open_as(site.company.agent, "/tickets/1")
    await ready(mine)
    theirs = await open_as(site.company.lead, "/tickets/1")
    presence = mine.locator("#presence")
    await expect(presence).to_have_text("Ana Costa is looking at this")
    await expect(theirs.locator("#presence")).to_have_text("Li Wei is looking at this")
    start = time.perf_counter()
    await write(theirs, "Ich kümmere mich")
    await expect(presence).to_have_text("Ana Costa is replying")
    seconds = time.perf_counter() - start
    print(f"first letter typed -> seen by a colleague: {seconds:.2f} s")
    assert seconds < 3
    await expect(theirs.locator("#presence")).to_have_text("Li Wei is looking at this")

    late = await open_as(site.company.people["agent1"], "/tickets/1")
    await expect(late.locator("#presence")).to_contain_text("Ana Costa is replying")
    await theirs.context.close()
    await expect(presence).to_have_text("Chen Jie is looking at this")


async def test_what_a_colleague_does_shows_at_once(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    mine = await open_as(site.company.agent, "/tickets/1?view=all")
    theirs = await open_as(site.company.lead, "/tickets/1")
    await ready(mine)
    await write(mine, "Halb geschrieben")
    start = time.perf_counter()
    await theirs.get_by_role("button", name="Solve", exact=True).click()
    await expect(mine.get_by_role("button", name="Reopen")).to_be_visible()
    print(f"status changed -> seen by a colleague: {time.perf_counter() - start:.2f} s")
    assert time.perf_counter() - start < 3
    await theirs.locator(".toast__undo").click()
    await expect(mine.get_by_role("button", name="Solve", exact=True)).to_be_visible()
    await write(theirs, "Schon beantwortet.")
    await theirs.keyboard.press("Control+Enter")
    await expect(mine.locator(".msg--out")).to_contain_text("Schon beantwortet.")
    await site.deliver(letter(to=site.company.address, subject="Noch eine Frage", sender="neu@buyer.example"))
    await expect(mine.locator("#newbar")).to_contain_text("1 new")
    await expect(composer(mine)).to_have_text("Halb geschrieben")
    await mine.locator("#newbar span").click()
    await expect(mine.locator("#rows a.row", has_text="Noch eine Frage")).to_be_visible()


@pytest.mark.req("R14")
async def test_a_sent_reply_can_be_taken_back_into_the_composer(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1")
    await write(page, "Voreilig gesendet")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("Voreilig")
    await expect(composer(page)).to_have_text("")
    await page.locator(".toast__undo").click()
    await expect(page.locator(".msg--out")).to_have_count(0)
    await expect(composer(page)).to_have_text("Voreilig gesendet")
    await page.wait_for_timeout(300)
    assert site.world.mails == []


async def test_a_note_that_names_a_colleague_reaches_them(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1")
    await page.keyboard.press("n")
    await page.keyboard.type("Bitte prüfen @Ana")
    await expect(page.locator("#mentions")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type("wegen der Erstattung")
    await page.get_by_role("button", name="Add note").click()
    await expect(page.locator(".msg--note")).to_contain_text("@Ana Costa")
    theirs = await open_as(site.company.lead)
    await theirs.get_by_role("link", name="Mentions").click()
    await theirs.wait_for_url("**/desk?view=mentions")
    await expect(theirs.locator("#rows a.row", has_text="Wo ist mein Paket?")).to_be_visible()
    others = await open_as(site.company.people["agent1"], "/desk?view=mentions")
    await expect(others.locator("#rows a.row")).to_have_count(0)
    assert site.world.mails == [], "a note stays in the house"


async def test_a_note_that_arrives_at_an_open_ticket_still_waits_among_the_mentions(
    site: Site, open_as: OpenAs
) -> None:
    """The page renews itself; whoever left it open may not be looking."""
    await arrive(site, letter(to=site.company.address))
    theirs = await open_as(site.company.lead, "/tickets/1")
    await ready(theirs)
    mine = await open_as(site.company.agent, "/tickets/1")
    await ready(mine)
    await mine.keyboard.press("n")
    await mine.keyboard.type("Bitte prüfen @Ana")
    await expect(mine.locator("#mentions")).to_be_visible()
    await mine.keyboard.press("Enter")
    await mine.get_by_role("button", name="Add note").click()
    await expect(theirs.locator(".msg--note")).to_contain_text("@Ana Costa")
    mentions = theirs.locator("#list .tab").last
    await expect(mentions.locator(".count")).to_have_text("1")
    await mentions.click()
    await theirs.locator("#rows a.row", has_text="Wo ist mein Paket?").click()
    await expect(theirs.locator(".msg--note")).to_contain_text("@Ana Costa")
    await expect(mentions.locator(".count")).to_have_count(0)


async def test_a_page_left_open_does_not_read_what_was_put_back(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1?view=all")
    await ready(page)
    other = await open_as(site.company.agent, "/tickets/1")
    await ready(other)
    await other.keyboard.press("u")
    await expect(page.locator("#row-1 .row__dot")).to_be_visible()
    await expect(page.locator("#rail-unread .count")).to_have_text("1")
    await page.wait_for_timeout(2500)  # as long as the page takes to renew ticket and list once more
    await expect(page.locator("#row-1 .row__dot")).to_be_visible()
    assert (await ticket(site.company, 1)).unread_since is not None


async def test_counts_are_renewed_where_they_stand(site: Site, open_as: OpenAs) -> None:
    """On the tabs and on the rail, with tickets in the list and without."""
    page = await open_as(site.company.agent, "/desk?view=mine")
    tabs, badge = page.locator("#list .tab"), page.locator("#rail-unread .count")
    await expect(page.locator("#list .count")).to_have_count(0)
    await site.deliver(letter(to=site.company.address, sender="eins@buyer.example"))
    await expect(badge).to_have_text("1")
    await expect(tabs.first).to_contain_text("1")
    await page.goto("/desk?view=all")
    await page.evaluate("window.stillTheSamePage = true")
    await site.deliver(letter(to=site.company.address, sender="zwei@buyer.example"))
    await expect(badge).to_have_text("2")
    await expect(tabs.nth(2)).to_contain_text("2")
    theirs = await open_as(site.company.lead, "/tickets/1")
    await theirs.get_by_role("button", name="Solve", exact=True).click()
    await expect(badge).to_have_text("1")
    assert await page.evaluate("window.stillTheSamePage")
