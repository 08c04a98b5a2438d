"""Hostile mail in a real browser: nothing of it runs, nothing is fetched, nothing moves.

Three looks at every vector of the corpus: as agents see it, in the sandboxed frame of the ticket; the same with
pictures allowed; and the stored HTML alone in a page that forbids nothing, because the sandbox must not be what
holds.
"""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.async_api import Page, expect
from sqlalchemy import select

from dragoman.kit.errors import N_
from dragoman.platform import net
from dragoman.tickets.models import Message, Ticket
from tests.channels.email.xss_corpus import VECTORS
from tests.post import SINKS

from .conftest import OpenAs, Site, Watch
from .people import arrive

EVIL = "\"'><img src=x onerror=window.__xss=1><script>window.__xss=1</script>{{7*7}}"
HIT = "() => window.__xss !== undefined"
OPEN = """async () => {
  const frames = [...document.querySelectorAll(".frame iframe")];
  const loads = frames.map((frame) => new Promise((done) => frame.addEventListener("load", done, { once: true })));
  for (const one of document.querySelectorAll("details.frame")) one.open = true;
  for (const frame of frames) {
    frame.loading = "eager";
    frame.src = frame.getAttribute("src");
  }
  await Promise.race([Promise.all(loads), new Promise((done) => setTimeout(done, 6000))]);
  return frames.length;
}"""
ALLOW = """async () => {
  const links = [...document.querySelectorAll(".frame__images")];
  const loads = links.map((link) => new Promise((done) => {
    document.getElementsByName(link.target)[0].addEventListener("load", done, { once: true });
  }));
  for (const link of links) link.click();
  await Promise.race([Promise.all(loads), new Promise((done) => setTimeout(done, 6000))]);
  return links.length;
}"""
NAKED = """async (bodies) => {
  await Promise.all(bodies.map((body) => new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.addEventListener("load", done, { once: true });
    frame.srcdoc = body;
    document.body.append(frame);
  })));
  await new Promise((done) => setTimeout(done, 300));
  const hit = [];
  document.querySelectorAll("iframe").forEach((frame, at) => {
    if (window.__xss !== undefined || frame.contentWindow.__xss !== undefined) hit.push(at);
  });
  return hit;
}"""


def hostile(to: str, number: int, name: str, vector: str) -> bytes:
    """A mail that carries a vector; all of them stand in a few threads."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"m{number % 3}@buyer.example", to, f"vector {name}"
    mail["Message-ID"] = f"<v{number}@buyer.example>"
    if number >= 3:
        mail["In-Reply-To"] = f"<v{number % 3}@buyer.example>"
    html = vector.replace("\ud800", "�") if name == "mutation-lone-surrogate" else vector
    mail.set_content(f"<p>words {name}</p>{html}", subtype="html", charset="utf-8")
    return mail.as_bytes()


async def stored(site: Site) -> tuple[list[str], list[int]]:
    """The HTML of all mails, and the numbers of their tickets."""
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        bodies = list(await session.scalars(select(Message.html).order_by(Message.at)))
        numbers = list(await session.scalars(select(Ticket.number).order_by(Ticket.number)))
    return [body or "" for body in bodies], numbers


async def unhurt(page: Page, path: str) -> None:
    """The page is where it was, and no script of a mail left its mark in it or in a frame."""
    assert page.url.endswith(path)
    assert len(page.context.pages) == 1, "no window opened"
    own = page.url.partition("/tickets")[0] + "/messages/"
    assert [one.url for one in page.frames[1:] if not one.url.startswith(own)] == [], "a frame went elsewhere"
    hits = await asyncio.gather(*(frame.evaluate(HIT) for frame in page.frames))
    assert [frame.url for frame, hit in zip(page.frames, hits, strict=True) if hit] == []


@pytest.fixture(autouse=True)
def strict(watch: Watch) -> None:
    """Here a script that had to be kept out is a fault, too."""
    watch.strict = True


@pytest.fixture
def no_world(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The desk itself reaches nobody either; it is noted whom it was told to ask for pictures.

    But the tests' mail servers: at every full ten minutes agents are mailed what they have not seen.
    """
    asked: list[str] = []
    known = net.resolve

    async def nobody(host: str, port: int, *, allow_private: bool) -> list[Any]:
        if host == "127.0.0.1" and port in SINKS:
            return await known(host, port, allow_private=allow_private)
        asked.append(host)
        raise net.Unreachable(N_("The name {host} is not known to the network."), host=host)

    monkeypatch.setattr(net, "resolve", nobody)
    return asked


