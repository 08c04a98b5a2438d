"""Moving in from Freshdesk: tickets by the time of their last change, conversations, contacts, ready answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from dragoman.imports.sources import Wish
from tests.cast import Company
from tests.desk_work import thread, ticket
from tests.imports.moving import bring_in, items
from tests.imports.other_desks import OtherDesk, Reply, as_json, basic, serving


@dataclass
class FreshdeskData:
    """An account of Freshdesk."""

    agent: str
    tickets: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, path: str, query: dict[str, str]) -> Reply | None:
        """Answer as the API does; lists come `per_page` at a time, tickets 30 days old only with `updated_since`."""
        parts = path.removeprefix("/api/v2/").split("/")
        if parts[0] == "tickets":
            return self._tickets(parts, query)
        lists: dict[str, list[dict[str, Any]]] = {
            "agents": [{"id": 50, "contact": {"name": "Li Wei", "email": self.agent}}],
            "contacts": [{"id": 1, "name": "Anna", "email": "anna@buyer.example", "mobile": "0049 170 1234567"},
                         {"id": 2, "name": "Ben", "phone": "+44 20 7946 0000"}],
            "canned_response_folders": [{"id": 3, "name": "General"}],
            "canned_response_folders/3/responses": [{"id": 31, "title": "Hello", "content_html": "<p>Hi</p>"}],
            "solutions/categories": [{"id": 4}], "solutions/categories/4/folders": [{"id": 5}],
            "solutions/folders/5/articles": [{"id": 6, "title": "Returns"}],
        }  # fmt: skip
        found = lists.get("/".join(parts))
        return None if found is None else as_json(self._page(found, query))

    def _tickets(self, parts: list[str], query: dict[str, str]) -> Reply | None:
        if len(parts) == 1:
            late = [one for one in self.tickets if one["updated_at"] >= query["updated_since"]]
            return as_json(self._page(sorted(late, key=lambda one: one["updated_at"]), query))
        found = next((one for one in self.tickets if str(one["id"]) == parts[1]), None)
        if found is None:
            return None
        if len(parts) == 3:
            return as_json(self._page(conversations(found["id"]), query))
        requester = {"id": 1, "name": "Anna", "email": "anna@buyer.example"}
        return as_json(found | {"description": "<div>Die Lampe fehlt</div>", "description_text": "Die Lampe fehlt",
                                "requester": requester})  # fmt: skip

    @staticmethod
    def _page(found: list[dict[str, Any]], query: dict[str, str]) -> list[dict[str, Any]]:
        size, page = int(query.get("per_page", 30)), int(query.get("page", 1))
        return found[(page - 1) * size : page * size]

    def desk(self) -> OtherDesk:
        """A server for it."""
        return OtherDesk(self.answer, basic("t0ken:X"))


def fresh_ticket(n: int, **more: Any) -> dict[str, Any]:
    return {
        "id": n, "subject": f"Lampe {n}", "status": 5, "priority": 4, "source": 1, "requester_id": 1,
        "responder_id": 50, "tags": ["Rush"], "created_at": "2024-03-01T08:00:00Z",
        "updated_at": f"2024-03-02T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z",
    } | more  # fmt: skip


def conversations(n: int) -> list[dict[str, Any]]:
    return [
        {"id": n * 10 + 1, "body_text": "Nur intern", "body": "<p>Nur intern</p>", "private": True, "incoming": False,
         "user_id": 50, "created_at": "2024-03-01T09:00:00Z"},
        {"id": n * 10 + 2, "body_text": "Kommt morgen", "body": "<p>Kommt morgen</p>", "private": False,
         "incoming": False, "user_id": 50, "to_emails": ["anna@buyer.example"], "created_at": "2024-03-01T10:00:00Z"},
        {"id": n * 10 + 3, "body_text": "Danke", "body": "<p>Danke</p>", "private": False, "incoming": True,
         "user_id": 1, "from_email": '"Anna" <Anna@buyer.example>', "created_at": "2024-03-01T11:00:00Z"},
    ]  # fmt: skip


@pytest.mark.req("R243")
async def test_everything_arrives(company: Company) -> None:
    data = FreshdeskData(company.agent.email, [fresh_ticket(1), fresh_ticket(2, status=3, priority=1, source=10)])
    data.tickets.append(fresh_ticket(3, status=12))
    async with serving(data.desk()) as other:
        row = await bring_in(company, Wish("freshdesk", other.url, token="t0ken"))
    first, second, third = [await ticket(company, n) for n in (1, 2, 3)]
    assert (first.status, first.priority, first.channel) == ("closed", 1, "email")
    assert first.tags == ["freshdesk-1", "rush"]
    assert first.assignee_id == company.agent.person_id
    assert [(one.kind, one.text) for one in await thread(company, 1)] == [
        ("inbound", "Die Lampe fehlt"), ("note", "Nur intern"), ("outbound", "Kommt morgen"), ("inbound", "Danke"),
    ]  # fmt: skip
    assert (await thread(company, 2))[0].kind == "outbound", "source 10 is a mail that agents wrote"
    assert (second.status, second.priority) == ("pending", 4)
    assert (third.status, row.report["words"]) == ("open", {"status:12": 1})
    assert [one.external_id for kind in ("macro", "article") for one in await items(company, kind)] == ["31", "6"]
    assert (await items(company, "macro"))[0].raw["content_html"] == "<p>Hi</p>"


async def test_pages_go_by_the_time_of_the_last_change(company: Company) -> None:
    """Over 200 tickets, a hundred of them changed in one second: each comes, and what changes meanwhile."""
    same = [fresh_ticket(n, updated_at="2024-03-02T00:00:00Z") for n in range(1, 120)]
    data = FreshdeskData(company.agent.email, same + [fresh_ticket(n) for n in range(120, 215)])

    def touched(path: str, times: int) -> None:
        if path.startswith("/api/v2/tickets?") and times == 2:
            data.tickets[0]["updated_at"] = "2024-03-03T00:00:00Z"

    async with serving(data.desk()) as other:
        other.trouble = touched
        from dragoman.imports import freshdesk
        from dragoman.imports.client import Client

        client = Client(other.url, freshdesk.sign_in("t0ken"), allow_private=True)
        portions = [one async for one in freshdesk.Api(client).read({"phase": "tickets"})]
    numbers = [record.id for one in portions for record in one.records if hasattr(record, "messages")]
    assert set(numbers) == {str(n) for n in range(1, 215)}
    assert len(numbers) < 214 + 130


async def test_a_changed_state_follows(company: Company) -> None:
    data = FreshdeskData(company.agent.email, [fresh_ticket(1, status=2)])
    async with serving(data.desk()) as other:
        await bring_in(company, Wish("freshdesk", other.url, token="t0ken"))
        assert (await ticket(company, 1)).status == "open"
        data.tickets[0] |= {"status": 4, "updated_at": "2024-05-01T00:00:00Z"}
        row = await bring_in(company, Wish("freshdesk", other.url, token="t0ken"))
    now = await ticket(company, 1)
    assert (now.status, now.waiting_since, row.counters.get("messages.new")) == ("solved", None, None)
