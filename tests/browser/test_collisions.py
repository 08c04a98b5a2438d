"""Two people at one ticket, or one person at two pages: nobody talks over anybody, and no word is lost."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from dragoman.kit import clock
from dragoman.platform.settings import Settings
from tests.desk_work import thread, ticket
from tests.post import letter

from .conftest import OpenAs, Site
from .people import arrive, composer, ready, write


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Here a reply waits long enough that nothing leaves within a test."""
    return settings.model_copy(update={"undo_seconds": 30})


async def two_at_one(site: Site, open_as: OpenAs) -> tuple[Page, Page]:
    """Li Wei and Ana Costa at the same ticket."""
    await arrive(site, letter(to=site.company.address, message_id="<first@buyer.example>"))
    mine = await open_as(site.company.agent, "/tickets/1")
    theirs = await open_as(site.company.lead, "/tickets/1")
    for page in (mine, theirs):
        await ready(page)
    await expect(mine.locator("#presence")).to_have_text("Ana Costa is looking at this")
    await expect(theirs.locator("#presence")).to_have_text("Li Wei is looking at this")
    return mine, theirs


async def answers(site: Site) -> list[str]:
    """What has been answered in the ticket, as text."""
    return [one.text.strip() for one in await thread(site.company, 1) if one.kind == "outbound"]


async def writes_again(site: Site, text: str) -> None:
    """The customer writes to the same ticket once more."""
    await arrive(
        site,
        letter(
            to=site.company.address, subject="Re: Wo ist mein Paket?", text=text, In_Reply_To="<first@buyer.example>"
        ),
    )


@pytest.mark.req("R14")
async def test_whoever_was_slower_sees_the_others_answer_before_anything_leaves(site: Site, open_as: OpenAs) -> None:
    mine, theirs = await two_at_one(site, open_as)
    await write(mine, "Ihr Paket liegt beim Zoll, wir melden uns morgen.")
    await expect(theirs.locator("#presence")).to_have_text("Li Wei is replying")
    await write(theirs, "Ihr Paket liegt leider noch beim Zoll in Leipzig.")
    await expect(mine.locator("#presence")).to_have_text("Ana Costa is replying")
    await theirs.keyboard.press("Control+Enter")
    await expect(mine.locator(".msg--out")).to_contain_text("Leipzig")
    await expect(composer(mine)).to_have_text("Ihr Paket liegt beim Zoll, wir melden uns morgen.")

    await mine.keyboard.press("Control+Enter")
    clash = mine.locator("#composer-clash [role=alert]")
    await expect(clash).to_contain_text("Somebody was faster. Nothing has been sent yet.")
    await expect(clash).to_contain_text("Ana Costa has answered")
    marked = " ".join(await clash.locator("mark").all_inner_texts())
    assert "Ihr Paket liegt" in marked
    assert "beim Zoll" in marked
    assert "Leipzig" not in marked
    assert await answers(site) == ["Ihr Paket liegt leider noch beim Zoll in Leipzig."]
    await expect(composer(mine)).to_have_text("Ihr Paket liegt beim Zoll, wir melden uns morgen.")

    await clash.get_by_role("button", name="Send anyway").click()
    await expect(mine.locator(".msg--out")).to_have_count(2)
    await expect(clash).to_have_count(0)
    await expect(composer(mine)).to_have_text("")
    assert len(await answers(site)) == 2


async def test_reading_first_leaves_the_answer_to_be_changed(site: Site, open_as: OpenAs) -> None:
    mine, theirs = await two_at_one(site, open_as)
    await write(mine, "Wir prüfen das.")
    await write(theirs, "Schon erledigt.")
    await theirs.keyboard.press("Control+Enter")
    await expect(mine.locator(".msg--out")).to_have_count(1)
    await mine.keyboard.press("Control+Enter")
    clash = mine.locator("#composer-clash [role=alert]")
    await clash.get_by_role("button", name="Read first").click()
    await expect(clash).to_have_count(0)
    await expect(mine.locator(".msg--out")).to_be_in_viewport()
    assert await answers(site) == ["Schon erledigt."]
    await composer(mine).click()
    await mine.keyboard.press("Control+a")
    await mine.keyboard.type("Ergänzend: die Sendungsnummer folgt.")
    await mine.keyboard.press("Control+Enter")
    await expect(mine.locator(".msg--out")).to_have_count(2)


