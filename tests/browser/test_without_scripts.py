"""The same desk with JavaScript switched off: links and forms do everything."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.cast import PASSWORD
from tests.desk_work import ticket
from tests.post import letter

from .conftest import OpenAs, Site, until
from .people import arrive

FILE = {"name": "label.txt", "mimeType": "text/plain", "buffer": b"label\n"}


@pytest.mark.req("R1", "R14")
async def test_the_main_job_without_javascript(site: Site, open_as: OpenAs) -> None:
    company = site.company
    await arrive(site, letter(to=company.address))
    page = await open_as(None, "/tickets/1", java_script_enabled=False)
    if await page.locator("[name=site]").count():
        await page.locator("[name=site]").fill(company.address.partition("@")[2].partition(".")[0])
    await page.get_by_label("E-mail").fill(company.agent.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator(".msg--in")).to_contain_text("nicht angekommen")
    await page.locator("textarea[name=text]").fill("Guten Tag,\n\nes kommt morgen.")
    await page.locator("[name=files]").set_input_files([FILE])
    await page.locator("#composer .button--primary").click()
    await expect(page.locator(".msg--out")).to_contain_text("es kommt morgen.")
    await expect(page.locator(".toast")).to_contain_text("Goes out in")
    await until(lambda: site.world.mails)
    mail = site.world.mails[0]
    assert [part.get_filename() for part in mail.walk() if part.get_filename()] == ["label.txt"]

    await page.goto("/tickets/1")
    await page.get_by_label("Note", exact=False).locator("visible=true").first.check()
    await page.locator("textarea[name=text]").fill("Kunde war freundlich.")
    await page.locator("#composer .button--primary").click()
    await expect(page.locator(".msg--note")).to_contain_text("freundlich")
    assert len(site.world.mails) == 1

    await page.locator("summary[data-key=s]").click()
    await page.locator("button[name=status][value=pending]").click()
    assert (await ticket(company, 1)).status == "pending"
    await page.locator(".toast__undo").click()
    assert (await ticket(company, 1)).status == "open"

    await page.goto("/desk?view=all")
    await page.locator(".find__input").fill("freundlich")
    await page.locator(".find__input").press("Enter")
    await page.locator("#rows a.row").click()
    await expect(page.locator("#subject")).to_contain_text("Wo ist mein Paket?")
    await page.locator("summary[title='Li Wei']").click()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


async def test_a_reply_without_words_is_said_so_and_sends_nothing(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1", java_script_enabled=False)
    await page.locator("#composer .button--primary").click()
    await expect(page.locator("#composer-problem")).to_contain_text("Write something first.")
    assert site.world.mails == []
