"""A Chinese agent meets no English sentence of the desk's own, on any page."""

from __future__ import annotations

import re

from babel.messages.pofile import read_po
from playwright.async_api import Page, expect

from dragoman.platform.i18n import FOLDER
from tests.desk_work import answer

from .conftest import OpenAs, Site
from .people import furnish

SAID = """() => {
  const theirs = "bdi, [lang]:not(html), option, code, kbd, .msg__text, .row__text";
  const shown = (element) => element.checkVisibility() && !element.closest(theirs);
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (shown(walk.currentNode.parentElement)) found.push(walk.currentNode.data);
  for (const element of document.querySelectorAll("[title], [aria-label], [placeholder], [alt]"))
    if (shown(element))
      for (const name of ["title", "aria-label", "placeholder", "alt"]) found.push(element.getAttribute(name) ?? "");
  for (const [name, value] of Object.entries(document.body.dataset)) if (name.startsWith("say")) found.push(value);
  return found.map((text) => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
PAGES = (
    "/desk?view=all", "/desk?view=mine", "/tickets/1", "/tickets/4", "/search", "/search?q=Paket", "/search?q=nichts",
    "/settings/profile", "/settings/people", "/settings/roles", "/settings/sign-in", "/settings/mailboxes",
    "/settings/mailboxes/new", "/settings/set-aside", "/settings/shops", "/tickets/99",
)  # fmt: skip


def translated() -> list[re.Pattern[str]]:
    """Every English sentence of the desk that has a Chinese one, its {names} open."""
    with (FOLDER / "zh_Hans" / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale="zh_Hans")
    found = []
    for message in catalogue:
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        said = message.string if isinstance(message.string, tuple) else (message.string,)
        for one in ids:
            if re.search(r"[a-z]", re.sub(r"\{\w+\}", "", one)) and one not in said:
                open_ = re.sub(r"\\\{\w+\\\}", ".{1,80}", re.escape(one))
                found.append(re.compile(open_))
    return found


async def said_on(page: Page) -> list[str]:
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    return list(await page.evaluate(SAID))


async def test_no_english_for_a_chinese_agent(site: Site, open_as: OpenAs) -> None:
    await furnish(site)
    await answer(site.company, 1)
    english = translated()
    assert len(english) > 300
    page = await open_as(site.company.admin, "/settings/profile")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    assert any("Your profile" in one for one in await said_on(page)), "the walk below sees what is said"
    await page.get_by_label("Language").select_option("zh_Hans")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    left = []
    for path in PAGES:
        await page.goto(path)
        assert await page.evaluate("document.documentElement.lang") == "zh-Hans"
        for text in await said_on(page):
            if any(one.fullmatch(text) for one in english) or re.search(r"\b[a-z]{2,} [a-z]{2,}\b", text):
                left.append((path, text))
    assert left == []


async def test_the_sign_in_speaks_what_the_browser_asks_for(site: Site, open_as: OpenAs) -> None:
    page = await open_as(None, "/sign-in", locale="zh-CN")
    assert await page.evaluate("document.documentElement.lang") == "zh-Hans"
    left = [text for text in await page.evaluate(SAID) if re.search(r"[a-z]{3,}", text) and text != "Dragoman"]
    assert left == ["Lantern Trading"] or left == []
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
