"""Requests that are wrong about themselves, and what errors give away (nothing)."""

from __future__ import annotations

import re
from contextlib import nullcontext
from dataclasses import replace

import httpx2
import pytest

from dragoman.main import wiring
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk
from dragoman.platform.secrets import Keys
from dragoman.web.desk.inbox import routes as inbox
from tests.cast import Company, found_company
from tests.web.conftest import HX, Browser

TELLTALE = re.compile(
    r"Traceback|File \"|/src/|\.py\b|dragoman\.(web|main|kit|platform)|sqlalchemy|psycopg|starlette|fastapi|uvicorn"
    r"|postgres|SELECT |quince",
    re.I,
)
FORMS = ({}, HX, {"Accept": "application/json"})


async def test_the_host_a_request_names_is_never_repeated(anybody: Browser, agent: Browser, company: Company) -> None:
    """No link, redirect or cookie is made of it: caches and mails could otherwise be poisoned."""
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
    for browser in (anybody, agent):
        for path in ("/", "/desk", "/sign-in", "/tickets/1", "/no/such/page", "/settings", "/set-up", "/desk/"):
            answer = await browser.http.get(path, headers=evil)
            assert "evil.example" not in answer.text
            assert "evil.example" not in str(answer.headers)
            assert answer.headers.get("location", "/").startswith("/")


@pytest.mark.parametrize("form", FORMS, ids=["page", "fragment", "json"])
async def test_errors_give_nothing_away(
    agent: Browser, company: Company, form: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not found, not allowed, malformed, too long, and a fault of ours, in each form in which they are told."""
    await agent.get("/desk")

    async def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("quince of psycopg in /src/dragoman/secret.py")

    got = []
    for method, path in (
        ("GET", "/tickets/99"), ("GET", "/tickets/x"), ("GET", "/no/such"), ("DELETE", "/desk"), ("PUT", "/tickets/1"),
        ("GET", "/settings/people"), ("GET", "/desk?cursor=x"), ("POST", "/tickets/1/status"),
        ("GET", "/desk?a=" + "b" * 9000),
    ):  # fmt: skip
        got.append(await agent.http.request(method, path, headers=form))
    monkeypatch.setattr(inbox, "list_zone", broken)
    got.append(await agent.http.get("/desk", headers=form))
    assert [one.status_code for one in got] == [404, 404, 404, 405, 405, 403, 422, 403, 414, 500]
    for answer in got:
        assert not TELLTALE.search(answer.text), answer.text
        assert not TELLTALE.search(str(answer.headers))
        assert "server" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"]


async def test_readiness_says_what_is_wrong_and_not_where(desk: Desk) -> None:
    nowhere = wiring.build(desk.settings, "postgresql://dragoman:quince@127.0.0.1:1/nowhere")
    transport = httpx2.ASGITransport(app=create_app(nowhere, life=nullcontext()))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        answer = await http.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"status": "unavailable", "database": "OperationalError"}
        assert (await http.get("/healthz")).status_code == 200
        page = await http.get("/sign-in")
        assert page.status_code == 503
        assert not TELLTALE.search(page.text)
    await wiring.close(nowhere)


async def test_pictures_of_mails_open_by_their_own_signature_only(
    agent: Browser, anybody: Browser, company: Company, desk: Desk
) -> None:
    """Not by one for another workspace, day, kind or address, nor by one of another installation."""
    other = await found_company(desk)
    mine, day, what = company.workspace_id.hex, "29991231", "https://cdn.example/a.png"
    mine_signed = f"{mine} {day} web {what}"
    signed = desk.keys.sign("picture", mine_signed)
    foreign = Keys(b"x" * 32).sign("picture", mine_signed)
    old = desk.keys.sign("picture", f"{mine} 20200101 web {what}")
    purpose = desk.keys.sign("csrf", mine_signed)
    senseless = desk.keys.sign("picture", f"x {day} web {what}")
    for workspace, when, signature, kind, address in (
        (other.workspace_id.hex, day, signed, "web", what), (mine, "29991230", signed, "web", what),
        (mine, day, signed, "part", what), (mine, day, signed, "web", "http://127.0.0.1/"),
        (mine, day, foreign, "web", what), (mine, day, "-", "web", what), (mine, "20200101", old, "web", what),
        ("x", day, senseless, "web", what), (mine, day, purpose, "web", what),
    ):  # fmt: skip
        for browser in (agent, anybody):
            answer = await browser.http.get(
                f"/pictures/{workspace}/{when}/{signature}/{kind}", params={"what": address}
            )
            assert answer.status_code == 404


async def test_the_style_guide_is_no_part_of_a_desk_in_use(desk: Desk, company: Company) -> None:
    used = replace(desk, settings=desk.settings.model_copy(update={"development": False}))
    transport = httpx2.ASGITransport(app=create_app(used, life=nullcontext()))  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        for path in ("/styleguide", "/docs", "/redoc", "/openapi.json"):
            assert (await http.get(path)).status_code == 404


async def test_what_is_posted_is_bounded_in_every_way(agent: Browser, company: Company) -> None:
    """Length that is announced, length that is not, many fields, many files, and numbers without end."""
    await agent.get("/desk")

    async def endless() -> object:
        for _round in range(500):
            yield b"y" * 65_536

    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    largest = company.desk.settings.upload_max_size
    announced = await agent.http.post("/tickets/1/messages", headers=multipart | {"Content-Length": str(largest * 2)})
    assert announced.status_code == 413
    assert (await agent.http.post("/tickets/1/messages", content=endless(), headers=multipart)).status_code in (
        400,
        413,
    )
    many = {f"f{n}": "x" for n in range(1001)} | {"csrf": agent.token}
    assert (await agent.http.post("/sign-out", data=many)).status_code in (400, 403, 422)
    files = [("files", (f"{n}.txt", b"x", "text/plain")) for n in range(60)]
    answer = await agent.http.post("/tickets/1/messages", data={"csrf": agent.token}, files=files)
    assert answer.status_code in (400, 422)
    for number in ("0", "-1", "9" * 30, "1e3", "٣", "1;DROP"):
        assert (await agent.http.get(f"/tickets/{number}")).status_code == 404
