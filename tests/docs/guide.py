"""The pictures of docs/guide: `make guide` starts a demo desk and takes them anew, in both languages.

Debian's Chromium, light colours, 1280 × 800, WebP. What differs from run to run (times, this machine's name) is
replaced before a picture is taken.
"""

from __future__ import annotations

import base64
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from dragoman.main.demo.seed import PASSWORD
from tests.post import free_port

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "guide" / "img"
SIZE = {"width": 1280, "height": 800}
QUALITY = 70
DOMAIN = "hazelvolt.example"
ADMIN = "zhao.min"
LANGUAGES = {"en": ("en", "lena.hartmann"), "zh": ("zh_Hans", "chen.hao")}
"""The folder of each language: its locale here, and the agent who works in it."""

AGENT_PAGES = {
    "inbox": "/desk?view=mine", "ticket": "", "search": "/search?q=Zoll", "profile": "/settings/profile",
    "promises": "/promises?of=next", "questions": "/tasks?of=asked", "late": "/overview", "handover": "/handover",
}  # fmt: skip
ADMIN_PAGES = {
    "people": "/settings/people", "roles": "/settings/roles", "sign-in-service": "/settings/sign-in",
    "mailboxes": "/settings/mailboxes", "set-aside": "/settings/set-aside", "shops": "/settings/shops",
    "api": "/settings/api", "webhooks": "/settings/webhooks", "import": "/settings/imports",
    "audit": "/settings/audit", "system": "/settings/system", "teams": "/settings/teams", "rules": "/settings/rules",
    "clocks": "/settings/policies", "hours": "/settings/calendars", "auto-replies": "/settings/auto-replies",
    "departments": "/settings/departments", "start": "/start", "reading": "/settings/reading",
    "checks": "/settings/checks", "markets": "/settings/markets", "translation": "/settings/translation",
}  # fmt: skip

SETTLE = """host => {
  for (const time of document.querySelectorAll("time")) time.textContent = "09:41";
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode;
    text.data = text.data
      .replaceAll(host, "desk")
      .replace(/\\b\\d+@desk/g, "1@desk")
      .replaceAll(location.origin, "https://desk.example.com");
  }
}"""


@contextmanager
def demo() -> Iterator[str]:
    """A demo desk that serves, for as long as the block lasts; its address."""
    home = Path(tempfile.mkdtemp(prefix="dragoman-", dir="/tmp"))
    home.chmod(0o755)
    port = free_port()
    run = subprocess.Popen(
        [sys.executable, "-m", "dragoman.main.cli", "demo", "--port", str(port), "--data", str(home / "data")],
        cwd=ROOT, stdout=subprocess.DEVNULL, env={**os.environ, "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    try:
        yield _ready(f"http://127.0.0.1:{port}", run)
    finally:
        run.send_signal(signal.SIGINT)
        run.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def _ready(url: str, run: subprocess.Popen[bytes]) -> str:
    for _ in range(1200):
        assert run.poll() is None, "the demo did not start"
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2):
                return url
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the demo was not ready in time")


def take(page: Page, folder: str, name: str) -> None:
    """A picture of what the window shows."""
    page.wait_for_load_state("load")
    page.wait_for_timeout(600)
    page.evaluate(SETTLE, socket.gethostname())
    session = page.context.new_cdp_session(page)
    shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    target = PICTURES / folder / f"{name}.webp"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(base64.b64decode(shot["data"]))
    session.detach()


def signed_in(browser: Browser, url: str, who: str, locale: str) -> Page:
    """A window in which somebody has signed in."""
    context = browser.new_context(
        viewport=SIZE, color_scheme="light", locale=locale.replace("_", "-"), reduced_motion="reduce"  # type: ignore[arg-type]
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{url}/sign-in")
    if who:
        page.fill("[name=email]", f"{who}@{DOMAIN}")
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        page.wait_for_url("**/desk**")
        _dress(page, url, locale)
    return page


def _dress(page: Page, url: str, locale: str) -> None:
    """Let a person's desk speak this language, in light colours."""
    page.goto(f"{url}/settings/profile")
    page.select_option("[name=locale]", locale)
    page.locator("[name=theme][value=light]").or_(page.locator("select[name=theme]")).first.evaluate(
        "one => { if (one.tagName === 'SELECT') one.value = 'light'; else one.checked = true }"
    )
    with page.expect_navigation():
        page.locator("form[action='/settings/profile'] button").last.click()


def agents_pictures(browser: Browser, url: str, folder: str, locale: str, agent: str) -> None:
    """What agents work with."""
    page = signed_in(browser, url, "", locale)
    take(page, folder, "sign-in")
    page = signed_in(browser, url, agent, locale)
    page.goto(f"{url}/search?q=Schrauben")
    ticket = page.locator("a[href*='/tickets/']").first.get_attribute("href") or "/desk"
    for name, path in AGENT_PAGES.items():
        page.goto(url + (path or ticket.partition("?")[0]))
        take(page, folder, name)
    page.goto(url + ticket.partition("?")[0])
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    page.keyboard.type("@")
    take(page, folder, "note")
    page.goto(f"{url}/desk")
    page.locator("[data-open=cheats]").click()
    take(page, folder, "keyboard")
    page.context.close()


def admins_pictures(browser: Browser, url: str, folder: str, locale: str) -> None:
    """What administrators work with."""
    page = signed_in(browser, url, ADMIN, locale)
    for name, path in ADMIN_PAGES.items():
        answer = page.goto(url + path)
        assert answer is not None
        assert answer.ok, path
        take(page, folder, name)
    page.context.close()


def main() -> None:
    """Take all pictures anew."""
    with demo() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
        )
        for folder, (locale, agent) in LANGUAGES.items():
            agents_pictures(browser, url, folder, locale, agent)
            admins_pictures(browser, url, folder, locale)
        browser.close()
    size = sum(one.stat().st_size for one in PICTURES.rglob("*.webp"))
    print(f"{len(list(PICTURES.rglob('*.webp')))} pictures, {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