async def test_a_mail_of_the_customers_is_shown_before_an_answer_that_does_not_know_it(
    site: Site, open_as: OpenAs
) -> None:
    """And one more that comes while the first is being shown is shown as well: only what was seen is agreed to."""
    await arrive(site, letter(to=site.company.address, message_id="<first@buyer.example>"))
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await write(page, "Wir senden es erneut.")
    await writes_again(site, "Bitte stornieren Sie die Bestellung!")
    await expect(page.locator(".msg--in")).to_have_count(2)
    await page.keyboard.press("Control+Enter")
    clash = page.locator("#composer-clash [role=alert]")
    await expect(clash).to_contain_text("Anna Schmidt wrote")
    await expect(clash).to_contain_text("Bitte stornieren Sie die Bestellung!")
    assert await answers(site) == []
    await writes_again(site, "Oder doch nicht, danke.")
    await expect(page.locator(".msg--in")).to_have_count(3)
    await composer(page).click()
    await page.keyboard.press("Control+Enter")
    await expect(clash).to_contain_text("Oder doch nicht, danke.")
    await expect(clash).not_to_contain_text("stornieren")
    assert await answers(site) == []
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_have_count(1)
    assert await answers(site) == ["Wir senden es erneut."]


async def test_a_draft_outlives_a_crashed_page_and_is_there_on_another_device(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await write(page, "Sehr geehrte Frau Schmidt, ")
    await expect(page.locator("#draft-state")).to_contain_text("Draft saved")
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.type("Nur für uns.")
    await expect(page.locator("#draft-state")).to_contain_text("Draft saved")
    await page.wait_for_timeout(1500)
    line = await page.context.new_cdp_session(page)
    crashed = asyncio.get_running_loop().create_future()
    page.once("crash", lambda _page: crashed.set_result(True))
    dying = asyncio.ensure_future(line.send("Page.crash"))  # who crashes does not answer
    async with asyncio.timeout(10):
        await crashed
    dying.cancel()

    again = await page.context.new_page()
    await again.goto("/tickets/1")
    await ready(again)
    await expect(composer(again)).to_contain_text("Sehr geehrte Frau Schmidt,")
    phone = await open_as(site.company.agent, "/tickets/1", viewport={"width": 390, "height": 844})
    await ready(phone)
    await expect(composer(phone)).to_contain_text("Sehr geehrte Frau Schmidt,")
    await phone.locator(".composer__tab--note").click()
    await expect(composer(phone)).to_have_text("Nur für uns.")
    theirs = await open_as(site.company.lead, "/tickets/1")
    await ready(theirs)
    await expect(composer(theirs)).to_have_text("")


async def test_a_planned_answer_is_held_back_when_the_customer_writes(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address, message_id="<first@buyer.example>"))
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await write(page, "Morgen wissen wir mehr.")
    await page.locator(".composer__send details.menu > summary").click()
    await page.locator("#f-later").fill("in 2 hours")
    await expect(page.locator("#h-later")).to_contain_text(":")
    await page.get_by_role("button", name="Send then").click()
    planned = page.locator("#planned .planned")
    await expect(planned).to_contain_text("Morgen wissen wir mehr.")
    await expect(composer(page)).to_have_text("")
    await writes_again(site, "Hat sich erledigt.")
    await expect(page.locator(".msg--in")).to_have_count(2)
    with clock.travel(clock.now() + timedelta(hours=3)):
        await expect(page.locator("#planned .planned--held")).to_contain_text(
            "The customer has written since.", timeout=15_000
        )
    assert await answers(site) == []
    await page.get_by_role("button", name="Change, or send now").click()
    await expect(composer(page)).to_have_text("Morgen wissen wir mehr.")
    await expect(page.locator("#planned .planned")).to_have_count(0)


