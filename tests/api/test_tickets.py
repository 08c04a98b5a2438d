"""Tickets, messages, files and customers through the API."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from dragoman.audit.models import AuditEntry
from dragoman.intake.models import FILED, Envelope
from tests.api.conftest import NEW, Program
from tests.cast import Company
from tests.desk_work import outbox_row, thread, try_to_send, use_smtp_port
from tests.post import sink


@pytest.mark.req("R115", "R107")
async def test_a_customers_words_become_a_ticket_that_is_answered_by_mail(api: Program, company: Company) -> None:
    made = await api.post("/tickets", {**NEW, "tags": ["Paket"], "priority": "high", "order_refs": ["302-1"]})
    assert made.status_code == 201
    assert made.headers["location"] == "/api/v1/tickets/1"
    ticket = made.json()
    assert (ticket["status"], ticket["priority"], ticket["tags"], ticket["channel"]) == (
        "new",
        "high",
        ["paket"],
        "api",
    )
    assert ticket["unread"]
    assert ticket["waiting_since"]
    answer = await api.post("/tickets/1/messages", {"kind": "reply", "text": "Es ist unterwegs.", "status": "pending"})
    assert answer.status_code == 201
    assert answer.json()["delivery"] == "queued"
    assert answer.json()["to"] == [{"name": "Anna Schmidt", "email": "anna@buyer.example"}]
    assert (await api.get("/tickets/1")).json()["status"] == "pending"
    delivery = f"/messages/{answer.json()['id']}/delivery"
    assert (await api.get(delivery)).json()["state"] == "queued"
    async with sink() as world:
        await use_smtp_port(company, world.port)
        row = await _outbox(company, answer.json()["id"])
        await try_to_send(company, row)
        assert "unterwegs" in world.mails[0].as_string()
        assert (await outbox_row(company, row)).state == "sent"
    tried = (await api.get(delivery)).json()
    assert (tried["state"], [one["outcome"] for one in tried["attempts"]]) == ("sent", ["sent"])


async def _outbox(company: Company, message_id: str) -> object:
    from uuid import UUID

    from dragoman.delivery import queries

    async with company.desk.db.work(company.workspace_id) as session:
        row = await queries.find_by_message(session, UUID(message_id))
    assert row is not None
    return row.id


async def test_the_request_is_kept_as_it_came(api: Program, company: Company) -> None:
    await api.post("/tickets", NEW, headers={"Idempotency-Key": "order-7"})
    async with company.desk.db.work(company.workspace_id) as session:
        (envelope,) = await session.scalars(select(Envelope))
        raw = await session.scalar(select(Envelope.raw))
        (deed,) = await session.scalars(select(AuditEntry).where(AuditEntry.verb == "ticket.created"))
    assert (envelope.channel, envelope.state) == ("api", FILED)
    assert envelope.external_id.endswith(":order-7")
    assert json.loads(raw or b"") == NEW
    assert (await thread(company, 1))[0].id == envelope.message_id
    assert (deed.via, deed.person_id, deed.address) == ("api", company.admin.person_id, "192.0.2.9")


async def test_a_customer_who_writes_again_reopens_the_ticket(api: Program) -> None:
    await api.post("/tickets", NEW)
    await api.patch("/tickets/1", {"status": "solved"})
    more = await api.post("/tickets/1/messages", {"kind": "inbound", "text": "Noch immer nicht da."})
    assert more.status_code == 201
    ticket = (await api.get("/tickets/1")).json()
    assert (ticket["status"], ticket["message_count"], ticket["last_by"]) == ("open", 2, "customer")
    verbs = [one["verb"] for one in (await api.get("/tickets/1/events")).json()["data"]]
    assert verbs == ["created", "status", "reopened"]
    customers = (await api.get("/customers?email=ANNA@buyer.example")).json()["data"]
    assert [one["name"] for one in customers] == ["Anna Schmidt"]


async def test_every_field_of_a_ticket_can_be_changed(api: Program, company: Company) -> None:
    await api.post("/tickets", NEW)
    lead = str(company.lead.person_id)
    change = {"subject": "Paket fehlt", "status": "open", "priority": "urgent", "tags": ["a", "b"], "assignee_id": lead}
    changed = (await api.patch("/tickets/1", change)).json()
    assert {name: changed[name] for name in change} == change
    assert not (await api.patch("/tickets/1", {"assignee_id": None, "unread": False})).json()["unread"]
    assert (await api.get("/tickets/1")).json()["assignee_id"] is None
    before = (await api.get("/tickets/1")).text
    wrong = await api.patch("/tickets/1", {"tags": ["c"], "assignee_id": "0192f3a4-5b6c-7d8e-9f01-23456789abcd"})
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["field"] == "assignee_id"
    assert (await api.get("/tickets/1")).text == before, "all or nothing"


async def test_what_does_not_exist_is_said_and_opens_nothing(api: Program, company: Company) -> None:
    nobody = "0192f3a4-5b6c-7d8e-9f01-23456789abcd"
    for more, field in (
        ({"shop_id": nobody}, "shop_id"), ({"mailbox_id": nobody}, "mailbox_id"),
        ({"assignee_id": nobody}, "assignee"), ({"customer": None, "customer_id": nobody}, "customer_id"),
        ({"customer_id": nobody}, "customer"), ({"customer": {"email": "x"}}, "customer.email"),
        ({"subject": "   "}, "subject"), ({"text": " "}, "text"), ({"tags": ["x" * 41]}, "tags"),
        ({"priority": "soon"}, "priority"), ({"colour": "red"}, "colour"),
    ):  # fmt: skip
        answer = await api.post("/tickets", NEW | more)
        assert answer.status_code == 422, more
        assert answer.json()["errors"][0]["field"] == field
        assert answer.json()["errors"][0]["detail"]
    assert (await api.get("/tickets")).json()["data"] == []
    assert (await api.get("/customers")).json()["data"] == []


async def test_lists_are_narrowed_as_in_the_desk(api: Program, company: Company) -> None:
    for n in range(4):
        await api.post("/tickets", NEW | {"subject": f"Lampe {n}", "shop_id": str(company.shop_id) if n else None})
    await api.patch("/tickets/2", {"status": "solved", "assignee_id": str(company.lead.person_id)})
    await api.patch("/tickets/3", {"assignee_id": str(company.admin.person_id), "priority": "urgent"})
    customer = (await api.get("/tickets/1")).json()["customer_id"]

    async def numbers(query: str) -> list[int]:
        return [one["number"] for one in (await api.get(f"/tickets?{query}")).json()["data"]]

    assert await numbers("view=unassigned&sort=oldest") == [1, 4]
    assert await numbers("view=mine") == [3]
    assert await numbers("status=solved") == [2]
    assert sorted(await numbers(f"shop_id={company.shop_id}")) == [2, 3, 4]
    assert await numbers(f"assignee_id={company.lead.person_id}") == [2]
    assert sorted(await numbers(f"customer_id={customer}")) == [1, 2, 3, 4]
    assert await numbers("sort=urgent") == [3, 1, 4]
    assert await numbers("q=Lampe+2") == [3]
    both = await api.get("/tickets?q=x&view=mine")
    assert (both.status_code, both.json()["errors"][0]["field"]) == (422, "q")


async def test_files_go_with_a_reply_and_come_back_as_bytes_to_save(api: Program) -> None:
    await api.post("/tickets", NEW)
    path = "/tickets/1/attachments?name=Rechnung.pdf"
    up = await api.http.post("/api/v1" + path, content=b"%PDF-1.4", headers={"Content-Type": "application/pdf"})
    assert up.status_code == 201
    assert (up.json()["type"], up.json()["size"], up.json()["message_id"]) == ("application/pdf", 8, None)
    sent = await api.post("/tickets/1/messages", {"kind": "reply", "text": "Anbei.", "attachments": [up.json()["id"]]})
    assert [one["name"] for one in sent.json()["attachments"]] == ["Rechnung.pdf"]
    again = await api.post("/tickets/1/messages", {"kind": "note", "text": "x", "attachments": [up.json()["id"]]})
    assert again.status_code == 422, "it is sent already"
    down = await api.get(f"/attachments/{up.json()['id']}/content")
    assert down.content == b"%PDF-1.4"
    assert down.headers["content-type"] == "application/octet-stream"
    assert down.headers["content-disposition"].startswith("attachment;")
    assert down.headers["x-content-type-options"] == "nosniff"
    evil = await api.http.post("/api/v1/tickets/1/attachments?name=a.exe", content=b"MZ")
    assert evil.status_code == 422


async def test_notes_call_colleagues_and_parts_that_do_not_fit_are_refused(api: Program, company: Company) -> None:
    await api.post("/tickets", NEW)
    note = {"kind": "note", "text": "Bitte ansehen", "mentions": [str(company.lead.person_id)]}
    assert (await api.post("/tickets/1/messages", note)).status_code == 201
    for new, field in (
        (note | {"kind": "reply"}, "mentions"), (note | {"cc": ["a@b.example"]}, "cc"),
        ({"kind": "inbound", "html": "<p>x</p>"}, "html"), ({"kind": "reply"}, "body"),
        ({"kind": "reply", "text": "x", "cc": ["x"]}, "cc"),
    ):  # fmt: skip
        answer = await api.post("/tickets/1/messages", new)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
    assert (await api.get("/tickets/1")).json()["message_count"] == 2


async def test_customers_shops_and_the_rest(api: Program, company: Company) -> None:
    new = {"email": "Bob@Buyer.example", "name": "Bob", "timezone": "Europe/Berlin"}
    made = await api.post("/customers", new)
    assert made.status_code == 201
    assert made.json()["identities"] == [{"kind": "email", "value": "bob@buyer.example"}]
    assert (await api.post("/customers", new)).status_code == 409
    path = made.headers["location"].removeprefix("/api/v1")
    assert (await api.patch(path, {"notes": "VIP"})).json()["notes"] == "VIP"
    assert (await api.patch(path, {"timezone": "Mars"})).json()["errors"][0]["field"] == "timezone"
    assert (await api.get(path)).json()["timezone"] == "Europe/Berlin"
    shop = await api.post("/shops", {"name": "Lantern UK", "platform": "ebay", "market": "gb"})
    assert (shop.status_code, shop.json()["market"]) == (201, "GB")
    same = await api.post("/shops", {"name": "Lantern UK"})
    assert same.json()["errors"][0]["field"] == "name"
    shop_path = shop.headers["location"].removeprefix("/api/v1")
    assert not (await api.patch(shop_path, {"active": False})).json()["active"]
    (box,) = (await api.get("/mailboxes")).json()["data"]
    assert box["address"] == company.address
    assert not {name for name in box if "password" in name or "user" in name or "host" in name}
    assert {one["name"] for one in (await api.get("/people")).json()["data"]} >= {"Wang Fang", "Li Wei"}
    assert "ticket.read" in (await api.get("/roles")).json()["data"][0]["permissions"]
    assert (await api.get("/workspace")).json()["name"] == "Lantern Trading"
    assert (await api.get("/me")).json()["name"] == "Wang Fang"
    deeds = (await api.get("/audit?area=shop&limit=5")).json()["data"]
    assert [one["verb"] for one in deeds][:2] == ["shop.changed", "shop.added"]
    assert deeds[0]["via"] == "api"
