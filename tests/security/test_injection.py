"""Words that would like to be something else: header lines, paths, addresses, statements."""

from __future__ import annotations

from email.message import EmailMessage, Message

import pytest
from sqlalchemy import select

from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email.parse import parse
from dragoman.delivery.models import Outbox
from dragoman.tickets.models import Attachment
from tests.cast import Company
from tests.desk_work import receive, ticket, try_to_send, use_smtp_port
from tests.post import Sink, letter, sink
from tests.web.conftest import Browser

BREAK = "x\r\nBcc: eve@evil.example\r\nX-Evil: yes"
BREAKS = ("\r\n", "\n", "\r", "\u2028", "\x0b", "\x85", "\0")


async def send_all(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        waiting = list(await session.scalars(select(Outbox.id).where(Outbox.state == "queued")))
    for outbox_id in waiting:
        await try_to_send(company, outbox_id)


def clean(mail: Message, world: Sink) -> None:
    """One recipient, no header that nobody meant."""
    assert mail["Bcc"] is None
    assert mail["X-Evil"] is None
    assert world.envelopes[-1].rcpt_tos == ["anna@buyer.example"]
    assert len(mail.get_all("Subject", [])) == len(mail.get_all("From", [])) == 1


@pytest.mark.parametrize("sign", BREAKS, ids=ascii)
async def test_no_field_becomes_a_header_line(company: Company, agent: Browser, sign: str) -> None:
    """Subject, writer's name, mailbox's name, file name: all posted with a line break in them."""
    evil = f"x{sign}Bcc: eve@evil.example{sign}X-Evil: yes"
    await receive(company, letter(to=company.address))
    await agent.get("/settings/profile")
    form = {"name": evil, "locale": "en", "timezone": "UTC", "theme": "system", "signature": evil}
    assert (await agent.post("/settings/profile", form)).status_code in (303, 422)
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.from_name = evil.replace("\0", "")
    await agent.get("/tickets/1")
    assert (await agent.post("/tickets/1/subject", {"subject": evil})).status_code in (303, 422)
    shown = "" if sign in "\r\n\0" else sign  # these three end a part's header for every reader of forms
    files = {"files": (f"a{shown}Content-Type: text.txt", b"file words", "text/plain")}
    form = {"csrf": agent.token, "kind": "reply", "text": f"words {evil}"}
    sent = await agent.http.post("/tickets/1/messages", data=form, files=files)
    assert sent.status_code == 303
    async with sink() as world:
        await use_smtp_port(company, world.port)
        await send_all(company)
    (mail,) = world.mails
    clean(mail, world)
    for part in mail.walk():
        assert part["X-Evil"] is None
        assert part["Bcc"] is None
    assert b"file words" in [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]


@pytest.mark.parametrize(
    "cc",
    [BREAK, "a@b.example\r\nBcc: c@d.example", "<a@b.example> SIZE=1", "a@b.example>\r\nRCPT TO:<c@d.example", '"a"@b'],
    ids=ascii,
)
async def test_copies_go_to_addresses_only(company: Company, agent: Browser, cc: str) -> None:
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    answer = await agent.post("/tickets/1/messages", {"kind": "reply", "text": "words", "cc": cc})
    assert answer.status_code == 422
    assert "This is not an e-mail address." in answer.text
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await session.scalars(select(Outbox.id))).all() == []


async def test_what_a_buyer_writes_into_headers_stays_in_its_place(company: Company, agent: Browser) -> None:
    """Encoded words that decode to line breaks, in the subject, the name and the reply address."""
    hidden = "=?utf-8?Q?x=0D=0ABcc:_eve@evil.example=0D=0AX-Evil:_yes?="
    raw = (
        f"From: {hidden} <anna@buyer.example>\r\nTo: {company.address}\r\nSubject: {hidden}\r\n"
        f"Message-ID: <a@b>\r\nReferences: <x\r\n\tBcc:e@v.example>\r\n\r\nwords\r\n"
    )
    await receive(company, raw.encode())
    await agent.get("/tickets/1")
    assert (await agent.post("/tickets/1/messages", {"kind": "reply", "text": "words"})).status_code == 303
    async with sink() as world:
        await use_smtp_port(company, world.port)
        await send_all(company)
    clean(world.mails[0], world)


NAMES = (
    "../../etc/passwd", "..\\..\\windows\\system.ini", "/etc/shadow", "C:\\boot.ini", "a/../b.txt", "....//x.txt",
    "a\0b.txt", "\u202etxt.exe.pdf", 'a"; filename="b.html', "con.txt\r\nX-Evil: yes", "%2e%2e%2fx.txt", ".", "..", "",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=ascii)
async def test_a_file_name_is_a_name_and_no_path(company: Company, agent: Browser, name: str) -> None:
    """As it comes in by mail, and as it is handed out."""
    from email.mime.application import MIMEApplication
    from email.mime.multipart import MIMEMultipart

    mail = MIMEMultipart()
    mail["From"], mail["To"], mail["Subject"] = "anna@buyer.example", company.address, "file"
    part = MIMEApplication(b"content")
    part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
    mail.attach(part)
    await receive(company, mail.as_bytes())
    page = await agent.get("/tickets/1")
    address = page.text.split('class="file" href="')[1].partition('"')[0]
    answer = await agent.get(address)
    assert answer.content == b"content"
    given = answer.headers["content-disposition"]
    shown = parse(b"Content-Type: text/plain\r\nContent-Disposition: " + given.encode() + b"\r\n\r\n")
    assert shown is not None
    assert given.startswith('attachment; filename="')
    for mark in ("/", "\\", "\r", "\n", "\0", "\u202e"):
        assert mark not in given
    assert given.count('"') == 2
    assert "x-evil" not in answer.headers
    assert answer.headers["x-content-type-options"] == "nosniff"


