"""Files and frames: nothing in a mail can act in the desk's name, and pictures stay blocked until asked for."""

from __future__ import annotations

import re
from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

import pytest
from sqlalchemy import select

from dragoman.kit import clock
from dragoman.tickets import queries
from dragoman.tickets.models import Attachment
from tests.cast import Company

from .conftest import Browser, first_message, mail_in

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cfc00000030001016f"
    "9d2f1d0000000049454e44ae426082"
)


def rich_mail(to: str) -> bytes:
    """A mail with its own layout: a picture of its own, one of the web, and files of good and bad kinds."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Anna <anna@buyer.example>", to, "Bilder"
    mail["Message-ID"] = "<pictures@buyer.example>"
    mail.set_content("Siehe Bilder.")
    mail.add_alternative(
        '<p onclick="x()">Siehe <img src="cid:own@b"> und <img src="https://tracker.example/p.png?id=7">'
        '<script>alert(1)</script><a href="javascript:alert(1)">hier</a></p>',
        subtype="html",
    )
    html = mail.get_payload()[1]
    html.add_related(PNG, "image", "png", cid="<own@b>", filename="own.png")
    mail.add_attachment(PNG, "image", "png", filename='Rechnung "März"\u200b.png')
    mail.add_attachment(b"<script>alert(1)</script>", "text", "html", filename="page.html")
    mail.add_attachment(b"<svg onload=alert(1)>", "image", "svg+xml", filename="drawing.svg")
    return mail.as_bytes()


@pytest.fixture
async def pictures(company: Company) -> Company:
    """A company that has just got such a mail."""
    await mail_in(company, rich_mail(company.address))
    return company


async def attachment(company: Company, ending: str) -> Attachment:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await session.scalar(select(Attachment).where(Attachment.name.endswith(ending)))
    assert found is not None
    return found


async def test_every_file_is_handed_out_to_be_saved(agent: Browser, pictures: Company) -> None:
    for ending in (".png", ".html", ".svg"):
        file = await attachment(pictures, ending)
        answer = await agent.http.get(f"/attachments/{file.id}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
        assert answer.headers["content-type"] in ("image/png", "application/octet-stream")


async def test_names_survive_and_break_no_header(agent: Browser, pictures: Company) -> None:
    async with pictures.desk.db.work(pictures.workspace_id) as session:
        file = await session.scalar(select(Attachment).where(Attachment.name.contains("rz")))
        assert file is not None
    said = (await agent.http.get(f"/attachments/{file.id}")).headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename=\"[ -!#-\[\]-~]+\"; filename\*=UTF-8''[\w.%-]+", said)
    assert "M%C3%A4rz" in said


async def test_only_pictures_of_harmless_types_show_in_place(agent: Browser, pictures: Company) -> None:
    good = await attachment(pictures, "own.png")
    shown = await agent.http.get(f"/attachments/{good.id}/inline")
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline;")
    for ending in (".html", ".svg"):
        bad = await attachment(pictures, ending)
        assert (await agent.http.get(f"/attachments/{bad.id}/inline")).status_code == 404


async def test_the_frame_is_inert_and_its_remote_pictures_wait(agent: Browser, pictures: Company) -> None:
    message = await first_message(pictures)
    page = await agent.get("/tickets/1")
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page.text
    assert "Images blocked · show" in page.text
    frame = await agent.http.get(f"/messages/{message}/frame")
    policy = frame.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"
    for vector in ("<script", "onclick", "javascript:"):
        assert vector not in frame.text
    assert not re.search(r'src="[^"]*tracker\.example', frame.text)
    assert "/part?what=" in frame.text
    asked = await agent.http.get(f"/messages/{message}/frame?images=1")
    assert not re.search(r'src="https?://', asked.text), "even then the sender's server is not asked by the browser"
    assert "/web?what=https%3A%2F%2Ftracker.example" in asked.text


async def test_a_picture_of_a_mail_opens_by_its_signature_alone(
    agent: Browser, anybody: Browser, pictures: Company
) -> None:
    message = await first_message(pictures)
    frame = await agent.http.get(f"/messages/{message}/frame")
    address = re.search(r'src="(/pictures/[^"]+)"', frame.text)
    assert address
    href = address[1].replace("&amp;", "&")
    shown = await anybody.http.get(href)
    assert shown.status_code == 200
    assert shown.content == PNG
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    other = await attachment(pictures, ".html")
    for forged in (
        href.replace("/part?", "/web?"),
        href[:-3] + "000",
        re.sub(r"what=[^&]+", f"what={other.id}", href),
        re.sub(r"/pictures/\w+/", f"/pictures/{UUID(int=7).hex}/", href),
    ):
        assert (await anybody.http.get(forged)).status_code == 404
    with clock.travel(clock.now() + timedelta(days=3)):
        assert (await anybody.http.get(href)).status_code == 404


async def test_remote_pictures_are_not_fetched_from_inside_the_house(
    app: object, agent: Browser, pictures: Company
) -> None:
    from dragoman.web.deps import Reader
    from dragoman.web.desk.ticket.files import signed_picture

    settings = pictures.desk.settings
    settings.allow_private_hosts = False
    reader = Reader(pictures.desk, pictures.agent, "", None)  # type: ignore[arg-type]
    for url in (
        "http://127.0.0.1:5432/",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "http://[::1]/",
    ):
        answer = await agent.http.get(signed_picture(reader, "web", url))
        assert answer.status_code == 502, url


async def test_files_go_up_wait_for_their_message_and_can_be_taken_off(
    agent: Browser, admin: Browser, company: Company, ticket: int
) -> None:
    await agent.get("/tickets/1")
    json = {"Accept": "application/json"}
    files = {"file": ("bericht.pdf", b"%PDF-1.4", "application/pdf")}
    added = await agent.post("/tickets/1/attachments", files=files, headers=json)
    assert added.status_code == 201, added.text
    facts = added.json()
    assert facts["name"] == "bericht.pdf"
    assert "bericht.pdf" in (await agent.get("/tickets/1")).text
    assert "bericht.pdf" not in (await admin.get("/tickets/1")).text, "what is not sent yet is the writer's own"
    assert (await admin.http.get(f"/attachments/{facts['id']}")).status_code == 404
    assert (await agent.post(facts["remove"], headers=json)).status_code == 204
    assert "bericht.pdf" not in (await agent.get("/tickets/1")).text

    await agent.post("/tickets/1/attachments", files=files, headers=json)
    await agent.post("/tickets/1/messages", {"kind": "reply", "text": "Anbei."})
    message = await first_message(company, "outbound")
    async with company.desk.db.work(company.workspace_id) as session:
        sent = await queries.list_attachments(session, [message])
    assert [one.name for one in sent] == ["bericht.pdf"]
    assert (await agent.post(f"/attachments/{sent[0].id}/remove")).status_code == 422


async def test_files_come_with_the_form_where_no_script_runs(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    files = [("files", ("a.png", PNG, "image/png")), ("files", ("", b"", "application/octet-stream"))]
    answer = await agent.post("/tickets/1/messages", {"kind": "note", "text": "siehe Bild"}, files=files)
    assert answer.status_code == 303, answer.text
    assert "a.png" in (await agent.get("/tickets/1")).text


@pytest.mark.parametrize("name", ["run.exe", "page.html", "a.svg", "x.p\u200bhp", "b.exe.png", "empty.txt"])
async def test_files_that_mail_servers_refuse_are_refused_at_once(
    agent: Browser, company: Company, ticket: int, name: str
) -> None:
    await agent.get("/tickets/1")
    content = b"" if name == "empty.txt" else b"x"
    answer = await agent.post(
        "/tickets/1/attachments", files={"file": (name, content, "image/png")}, headers={"Accept": "application/json"}
    )
    assert answer.status_code == 422
    assert answer.json()["message"]
    async with company.desk.db.work(company.workspace_id) as session:
        assert await session.scalar(select(Attachment.id)) is None
