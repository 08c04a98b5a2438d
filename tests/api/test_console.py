"""What the console has, for other software: views, filters, macros, bulk changes, merging, planned answers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from dragoman.kit import clock
from dragoman.webhooks.models import Delivery, Webhook
from tests.api.conftest import NEW, Program, program, token_of
from tests.cast import Company
from tests.desk_work import receive, thread, ticket
from tests.post import letter

RED = {"all": [{"field": "severity", "op": "is", "value": ["red"]}], "any": []}


async def three(company: Company) -> None:
    """Three letters of three customers."""
    for n in range(3):
        await receive(company, letter(to=company.address, sender=f"b{n}@buyer.example", subject=f"Matter {n}"))


def faults(answer: Any) -> dict[str, str]:
    assert answer.status_code == 422, answer.text
    return {one["field"]: one["detail"] for one in answer.json()["errors"]}


def numbers(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.text
    return [one["number"] for one in answer.json()["data"]]


@pytest.mark.req("R14")
async def test_a_ticket_tells_and_takes_its_fields(company: Company, api: Program) -> None:
    await three(company)
    teams = {one["key"]: one["id"] for one in (await api.get("/teams")).json()["data"]}
    team = next(iter(teams.values()))
    until = (clock.now() + timedelta(days=2)).replace(microsecond=0)
    wanted = {"kind": "complaint", "severity": "red", "team_id": team, "snoozed_until": until.isoformat()}
    changed = await api.patch("/tickets/1", wanted)
    assert changed.status_code == 200, changed.text
    body = changed.json()
    assert (body["kind"], body["severity"], body["team_id"], body["tier"]) == ("complaint", "red", team, 1)
    assert datetime.fromisoformat(body["snoozed_until"]) == until
    assert body["due_metric"] == "first_response"
    assert body["due_at"] < (clock.now() + timedelta(minutes=16)).isoformat(), "red matters have 15 minutes"
    assert (await api.get("/tickets/1")).headers["etag"] == changed.headers["etag"], "no clock moved after the answer"
    assert numbers(await api.get("/tickets?view=snoozed")) == [1]
    woken = await api.patch("/tickets/1", {"snoozed_until": None}, headers={"If-Match": changed.headers["etag"]})
    assert (woken.json()["snoozed_until"], woken.json()["unread"]) == (None, True)
    assert "snoozed_until" in faults(await api.patch("/tickets/1", {"snoozed_until": "2001-01-01T00:00:00Z"}))
    assert "team_id" in faults(await api.patch("/tickets/1", {"team_id": str(uuid4()), "severity": "blue"}))
    assert (await ticket(company, 1)).severity == "red", "all or nothing"
    assert "tier" in faults(await api.patch("/tickets/1", {"tier": 3})), "only an escalation hands on"


async def test_a_new_tickets_answer_knows_its_clock(company: Company, api: Program) -> None:
    opened = await api.post("/tickets", NEW)
    assert opened.status_code == 201, opened.text
    assert (opened.json()["due_metric"], opened.json()["language"]) == ("first_response", "de")
    assert (await api.get(f"/tickets/{opened.json()['number']}")).headers["etag"] == opened.headers["etag"]


@pytest.mark.req("R14")
async def test_lists_by_conditions_and_faults_with_their_places(company: Company, api: Program) -> None:
    await three(company)
    await api.patch("/tickets/2", {"severity": "red"})
    assert numbers(await api.get("/tickets", params={"filter": json.dumps(RED)})) == [2]
    assert numbers(await api.get("/tickets", params={"filter": json.dumps(RED), "status": "pending"})) == []
    wrong = {"all": [RED["all"][0], {"field": "severity", "op": "is", "value": ["green"]}]}
    assert set(faults(await api.get("/tickets", params={"filter": json.dumps(wrong)}))) == {"filter.all.1"}
    gone = {"any": [{"field": "colour", "op": "is", "value": ["x"]}]}
    assert set(faults(await api.get("/tickets", params={"filter": json.dumps(gone)}))) == {"filter.any.0"}
    half = {"any": [{"field": "severity", "value": 3}]}
    assert set(faults(await api.get("/tickets", params={"filter": json.dumps(half)}))) == {
        "filter.any.0.op", "filter.any.0.value",
    }  # fmt: skip
    for unreadable in ("{", "[" * 1000, "[]"):
        assert "filter" in faults(await api.get("/tickets", params={"filter": unreadable}))
    torn = {"all": [RED["all"][0], {"field": "severity", "op": "is", "value": ["blue"]}]}
    assert "filter" in faults(await api.get("/tickets", params={"filter": json.dumps(torn)}))
    assert "q" in faults(await api.get("/tickets", params={"filter": json.dumps(RED), "q": "Matter"}))


@pytest.mark.req("R14")
async def test_a_view_is_saved_listed_changed_and_removed(company: Company, api: Program, app: FastAPI) -> None:
    await three(company)
    for number in (1, 2, 3):
        await api.patch(f"/tickets/{number}", {"severity": "red"})
    made = await api.post("/views", {"name": "Red ones", "conditions": RED, "sort": "oldest", "audience": "all"})
    assert made.status_code == 201, made.text
    where = f"/views/{made.json()['id']}"
    first = await api.get(f"{where}/tickets?limit=2")
    assert numbers(first) == [1, 2]
    assert numbers(await api.get(f"{where}/tickets?limit=2&cursor={first.json()['next']}")) == [3]
    changed = await api.patch(where, {"sort": "newest"}, headers={"If-Match": made.headers["etag"]})
    assert (changed.json()["name"], changed.json()["conditions"], changed.json()["sort"]) == ("Red ones", RED, "newest")
    assert numbers(await api.get(f"{where}/tickets"))[0] == 3
    late = await api.patch(where, {"name": "Mine"}, headers={"If-Match": made.headers["etag"]})
    assert late.status_code == 412
    other = program(app, await token_of(company, company.agent))
    async with other.http:
        assert where[7:] in [one["id"] for one in (await other.get("/views")).json()["data"]]
        assert (await other.patch(where, {"name": "Theirs"})).status_code == 403, "shared ones need the right to share"
        assert (await other.post("/views", {"name": "N", "audience": "all"})).status_code == 403
        own = await other.post("/views", {"name": "Own"})
        assert own.json()["audience"] == "me"
        assert (await api.get(f"/views/{own.json()['id']}")).status_code == 404, "nobody else's"
    assert "audience" in faults(await api.post("/views", {"name": "N", "audience": str(uuid4())}))
    assert (await api.post(f"{where}/remove")).json()["name"] == "Red ones"
    assert (await api.get(where)).status_code == 404


async def test_a_new_things_etag_is_that_of_its_reading(api: Program) -> None:
    """The database keeps no order in what is stored as JSON; If-Match must hold all the same."""
    condition = {"value": ["red"], "op": "is", "field": "severity"}
    change = {"value": "high", "kind": "priority"}
    for path, new in {
        "/views": {"name": "N", "conditions": {"any": [], "all": [condition]}},
        "/macros": {"name": "N", "changes": [change]},
        "/rules": {"name": "N", "conditions": {"all": [condition]}, "changes": [change]},
        "/policies": {
            "name": "N", "conditions": {"all": [condition]}, "targets": {"resolution": 90, "callback": 60},
            "on_breach": {"notify": ["owner"], "changes": [change]},
        },
        "/calendars": {"name": "N", "zone": "UTC", "week": [[[0, 60]]] * 7},
        "/teams": {"name": "N"},
        "/departments": {"name": "N"},
    }.items():  # fmt: skip
        made = await api.post(path, new)
        assert made.status_code == 201, made.text
        read = await api.get(made.headers["location"].removeprefix("/api/v1"))
        assert read.headers["etag"] == made.headers["etag"], path


async def test_a_views_broken_condition_is_told(company: Company, api: Program) -> None:
    from dragoman.tickets.views.models import View

    async with company.desk.db.work(company.workspace_id) as session:
        broken = View(name="Old", conditions={"all": [{"field": "mood", "op": "is", "value": ["x"]}]})
        session.add(broken)
        await session.flush()
        where = f"/views/{broken.id}"
    told = (await api.get(where)).json()
    assert [one["field"] for one in told["problems"]] == ["conditions.all.0"]
    assert (await api.get(f"{where}/tickets")).status_code == 200
    assert "conditions.all.0" in faults(await api.patch(where, {"name": "New"}))


@pytest.mark.req("R14")
async def test_a_macro_is_filled_and_run(company: Company, api: Program) -> None:
    await receive(company, letter(to=company.address, sender="Bea Groß <bea@buyer.example>"))
    new = {
        "name": "Late parcel", "shortcut": "/Late", "audience": "all",
        "html": "<p>Dear {{customer.first_name}}, we look into {{ticket.number}} and {{order}}.</p>",
        "changes": [{"kind": "status", "value": "pending"}, {"kind": "tags_add", "value": "parcel"}],
    }  # fmt: skip
    made = await api.post("/macros", new)
    assert made.status_code == 201, made.text
    assert made.json()["shortcut"] == "late"
    where = made.json()["id"]
    filled = (await api.get(f"/tickets/1/macros/{where}")).json()
    assert filled["text"].startswith("Dear Bea, we look into #1 and ")
    assert ("order" in filled["missing"]) == ("{{order}}" in filled["text"])
    assert (await ticket(company, 1)).status == "new", "reading changes nothing"
    ran = await api.post(f"/tickets/1/macros/{where}/run")
    assert ran.status_code == 200, ran.text
    assert (ran.json()["ticket"]["status"], ran.json()["ticket"]["tags"]) == ("pending", ["parcel"])
    assert len(await thread(company, 1)) == 1, "its text goes to nobody"
    back = await api.post(f"/bulk/{ran.json()['run_id']}/undo")
    assert back.json()["changed"] == [1]
    assert (await ticket(company, 1)).status == "new"
    changed = await api.patch(f"/macros/{where}", {"active": False}, headers={"If-Match": made.headers["etag"]})
    assert (changed.json()["active"], changed.json()["html"]) == (False, made.json()["html"])
    assert "html" in faults(await api.patch(f"/macros/{where}", {"html": "{{customer.shoe}}"}))
    assert "changes.0" in faults(await api.post("/macros", {"name": "N", "changes": [{"kind": "x", "value": "y"}]}))
    assert "shop_id" in faults(await api.post("/macros", {"name": "N", "html": "x", "shop_id": str(uuid4())}))
    assert (await api.post(f"/macros/{where}/remove")).json()["name"] == "Late parcel"
    assert (await api.get(f"/macros/{where}")).status_code == 404


async def test_a_macro_that_a_ticket_refuses_changes_nothing(company: Company, api: Program) -> None:
    await three(company)
    changes = [{"kind": "status", "value": "pending"}, {"kind": "assignee", "value": str(uuid4())}]
    made = await api.post("/macros", {"name": "Nobody", "changes": changes})
    assert "changes" in faults(await api.post(f"/tickets/1/macros/{made.json()['id']}/run"))
    assert (await ticket(company, 1)).status == "new"


@pytest.mark.req("R14")
async def test_many_tickets_change_at_once_and_back(company: Company, api: Program) -> None:
    await three(company)
    await api.patch("/tickets/3", {"priority": "high"})
    wanted = {"numbers": [1, 2, 3, 99], "changes": [{"kind": "priority", "value": "high"}]}
    key = {"Idempotency-Key": "bulk-1"}
    done = await api.post("/bulk", wanted, headers=key)
    assert done.status_code == 201, done.text
    assert (done.json()["changed"], done.json()["same"]) == ([1, 2], [3])
    assert [one["number"] for one in done.json()["left"]] == [99]
    assert (await api.post("/bulk", wanted, headers=key)).json() == done.json(), "repeated, not done twice"
    await api.patch("/tickets/2", {"tags": ["touched"]})
    back = await api.post(f"/bulk/{done.json()['id']}/undo", headers={"Accept-Language": "zh"})
    assert back.json()["changed"] == [1]
    assert back.json()["left"][0]["number"] == 2
    assert back.json()["left"][0]["detail"] != "It was changed since.", "in the caller's language"
    assert [(await ticket(company, n)).priority for n in (1, 2, 3)] == [3, 2, 2]
    assert (await api.post(f"/bulk/{done.json()['id']}/undo")).status_code == 409
    assert "changes.0" in faults(await api.post("/bulk", wanted | {"changes": [{"kind": "mood", "value": "x"}]}))
    assert "numbers" in faults(await api.post("/bulk", wanted | {"numbers": list(range(1, 502))}))


@pytest.mark.req("R14")
async def test_tickets_are_merged_split_and_brought_back(company: Company, api: Program) -> None:
    await receive(company, letter(to=company.address, subject="One"))
    await receive(company, letter(to=company.address, subject="Two"))
    await receive(company, letter(to=company.address, sender="other@buyer.example", subject="Three"))
    assert "strangers" in faults(await api.post("/tickets/3/merge", {"into": 1}))
    assert "into" in faults(await api.post("/tickets/2/merge", {"into": 99}))
    assert "into" in faults(await api.post("/tickets/2/merge", {"into": 2}))
    merged = await api.post("/tickets/2/merge", {"into": 1})
    assert merged.status_code == 201, merged.text
    assert (merged.json()["from_number"], merged.json()["to_number"]) == (2, 1)
    away = (await api.get("/tickets/2")).json()
    assert (away["status"], away["merged_into_id"]) == ("closed", str((await ticket(company, 1)).id))
    assert len((await api.get("/tickets/1/messages")).json()["data"]) == 2
    assert [one["id"] for one in (await api.get("/tickets/1/moves")).json()["data"]] == [merged.json()["id"]]
    split = await api.post("/tickets/1/split", {"messages": merged.json()["message_ids"], "subject": "Second parcel"})
    assert split.status_code == 201, split.text
    assert split.headers["location"] == f"/api/v1/tickets/{split.json()['to_number']}"
    assert (await api.get(f"/tickets/{split.json()['to_number']}")).json()["subject"] == "Second parcel"
    assert "messages" in faults(await api.post("/tickets/1/split", {"messages": [str(uuid4())], "subject": "x"}))
    for move in (split, merged):
        back = await api.post(f"/moves/{move.json()['id']}/undo")
        assert back.json()["undone_at"]
    assert (await api.post(f"/moves/{merged.json()['id']}/undo")).status_code == 409
    assert (await api.get("/tickets/2")).json()["status"] == "new"


@pytest.mark.req("R14")
async def test_an_answer_is_planned_listed_and_dropped(company: Company, api: Program, app: FastAPI) -> None:
    await three(company)
    at = (clock.now() + timedelta(hours=3)).replace(microsecond=0).isoformat()
    made = await api.post("/tickets/1/planned", {"text": "Guten Morgen", "send_at": at, "status": "solved"})
    assert made.status_code == 201, made.text
    again = await api.post("/tickets/1/planned", {"text": "Guten Tag", "send_at": at})
    assert again.json()["id"] == made.json()["id"], "one for each person"
    assert [one["html"] for one in (await api.get("/tickets/1/planned")).json()["data"]] == ["<p>Guten Tag</p>"]
    other = program(app, await token_of(company, company.agent))
    async with other.http:
        assert (await other.post(f"/planned/{made.json()['id']}/drop")).status_code == 404, "another person's"
    assert (await api.post(f"/planned/{made.json()['id']}/drop")).json()["html"] == "<p>Guten Tag</p>"
    with clock.travel(clock.now() + timedelta(hours=4)):
        assert await company.desk.alarms.ring() >= 0
    assert len(await thread(company, 1)) == 1, "dropped, it never leaves"
    past = {"text": "x", "send_at": "2001-01-01T00:00:00Z"}
    assert "send_at" in faults(await api.post("/tickets/1/planned", past))
    assert "text" in faults(await api.post("/tickets/1/planned", {"send_at": at}))
    assert "cc" in faults(await api.post("/tickets/1/planned", {"text": "x", "send_at": at, "cc": ["nobody"]}))


async def test_a_planned_answer_leaves_at_its_time(company: Company, api: Program) -> None:
    await three(company)
    at = clock.now() + timedelta(hours=3)
    await api.post("/tickets/1/planned", {"text": "Guten Morgen", "send_at": at.isoformat(), "status": "pending"})
    with clock.travel(at + timedelta(seconds=1)):
        await company.desk.alarms.ring()
    assert [one.kind for one in await thread(company, 1)] == ["inbound", "outbound"]
    assert (await ticket(company, 1)).status == "pending"
    assert (await api.get("/tickets/1/planned")).json()["data"] == []


@pytest.mark.req("R14")
async def test_webhooks_hear_of_it_without_words(company: Company, api: Program) -> None:
    await receive(company, letter(to=company.address, subject="One secret"))
    await receive(company, letter(to=company.address, subject="Two secret"))
    async with company.desk.db.work(company.workspace_id) as session:
        kinds = ["ticket.created", "ticket.changed"]
        session.add(Webhook(name="Stock", url="https://stock.example/hook", kinds=kinds, secret="v1."))
    merged = (await api.post("/tickets/2/merge", {"into": 1})).json()
    moved = {"messages": merged["message_ids"], "subject": "Three secret"}
    split = (await api.post("/tickets/1/split", moved)).json()
    until = (clock.now() + timedelta(days=1)).isoformat()
    await api.patch("/tickets/1", {"snoozed_until": until, "severity": "red"})
    await api.post("/views", {"name": "View secret"})
    await api.post("/macros", {"name": "Macro secret", "html": "secret"})
    await api.post("/tickets/1/planned", {"text": "secret", "send_at": until})
    async with company.desk.db.work(company.workspace_id) as session:
        told = list(await session.scalars(select(Delivery).order_by(Delivery.created_at, Delivery.id)))
    heard = [(one.kind, one.payload["data"].get("verb")) for one in told]
    assert heard.count(("ticket.created", "created")) == 1, "the ticket that was split off"
    for verb in ("merged", "merged_away", "split", "snoozed", "severity", "planned"):
        assert ("ticket.changed", verb) in heard
    assert "secret" not in json.dumps([one.payload for one in told])
    facts = next(one.payload["data"] for one in told if one.payload["data"].get("verb") == "snoozed")
    assert (facts["ticket"]["severity"], facts["ticket"]["snoozed_until"][:16]) == ("red", until[:16])
    assert UUID(split["id"])
