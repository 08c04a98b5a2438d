"""The desk at work: what agents do with tickets, page by page, as their browsers do it."""

from __future__ import annotations

import json
import re

import pytest

from dragoman.channels.email import queries as mailboxes
from dragoman.delivery import queries as outbox
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.tickets import queries
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.post import letter

from .conftest import HX, Browser, first_message, mail_in


async def load(company: Company, number: int = 1) -> Ticket:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await queries.find_by_number(session, number)
    assert found is not None
    return found


@pytest.mark.req("R16")
async def test_the_inbox_lists_by_view_shop_and_status(agent: Browser, company: Company, ticket: int) -> None:
    page = await agent.get("/desk")
    assert "Wo ist mein Paket?" in page.text
    assert "Anna Schmidt" in page.text
    assert re.search(r'class="row row--\w+ row--unread"', page.text)
    assert "Wo ist mein Paket?" not in (await agent.get("/desk?view=mine")).text
    assert "Wo ist mein Paket?" in (await agent.get(f"/desk?shop={company.shop_id}")).text
    other = await agent.get("/desk?shop=00000000-0000-0000-0000-000000000009")
    assert "No ticket matches these filters." in other.text
    assert "Wo ist mein Paket?" not in (await agent.get("/desk?view=all&status=solved")).text


async def test_the_most_urgent_stands_on_top_and_more_are_a_page_away(agent: Browser, company: Company) -> None:
    raws = [letter(to=company.address, subject=f"Frage {n}", message_id=f"<q{n}@b.example>") for n in range(53)]
    for raw in raws:
        await mail_in(company, raw)
    await agent.get("/tickets/40")
    await agent.post("/tickets/40/priority", {"priority": "urgent"})
    page = await agent.get("/desk?view=unassigned")
    numbers = re.findall(r'id="row-(\d+)"', page.text)
    assert numbers[0] == "40"
    assert len(numbers) == 50
    more = re.search(r'hx-get="(/desk\?[^"]*cursor=[^"]*)"', page.text)
    assert more
    rest = await agent.get(more[1].replace("&amp;", "&"), headers=HX)
    assert "<html" not in rest.text
    assert len(set(numbers) | set(re.findall(r'id="row-(\d+)"', rest.text))) == 53


@pytest.mark.req("R13", "R107", "R115")
async def test_a_ticket_shows_its_thread_and_its_customer(agent: Browser, company: Company, ticket: int) -> None:
    await mail_in(company, letter(to=company.address, subject="Noch eine Frage", message_id="<second@b.example>"))
    page = await agent.get("/tickets/2")
    assert "mein Paket ist nicht angekommen" in page.text
    assert "anna@buyer.example" in page.text
    assert 'href="/tickets/1"' in page.text, "the earlier ticket of the same customer"
    assert 'id="list"' in page.text
    part = await agent.get("/tickets/2", headers=HX)
    assert 'id="list"' not in part.text
    assert part.text.lstrip().startswith("<article")
    restored = await agent.get("/tickets/2", headers=HX | {"HX-History-Restore-Request": "true"})
    assert "<html" in restored.text


async def test_quotes_are_folded_and_signatures_dimmed(agent: Browser, company: Company) -> None:
    text = "Danke, das passt so.\n\nAm 20.11.2026 um 09:14 schrieb Lantern Support:\n> Guten Tag,\n> kommt morgen.\n"
    await mail_in(company, letter(to=company.address, text=text))
    page = await agent.get("/tickets/1")
    quote = re.search(r'<details class="msg__quote">(.*?)</details>', page.text, re.S)
    assert quote
    assert "kommt morgen" in quote[1]
    assert "Danke, das passt" not in quote[1]


async def test_opening_reads_for_whom_it_waits(agent: Browser, trainer: Browser, company: Company, ticket: int) -> None:
    await trainer.get("/tickets/1")
    assert "row--unread" in (await agent.get("/desk")).text, "a reader who cannot answer leaves it unread"
    await agent.get("/tickets/1")
    assert "row--unread" not in (await agent.get("/desk?view=all")).text
    answer = await agent.post("/tickets/1/unread")
    assert answer.headers["location"] == "/desk"
    assert "row--unread" in (await agent.get("/desk")).text


