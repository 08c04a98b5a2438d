"""Every route of the API under attack: without its scope, without a role that allows it, and with the ids of somebody
else's workspace. A route that is not in the table fails the test."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import text

from dragoman.accounts.tokens.scopes import SCOPES
from dragoman.api.app import ROUTERS
from tests.api.conftest import NEW, Program, program, token_of
from tests.cast import Company, found_company

from .test_doors import ids_of, state_of

READ, WRITE, HOOKS, VIEWS = "tickets:read", "tickets:write", "webhooks:write", "views:write"
ROUTES_READ, ROUTES_WRITE = "routing:read", "routing:write"
NEEDS = {
    "GET /tickets": (READ, "ticket.read"), "POST /tickets": (WRITE, "ticket.reply"),
    "GET /tickets/{number}": (READ, "ticket.read"), "PATCH /tickets/{number}": (WRITE, "ticket.change"),
    "GET /tickets/{number}/messages": (READ, "ticket.read"), "POST /tickets/{number}/messages": (WRITE, "ticket.reply"),
    "GET /messages/{message_id}": (READ, "ticket.read"), "GET /messages/{message_id}/delivery": (READ, "ticket.read"),
    "POST /tickets/{number}/attachments": (WRITE, "ticket.note"),
    "GET /attachments/{attachment_id}": (READ, "ticket.read"),
    "GET /attachments/{attachment_id}/content": (READ, "ticket.read"),
    "GET /tickets/{number}/events": (READ, "ticket.read"),
    "GET /customers": ("customers:read", "customer.read"), "POST /customers": ("customers:write", "customer.change"),
    "GET /customers/{customer_id}": ("customers:read", "customer.read"),
    "PATCH /customers/{customer_id}": ("customers:write", "customer.change"),
    "GET /people": ("people:read", "people.manage"), "GET /people/{person_id}": ("people:read", "people.manage"),
    "GET /roles": ("people:read", "people.manage"),
    "GET /teams": (ROUTES_READ, "team.manage"), "POST /teams": (ROUTES_WRITE, "team.manage"),
    "GET /teams/{team_id}": (ROUTES_READ, "team.manage"), "PATCH /teams/{team_id}": (ROUTES_WRITE, "team.manage"),
    "POST /teams/{team_id}/members": (ROUTES_WRITE, "team.manage"),
    "GET /rules": (ROUTES_READ, "rule.manage"), "POST /rules": (ROUTES_WRITE, "rule.manage"),
    "POST /rules/try": (ROUTES_WRITE, "rule.manage"),
    "GET /rules/{rule_id}": (ROUTES_READ, "rule.manage"), "PATCH /rules/{rule_id}": (ROUTES_WRITE, "rule.manage"),
    "POST /rules/{rule_id}/move": (ROUTES_WRITE, "rule.manage"),
    "POST /rules/{rule_id}/remove": (ROUTES_WRITE, "rule.manage"),
    "GET /people/{person_id}/skills": (ROUTES_READ, "team.manage"),
    "POST /people/{person_id}/skills": (ROUTES_WRITE, "team.manage"),
    "GET /presence": (ROUTES_READ, "team.manage"),
    "POST /people/{person_id}/presence": (ROUTES_WRITE, "team.manage"),
    "GET /tickets/{number}/escalations": (READ, "ticket.read"),
    "POST /tickets/{number}/escalations": (WRITE, "ticket.change"),
    "GET /shops": ("settings:read", "shop.manage"), "POST /shops": ("settings:write", "shop.manage"),
    "GET /shops/{shop_id}": ("settings:read", "shop.manage"),
    "PATCH /shops/{shop_id}": ("settings:write", "shop.manage"),
    "GET /mailboxes": ("settings:read", "mailbox.manage"),
    "GET /mailboxes/{mailbox_id}": ("settings:read", "mailbox.manage"),
    "GET /workspace": ("settings:read", "workspace.manage"), "GET /me": ("", ""),
    "GET /audit": ("audit:read", "audit.read"),
    "GET /policies": ("settings:read", "sla.manage"), "POST /policies": ("settings:write", "sla.manage"),
    "GET /policies/{policy_id}": ("settings:read", "sla.manage"),
    "PATCH /policies/{policy_id}": ("settings:write", "sla.manage"),
    "POST /policies/{policy_id}/remove": ("settings:write", "sla.manage"),
    "GET /calendars": ("settings:read", "sla.manage"), "POST /calendars": ("settings:write", "sla.manage"),
    "GET /calendars/{calendar_id}": ("settings:read", "sla.manage"),
    "PATCH /calendars/{calendar_id}": ("settings:write", "sla.manage"),
    "POST /calendars/{calendar_id}/remove": ("settings:write", "sla.manage"),
    "GET /tickets/{number}/clocks": (READ, "ticket.read"),
    "GET /promises": (READ, "ticket.read"), "GET /promises/{promise_id}": (READ, "ticket.read"),
    "POST /tickets/{number}/promises": (WRITE, "ticket.reply"),
    "POST /promises/{promise_id}/keep": (WRITE, "ticket.reply"),
    "POST /promises/{promise_id}/renew": (WRITE, "ticket.reply"),
    "POST /promises/{promise_id}/break": (WRITE, "ticket.reply"),
    "GET /tasks": (READ, "ticket.read"), "GET /tasks/{task_id}": (READ, "ticket.read"),
    "GET /tasks/{task_id}/entries": (READ, "ticket.read"), "POST /tickets/{number}/tasks": (WRITE, "ticket.note"),
    "POST /tasks/{task_id}/answer": (WRITE, "task.work"), "POST /tasks/{task_id}/done": (WRITE, "ticket.note"),
    "POST /tasks/{task_id}/cancel": (WRITE, "ticket.note"),
    "GET /departments": ("settings:read", "workspace.manage"),
    "POST /departments": ("settings:write", "workspace.manage"),
    "GET /departments/{department_id}": ("settings:read", "workspace.manage"),
    "PATCH /departments/{department_id}": ("settings:write", "workspace.manage"),
    "GET /views": (READ, "ticket.read"), "POST /views": (VIEWS, "ticket.read"),
    "GET /views/{view_id}": (READ, "ticket.read"), "PATCH /views/{view_id}": (VIEWS, "ticket.read"),
    "GET /views/{view_id}/tickets": (READ, "ticket.read"), "POST /views/{view_id}/remove": (VIEWS, "ticket.read"),
    "GET /macros": (READ, "ticket.read"), "POST /macros": (VIEWS, "ticket.note"),
    "GET /macros/{macro_id}": (READ, "ticket.read"), "PATCH /macros/{macro_id}": (VIEWS, "ticket.note"),
    "POST /macros/{macro_id}/remove": (VIEWS, "ticket.note"),
    "GET /tickets/{number}/macros/{macro_id}": (READ, "ticket.read"),
    "POST /tickets/{number}/macros/{macro_id}/run": (WRITE, "ticket.change"),
    "POST /bulk": (WRITE, "ticket.change"), "POST /bulk/{run_id}/undo": (WRITE, "ticket.change"),
    "GET /tickets/{number}/moves": (READ, "ticket.read"), "POST /tickets/{number}/merge": (WRITE, "ticket.change"),
    "POST /tickets/{number}/split": (WRITE, "ticket.change"), "POST /moves/{move_id}/undo": (WRITE, "ticket.change"),
    "GET /tickets/{number}/planned": (READ, "ticket.read"), "POST /tickets/{number}/planned": (WRITE, "ticket.reply"),
    "POST /planned/{planned_id}/drop": (WRITE, "ticket.reply"),
    "GET /markets": ("markets:read", "ticket.read"), "GET /markets/{iso}": ("markets:read", "ticket.read"),
    "PUT /markets/{iso}/rules/{topic}": ("markets:write", "market.manage"),
    "DELETE /markets/{iso}/rules/{topic}": ("markets:write", "market.manage"),
    "GET /terms": ("terms:read", "ticket.read"), "POST /terms": ("terms:write", "ticket.reply"),
    "GET /terms/{term_id}": ("terms:read", "ticket.read"),
    "POST /terms/{term_id}/approve": ("terms:write", "term.approve"),
    "POST /terms/{term_id}/reject": ("terms:write", "term.approve"),
    "POST /terms/{term_id}/remove": ("terms:write", "term.approve"),
    "GET /webhooks": (HOOKS, "api.manage"), "POST /webhooks": (HOOKS, "api.manage"),
    "GET /webhooks/{webhook_id}": (HOOKS, "api.manage"), "PATCH /webhooks/{webhook_id}": (HOOKS, "api.manage"),
    "POST /webhooks/{webhook_id}/remove": (HOOKS, "api.manage"),
    "POST /webhooks/{webhook_id}/secret": (HOOKS, "api.manage"),
    "POST /webhooks/{webhook_id}/test": (HOOKS, "api.manage"),
    "GET /webhooks/{webhook_id}/deliveries": (HOOKS, "api.manage"),
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay": (HOOKS, "api.manage"),
}  # fmt: skip
RULE = {"name": "N", "changes": [{"kind": "priority", "value": "high"}]}
VALID: dict[str, Any] = {
    "POST /teams": {"name": "N"}, "PATCH /teams/{team_id}": {"name": "N"},
    "POST /teams/{team_id}/members": {"members": []}, "POST /rules": RULE, "POST /rules/try": RULE,
    "PATCH /rules/{rule_id}": {"name": "N"}, "POST /rules/{rule_id}/move": {"by": 1},
    "POST /people/{person_id}/skills": {}, "POST /people/{person_id}/presence": {"state": "away"},
    "POST /tickets/{number}/escalations": {
        "team_id": "0189a0ea-0000-7000-8000-000000000001", "reason": "other", "analysis": "x" * 20,
    },
    "POST /tickets": NEW, "PATCH /tickets/{number}": {"priority": "low"},
    "POST /tickets/{number}/messages": {"kind": "reply", "text": "words"},
    "POST /customers": {"email": "x@y.example", "name": "N"}, "PATCH /customers/{customer_id}": {"name": "N"},
    "POST /webhooks": {"name": "N", "url": "https://stock.example/", "kinds": ["ticket.created"]},
    "PUT /markets/{iso}/rules/{topic}": {}, "POST /terms": {"source": "de", "term": "N", "rendering": "x"},
    "PATCH /webhooks/{webhook_id}": {"name": "N"}, "POST /shops": {"name": "N"},
    "PATCH /shops/{shop_id}": {"name": "N"},
    "POST /tickets/{number}/promises": {"text": "x", "due_at": "2099-01-01T00:00:00Z"},
    "POST /promises/{promise_id}/renew": {"due_at": "2099-01-01T00:00:00Z"}, "POST /promises/{promise_id}/break": {},
    "POST /tickets/{number}/tasks": {"title": "x", "question": "y", "address": "a@b.example"},
    "POST /tasks/{task_id}/answer": {"text": "x"}, "POST /departments": {"name": "N"},
    "PATCH /departments/{department_id}": {"hours": 5},
    "POST /views": {"name": "N"}, "PATCH /views/{view_id}": {"name": "N"}, "POST /macros": {"name": "N", "html": "x"},
    "PATCH /macros/{macro_id}": {"name": "N"},
    "POST /bulk": {"numbers": [3], "changes": [{"kind": "priority", "value": "high"}]},
    "POST /tickets/{number}/merge": {"into": 1},
    "POST /tickets/{number}/split": {"subject": "x", "messages": ["0189a0ea-0000-7000-8000-000000000001"]},
    "POST /tickets/{number}/planned": {"text": "x", "send_at": "2099-01-01T00:00:00Z"},
    "POST /policies": {"name": "N", "targets": {"first_response": 60}}, "PATCH /policies/{policy_id}": {"name": "N"},
    "POST /calendars": {"name": "N", "zone": "UTC", "week": [[[0, 60]]] * 7},
    "PATCH /calendars/{calendar_id}": {"name": "N"},
}  # fmt: skip


def test_every_route_is_in_the_table() -> None:
    routes = [one for router in ROUTERS for one in router.routes if isinstance(one, APIRoute)]
    assert sorted(f"{method} {one.path}" for one in routes for method in one.methods) == sorted(NEEDS)
    for one in routes:
        assert (one.openapi_extra or {}).get("x-scope", None) is not None, "behind the door"


async def ask(api: Program, route: str, ids: dict[str, Any]) -> int:
    method, _space, path = route.partition(" ")
    where = "/api/v1" + re.sub(r"\{(\w+)\}", lambda name: str(ids[name[1]]), path)
    if path.endswith("/attachments"):
        return (await api.http.post(where + "?name=a.txt", content=b"x")).status_code
    return (await api.http.request(method, where, json=VALID.get(route))).status_code


async def state(company: Company) -> dict[str, Any]:
    """All rows but what the tokens themselves leave behind."""
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(text("UPDATE access_tokens SET used_at = NULL"))
    return await state_of(company.desk, company.workspace_id)


async def ids_for(company: Company) -> dict[str, Any]:
    ids = await ids_of(company)
    return ids | {"mailbox_id": ids["box_id"], "webhook_id": ids["hook_id"], "iso": "XX", "topic": "withdrawal"}


@pytest.mark.req("R115")
async def test_without_its_scope_every_route_is_shut(app: FastAPI, company: Company) -> None:
    ids = await ids_for(company)
    tokens = {scope: await token_of(company, scopes=[one for one in SCOPES if one != scope]) for scope in SCOPES}
    before = await state(company)
    for route, (scope, _permission) in NEEDS.items():
        if scope:
            api = program(app, tokens[scope])
            assert await ask(api, route, ids) == 403, route
            await api.http.aclose()
    assert await state(company) == before


async def test_without_the_permission_every_route_is_shut(app: FastAPI, company: Company) -> None:
    """A token with all scopes of somebody whose role allows nothing."""
    ids = await ids_for(company)
    api = program(app, await token_of(company, company.agent))
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(text("UPDATE roles SET permissions = '{}' WHERE key = 'agent2'"))
    before = await state(company)
    shut = [route for route, (_scope, permission) in NEEDS.items() if permission]
    assert {route: await ask(api, route, ids) for route in shut} == dict.fromkeys(shut, 403)
    assert await state(company) == before
    await api.http.aclose()


@pytest.mark.req("R1")
async def test_another_workspaces_ids_lead_nowhere(app: FastAPI, company: Company) -> None:
    other = await found_company(company.desk)
    ids = await ids_for(other)
    api = program(app, await token_of(company))
    theirs, own = await state(other), await state(company)
    named = [route for route in NEEDS if "{" in route]
    assert {route: await ask(api, route, ids) for route in named} == dict.fromkeys(named, 404)
    for field in ("shop_id", "mailbox_id", "customer_id", "person_id"):
        name = {"person_id": "assignee_id"}.get(field, field)
        new = NEW | {name: str(ids[field])} | ({"customer": None} if field == "customer_id" else {})
        assert (await api.post("/tickets", new)).status_code == 422, field
    assert await state(other) == theirs
    assert await state(company) == own
    await api.http.aclose()
