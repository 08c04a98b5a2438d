"""Tickets through the API."""

from __future__ import annotations

from tests.api.conftest import NEW, Program
from tests.cast import Company


async def test_a_ticket_is_opened_and_read(api: Program, company: Company) -> None:
    made = await api.post("/tickets", NEW)
    assert made.status_code == 201, made.text
    assert made.json()["number"] == 1
    read = await api.get("/tickets/1")
    assert read.status_code == 200
    print(read.headers, read.text)
    for path in ("/me", "/tickets", "/tickets?q=Paket", "/tickets/1/messages", "/tickets/1/events", "/customers", "/people", "/roles", "/shops", "/mailboxes", "/workspace", "/audit", "/nothing", "/openapi.json"):
        got = await api.get(path)
        print(path, got.status_code, got.text[:300])
