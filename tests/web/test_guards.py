"""What stands before every route: sign-in, proof of origin, bounds, headers, and honest errors."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy.exc import OperationalError

from dragoman.main.wiring import Desk
from dragoman.platform.db import Database
from tests.cast import Company, found_company

from .conftest import HX, Browser, first_message, mail_in, signed_in

OPEN = {
    "/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/set-up",
    "/sign-in",
    "/sign-in/code",
    "/sign-in/outside",
    "/sign-in/outside/return",
    "/invitation/{link}",
    "/sign-in/password",
    "/language",
    "/styleguide",
}


def routes(app: FastAPI, method: str) -> list[str]:
    found = [route.path for route in app.routes if isinstance(route, APIRoute) and method in route.methods]
    for included in app.routes:
        inner = getattr(included, "original_router", None)
        if inner is not None:
            prefix = getattr(getattr(included, "include_context", None), "prefix", "") or ""
            found += [prefix + one.path for one in inner.routes if isinstance(one, APIRoute) and method in one.methods]
    return sorted(set(found))


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)(:path)?\}", lambda name: "1" if name[1] == "number" else str(uuid4()), path)


async def test_the_walk_below_sees_all_routes(app: FastAPI) -> None:
    assert {"/desk", "/tickets/{number}", "/settings/profile", "/messages/{message_id}/frame"} <= set(
        routes(app, "GET")
    )
    assert {"/tickets/{number}/messages", "/sign-out", "/settings/people"} <= set(routes(app, "POST"))


async def test_every_page_asks_for_a_sign_in(app: FastAPI, anybody: Browser, company: Company) -> None:
    for path in routes(app, "GET"):
        if path in OPEN or path.startswith(("/static", "/pictures")):
            continue
        answer = await anybody.http.get(filled(path))
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in"), path


async def test_every_form_asks_for_its_proof(app: FastAPI, agent: Browser, ticket: int) -> None:
    """Without the proof, with another session's, and from another site's page: all refused, nothing changed."""
    await agent.get("/tickets/1")
    for path in routes(app, "POST"):
        for token, headers in (
            ("", {}),
            ("abc.def", {}),
            (agent.token, {"Origin": "https://evil.example"}),
            (agent.token, {"Sec-Fetch-Site": "cross-site"}),
            (agent.token, {"Origin": "null"}),
        ):
            answer = await agent.http.post(filled(path), data={"csrf": token}, headers=headers)
            assert answer.status_code == 403, (path, token, headers)


async def test_a_proof_holds_for_its_own_session_only(app: FastAPI, desk: Desk, company: Company, ticket: int) -> None:
    one, other = await signed_in(app, desk, company.agent), await signed_in(app, desk, company.lead)
    await one.get("/tickets/1")
    answer = await other.http.post("/tickets/1/status", data={"csrf": one.token, "status": "solved"})
    assert answer.status_code == 403
    answer = await one.http.post("/tickets/1/status", data={"status": "solved"}, headers={"X-CSRF-Token": one.token})
    assert answer.status_code == 303
    await one.http.aclose()
    await other.http.aclose()


async def test_proofs_differ_from_page_to_page(agent: Browser, company: Company) -> None:
    await agent.get("/desk")
    first = agent.token
    await agent.get("/desk")
    assert agent.token != first


async def test_other_workspaces_tickets_and_messages_do_not_exist(
    app: FastAPI, agent: Browser, desk: Desk, company: Company, ticket: int
) -> None:
    other = await found_company(desk)
    await mail_in(other, b"From: a@b.example\r\nTo: x@y.example\r\nMessage-ID: <z@b>\r\n\r\nhidden words\r\n")
    theirs = await first_message(other)
    await agent.get("/desk")
    for path in (f"/messages/{theirs}/frame", f"/customers/{theirs}", f"/attachments/{theirs}"):
        assert (await agent.http.get(path)).status_code == 404
    for path in (f"/messages/{theirs}/undo", f"/messages/{theirs}/again", f"/messages/{theirs}/arrived"):
        assert (await agent.post(path)).status_code in (404, 409)
    assert "hidden words" not in (await agent.get("/search?q=hidden")).text
    assert (await agent.post("/tickets/2/status", {"status": "solved"})).status_code == 404


async def test_headers_bind_the_browser(agent: Browser, company: Company) -> None:
    answer = await agent.get("/desk")
    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"
    missing = await agent.http.get("/no/such/page")
    assert missing.status_code == 404
    assert missing.headers["content-security-policy"] == policy


async def test_requests_past_their_bound_are_refused_unread(agent: Browser, company: Company) -> None:
    answer = await agent.http.post("/sign-out", content=b"x" * 1_200_000)
    assert answer.status_code == 413

    async def endless() -> object:
        for _round in range(40):
            yield b"y" * 100_000

    answer = await agent.http.post(
        "/sign-out", content=endless(), headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    assert (await agent.http.get("/desk?view=" + "a" * 9_000)).status_code == 414


@pytest.mark.parametrize(
    "path", ["/tickets/abc", "/tickets/99999999999999999999", "/customers/1", "/settings/people/x"]
)
async def test_addresses_that_make_no_sense_are_not_found(admin: Browser, company: Company, path: str) -> None:
    answer = await admin.get(path)
    assert answer.status_code == 404
    assert "Not here" in answer.text


@pytest.mark.parametrize(
    "path", ["/desk?view=everything", "/desk?cursor=%00%ff", "/desk?status=gone", "/desk?cursor=bm8"]
)
async def test_bad_views_and_cursors_are_said_so(agent: Browser, company: Company, path: str) -> None:
    answer = await agent.get(path)
    assert answer.status_code == 422
    assert "This view does not exist." in answer.text or "This page link is damaged." in answer.text


async def test_errors_speak_the_readers_language(agent: Browser, company: Company, desk: Desk) -> None:
    await agent.get("/settings/profile")
    values = {"name": "Li Wei", "locale": "zh_Hans", "timezone": "Asia/Shanghai", "theme": "dark", "signature": ""}
    assert (await agent.post("/settings/profile", values)).status_code == 303
    page = await agent.get("/tickets/77")
    assert page.status_code == 404
    assert "没有这个编号的工单" in page.text
    assert 'data-theme="dark"' in page.text


async def test_errors_come_in_the_form_that_was_asked_for(agent: Browser, company: Company, ticket: int) -> None:
    await agent.get("/tickets/1")
    part = await agent.post("/tickets/1/status", {"status": "nonsense"}, headers=HX)
    assert part.status_code == 422
    assert "This state does not exist." in part.headers["hx-trigger"]
    assert part.headers["hx-reswap"] == "none"
    script = await agent.post("/tickets/1/attachments", headers={"Accept": "application/json"})
    assert script.status_code == 422
    assert script.json()["message"] == "Choose a file."


async def test_htmx_is_led_to_the_sign_in(anybody: Browser, company: Company) -> None:
    answer = await anybody.http.get("/desk", headers=HX)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/sign-in"


async def test_a_failing_commit_is_never_answered_as_done(
    agent: Browser, company: Company, ticket: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await agent.get("/tickets/1")
    from contextlib import asynccontextmanager

    real = Database.work

    @asynccontextmanager
    async def failing(self: Database, workspace_id: object) -> object:
        async with real(self, workspace_id) as session:  # type: ignore[arg-type]
            yield session
            if session.new or session.dirty or ((await session.connection()).in_transaction() and workspace_id):
                await session.flush()
                raise OperationalError("COMMIT", {}, ConnectionError("the line broke"))

    monkeypatch.setattr(Database, "work", failing)
    answer = await agent.post("/tickets/1/tags", {"tags": "unlucky"})
    monkeypatch.undo()
    assert answer.status_code == 503
    assert "unlucky" not in (await agent.get("/tickets/1")).text


async def test_a_fault_of_ours_has_a_reference_and_no_details(
    agent: Browser, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dragoman.web.desk.search import routes as search

    def broken(*_args: object) -> None:
        raise ValueError("secret words")

    monkeypatch.setattr(search, "build", broken)
    answer = await agent.get("/search?q=a")
    assert answer.status_code == 500
    assert "secret words" not in answer.text
    assert re.search(r"Reference</?[^>]*> *<code>[0-9a-f]{8}|Reference <code>[0-9a-f]{8}", answer.text)
    assert "script-src 'self'" in answer.headers["content-security-policy"]


async def test_static_files_are_kept_for_ever_under_their_digest(anybody: Browser) -> None:
    from dragoman.web import assets

    answer = await anybody.http.get(assets.asset_url("desk.css"))
    assert answer.headers["cache-control"] == assets.FOREVER
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/css")
    stale = await anybody.http.get("/static/000000000000/desk.css")
    assert stale.headers["cache-control"] == "no-cache"
    for path in ("/static/x/../app.py", "/static/x/%2e%2e/app.py", "/static/x/css/tokens.css", "/static/x/no.js"):
        assert (await anybody.http.get(path, follow_redirects=True)).status_code == 404


async def test_one_person_can_not_ask_without_end(desk: Desk, company: Company, agent: Browser, admin: Browser) -> None:
    """All of a person's tabs together have a bound; a colleague is not held up by it."""
    desk.budget.limit = 60
    answers = [(await agent.get("/settings/profile")).status_code for _ in range(80)]
    assert answers.count(200) <= 62
    refused = await agent.get("/settings/profile")
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= 60
    assert (await admin.get("/settings/profile")).status_code == 200