@pytest.mark.req("R14", "R243")
async def test_changes_show_at_once_leave_their_event_and_can_be_undone(
    agent: Browser, company: Company, ticket: int
) -> None:
    await agent.get("/tickets/1")
    part = await agent.post("/tickets/1/status", {"status": "solved"}, headers=HX)
    assert part.status_code == 200
    assert "Solved" in part.text
    assert "Li Wei: New → Solved" in part.text
    toast = json.loads(part.headers["hx-trigger"])["desk:toast"]
    assert toast["fields"] == [["status", "new"]]
    await agent.post(toast["undo"], dict(toast["fields"]))
    assert (await load(company)).status == "new"

    page = await agent.post("/tickets/1/assignee", {"assignee": str(company.agent.person_id)}, follow_redirects=True)
    assert "Li Wei took this ticket" in page.text
    assert "#1 is assigned" in page.text, "the passing word stands on the page after the redirect"
    again = await agent.get("/tickets/1")
    assert "#1 is assigned" not in again.text, "and is said once"
    page = await agent.post("/tickets/1/tags", {"tags": "Zoll, Geschenk，zoll"}, follow_redirects=True)
    assert (await load(company)).tags == ["zoll", "geschenk"]
    assert "+zoll +geschenk" in page.text
    await agent.post("/tickets/1/subject", {"subject": "Zoll hält Paket fest"})
    assert "renamed it from “Wo ist mein Paket?”" in (await agent.get("/tickets/1")).text


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("status", {"status": "gone"}, "This state does not exist."),
        ("priority", {"priority": "extreme"}, "This priority does not exist."),
        ("assignee", {"assignee": "nobody"}, "Choose somebody who works at this desk."),
        ("assignee", {"assignee": "00000000-0000-0000-0000-000000000009"}, "Choose somebody who works at this desk."),
        ("tags", {"tags": "x" * 41}, "At most 20 tags of 40 characters each."),
        ("subject", {"subject": " "}, "A subject is needed"),
        ("messages", {"kind": "reply", "text": " "}, "Write something first."),
        ("messages", {"kind": "note", "text": ""}, "Write something first."),
        ("messages", {"kind": "reply", "text": "Hallo", "cc": "nonsense"}, "This is not an e-mail address."),
        ("messages", {"kind": "reply", "text": "Hallo", "then": "gone"}, "This state does not exist."),
        ("messages", {"kind": "reply", "text": "x" * 200_001}, "This text is too long."),
    ],
)
async def test_bad_input_is_refused_with_its_reason_and_changes_nothing(
    agent: Browser, company: Company, ticket: int, path: str, values: dict[str, str], said: str
) -> None:
    await agent.get("/tickets/1")
    before = await load(company)
    answer = await agent.post(f"/tickets/1/{path}", values)
    assert answer.status_code == 422
    assert said in answer.text
    after = await load(company)
    assert (after.status, after.priority, after.assignee_id, after.tags, after.subject, after.message_count) == (
        before.status, before.priority, before.assignee_id, before.tags, before.subject, before.message_count,
    )  # fmt: skip


