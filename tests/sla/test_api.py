"""Policies, calendars and clocks by the API."""

from __future__ import annotations

from typing import Any

from tests.api.conftest import Program
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter

RED = {"all": [{"field": "severity", "op": "is", "value": ["red"]}]}
LAMPS: dict[str, Any] = {
    "name": "Lamps", "targets": {"first_response": 3600}, "hours": "always", "warn": {"minutes": 10},
    "conditions": {"all": [{"field": "tag", "op": "has", "value": ["lamp"]}]},
    "on_breach": {"notify": ["leads"], "raise_priority": True, "changes": [{"kind": "tags_add", "value": "late"}]},
}  # fmt: skip


async def test_a_policy_from_its_adding_to_its_end(api: Program) -> None:
    """Made, read with its ETag, changed in part, refused when it contradicts another, removed."""
    made = await api.http.post("/api/v1/policies", json=LAMPS)
    assert made.status_code == 201
    where = made.headers["location"]
    one = made.json()
    assert one["on_breach"]["raise_priority"] is True
    assert one["warn"] == {"minutes": 10}
    changed = await api.http.patch(where, json={"targets": {"first_response": 7200}})
    assert changed.json()["targets"] == {"first_response": 7200}
    assert changed.json()["on_breach"] == one["on_breach"]
    stale = await api.http.patch(where, json={"active": False}, headers={"If-Match": made.headers["etag"]})
    assert stale.status_code == 412
    clash = await api.http.post("/api/v1/policies", json=LAMPS | {"conditions": RED})
    assert clash.status_code == 422
    assert "conditions" in clash.text
    assert (await api.http.post(f"{where}/remove")).status_code == 200
    assert (await api.http.get(where)).status_code == 404
    listed = (await api.http.get("/api/v1/policies")).json()["data"]
    assert [policy["key"] for policy in listed][:3] == ["red", "yellow", "blue"]


async def test_calendars(api: Program) -> None:
    """Made, changed, refused without hours."""
    week = [[[540, 1080]]] * 5 + [[], []]
    made = await api.http.post("/api/v1/calendars", json={"name": "Berlin", "zone": "Europe/Berlin", "week": week})
    assert made.status_code == 201
    where = made.headers["location"]
    days = [{"day": "2026-12-24", "kind": "closed"}]
    changed = await api.http.patch(where, json={"market": "DE", "days": days})
    assert changed.json()["days"] == [{"day": "2026-12-24", "kind": "closed", "name": ""}]
    assert changed.json()["week"] == week
    assert (await api.http.patch(where, json={"week": [[]] * 7})).status_code == 422
    assert (await api.http.patch(where, json={"zone": "Mars/Olympus"})).status_code == 422
    assert (await api.http.post(f"{where}/remove")).status_code == 200
    business = (await api.http.get("/api/v1/calendars")).json()["data"][0]
    assert business["key"] == "business"
    assert (await api.http.post(f"/api/v1/calendars/{business['id']}/remove")).status_code == 422


async def test_the_clocks_of_a_ticket(api: Program, company: Company) -> None:
    """What is owed, how much working time is left, and which policies say so."""
    await receive(company, letter(to=company.address))
    (one,) = (await api.http.get("/api/v1/tickets/1/clocks")).json()["data"]
    assert one["metric"] == "first_response"
    assert one["state"] == "running"
    assert 0 < one["remaining"] <= one["target"]
    assert one["policies"][0]["target"] == one["target"]
    assert (await api.http.get("/api/v1/tickets/9/clocks")).status_code == 404
