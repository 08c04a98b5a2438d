"""Moving in from Chatwoot: conversations page by page, messages a hundred at a time."""

from __future__ import annotations

from typing import Any

import pytest

from dragoman.imports.sources import Wish
from tests.cast import Company
from tests.desk_work import thread, ticket, tickets_of
from tests.imports.moving import bring_in, items, trial
from tests.imports.other_desks import OtherDesk, Reply, as_json, serving

ANNA = {"id": 5, "name": "Anna", "email": "anna@buyer.example", "phone_number": "+4917012345678"}
LI = {"name": "Li", "email": "li@old.example"}
MAIL = {"email": {"html_content": {"full": "<p>Wo ist <b>sie</b>?</p>"}}}


def said(n: int) -> list[dict[str, Any]]:
    base, at = n * 1000, 1709280000 + n * 100_000
    messages: list[dict[str, Any]] = [
        {"id": base + 1, "content": "Wo ist sie?", "message_type": 0, "created_at": at, "sender": ANNA | {
            "type": "contact"}, "content_attributes": MAIL},
        {"id": base + 2, "content": "Wang assigned Li", "message_type": 2, "created_at": at + 10},
        {"id": base + 3, "content": "Lager?", "message_type": 1, "private": True, "created_at": at + 20,
         "sender": {"name": "Li", "email": "li@old.example", "type": "user"}},
        {"id": base + 4, "content": "Wir sind bald da", "message_type": 3, "created_at": at + 30},
    ]  # fmt: skip
    if n == 2:
        messages += [{"id": base + 10 + i, "content": f"{i}", "message_type": 1, "created_at": at + 100 + i}
                     for i in range(150)]  # fmt: skip
    return messages


def answer(path: str, query: dict[str, str]) -> Reply | None:
    """Answer as the API does."""
    path = path.removeprefix("/api/v1/accounts/3")
    page = int(query.get("page", 1))
    if path == "/contacts":
        return as_json(
            {"meta": {"count": 2}, "payload": [ANNA] if page == 1 else [{"id": 6, "name": "Ben"}][: 3 - page]}
        )
    if path == "/conversations":
        assert query["status"] == "all"
        found = [
            {"id": n, "status": ["open", "resolved", "snoozed"][n - 1], "labels": ["vip"], "created_at": 1709280000,
             "priority": ["high", None, "low"][n - 1], "additional_attributes": {"mail_subject": f"Lampe {n}"},
             "meta": {"sender": ANNA, "channel": "Channel::Email", "assignee": LI}}
            for n in (1, 2, 3)
        ]  # fmt: skip
        return as_json({"data": {"meta": {"all_count": 3}, "payload": found[(page - 1) * 2 : page * 2]}})
    if path.endswith("/messages"):
        fresh = [one for one in said(int(path.split("/")[2])) if one["id"] > int(query["after"])]
        return as_json({"meta": {}, "payload": fresh[:100]})
    if path == "/canned_responses":
        return as_json([{"id": 1, "short_code": "hi", "content": "Hello"}])
    if path == "/portals":
        return as_json({"payload": [{"id": 1, "slug": "help"}]})
    if path == "/portals/help/articles":  # an old release: it does not know pages
        return as_json({"payload": [{"id": 9, "title": "Returns"}]})
    return None


@pytest.mark.req("R243")
async def test_everything_arrives(company: Company) -> None:
    async with serving(OtherDesk(answer, "t0ken")) as other:
        row = await bring_in(company, Wish("chatwoot", other.url, number="3", token="t0ken"))
    assert row.identity == f"chatwoot:127.0.0.1:{other.port}/3"
    first, second, third = [await ticket(company, n) for n in (1, 2, 3)]
    assert [one.status for one in (first, second, third)] == ["open", "solved", "on_hold"]
    assert [one.priority for one in (first, second, third)] == [2, 3, 4]
    messages = await thread(company, 1)
    assert [(one.kind, one.text, one.automatic) for one in messages] == [
        ("inbound", "Wo ist sie?", False), ("note", "Lager?", False), ("outbound", "Wir sind bald da", True),
    ]  # fmt: skip
    assert messages[0].html == "<p>Wo ist <b>sie</b>?</p>"
    assert (first.channel, first.subject) == ("Email", "Lampe 1")
    assert second.message_count == 153, "more messages than one answer holds"
    assert [one.external_id for kind in ("macro", "article") for one in await items(company, kind)] == ["1", "9"]
    assert row.counters["customers.new"] == 2


async def test_the_wrong_account_is_said(company: Company) -> None:
    async with serving(OtherDesk(answer, "t0ken")) as other:
        row = await trial(company, Wish("chatwoot", other.url, number="4", token="t0ken"))
    assert row.state == "failed"
    assert await tickets_of(company) == []
