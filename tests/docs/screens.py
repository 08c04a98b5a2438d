"""The screens of docs/screens: `make screens` starts a demo desk and takes the main pages anew.

Ten pages in both languages and both themes at 1440 × 900, four of them as a phone shows them, as WebP. Lena Hartmann
shows the English desk, 赵敏 the Chinese one; what only an administrator sees is 赵敏's in both.
"""

from __future__ import annotations

import argparse
import base64
import shutil
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dragoman.main.demo.seed import PASSWORD
from tests.docs.guide import DOMAIN, ROOT, demo

SCREENS = ROOT / "docs" / "screens"
WIDE, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
THEMES = ("light", "dark")
LANGUAGES = {"en": ("en", "lena.hartmann"), "zh": ("zh_Hans", "zhao.min")}
"""The folder of each language: its locale here, and whose desk it shows."""
ADMIN = "zhao.min"
QUALITY = 76
FITS = 12_000_000

Titles = dict[str, tuple[str, str]]
TITLES: Titles = {
    "inbox": ("The inbox, most urgent first, with its menu of views", "收件箱：最紧急的在最上面，视图菜单展开"),
    "ticket": ("A ticket: its clocks, the promise found in the answer, macros at the slash",
               "工单：时限、从回复中认出的承诺、斜杠唤出的宏"),
    "table": ("A view as a table with the columns it chose", "视图的表格，列由视图自选"),
    "palette": ("The palette: tickets, customers, views and actions from anywhere", "命令面板：随处可达"),
    "late": ("What runs late within the hour, and with whom it lies", "一小时内将超时的，以及在谁手上"),
    "promises": ("Promises to customers", "对客户的承诺"),
    "questions": ("Questions to departments and people outside", "向部门和外部人员的提问"),
    "rule": ("A rule, tried on last week before it is switched on", "规则：启用前先用上周的工单试运行"),
    "clocks": ("Clocks: what is owed to which tickets", "时限：哪类工单应在何时得到什么"),
    "handover": ("The hand-over of a shift", "交接班"),
}  # fmt: skip
ON_PHONE = ("inbox", "ticket", "late", "promises")
PROMISING = {
    "en": "Dear Mr Kessler,\n\ncustoms has the invoice now. I will write to you by tomorrow 12:00 with their answer.",
    "zh": "您好：\n\n资料已经补齐。我会在明天中午12点之前给您答复。",
}
SUBJECTS = {"en": "Zoll", "zh": "GST"}


def by(name: str) -> Callable[[Page, str, str], None]:
    """Pages that only need their address."""
    addresses = {"late": "/overview", "promises": "/promises?of=mine", "questions": "/tasks", "handover": "/handover"}

    def show(page: Page, url: str, _folder: str) -> None:
        page.goto(url + addresses[name])

    return show


def inbox(page: Page, url: str, _folder: str) -> None:
    """The inbox with a ticket open beside the list and the menu of views over it."""
    page.goto(f"{url}/desk?view=mine")
    if page.viewport_size == WIDE:
        page.locator("#rows a[href*='/tickets/']").first.click()
        page.wait_for_url("**/tickets/**")
    page.locator(".list__title summary, .list__title button").first.click()


def ticket(page: Page, url: str, folder: str) -> None:
    """A ticket in which an answer is being written."""
    page.goto(f"{url}/search?q={SUBJECTS[folder]}")
    page.locator("a[href*='/tickets/']").first.click()
    page.wait_for_url("**/tickets/**")
    page.locator("[data-editor], [contenteditable=true]").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    for line in PROMISING[folder].split("\n"):
        page.keyboard.type(line)
        page.keyboard.press("Enter")
    page.wait_for_timeout(1800)
    page.keyboard.type({"en": "/du", "zh": "/qing"}[folder])


def table(page: Page, url: str, _folder: str) -> None:
    """A shared view as a table."""
    page.goto(f"{url}/desk")
    href = page.locator("a.menu__item", has_text="Zoll & duty").first.get_attribute("href") or ""
    page.goto(url + href.replace("/desk?", "/desk/table?"))


def palette(page: Page, url: str, folder: str) -> None:
    """The palette with something typed."""
    page.goto(f"{url}/desk")
    page.keyboard.press("Control+k")
    page.wait_for_timeout(300)
    page.keyboard.type({"en": "zoll", "zh": "批发"}[folder])
    page.wait_for_timeout(900)


