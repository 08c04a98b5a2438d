"""The desk by keyboard alone, and single keys that keep to themselves where somebody writes."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.desk_work import ticket
from tests.post import letter

from .conftest import OpenAs, Site, until
from .people import arrive, composer


async def three(site: Site) -> None:
    for number, name in enumerate(("eins", "zwei", "drei")):
        await arrive(
            site,
            letter(to=site.company.address, subject=f"Frage {name}", sender=f"b{number}@buyer.example"),
        )


async def focused(page: Page) -> str:
    return str(await page.evaluate("document.activeElement.closest('li, form')?.id ?? ''"))


@pytest.mark.req("R1", "R14", "R56")
async def test_a_ticket_is_found_answered_and_solved_without_a_mouse(site: Site, open_as: OpenAs) -> None:
    await three(site)
    page = await open_as(site.company.agent)
    await expect(page.locator("#rows a.row")).to_have_count(3)
    order = await page.locator("#rows > li[id]").evaluate_all("rows => rows.map((row) => row.id)")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        await page.keyboard.press(key)
        assert await focused(page) == order[at]
    await page.keyboard.press("Enter")
    number = int(order[1].removeprefix("row-"))
    await expect(page.locator("#ticket")).to_have_attribute("data-number", str(number))
    await page.keyboard.press("r")
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("Ihr Paket ist unterwegs.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("unterwegs")
    await page.keyboard.press("e")
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()
    assert (await ticket(site.company, number)).status == "solved"
    await until(lambda: site.world.mails)
    await page.keyboard.press("g")
    await page.keyboard.press("m")
    await page.wait_for_url("**/desk?view=mine")
    await page.keyboard.press("/")
    await page.keyboard.type("Frage")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/search?q=Frage")
    await expect(page.locator("#rows a.row")).to_have_count(3)
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()


COMPOSE = """(sign) => {
  const target = document.activeElement;
  target.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true, data: "" }));
  const how = { key: sign.key, ctrlKey: sign.ctrl, bubbles: true, cancelable: true };
  target.dispatchEvent(new KeyboardEvent("keydown", { ...how, isComposing: true }));
  target.dispatchEvent(new KeyboardEvent("keydown", { ...how, keyCode: 229 }));
  target.dispatchEvent(new CompositionEvent("compositionend", { bubbles: true, data: "" }));
}"""


async def test_letters_belong_to_whoever_writes(site: Site, open_as: OpenAs) -> None:
    """In fields, and while an input method composes, no key is a command."""
    await three(site)
    page = await open_as(site.company.agent, "/tickets/1")
    await composer(page).click()
    await page.keyboard.type("e r j k / ? g m")
    await page.locator(".find__input").focus()
    await page.keyboard.type("esjk")
    await page.evaluate("document.activeElement.blur()")
    for key in ("e", "r", "/", "j", "x", "z", "l", "w", "m", "?"):
        await page.evaluate(COMPOSE, {"key": key, "ctrl": False})
    assert await page.evaluate("document.activeElement === document.body")
    await composer(page).focus()
    await page.evaluate(COMPOSE, {"key": "Enter", "ctrl": True})
    await page.wait_for_timeout(300)
    assert page.url.endswith("/tickets/1")
    await expect(page.locator(".msg--out")).to_have_count(0)
    assert (await ticket(site.company, 1)).status == "new"
    await expect(composer(page)).to_have_text("e r j k / ? g m")
    await expect(page.locator(".find__input")).to_have_value("esjk")

    await page.evaluate("document.activeElement.blur()")
    await page.keyboard.press("e")
    await expect(page.get_by_role("button", name="Reopen")).to_be_visible()


async def test_letters_can_be_switched_off_in_the_profile(site: Site, open_as: OpenAs) -> None:
    await three(site)
    page = await open_as(site.company.agent, "/settings/profile")
    await page.get_by_label("Single-letter keys").uncheck()
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".toast")).to_contain_text("Saved")
    await page.goto("/tickets/1")
    for key in ("e", "j", "r", "x", "z", "l", "w", "m", "?", "g", "o"):
        await page.keyboard.press(key)
    await page.wait_for_timeout(300)
    assert await page.evaluate("document.activeElement === document.body")
    assert (await ticket(site.company, 1)).status == "new"
    assert page.url.endswith("/tickets/1")
    await page.locator("#row-2 a.row").focus()
    await page.keyboard.press("x")
    await expect(page.locator(".row__pick:checked")).to_have_count(0)
    await page.keyboard.press("Control+k")
    await expect(page.locator("#palette-field")).to_be_focused()
    await page.keyboard.press("Escape")
    await composer(page).click()
    await page.keyboard.type("Mit Strg geht es.")
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("Mit Strg geht es.")
