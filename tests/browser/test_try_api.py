"""The page that tries the API, in a real browser under the desk's own policy."""

from __future__ import annotations

from playwright.async_api import expect

from tests.api.conftest import token_of

from .conftest import PHONE, OpenAs, Site
from .people import furnish
from .test_looks import look


async def test_a_request_is_tried_in_the_browser(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    token = await token_of(site.company)
    page = await open_as(site.company.admin)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    await page.goto("/settings/api/try")
    await page.locator("#try .btn.authorize").first.click()
    await page.locator("#try .auth-container input").first.fill(token)
    await page.locator("#try .auth-btn-wrapper .authorize").click()
    await page.locator("#try .btn-done").click()
    operation = page.locator("#try .opblock", has_text="Read the token")
    await operation.locator(".opblock-summary-control").click()
    await operation.locator("button.execute").click()
    await expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    await expect(operation.locator(".live-responses-table")).to_contain_text("Wang Fang")
    assert said == [], "nothing of it is against the policy"
    for scheme in ("light", "dark"):
        await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        await expect(page.locator("html.dark-mode")).to_have_count(int(scheme == "dark"))
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_page_of_tokens_is_for_everybody(site: Site, open_as: OpenAs) -> None:
    page = await open_as(site.company.admin, "/settings/api")
    found = await look(page)
    await token_of(site.company)
    await page.goto("/settings/api")
    await page.locator("#add summary").click()
    found += await look(page)
    await page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert found == []
