"""A person joins by invitation, makes their sign-in strong, loses the phone, and comes back in."""

from __future__ import annotations

import re

import pyotp
from playwright.async_api import expect

from dragoman.kit import clock
from tests.accounts.provider import provider
from tests.accounts.test_outside import use

from .conftest import PHONE, OpenAs, Site
from .test_looks import look

WIDTH = "Math.max(document.documentElement.scrollWidth, document.body.scrollWidth) - innerWidth"


async def test_from_the_invitation_to_the_recovery_code(site: Site, open_as: OpenAs) -> None:
    domain = site.company.address.partition("@")[2]
    admin = await open_as(site.company.admin, "/settings/people")
    await admin.get_by_text("Invite a person").first.click()
    await admin.locator("[name=email]").fill(f"nora@{domain}")
    await admin.get_by_role("button", name="Invite", exact=True).click()
    link = await admin.locator(".secret code").inner_text()
    assert await look(admin) == []

    nora = await open_as(None, link.removeprefix(site.url), viewport=PHONE, timezone_id="America/Bogota")
    await expect(nora.locator("[name=timezone]")).to_have_value("America/Bogota")
    assert await look(nora) == []
    assert await nora.evaluate(WIDTH) <= 0
    await nora.locator("[name=name]").fill("Nora Lind")
    await nora.locator("[name=password]").fill("tidal kettle fox")
    await nora.keyboard.press("Enter")
    await nora.wait_for_url("**/desk")

    await nora.goto("/settings/profile")
    await nora.get_by_role("button", name="Set it up").click()
    secret = (await nora.locator(".enrol code").inner_text()).replace(" ", "")
    await nora.locator("[name=code]").fill(pyotp.TOTP(secret).at(clock.now()))
    await nora.get_by_role("button", name="Switch it on").click()
    await expect(nora.locator(".codes code")).to_have_count(10)
    codes = await nora.locator(".codes code").all_inner_texts()
    assert await look(nora) == []
    assert await nora.evaluate(WIDTH) <= 0

    elsewhere = await open_as(None, "/sign-in")
    site_field = elsewhere.locator("[name=site]")
    if await site_field.count():
        await site_field.fill(domain.partition(".")[0])
    await elsewhere.locator("[name=email]").fill(f"nora@{domain}")
    await elsewhere.locator("[name=password]").fill("tidal kettle fox")
    await elsewhere.keyboard.press("Enter")
    await elsewhere.locator("[name=code]").fill(codes[0])
    await elsewhere.keyboard.press("Enter")
    await elsewhere.wait_for_url("**/desk")
    await elsewhere.goto("/settings/profile")
    await expect(elsewhere.get_by_text("A recovery code was used to sign in")).to_be_visible()
    await expect(elsewhere.get_by_text("9 recovery codes are left.")).to_be_visible()
    assert await look(elsewhere) == []
    await elsewhere.get_by_role("button", name="End all others").click()
    await nora.goto("/desk")
    await expect(nora).to_have_url(re.compile("/sign-in"))


async def test_roles_and_the_companys_own_sign_in_are_set_up_by_hand(site: Site, open_as: OpenAs) -> None:
    page = await open_as(site.company.admin, "/settings/roles", viewport=PHONE)
    assert await page.evaluate(WIDTH) <= 0
    assert await look(page) == []
    await page.get_by_role("link", name="Agent, tier 2").click()
    assert await look(page) == []
    await page.get_by_label("Manage shops").check()
    await page.get_by_role("button", name="Save").click()
    await page.get_by_text("Manage shops").last.click()
    await expect(page.locator(".holders[open]")).to_contain_text("Li Wei")
    async with provider() as there:
        await use(site.company, there.issuer, active=False)
        await page.goto("/settings/sign-in")
        assert await look(page) == []
        assert await page.evaluate(WIDTH) <= 0
        await page.get_by_label("In use").check()
        await page.get_by_label("Value 1", exact=True).fill("cs")
        await page.get_by_label("Claim that tells the role").fill("groups")
        await page.get_by_role("button", name="Save").click()
        await expect(page.get_by_label("Value 1", exact=True)).to_have_value("cs")
        await page.get_by_role("button", name="Dismiss").click()
        await page.get_by_role("button", name="Try the provider").click()
        await expect(page.get_by_text("The provider answers.")).to_be_visible()
        visitor = await open_as(None, f"/sign-in?site={site.company.address.partition('@')[2].partition('.')[0]}")
        await expect(visitor.get_by_role("link", name="Lantern ID")).to_be_visible()
        assert await look(visitor) == []
