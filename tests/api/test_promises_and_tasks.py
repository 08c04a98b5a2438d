"""Promises, tasks and departments for other software."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dragoman.kit import clock
from tests.api.conftest import Program
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter


@pytest.mark.req("R43")
async def test_a_promise_is_noted_renewed_and_kept(company: Company, api: Program) -> None:
    await receive(company, letter(to=company.address))
    soon = (clock.now() + timedelta(hours=2)).isoformat()
    made = await api.post("/tickets/1/promises", {"text": "We write by noon", "due_at": soon})
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "open"
    past = await api.post("/tickets/1/promises", {"text": "x", "due_at": "2001-01-01T00:00:00Z"})
    assert past.status_code == 422
    assert "due_at" in past.text
    later = (clock.now() + timedelta(hours=5)).isoformat()
    renewed = await api.post(f"/promises/{made.json()['id']}/renew", {"due_at": later})
    assert renewed.status_code == 201
    again = await api.post(f"/promises/{made.json()['id']}/keep")
    assert again.status_code == 409
    kept = await api.post(f"/promises/{renewed.json()['id']}/keep")
    assert kept.json()["state"] == "kept"
    listed = await api.get("/promises?limit=1")
    following = await api.get(f"/promises?limit=1&cursor={listed.json()['next']}")
    states = [one["state"] for page in (listed, following) for one in page.json()["data"]]
    assert states == ["renewed", "kept"]
    assert following.json()["next"] is None


@pytest.mark.req("R228")
async def test_a_department_is_asked_and_answers(company: Company, api: Program) -> None:
    await receive(company, letter(to=company.address))
    made = await api.post("/departments", {"name": "Studio", "members": [str(company.lead.person_id)], "hours": 6})
    assert made.status_code == 201, made.text
    changed = await api.patch(f"/departments/{made.json()['id']}", {"hours": 8})
    assert (changed.json()["hours"], changed.json()["name"]) == (8, "Studio")
    assert changed.json()["members"] == [str(company.lead.person_id)]
    assert {"Logistics", "Studio"} <= {one["name"] for one in (await api.get("/departments")).json()["data"]}
    body = {"title": "x", "question": "y", "department_id": made.json()["id"], "waits": True}
    task = await api.post("/tickets/1/tasks", body)
    assert task.status_code == 201, task.text
    two = await api.post("/tickets/1/tasks", body | {"address": "a@b.example"})
    assert two.status_code == 422
    address = f"/tasks/{task.json()['id']}"
    answered = await api.post(f"{address}/answer", {"text": "Blue."})
    assert answered.json()["state"] == "answered"
    assert [one["text"] for one in (await api.get(f"{address}/entries")).json()["data"]] == ["Blue."]
    assert (await api.get("/tickets/1")).json()["status"] == "open"
    assert (await api.post(f"{address}/done")).json()["state"] == "done"
    assert (await api.post(f"{address}/cancel")).status_code == 409
    assert len((await api.get("/tasks?state=done")).json()["data"]) == 1