def rule(page: Page, url: str, _folder: str) -> None:
    """A rule after its dry run."""
    page.goto(f"{url}/settings/rules")
    page.get_by_role("link", name="Refund words go to after-sales").first.click()
    page.locator("button[name=try]").click()
    page.locator("#trial-title").scroll_into_view_if_needed()


def clocks(page: Page, url: str, _folder: str) -> None:
    """All policies."""
    page.goto(f"{url}/settings/policies")


SHOWN: dict[str, Callable[[Page, str, str], None]] = {
    "inbox": inbox, "ticket": ticket, "table": table, "palette": palette, "late": by("late"),
    "promises": by("promises"), "questions": by("questions"), "rule": rule, "clocks": clocks,
    "handover": by("handover"),
}  # fmt: skip
ADMINS = ("rule", "clocks")


def take(page: Page, target: Path, kind: str = "webp") -> None:
    """A picture of what the window shows."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(700)
    session = page.context.new_cdp_session(page)
    asked = {"format": kind} | ({"quality": QUALITY} if kind == "webp" else {})
    shot = session.send("Page.captureScreenshot", asked)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.with_suffix(f".{kind}").write_bytes(base64.b64decode(shot["data"]))
    session.detach()


def signed_in(browser: Browser, url: str, who: str, locale: str, theme: str, size: dict[str, int]) -> Page:
    """A window in which somebody has signed in, in a language and a theme."""
    context = browser.new_context(
        viewport=size, color_scheme=theme, locale=locale.replace("_", "-"), reduced_motion="reduce",  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.goto(f"{url}/sign-in")
    page.fill("[name=email]", f"{who}@{DOMAIN}")
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/desk**")
    page.goto(f"{url}/settings/profile")
    page.select_option("[name=locale]", locale)
    page.locator(f"[name=theme][value={theme}]").or_(page.locator("select[name=theme]")).first.evaluate(
        "(one, theme) => { if (one.tagName === 'SELECT') one.value = theme; else one.checked = true }", theme
    )
    with page.expect_navigation():
        page.locator("form[action='/settings/profile'] button").last.click()
    return page


def all_screens(browser: Browser, url: str, target: Path, kind: str, only: tuple[str, ...] = ()) -> None:
    """Every screen, in its folder by language and theme."""
    for folder, (locale, agent) in LANGUAGES.items():
        for theme in THEMES:
            into = target / f"{folder}-{theme}"
            pages = {who: signed_in(browser, url, who, locale, theme, WIDE) for who in dict.fromkeys((agent, ADMIN))}
            for name, show in SHOWN.items():
                if not only or name in only:
                    page = pages[ADMIN if name in ADMINS else agent]
                    show(page, url, folder)
                    take(page, into / name, kind)
            phone = signed_in(browser, url, agent, locale, theme, PHONE)
            for name in ON_PHONE:
                if not only or name in only:
                    SHOWN[name](phone, url, folder)
                    take(phone, into / f"{name}-phone", kind)
            for page in (*pages.values(), phone):
                page.context.close()


def index() -> str:
    """The page that shows them."""
    lines = [
        "# Screens", "",
        "Ten main pages of the demo desk, in English and Chinese, light and dark, and four of them as a phone shows"
        " them. Taken anew by:", "", "```sh", "make screens", "```", "",
        "In the guide is how to work with them: [English](../guide/en/README.md), [中文](../guide/zh/README.md).", "",
    ]  # fmt: skip
    for name, said in TITLES.items():
        lines += [f"## {said[0]}", "", said[1], ""]
        for theme in THEMES:
            for place, folder in enumerate(LANGUAGES):
                lines.append(f"![{said[place]}]({folder}-{theme}/{name}.webp)")
        if name in ON_PHONE:
            phones = [f"![{said[n]}]({one}-{theme}/{name}-phone.webp)" for theme in THEMES
                      for n, one in enumerate(LANGUAGES)]  # fmt: skip
            lines += ["", " ".join(phones)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    """Take all screens anew; `--url` of a desk that serves already, `--png` into a folder to look at."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--url")
    asked.add_argument("--png", type=Path)
    asked.add_argument("only", nargs="*")
    given = asked.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        target, kind = (given.png, "png") if given.png else (SCREENS, "webp")
        if given.url:
            all_screens(browser, given.url, target, kind, tuple(given.only))
        else:
            with demo() as url:
                all_screens(browser, url, target, kind, tuple(given.only))
        browser.close()
    if not given.png:
        (SCREENS / "README.md").write_text(index(), "utf-8")
        size = sum(one.stat().st_size for one in SCREENS.rglob("*.webp"))
        print(f"{len(list(SCREENS.rglob('*.webp')))} screens, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