@pytest.mark.req("R14")
async def test_two_who_take_the_same_ticket_see_who_has_it(site: Site, open_as: OpenAs) -> None:
    mine, theirs = await two_at_one(site, open_as)
    for page, name in ((mine, "li wei"), (theirs, "ana")):
        await page.keyboard.press("a")
        await page.keyboard.type(name)
    await asyncio.gather(mine.keyboard.press("Enter"), theirs.keyboard.press("Enter"))
    for page in (mine, theirs):
        fact = page.locator("#ticket-head summary[data-key=a]")
        await expect(fact).to_contain_text(re.compile("Li Wei|Ana Costa"))
        await expect(page.locator("#ticket")).to_have_count(1)
    await mine.wait_for_timeout(1500)  # until what was heard last has been fetched
    has = (await ticket(site.company, 1)).assignee_id
    name = {site.company.agent.person_id: "Li Wei", site.company.lead.person_id: "Ana Costa"}[has]  # type: ignore[index]
    for page in (mine, theirs):
        await expect(page.locator("#ticket-head summary[data-key=a]")).to_contain_text(name)


async def test_taking_a_bulk_change_back_leaves_alone_what_a_colleague_changed(site: Site, open_as: OpenAs) -> None:
    for number in (1, 2, 3):
        await arrive(site, letter(to=site.company.address, sender=f"b{number}@buyer.example", subject=f"F {number}"))
    page = await open_as(site.company.agent, "/desk?view=all")
    for number in (1, 2, 3):
        await page.locator(f"#row-{number}").hover()
        await page.locator(f"#row-{number} .row__pick").check()
    await expect(page.locator("#bulk-sum")).to_have_text("3 chosen")
    await page.locator("#bulk-menus summary[data-key=s]").click()
    await page.locator("#bulk-menus [value='status:on_hold']").click()
    await expect(page.locator(".toast")).to_contain_text("3 tickets changed")
    theirs = await open_as(site.company.lead, "/tickets/2")
    await theirs.get_by_role("button", name="Solve", exact=True).click()
    await expect(theirs.get_by_role("button", name="Reopen")).to_be_visible()
    await page.locator(".toast__undo").click()
    await expect(page.locator(".toast")).to_contain_text("2 tickets changed")
    await expect(page.locator(".toast")).to_contain_text("#2")
    assert [(await ticket(site.company, number)).status for number in (1, 2, 3)] == ["new", "solved", "new"]


async def test_an_open_ticket_sees_its_notices_and_the_bell_falls_everywhere(site: Site, open_as: OpenAs) -> None:
    """Being mentioned rings; opening the ticket, on whatever page, answers the bell on all of one's pages."""
    await arrive(site, letter(to=site.company.address))
    other = await open_as(site.company.lead, "/settings/profile")
    desk = await open_as(site.company.lead, "/desk?view=all")
    await expect(desk.locator("#bell .count")).to_have_count(0)
    mine = await open_as(site.company.agent, "/tickets/1")
    await ready(mine)
    await mine.keyboard.press("n")
    await mine.keyboard.type("Bitte prüfen @Ana")
    await mine.keyboard.press("Enter")
    await mine.get_by_role("button", name="Add note").click()
    for page in (other, desk):
        await expect(page.locator("#bell .count")).to_have_text("1")
    await desk.locator("#row-1 a.row").click()
    await ready(desk)
    for page in (other, desk):
        await expect(page.locator("#bell .count")).to_have_count(0)


async def test_a_change_reaches_an_open_list_and_an_open_ticket(site: Site, open_as: OpenAs) -> None:
    for number in (1, 2):
        await arrive(site, letter(to=site.company.address, sender=f"b{number}@buyer.example", subject=f"F {number}"))
    desk = await open_as(site.company.lead, "/desk?view=all")
    at_it = await open_as(site.company.people["agent1"], "/tickets/1?view=all")
    mine = await open_as(site.company.agent, "/tickets/1")
    for page in (at_it, mine):
        await ready(page)
    await mine.keyboard.press("s")
    await mine.locator("#ticket-head [name=status][value=pending]").click()
    await expect(at_it.locator("#ticket-head summary[data-key=s]")).to_contain_text("Pending")
    for page in (desk, at_it):
        await expect(page.locator("#row-1 .row__state")).to_contain_text("Pending")