@pytest.mark.req("R1")
async def test_a_reply_waits_ten_seconds_and_can_be_taken_back(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    values = {"kind": "reply", "html": "<p>Guten Tag, <b>morgen</b>.</p><script>x</script>", "then": "solved"}
    part = await agent.post("/tickets/1/messages", values, headers=HX)
    assert part.status_code == 200, part.text
    assert "Guten Tag, <b>morgen</b>." in part.text
    assert "<script>x" not in part.text
    assert "Goes out in" in part.text
    events = json.loads(part.headers["hx-trigger"])
    assert "sent" in events
    message = await first_message(company, "outbound")
    async with company.desk.db.work(company.workspace_id) as session:
        row = await outbox.find_by_message(session, message)
    assert row is not None
    assert 8 < (row.next_attempt_at - clock.now()).total_seconds() <= 10
    assert (await load(company)).status == "solved"

    back = await agent.post(events["desk:toast"]["undo"], headers=HX)
    assert back.status_code == 200
    assert "took a reply back before it left" in back.text
    assert "&lt;b&gt;morgen&lt;/b&gt;" in back.text, "the words stand in the composer again"
    assert (await agent.post(f"/messages/{message}/undo")).status_code == 404


async def test_only_the_writer_takes_back(agent: Browser, admin: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/messages", {"kind": "reply", "text": "Morgen."})
    message = await first_message(company, "outbound")
    page = await admin.get("/tickets/1")
    assert f"/messages/{message}/undo" not in page.text
    assert (await admin.post(f"/messages/{message}/undo")).status_code == 409


async def test_plain_text_without_a_script_becomes_paragraphs_with_the_signature_once(
    agent: Browser, company: Company, ticket: int
) -> None:
    await agent.get("/settings/profile")
    values = {"name": "Li Wei", "locale": "en", "timezone": "Asia/Shanghai", "theme": "system", "letters": "yes"}
    await agent.post("/settings/profile", values | {"signature": "Li Wei\nLantern <Support>"})
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/messages", {"kind": "reply", "text": "Guten Tag,\r\n\r\nmorgen <b>."})
    async with company.desk.db.work(company.workspace_id) as session:
        message = await queries.load_message(session, await first_message(company, "outbound"))
    assert message is not None
    assert message.text == "Guten Tag,\n\nmorgen <b>.\n\nLi Wei\nLantern <Support>"
    assert message.html == "<p>Guten Tag,</p><p>morgen &lt;b&gt;.</p><p>Li Wei<br>Lantern &lt;Support&gt;</p>"
    await agent.post(f"/messages/{message.id}/undo")
    page = await agent.get("/tickets/1")
    draft = re.search(r'data-reply="([^"]*)"', page.text)
    assert draft
    await agent.post(
        "/tickets/1/messages",
        {"kind": "reply", "html": draft[1].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")},
    )
    async with company.desk.db.work(company.workspace_id) as session:
        again = await queries.load_message(session, await first_message(company, "outbound"))
    assert again is not None
    assert again.text.count("Lantern <Support>") == 1


async def test_notes_call_colleagues_who_find_them(
    agent: Browser, admin: Browser, company: Company, ticket: int
) -> None:
    await agent.get("/tickets/1")
    values = {"kind": "note", "text": "@Wang Fang bitte ansehen", "mention": str(company.admin.person_id)}
    part = await agent.post("/tickets/1/messages", values, headers=HX)
    assert 'class="msg msg--note"' in part.text
    assert "Wo ist mein Paket?" in (await admin.get("/desk?view=mentions")).text
    await admin.get("/tickets/1")
    assert "Wo ist mein Paket?" not in (await admin.get("/desk?view=mentions")).text
    async with company.desk.db.work(company.workspace_id) as session:
        assert await outbox.find_by_message(session, await first_message(company, "note")) is None


async def test_a_mention_that_was_deleted_calls_nobody(
    agent: Browser, admin: Browser, company: Company, ticket: int
) -> None:
    await agent.get("/tickets/1")
    values = {"kind": "note", "text": "doch nicht", "mention": str(company.admin.person_id)}
    await agent.post("/tickets/1/messages", values)
    assert "Wo ist mein Paket?" not in (await admin.get("/desk?view=mentions")).text


async def test_drafts_survive_for_reply_and_note_apart(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    for kind in ("reply", "note"):
        kept = await agent.post("/tickets/1/draft", {"kind": kind, "html": f"<p>mein {kind}</p>"})
        assert kept.status_code == 204
    page = await agent.get("/tickets/1")
    assert "mein reply" in page.text
    assert "mein note" in page.text
    await agent.post("/tickets/1/draft", {"kind": "reply", "html": ""})
    assert "mein reply" not in (await agent.get("/tickets/1")).text


async def test_refused_words_are_not_lost_without_a_script(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    answer = await agent.post("/tickets/1/messages", {"kind": "reply", "text": "Ein langer Brief", "cc": "nonsense"})
    assert answer.status_code == 422
    assert "Ein langer Brief" in answer.text


async def test_roles_that_only_note_cannot_answer(trainer: Browser, company: Company, ticket: int) -> None:
    page = await trainer.get("/tickets/1")
    assert "Your role writes notes only." in page.text
    assert "/tickets/1/status" not in page.text
    answer = await trainer.post("/tickets/1/messages", {"kind": "reply", "text": "Hallo"})
    assert answer.status_code == 403
    assert "Answer customers" in answer.text
    assert (await trainer.post("/tickets/1/status", {"status": "solved"})).status_code == 403
    assert (await trainer.post("/tickets/1/messages", {"kind": "note", "text": "Gut gemacht"})).status_code == 303


async def test_a_mail_of_unknown_fate_is_decided_by_a_person(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/messages", {"kind": "reply", "text": "Morgen."})
    message = await first_message(company, "outbound")

    async def stand(session: Session, state: str) -> None:
        row = await outbox.find_by_message(session, message)
        assert row is not None
        row.state, row.reason = state, "The connection broke."

    async with company.desk.db.work(company.workspace_id) as session:
        await stand(session, "uncertain")
    page = await agent.get("/tickets/1")
    assert "Perhaps delivered" in page.text
    assert f"/messages/{message}/again" in page.text
    part = await agent.post(f"/messages/{message}/arrived", headers=HX)
    assert "Perhaps delivered" not in part.text
    async with company.desk.db.work(company.workspace_id) as session:
        await stand(session, "failed")
    page = await agent.get("/tickets/1")
    assert "Not delivered" in page.text
    assert "The connection broke." in page.text
    await agent.post(f"/messages/{message}/again")
    async with company.desk.db.work(company.workspace_id) as session:
        row = await outbox.find_by_message(session, message)
    assert row is not None
    assert row.state == "queued"


@pytest.mark.req("R107")
async def test_what_is_known_of_a_customer_can_be_changed_by_those_who_may(
    agent: Browser, trainer: Browser, company: Company, ticket: int
) -> None:
    customer = (await load(company)).customer_id
    page = await agent.get(f"/customers/{customer}")
    assert "anna@buyer.example" in page.text
    bad = await agent.post(f"/customers/{customer}", {"name": "Anna", "market": "Deutschland", "timezone": "Mars/X"})
    assert bad.status_code == 422
    assert "Use the two letters of the country" in bad.text
    assert "This time zone is not known." in bad.text
    good = {
        "name": "Anna Schmidt",
        "language": "de",
        "market": "de",
        "timezone": "Europe/Berlin",
        "notes": "mag Umtausch",
    }
    assert (await agent.post(f"/customers/{customer}", good)).status_code == 303
    ticket_page = await agent.get("/tickets/1")
    assert "German" in ticket_page.text
    assert "mag Umtausch" in ticket_page.text
    assert "there now" in ticket_page.text
    await agent.post(f"/customers/{customer}/note", {"note": "mag Geld zurück", "next": "/tickets/1"})
    assert "mag Geld zurück" in (await agent.get("/tickets/1")).text
    await trainer.get("/desk")
    assert (await trainer.post(f"/customers/{customer}", good)).status_code == 403


async def test_search_finds_and_marks_words_of_any_script(agent: Browser, company: Company) -> None:
    for number, (subject, text) in enumerate(
        (
            ("Zollgebühren", "Die Zollgebühren für 302-5518214-0091733 sind zu hoch"),
            ("返品", "箱が破損していました。返品したいです。"),
            ("物流", "包裹已经在海关停留十二天"),
        )
    ):
        await mail_in(
            company, letter(to=company.address, subject=subject, text=text, message_id=f"<s{number}@b.example>")
        )
    for words, marked in (
        ("zollgebuhren", "Zollgebühren"), ("302-5518214-0091733", "302-5518214-0091733"), ("破損", "破損"),
        ("关", "关"),
    ):  # fmt: skip
        page = await agent.get("/search", params={"q": words})
        assert f"<mark>{marked}</mark>" in page.text, words
    assert "Nothing found" in (await agent.get("/search?q=xyzzyx")).text
    exact = await agent.get("/search", params={"q": "#2"})
    assert 'id="row-2"' in exact.text
    evil = await agent.get("/search", params={"q": '<script>alert(1)</script>"'})
    assert "<script>alert" not in evil.text


async def test_the_desk_without_a_mailbox_says_how_to_begin(admin: Browser, agent: Browser, company: Company) -> None:
    page = await admin.get("/desk")
    assert "Nothing has arrived yet" in page.text
    assert "/settings/mailboxes/new" in page.text
    assert "/settings/mailboxes/new" not in (await agent.get("/desk")).text
    async with company.desk.db.work(company.workspace_id) as session:
        assert await mailboxes.list_mailboxes(session)


async def test_a_long_thread_starts_with_its_newest_messages(agent: Browser, company: Company, ticket: int) -> None:
    first = await first_message(company)
    async with company.desk.db.work(company.workspace_id) as session:
        message = await queries.load_message(session, first)
        assert message is not None
        reference = message.rfc_message_id
    for number in range(34):
        raw = letter(
            to=company.address, subject="Re: Wo ist mein Paket?", text=f"Nachfrage Nummer {number}.",
            message_id=f"<n{number}@b.example>", In_Reply_To=str(reference),
        )  # fmt: skip
        await mail_in(company, raw)
    page = await agent.get("/tickets/1")
    assert "Nachfrage Nummer 33." in page.text
    assert "Nachfrage Nummer 2." not in page.text
    assert "Earlier messages" in page.text
    whole = await agent.get("/tickets/1?whole=1")
    assert "Nachfrage Nummer 2." in whole.text


@pytest.mark.req("R13")
async def test_orders_are_linked_and_unlinked_by_hand(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    await agent.post("/tickets/1/orders", {"order": " #302-1234567-7654321 "})
    await agent.post("/tickets/1/orders", {"order": "302-1234567-7654321"})
    assert (await load(company)).order_refs == ["302-1234567-7654321"]
    page = await agent.get("/tickets/1")
    assert "302-1234567-7654321" in page.text
    await agent.post("/tickets/1/orders", {"remove": "302-1234567-7654321"})
    assert (await load(company)).order_refs == []
    refused = await agent.post("/tickets/1/orders", {"order": "9" * 61})
    assert refused.status_code == 422
