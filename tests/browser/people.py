"""What people do in a browser, in a line each, and a desk with something on it."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

from playwright.async_api import Locator, Page, expect

from dragoman.channels.email.fingerprint import fingerprint
from dragoman.intake import queries as envelopes
from dragoman.intake.mail.door import store
from dragoman.intake.service import Arrival
from tests.post import letter

from .conftest import Site

ARABIC = "أين طلبي؟ لم يصل بعد."
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def html_letter(to: str, html: str, **more: str) -> bytes:
    """A buyer's mail with a layout of its own."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Bob <bob@buyer.example>", to, "A mail with a layout"
    for name, value in more.items():
        del mail[name]
        mail[name.replace("_", "-")] = value
    mail.set_content(html, subtype="html")
    return mail.as_bytes()


def with_files(to: str) -> bytes:
    """A buyer's mail with two files, one of them a picture."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Chiara Rossi <chiara@buyer.example>", to, "Foto del danno"
    mail.set_content("Buongiorno, allego una foto del bollitore.\n\n-- \nChiara Rossi\nMilano\n")
    mail.add_attachment(PIXEL, maintype="image", subtype="png", filename="bollitore.png")
    mail.add_attachment(b"%PDF-1.4\n", maintype="application", subtype="pdf", filename="fattura.pdf")
    return mail.as_bytes()


async def arrive(site: Site, *mails: bytes) -> None:
    """Mails come in, and the running worker files them."""
    company = site.company
    async with company.desk.db.work(company.workspace_id) as session:
        await store(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id) for raw in mails])
    async with asyncio.timeout(30):
        while True:
            async with company.desk.db.work(company.workspace_id) as session:
                if not await envelopes.waits(session):
                    return
            await asyncio.sleep(0.02)


async def furnish(site: Site) -> None:
    """Tickets 1 to 4 (German, Arabic, Italian with files, a layout with remote pictures), and a mail set aside."""
    company = site.company
    long = "Ein-sehr-langes-Wort-ohne-Luecke-" * 12
    mails = [
        letter(
            to=company.address, text=f"Guten Tag,\n\nwo ist mein Paket {long}?\n\n> Am Montag schrieben Sie:\n> ja\n"
        ),
        letter(to=company.address, sender="ليلى <layla@buyer.example>", subject="سؤال عن الطلب", text=ARABIC),
        with_files(company.address),
        html_letter(
            company.address,
            "<table width=900><tr><td bgcolor='#eee'><h1>Order</h1><img src='https://cdn.elsewhere.example/a.png'>"
            "</td></tr></table><p>Please help.</p>",
        ),
        b"\x00\x01 no mail at all",
    ]
    for raw in mails:
        await arrive(site, raw)


def composer(page: Page) -> Locator:
    """The field of the answer."""
    return page.locator(".composer__rich")


async def write(page: Page, words: str) -> None:
    """Type into the answer."""
    await composer(page).click()
    await page.keyboard.type(words)


async def ready(page: Page) -> None:
    """Until the page's scripts have made the composer rich."""
    await expect(composer(page)).to_be_attached()


async def compose(page: Page, words: str) -> None:
    """Type as an input method does: letters that are not yet words, then the words; keys go to it meanwhile."""
    line = await page.context.new_cdp_session(page)
    for rest in ("w", "wo", "wom"):
        await line.send(
            "Input.dispatchKeyEvent", {"type": "rawKeyDown", "windowsVirtualKeyCode": 229, "key": "Process"}
        )
        await line.send(
            "Input.imeSetComposition", {"text": rest, "selectionStart": len(rest), "selectionEnd": len(rest)}
        )
    await line.send("Input.insertText", {"text": words})
    await line.detach()
