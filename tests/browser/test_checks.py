"""Checks in a real browser: findings appear while one types, and one key mends."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from .conftest import OpenAs, Site
from .people import furnish


@pytest.mark.req("R153")
async def test_findings_appear_while_one_types_and_one_key_mends(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.agent, "/tickets/1")
    await page.keyboard.press("r")
    await page.keyboard.type("Guten Tag, die Karte 4111 1111 1111 1111 wurde belastet.")
    findings = page.locator("#composer-findings .finding")
    await expect(findings.first).to_contain_text("A whole card number must not be sent.")
    await page.keyboard.press("Control+.")
    await expect(page.locator(".composer__rich")).to_contain_text("•••• 1111")
    await expect(page.get_by_text("A whole card number must not be sent.")).to_have_count(0)


async def test_what_blocks_asks_for_a_reason_and_then_leaves(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    page = await open_as(site.company.agent, "/tickets/1")
    await page.keyboard.press("r")
    await page.keyboard.type("Guten Tag, Ihr Gutschein lautet ____ und gilt bis Mai.")
    await page.keyboard.press("Control+Enter")
    reason = page.get_by_label("say why", exact=False)
    await expect(reason).to_be_visible()
    await reason.fill("The line is meant to be empty")
    await page.locator(".composer__rich").focus()
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".msg--out")).to_contain_text("Ihr Gutschein lautet ____")