DISGUISES = (
    ("a.svg", "image/svg+xml"), ("a.html", "text/html"), ("a.php", "application/x-php"), ("a.pHtMl", "text/plain"),
    ("a.php.png", "image/png"), ("a.p\u200bhp", "image/png"), ("a.ｓｖｇ", "image/png"), ("a.html.", "text/plain"),
    ("a.svg ", "image/png"), ("a.xhtml\u202e", "image/png"), ("a.js\0.png", "image/png"),
    ("a.h\u00adtml", "text/plain"), (".htaccess.php", "text/plain"), ("a.exe;.png", "image/png"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), DISGUISES, ids=ascii)
async def test_a_file_that_could_run_never_does(company: Company, agent: Browser, name: str, kind: str) -> None:
    """Refused on its way up, or handed out as something to save: never shown, never sniffed."""
    await receive(company, letter(to=company.address))
    await agent.get("/tickets/1")
    body = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    made = await agent.http.post(
        "/tickets/1/attachments",
        data={"csrf": agent.token},
        files={"file": (name, body, kind)},
        headers={"Accept": "application/json"},
    )
    assert made.status_code in (201, 422)
    if made.status_code == 201:
        address = f"/attachments/{made.json()['id']}"
        answer = await agent.get(address)
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in answer.headers["content-security-policy"]
        assert answer.headers["content-type"] in ("application/octet-stream", "image/png")
    else:
        assert (await ticket(company, 1)).version == 1 or made.json()["message"]


async def test_html_that_calls_itself_a_picture_is_never_a_page(company: Company, agent: Browser) -> None:
    """It can't be sent; one that a customer sends is shown in place as the picture it claims to be, with sniffing
    forbidden: a browser draws a broken picture."""
    page = b"<html><script>alert(1)</script>"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Anna <anna@buyer.example>", company.address, "Bild"
    mail.set_content("Siehe Bild.")
    mail.add_attachment(page, "image", "png", filename="a.png")
    mail.add_attachment(page, "text", "html", filename="a.dat")
    await receive(company, mail.as_bytes())
    await agent.get("/tickets/1")
    for name, kind in (("a.png", "image/png"), ("a.dat", "text/html")):
        files = {"file": (name, page, kind)}
        refused = await agent.http.post("/tickets/1/attachments", data={"csrf": agent.token}, files=files)
        assert refused.status_code == 422
    async with company.desk.db.work(company.workspace_id) as session:
        came = {one.name: one.id for one in await session.scalars(select(Attachment))}
    answer = await agent.get(f"/attachments/{came['a.png']}/inline")
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    answer = await agent.get(f"/attachments/{came['a.dat']}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert (await agent.get(f"/attachments/{came['a.dat']}/inline")).status_code == 404


WORST = ("\0", "'", "{{7*7}}", "\u202e", "٣", "𐍈" * 60)
NASTY = (
    *WORST, "\\", "-1", '"', "';--", "1 OR 1=1", "%", "_", "\ud7ff", "(" * 100, "a:* & !b", "<%= 7*7 %>", "%00",
    "../..", "1e309", "NaN", "[]",
)  # fmt: skip


async def test_no_query_breaks_a_page(company: Company, admin: Browser) -> None:
    """Whatever stands in an address: a page or a refusal, never a fault of ours."""
    await receive(company, letter(to=company.address))
    got = {}
    for path, names in (
        ("/desk", ("view", "shop", "status", "sort", "cursor")), ("/search", ("q", "cursor")),
        ("/tickets/1", ("view", "whole")), ("/settings/set-aside", ("cursor",)), ("/sign-in", ("next", "site")),
    ):  # fmt: skip
        for name in names:
            for value in NASTY:
                more = {"q": "words"} if name == "cursor" and path == "/search" else {}
                answer = await admin.http.get(path, params={name: value} | more)
                if answer.status_code not in (200, 404, 422):
                    got[path, name, value] = answer.status_code
                assert ">49<" not in answer.text, "a template ran"
    assert got == {}


async def test_no_field_breaks_a_form(company: Company, admin: Browser) -> None:
    """The same in every field of every form of a ticket, a customer and the settings."""
    await receive(company, letter(to=company.address))
    page = await admin.get("/tickets/1")
    customer = page.text.split("/customers/")[1].partition('"')[0].partition("/")[0]
    forms = {
        "/tickets/1/status": ("status",), "/tickets/1/priority": ("priority",), "/tickets/1/tags": ("tags",),
        "/tickets/1/subject": ("subject",), "/tickets/1/assignee": ("assignee",), "/tickets/1/draft": ("html", "kind"),
        "/tickets/1/messages": ("html", "text", "cc", "then", "kind", "mention"),
        f"/customers/{customer}": ("name", "language", "market", "timezone", "notes"),
        "/settings/shops": ("name", "platform", "market"), "/settings/people": ("name", "email", "role", "locale"),
        "/settings/mailboxes": ("address", "imap_port", "smtp_port", "shop", "imap_folders", "imap_host"),
        "/settings/profile": ("name", "locale", "timezone", "theme", "signature"),
        "/settings/workspace": ("name", "locale", "timezone", "reopen_days"),
    }  # fmt: skip
    got = {}
    for path, names in forms.items():
        for name in names:
            for value in WORST:
                usual = {"kind": "note", "text": "words", "name": f"n {value[:9]}", "locale": "en", "timezone": "UTC"}
                answer = await admin.post(path, usual | {"theme": "system", "reopen_days": "7"} | {name: value})
                if answer.status_code >= 500 or answer.status_code == 400:
                    got[path, name, value] = answer.status_code
    assert got == {}