@pytest.mark.req("R1")
@pytest.mark.timeout(120)
async def test_the_corpus_is_inert(site: Site, open_as: OpenAs, no_world: list[str]) -> None:
    to = site.company.address
    await arrive(site, *(hostile(to, number, *one) for number, one in enumerate(VECTORS)))
    bodies, numbers = await stored(site)
    assert len(bodies) == len(VECTORS)
    assert sum("words " in body for body in bodies) == len(VECTORS)
    page = await open_as(site.company.agent)
    seen = 0
    for number in numbers:
        path = f"/tickets/{number}?whole=1"
        await page.goto(path)
        seen += await page.evaluate(OPEN)
        await unhurt(page, path)
        if number == numbers[0]:
            frame = page.frames[1]
            assert await frame.evaluate("() => window.origin") == "null", "a frame has no origin of ours"
            assert "words" in await frame.evaluate("() => document.body.innerText")
        await page.evaluate(ALLOW)
        await unhurt(page, path)
    assert seen == len(VECTORS)
    assert set(no_world) <= {"attacker.example", "ok.example"}
    assert "attacker.example" in no_world, "allowed pictures are asked for by the desk, not by the browser"


async def test_what_is_stored_is_inert_by_itself(site: Site, open_as: OpenAs) -> None:
    to = site.company.address
    await arrive(site, *(hostile(to, number, *one) for number, one in enumerate(VECTORS)))
    bodies, _numbers = await stored(site)
    page = await open_as(None, "about:blank")
    control = await page.evaluate(NAKED, ["<p>x</p>", "<img src='data:,' onerror='window.__xss=1'>"])
    assert control == [1], "this page would run what a mail brings"
    await page.goto("about:blank")
    assert await page.evaluate(NAKED, bodies) == []
    assert page.url == "about:blank"
    assert len(page.context.pages) == 1


async def test_subjects_names_and_file_names_are_only_words(site: Site, open_as: OpenAs) -> None:
    mail = EmailMessage()
    mail["From"] = f'"{EVIL.replace(chr(34), "")}" <eve@buyer.example>'
    mail["To"], mail["Subject"] = site.company.address, EVIL
    mail.set_content(EVIL)
    mail.add_attachment(b"x", maintype="image", subtype="svg+xml", filename=f"{EVIL}.svg")
    await arrive(site, mail.as_bytes())
    page = await open_as(site.company.admin)
    for path in (
        "/desk?view=all",
        "/tickets/1?view=all",
        "/search?q=onerror",
        f"/search?q={EVIL}",
        "/tickets/1?whole=1",
    ):
        await page.goto(path)
        await expect(page.get_by_text("onerror").first).to_be_visible()
        assert not await page.evaluate(HIT)
        assert await page.locator("img[onerror], script:not([src])").count() == 0
    assert EVIL in await page.title()
    async with page.expect_download() as saved:
        await page.locator("a.file").click()
    download = await saved.value
    assert "<" not in download.suggested_filename
    assert "/" not in download.suggested_filename


async def test_what_agents_write_is_only_words_for_their_colleagues(site: Site, open_as: OpenAs) -> None:
    """A note posted past the editor is sanitised by the server; a draft is, by the page that shows it."""
    await arrive(site, hostile(site.company.address, 0, "plain", "x"))
    page = await open_as(site.company.agent, "/tickets/1")
    form = {"kind": "note", "html": f"<p>Note {EVIL}<a href='javascript:window.__xss=1'>link</a></p>", "text": "Note"}
    for path in ("/tickets/1/messages", "/tickets/1/draft"):
        status = await page.evaluate(
            """async ([path, form]) => {
              const body = new FormData();
              for (const [name, value] of Object.entries(form)) body.append(name, value);
              const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRF-Token"];
              return (await fetch(path, { method: "POST", body, headers: { "X-CSRF-Token": token } })).status;
            }""",
            [path, form],
        )
        assert status in (200, 204)
    await page.goto("/tickets/1")
    await page.keyboard.press("n")
    await expect(page.locator(".msg--note")).to_contain_text("Note")
    await expect(page.locator(".composer__rich")).to_contain_text("Note")
    assert not await page.evaluate(HIT)
    assert await page.locator("[href^=javascript], img[onerror]").count() == 0
