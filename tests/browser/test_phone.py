"""The console under a thumb, at 390 pixels: nothing sticks out, everything can be hit, and the menus are of use."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.desk_work import ticket

from .conftest import PHONE, OpenAs, Site
from .people import ARABIC, composer, furnish, ready

PAGES = (
    "/desk?view=all", "/desk?view=overnight", "/desk/table?view=all", "/views/new", "/overview", "/promises",
    "/promises/report", "/tasks", "/notices", "/notices/wishes", "/handover", "/macros", "/macros/new", "/tickets/1",
    "/tickets/1/clocks", "/tickets/1/merge", "/tickets/1/split", "/tickets/1/escalate", "/tickets/1/tasks",
    "/tickets/1/forward", "/settings/teams", "/settings/rules", "/settings/policies", "/settings/calendars",
)  # fmt: skip
SMALL = """() => {
  const seen = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const found = [];
  const targets = "a[href], button, summary, input:not([type=hidden]), select, [role=option]";
  for (const one of document.querySelectorAll(targets)) {
    if (!seen(one) || one.closest(".sr, .skip")) continue;
    const inText = one.matches("a") && getComputedStyle(one).display === "inline";
    const host = one.matches("input") ? one.closest("label") ?? one : one;
    const box = host.getBoundingClientRect();
    if (!inText && box.width && (box.width < 24 || box.height < 24))
      found.push(`${one.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`);
  }
  return found;
}"""
WIDE = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"
OUT = """(one) => {
  const box = one.getBoundingClientRect();
  return box.left < 0 || box.right > innerWidth || box.top < 0 || box.bottom > innerHeight ? JSON.stringify(box) : "";
}"""


async def faults(page: Page) -> list[Any]:
    """What sticks out or is too small to hit (WCAG 2.2, 2.5.8)."""
    over = await page.evaluate(WIDE)
    return [*([f"{page.url}: {over} px too wide"] if over > 0 else []),
            *(f"{page.url}: {one}" for one in await page.evaluate(SMALL))]  # fmt: skip


async def test_every_page_of_the_console_fits_and_can_be_hit(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.admin, "/desk", viewport=PHONE, has_touch=True)
    found = []
    for path in PAGES:
        answer = await page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found += await faults(page)
    assert found == [], "\n".join(found)


@pytest.mark.req("R16")
async def test_menus_open_within_the_screen_and_do_their_work(site: Site, open_as: OpenAs) -> None:
    """The view menu, the bulk bar, what can be done with a ticket, sending later, all by taps."""
    await furnish(site)
    page = await open_as(site.company.agent, "/desk?view=all", viewport=PHONE, has_touch=True)
    out = []

    async def opened(menu: str) -> None:
        await page.locator(f"{menu} > summary").tap()
        sheet = page.locator(f"{menu} > .menu__sheet")
        await expect(sheet).to_be_visible()
        if where := await sheet.evaluate(OUT):
            out.append((menu, where))
        out.extend(await faults(page))

    await opened(".list__title details.menu")
    await page.locator(".list__title a[href*='view=overnight']").tap()
    await page.wait_for_url("**/desk?view=overnight")
    await page.goto("/desk?view=all")
    for number in (1, 2):
        await page.locator(f"#row-{number} .row__pick").tap()
    await expect(page.locator("#bulk-sum")).to_have_text("2 chosen")
    await expect(page.locator("#bulk")).to_be_in_viewport(ratio=1)
    await opened("#bulk-menus details.menu:has([value='status:on_hold'])")
    await page.locator("#bulk-menus [value='status:on_hold']").tap()
    await expect(page.locator(".toast")).to_contain_text("2 tickets changed")
    assert (await ticket(site.company, 1)).status == "on_hold"
    await page.locator("#row-1 a.row").tap()
    await ready(page)
    await opened(".ticket__acts details.menu:has([name=until])")
    await page.locator(".ticket__acts summary[data-key=z]").tap()
    await opened(".composer__send details.menu")
    assert out == [], "\n".join(map(str, out))
    await page.locator(".composer__send details.menu > summary").tap()
    await page.locator(".composer__tab--note").tap()
    await expect(composer(page)).to_be_focused()
    await page.keyboard.type("Unterwegs notiert.")
    await page.get_by_role("button", name="Add note").tap()
    await expect(page.locator(".msg--note")).to_contain_text("Unterwegs notiert.")


async def test_a_thread_from_right_to_left_stands_so_on_a_phone(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.agent, "/tickets/2", viewport=PHONE, has_touch=True)
    await ready(page)
    said = page.locator(".msg__text", has_text=ARABIC)
    await expect(said).to_have_css("direction", "rtl")
    assert await page.evaluate(WIDE) <= 0
    await composer(page).tap()
    await page.keyboard.type("نأسف للتأخير")
    assert await composer(page).evaluate("(one) => getComputedStyle(one.firstElementChild ?? one).direction") == "rtl"


async def test_the_table_and_the_inbox_are_light(site: Site, open_as: OpenAs) -> None:
    """At most 100 kB over the wire until the page stands, with nothing kept from before."""
    await furnish(site)
    for path in ("/desk?view=all", "/desk/table?view=all", "/overview"):
        page = await open_as(site.company.agent, "about:blank")
        sizes: dict[str, int] = {}
        line = await page.context.new_cdp_session(page)
        line.on(
            "Network.loadingFinished",
            lambda one, sizes=sizes: sizes.update({one["requestId"]: int(one["encodedDataLength"])}),
        )
        await line.send("Network.enable")
        await page.goto(path, wait_until="networkidle")
        total = sum(sizes.values())
        print(f"first paint of {path}: {total / 1000:.0f} kB in {len(sizes)} files")
        assert len(sizes) > 5
        assert total <= 100_000, path
