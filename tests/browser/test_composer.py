"""Writing an answer as people do it: what is pasted, linked, taken back and sent, by hand and by key."""

from __future__ import annotations

import re
from email.message import Message

from playwright.async_api import Page, expect

from tests.desk_work import ticket
from tests.post import letter

from .conftest import OpenAs, Site, until
from .people import arrive, composer, ready

PASTE = """(clip) => {
  const carried = new DataTransfer();
  for (const [type, text] of Object.entries(clip)) carried.setData(type, text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true }));
}"""


async def open_ticket(site: Site, open_as: OpenAs) -> Page:
    """The agent at a buyer's question, about to write."""
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await composer(page).click()
    return page


async def sent(site: Site, page: Page) -> Message:
    """Send what was written; returns the mail as it reaches the buyer."""
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_have_count(1)
    await until(lambda: site.world.mails)
    return site.world.mails[0]


def leaf(mail: Message, kind: str) -> str:
    """A mail's text of one type."""
    part = next(part for part in mail.walk() if part.get_content_type() == kind)
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")


async def test_pasted_lines_stay_lines_in_the_mail(site: Site, open_as: OpenAs) -> None:
    page = await open_ticket(site, open_as)
    await page.evaluate(PASTE, {"text/plain": "Lantern GmbH\nHafenstrasse 4"})
    mail = await sent(site, page)
    assert "Lantern GmbH\nHafenstrasse 4" in leaf(mail, "text/plain").replace("\n\n", "\n")
    assert re.search(r"GmbH\s*<(/p|br|p)\b.*Hafenstrasse", leaf(mail, "text/html"), re.DOTALL)


async def test_a_pasted_heading_keeps_to_itself(site: Site, open_as: OpenAs) -> None:
    """Headings become paragraphs; what follows them starts a line of its own."""
    page = await open_ticket(site, open_as)
    html = "<h2>Returns</h2>Within 30 days.<div>Free of <b>charge</b>.</div><script>alert(1)</script>"
    await page.evaluate(PASTE, {"text/html": html, "text/plain": "read only without HTML"})
    mail = await sent(site, page)
    lines = [line for line in leaf(mail, "text/plain").split("\n") if line]
    assert lines[:3] == ["Returns", "Within 30 days.", "Free of charge."]


async def test_a_paste_can_be_taken_back(site: Site, open_as: OpenAs) -> None:
    page = await open_ticket(site, open_as)
    await page.keyboard.type("Guten Tag ")
    for clip in ({"text/html": "<p>eins</p><ul><li>zwei</li></ul>"}, {"text/plain": "drei\nvier"}):
        await page.evaluate(PASTE, clip)
        await expect(composer(page)).not_to_have_text("Guten Tag ")
        await page.keyboard.press("Control+z")
        await expect(composer(page)).to_have_text("Guten Tag ")


async def test_a_link_needs_no_selection(site: Site, open_as: OpenAs) -> None:
    page = await open_ticket(site, open_as)
    await page.keyboard.type("Mehr: ")
    await page.keyboard.press("Control+Shift+k")
    await expect(page.get_by_label("Address of the link")).to_be_focused()
    await page.keyboard.type("lantern.example/returns")
    await page.keyboard.press("Enter")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("bitte")
    link = composer(page).locator("a")
    await expect(link).to_have_text("lantern.example/returns")
    await expect(link).to_have_attribute("href", "https://lantern.example/returns")
    assert 'href="https://lantern.example/returns"' in leaf(await sent(site, page), "text/html")


async def test_a_colleague_is_chosen_by_key_and_name(site: Site, open_as: OpenAs) -> None:
    """The letters after A look for a name: they solve nothing, and Enter takes whom the list still shows."""
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await page.keyboard.press("a")
    await page.keyboard.type("chen jie")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("#1 is assigned")
    found = await ticket(site.company, 1)
    assert found.assignee_id == site.company.people["agent1"].person_id
    assert found.status != "solved"


async def test_a_tag_is_set_by_key(site: Site, open_as: OpenAs) -> None:
    await arrive(site, letter(to=site.company.address))
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await page.keyboard.press("t")
    await page.keyboard.type("repeat, customs")
    await page.keyboard.press("Enter")
    await expect(page.locator(".toast")).to_contain_text("Tags set")
    found = await ticket(site.company, 1)
    assert set(found.tags) == {"customs", "repeat"}
    assert found.status != "solved"


async def test_a_row_that_left_the_view_is_dimmed_until_it_is_back(site: Site, open_as: OpenAs) -> None:
    for number in (1, 2):
        await arrive(site, letter(to=site.company.address, sender=f"b{number}@buyer.example"))
    page = await open_as(site.company.agent, "/tickets/1?view=unassigned")
    await ready(page)
    dimmed = page.locator("#rows > li.gone")
    await page.keyboard.press("e")
    await expect(dimmed).to_have_count(1)
    await expect(dimmed).to_have_id("row-1")
    await page.locator(".toast__undo").click()
    await expect(page.get_by_role("button", name="Solve", exact=True)).to_be_visible()
    await expect(dimmed).to_have_count(0)
    await expect(page.locator("#row-1")).to_be_visible()


async def test_a_passing_word_of_the_server_passes(site: Site, open_as: OpenAs) -> None:
    page = await open_as(site.company.agent, "/settings/profile")
    await page.clock.install()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".toast")).to_contain_text("Saved")
    await page.clock.fast_forward(11_000)
    await expect(page.locator(".toast")).to_have_count(0)


async def test_a_mailbox_test_keeps_what_was_typed(site: Site, open_as: OpenAs) -> None:
    page = await open_as(site.company.admin, "/settings/mailboxes/new")
    await page.locator("#f-address").fill("help@lantern.example")
    await page.locator("[name=inbound][value=imap]").check()
    for name, value in (
        ("imap_host", "127.0.0.1"), ("imap_port", "1"), ("imap_user", "help"), ("imap_password", "in secret"),
        ("smtp_host", "127.0.0.1"), ("smtp_port", str(site.world.port)), ("smtp_user", "help"),
        ("smtp_password", "out secret"),
    ):  # fmt: skip
        await page.locator(f"#f-{name}").fill(value)
    await page.get_by_role("button", name="Test", exact=True).click()
    await expect(page.locator("#tested")).not_to_be_empty()
    await expect(page.locator("#tested li").first).to_be_visible()
    await expect(page.locator("#f-imap_password")).to_have_value("in secret")
    await expect(page.locator("#f-smtp_password")).to_have_value("out secret")
    await expect(page.locator("#f-address")).to_have_value("help@lantern.example")
