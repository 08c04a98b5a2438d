"""A desk that asks everybody for a second factor."""

from __future__ import annotations

import re

import pyotp
import pytest
from fastapi import FastAPI

from dragoman.accounts import queries, signin
from dragoman.main.wiring import Desk
from tests.cast import Company
from tests.web.conftest import HX, Browser, admin, agent, anybody, app, signed_in

__all__ = ["admin", "agent", "anybody", "app"]
FORM = {"name": "Lantern", "locale": "en", "timezone": "UTC", "reopen_days": "30"}


async def ask_for_it(admin: Browser, *, on: bool = True) -> None:
    await admin.get("/settings/workspace")
    answer = await admin.post("/settings/workspace", FORM | ({"second_factor": "yes"} if on else {}))
    assert answer.status_code == 303, answer.text


async def enrol(browser: Browser) -> None:
    await browser.get("/settings/profile")
    await browser.post("/settings/profile/second-factor")
    page = await browser.get("/settings/profile/second-factor")
    secret = re.search(r"<code>([A-Z2-7 ]{32,})</code>", page.text)
    assert secret
    code = pyotp.TOTP(secret[1].replace(" ", "")).now()
    assert (await browser.post("/settings/profile/second-factor/confirm", {"code": code})).status_code == 303


async def test_nothing_opens_until_it_is_set_up(company: Company, admin: Browser, agent: Browser) -> None:
    assert (await agent.get("/desk")).status_code == 200
    await ask_for_it(admin)
    for path in ("/desk", "/search?q=x", "/settings/people"):
        answer = await agent.get(path)
        assert (answer.status_code, answer.headers.get("location")) == (303, "/settings/profile"), path
    part = await agent.http.get("/desk", headers=HX)
    assert (part.status_code, part.headers["HX-Redirect"]) == (403, "/settings/profile")
    refused = await agent.post("/tickets/1/status", {"status": "solved"})
    assert refused.headers.get("location") == "/settings/profile"
    assert "Set yours up to go on" in (await agent.get("/settings/profile")).text
    await enrol(agent)
    assert (await agent.get("/desk")).status_code == 200
    assert "Set yours up to go on" not in (await agent.get("/settings/profile")).text


async def test_whoever_asks_for_it_needs_it_too_and_is_not_locked_out(company: Company, admin: Browser) -> None:
    await ask_for_it(admin)
    assert (await admin.get("/settings/workspace")).headers.get("location") == "/settings/profile"
    await enrol(admin)
    page = await admin.get("/settings/workspace")
    assert re.search(r'name="second_factor"[^>]* checked', page.text)


async def test_it_can_not_be_switched_off_again_by_one_person(company: Company, admin: Browser, agent: Browser) -> None:
    await enrol(agent)
    await enrol(admin)
    await ask_for_it(admin)
    from tests.cast import PASSWORD

    off = {"password": PASSWORD}
    assert (await agent.post("/settings/profile/second-factor/off", off)).status_code == 409
    await ask_for_it(admin, on=False)
    assert (await agent.post("/settings/profile/second-factor/off", off)).status_code == 303
    assert (await agent.get("/desk")).status_code == 200


async def test_the_companys_own_sign_in_answers_for_itself(
    app: FastAPI, desk: Desk, company: Company, admin: Browser
) -> None:
    await ask_for_it(admin)
    outside = await signed_in(app, desk, company.agent)
    async with desk.db.work(company.workspace_id) as session:
        person = await queries.load_person(session, company.agent.person_id)
        assert person is not None
        cookie = await signin.open_sign_in(session, person, "full", place=signin.Place(), method="outside")
    async with outside.http:
        outside.http.cookies.set("dragoman", cookie.token, domain="desk.test")
        assert (await outside.get("/desk")).status_code == 200


@pytest.mark.parametrize("path", ["/settings/profileX", "/settings/people"])
async def test_only_the_profile_is_open(company: Company, admin: Browser, agent: Browser, path: str) -> None:
    await ask_for_it(admin)
    assert (await agent.get(path)).status_code in (303, 404)
