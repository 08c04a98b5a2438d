"""The product's main job, as a person does it in a browser: mail in, read, answered, mail out."""

from __future__ import annotations

import re
import time
from email.header import decode_header, make_header
from email.message import Message

import pytest
from playwright.async_api import Page, expect

from tests.cast import PASSWORD
from tests.post import letter

from .conftest import OpenAs, Site, until

FILE = {"name": "Rücksendeschein.txt", "mimeType": "text/plain", "buffer": b"return label 4182\n"}


async def sign_in(page: Page, site: Site) -> None:
    """Through the form, as everybody does."""
    actor = site.company.agent
    if await page.locator("[name=site]").count():
        await page.locator("[name=site]").fill(site.company.address.partition("@")[2].partition(".")[0])
    await page.get_by_label("E-mail").fill(actor.email)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/desk")


def parts(mail: Message) -> dict[str, str]:
    """The leaves of a mail: type -> decoded text."""
    found = {}
    for part in mail.walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            name = str(make_header(decode_header(part.get_filename() or "")))
            found[name or part.get_content_type()] = payload.decode()
    return found


@pytest.mark.req("R1", "R14")
async def test_a_mail_comes_in_is_answered_and_the_answer_arrives(site: Site, open_as: OpenAs) -> None:
    page = await open_as(None, "/sign-in")
    await sign_in(page, site)
    asked = letter(to=site.company.address, message_id="<q1@buyer.example>")
    await page.evaluate("window.stillTheSamePage = true")
    start = time.perf_counter()
    await site.deliver(asked)
    row = page.locator("#rows a.row", has_text="Wo ist mein Paket?")
    await expect(row).to_be_visible()
    seconds = time.perf_counter() - start
    print(f"mail at the door -> row in the open inbox: {seconds:.2f} s")
    assert seconds < 3
    assert await page.evaluate("window.stillTheSamePage"), "shown without a reload"

    await row.click()
    await expect(page.locator(".msg--in")).to_contain_text("mein Paket ist nicht angekommen")
    field = page.locator(".composer__rich")
    await field.click()
    await page.keyboard.type("Liebe Anna, Ihr Paket kommt ")
    await page.get_by_role("button", name="Bold").click()
    await page.keyboard.type("morgen")
    await page.get_by_role("button", name="Bold").click()
    await page.keyboard.type(".")
    await page.locator("#composer [name=files]").set_input_files([FILE])
    await expect(page.locator(".upload", has_text="Rücksendeschein.txt")).to_be_visible()
    await expect(page.locator(".upload progress")).to_have_count(0)
    await page.locator("#composer .button--primary").click()
    await expect(page.locator(".msg--out")).to_contain_text("Ihr Paket kommt morgen.")
    assert site.world.mails == [], "there is time to take it back"
    await until(lambda: site.world.mails)
    (mail,) = site.world.mails
    assert mail["In-Reply-To"] == "<q1@buyer.example>"
    assert "<q1@buyer.example>" in mail["References"]
    assert mail["To"] == "Anna Schmidt <anna@buyer.example>"
    assert site.world.envelopes[0].mail_from == site.company.address
    arrived = parts(mail)
    assert "Ihr Paket kommt morgen." in arrived["text/plain"]
    assert re.search(r"kommt <(b|strong)>morgen</\1>", arrived["text/html"])
    assert arrived["Rücksendeschein.txt"].replace("\r\n", "\n") == "return label 4182\n"
    await expect(page.locator(".msg--out .delivery")).to_contain_text("Sent")

    back = letter(to=site.company.address, subject="AW: Wo ist mein Paket?", text="Danke!",
                  In_Reply_To=mail["Message-ID"], References=mail["Message-ID"])  # fmt: skip
    await site.deliver(back)
    await expect(page.locator(".msg--in")).to_have_count(2)
    await expect(page.locator(".msg--in").last).to_contain_text("Danke!")
