"""Moving in, in a real browser: from the upload to the ticket, with progress that shows itself."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Error, Page, expect

from dragoman.imports import filing
from tests.desk_work import tickets_of
from tests.imports.test_going_on import table_of
from tests.imports.test_tables import HEADER, ROWS, written

from .conftest import DESKTOP, PHONE, OpenAs, Site
from .test_looks import look

SHOTS = os.environ.get("DRAGOMAN_SHOTS", "")


async def seen(page: Page, name: str) -> list[Any]:
    """What axe finds; on a phone nothing is wider than the screen. With DRAGOMAN_SHOTS pictures are kept there."""
    found = await look(page)
    for size, viewport in (("desktop", DESKTOP), ("phone", PHONE)):
        await page.set_viewport_size(viewport)  # type: ignore[arg-type]
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        for scheme in ("light", "dark") if SHOTS else ():
            await page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            await page.screenshot(path=Path(SHOTS) / f"{name}-{size}-{scheme}.png", full_page=True)
    await page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    return found


@pytest.mark.timeout(150)
async def test_from_the_upload_to_the_ticket(site: Site, open_as: OpenAs) -> None:
    page = await open_as(site.company.admin, "/settings/imports")
    found = await seen(page, "empty")
    await page.get_by_role("link", name="New import").first.click()
    found += await seen(page, "choose")
    await page.get_by_role("link", name="Zendesk").first.click()
    found += await seen(page, "zendesk")
    await page.goto("/settings/imports/new?from=csv")
    await page.get_by_label("Name of the source").fill("Old desk")
    odd = [[*ROWS[3][:2], "Liegt beim Zoll", *ROWS[3][3:5], "yesterday", "x", ""]]
    odd += [["9", "Zoll", "Liegt beim Zoll", "cy@buyer.example", "", "2024-03-04 10:00", "Wo?", ""]]
    table = written([*ROWS, *odd], header=HEADER)
    await page.get_by_label("File").set_input_files({"name": "old.csv", "mimeType": "text/csv", "buffer": table})
    await page.get_by_role("button", name="Go on").click()
    await expect(page.get_by_label("Text", exact=True)).to_have_value("Body")
    found += await seen(page, "columns")
    await page.get_by_role("button", name="Try it").click()
    await expect(page.get_by_role("button", name="Start the import")).to_be_visible()
    await expect(page.get_by_text("Tried, nothing changed yet")).to_be_visible()
    found += await seen(page, "tried")
    assert await tickets_of(site.company) == []
    await page.get_by_label("Liegt beim Zoll").select_option("on_hold")
    await page.get_by_role("button", name="Start the import").click()
    await expect(page.get_by_role("button", name="Report as CSV")).to_be_visible()
    await expect(page.locator("#import .chip", has_text="Done")).to_be_visible()
    found += await seen(page, "done")
    assert [row.status for row in await tickets_of(site.company)] == ["closed", "open", "on_hold"]
    await page.goto("/tickets/1")
    await expect(page.get_by_text("Brought in from CSV, number 7 there")).to_be_visible()
    assert found == []


@pytest.mark.timeout(150)
async def test_progress_shows_itself(site: Site, open_as: OpenAs, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page counts up while the worker works, and shows the report when it is done; nobody loads it anew."""
    real = filing.file

    async def slow(*given: Any) -> Any:
        await __import__("asyncio").sleep(0.5)
        return await real(*given)

    monkeypatch.setattr(filing, "file", slow)
    page = await open_as(site.company.admin, "/settings/imports/new?from=csv", locale="zh-CN")
    await page.get_by_label("Name of the source").fill("Old desk")
    file = {"name": "old.csv", "mimeType": "text/csv", "buffer": table_of(2_000)}
    await page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    await page.get_by_role("button", name="Go on").click()
    await page.get_by_role("button", name="Try it").click()
    await page.get_by_role("button", name="Start the import").click()
    bar = page.get_by_role("progressbar", name="Progress")
    await expect(bar).to_be_visible()
    assert await seen(page, "running") == []
    shares: set[str] = set()
    with contextlib.suppress(Error):  # the page loads itself anew when all is done, perhaps while it is asked
        while shown := await bar.evaluate_all("bars => bars.map((bar) => bar.getAttribute('value'))"):
            shares.update(share or "" for share in shown)
            await page.wait_for_timeout(150)
    assert len(shares - {""}) >= 2, shares
    await expect(page.locator("#import .chip", has_text="Done")).to_be_visible()
    await expect(page.get_by_role("button", name="Report as CSV")).to_be_visible()
