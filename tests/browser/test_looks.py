"""What the pages look like to assistive technology, on a phone, on a desktop, in both themes, and what they weigh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from dragoman.customers.models import Customer

from .conftest import DESKTOP, PHONE, OpenAs, Site
from .people import ARABIC, PIXEL, arrive, furnish, html_letter, ready

AXE = (Path(__file__).parents[1] / "web" / "vendor" / "axe.min.js").read_text("utf-8")
PAGES = (
    "/desk?view=all", "/desk?view=mine", "/tickets/1?view=all", "/tickets/3", "/search?q=Paket", "/settings/profile",
    "/settings/people", "/settings/roles", "/settings/sign-in", "/settings/mailboxes", "/settings/mailboxes/new",
    "/settings/set-aside", "/settings/shops", "/settings/system",
)  # fmt: skip
LOOK = """async (rules) => {
  const more = rules.length ? { runOnly: { type: "rule", values: rules } } : {};
  const found = await axe.run(document, { iframes: false, resultTypes: ["violations"], ...more });
  return found.violations.filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""


async def customer(site: Site) -> str:
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        found = await session.scalar(select(Customer.id).limit(1))
    return f"/customers/{found}"


async def look(page: Page) -> list[Any]:
    """What axe finds on the page as it stands, and about its colours once more in the dark."""
    await page.evaluate(AXE)
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = [f"{page.url}: {one}" for one in await page.evaluate(LOOK, [])]
    await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    await page.wait_for_timeout(200)  # colours fade from one scheme to the other
    return found + [f"{page.url} in the dark: {one}" for one in await page.evaluate(LOOK, ["color-contrast"])]


async def test_axe_finds_nothing_serious(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(None, "/sign-in")
    found = await look(page)
    page = await open_as(site.company.admin)
    for path in (*PAGES, await customer(site)):
        await page.goto(path)
        found += await look(page)
    assert found == []


async def test_axe_finds_nothing_serious_where_something_is_open(site: Site, open_as: OpenAs) -> None:
    """Menus, a note being written, the keys' dialog, a form with faults."""
    await furnish(site)
    page = await open_as(site.company.admin, "/tickets/1?view=all")
    await ready(page)
    found = []
    for key in ("s", "a", "t"):
        await page.keyboard.press(key)
        found += await look(page)
        await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    await page.keyboard.type("Bitte @Ana")
    await expect(page.locator("#mentions")).to_be_visible()
    found += await look(page)
    await page.goto("/settings/mailboxes/new")
    await page.locator("[name=address]").fill("support@lantern.example")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator(".field__error").first).to_be_visible()
    found += await look(page)
    await page.keyboard.press("?")
    assert found == []


async def test_a_phone_shows_every_page_whole(site: Site, open_as: OpenAs) -> None:
    """At 390 px nothing sticks out sideways."""
    await furnish(site)
    page = await open_as(site.company.admin, "/desk", viewport=PHONE)
    wide = []
    for path in (*PAGES, "/tickets/2", "/tickets/4", await customer(site)):
        await page.goto(path)
        await page.evaluate(
            "for (const one of document.querySelectorAll('details.frame, details.msg__who')) one.open = true"
        )
        over = await page.evaluate(
            "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
        )
        if over > 0:
            wide.append((path, over))
    anonymous = await open_as(None, "/sign-in", viewport=PHONE)
    assert await anonymous.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert wide == []


async def test_on_a_phone_list_and_ticket_are_pages_of_their_own(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.agent, "/desk?view=all", viewport=PHONE)
    await page.locator("#row-1 a.row").click()
    await expect(page.locator("#subject")).to_be_visible()
    await expect(page.locator("#list")).to_be_hidden()
    await expect(page.locator("#composer .button--primary")).to_be_in_viewport()
    await page.locator(".ticket__back").click()
    await expect(page.locator("#row-2 a.row")).to_be_visible()


async def test_mails_from_right_to_left_stand_so(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.agent, "/tickets/2?view=all")
    said = page.locator(".msg__text", has_text=ARABIC)
    await expect(said).to_have_css("direction", "rtl")
    box = await said.evaluate(
        "(one) => { const range = document.createRange(); range.selectNodeContents(one);"
        " const words = range.getBoundingClientRect(); const card = one.getBoundingClientRect();"
        " return [words.right - card.right, words.left - card.left]; }"
    )
    assert abs(box[0]) < 24, "the words start at the right edge"
    assert box[1] > 40
    await expect(page.locator("#row-2 .row__subject")).to_have_css("direction", "rtl")
    assert await page.evaluate("getComputedStyle(document.body).direction") == "ltr"


async def test_the_composer_is_always_at_hand(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.agent, "/tickets/1?view=all", viewport=DESKTOP)
    await ready(page)
    for number in (1, 3, 4):
        await page.goto(f"/tickets/{number}?view=all")
        await expect(page.locator(".composer__rich")).to_be_in_viewport(ratio=1)
        await expect(page.locator("#composer .button--primary")).to_be_in_viewport(ratio=1)
        await page.locator("#thread").evaluate("(one) => one.scrollTo(0, 0)")
        await expect(page.locator("#composer .button--primary")).to_be_in_viewport(ratio=1)
    await expect(page.locator("#panel")).to_be_in_viewport()
    await expect(page.locator("#rows")).to_be_in_viewport()


async def test_the_first_paint_of_a_ticket_is_light(site: Site, open_as: OpenAs) -> None:
    """At most 100 kB over the wire, with nothing kept from before."""
    await furnish(site)
    page = await open_as(site.company.agent, "about:blank")
    sizes: dict[str, int] = {}
    line = await page.context.new_cdp_session(page)
    names: dict[str, str] = {}
    line.on("Network.requestWillBeSent", lambda one: names.update({one["requestId"]: one["request"]["url"]}))
    line.on(
        "Network.loadingFinished",
        lambda one: sizes.update({names.get(one["requestId"], ""): int(one["encodedDataLength"])}),
    )
    await line.send("Network.enable")
    await page.goto("/tickets/1", wait_until="networkidle")
    assert any(url.endswith("/tickets/1") for url in sizes)
    assert any(url.endswith("desk.css") for url in sizes)
    total = sum(sizes.values())
    print(f"first paint of a ticket: {total / 1000:.0f} kB in {len(sizes)} files")
    assert total <= 100_000, sizes


@pytest.fixture
async def pictures() -> AsyncIterator[tuple[str, list[bytes]]]:
    """A web server of a sender's, which counts who looks."""
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nConnection: close\r\n\r\n" + PIXEL)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.png", heads
    server.close()


async def test_a_mails_pictures_are_shown_only_when_asked_and_by_the_desks_hand(
    site: Site, open_as: OpenAs, pictures: tuple[str, list[bytes]]
) -> None:
    address, heads = pictures
    await arrive(site, html_letter(site.company.address, f"<h1>Order</h1><img src='{address}' alt='A'>"))
    page = await open_as(site.company.agent, "/tickets/1?view=all")
    frame = page.frame_locator(".frame iframe")
    if not await page.locator(".frame iframe").is_visible():
        await page.locator(".frame > summary").click()
    await expect(frame.get_by_role("heading", name="Order")).to_be_visible()
    assert heads == []
    await page.locator(".frame__images").click()
    picture = frame.locator("img[src^='/pictures/']")
    await expect(picture).to_have_js_property("naturalWidth", 1)
    (head,) = heads
    assert b"Dragoman" in head
    assert b"Chrom" not in head
    assert b"ookie" not in head
