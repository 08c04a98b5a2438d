"""Ways in: sign-in in its stages, its limits, and no session that outlives its stage."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
from fastapi import FastAPI

from dragoman.accounts import factors, queries, service
from dragoman.kit import clock
from dragoman.main.wiring import Desk
from tests.cast import PASSWORD, Company

from .conftest import Browser, signed_in


def site(company: Company) -> str:
    """The short name of the test's desk: one installation holds those of all tests."""
    return company.address.partition("@")[2].partition(".")[0]


async def try_sign_in(
    browser: Browser, company: Company, *, email: str = "", password: str = PASSWORD, to: str = ""
) -> int:
    await browser.get("/sign-in")
    values = {"site": site(company), "email": email or company.agent.email, "password": password, "next": to}
    answer = await browser.post("/sign-in", values)
    browser.token = ""
    return answer.status_code


async def test_whoever_knows_the_password_gets_where_they_wanted(anybody: Browser, company: Company) -> None:
    first = await anybody.http.get("/tickets/1?view=all")
    assert first.headers["location"] == "/sign-in?next=%2Ftickets%2F1%3Fview%3Dall"
    page = await anybody.get(first.headers["location"])
    assert 'value="/tickets/1?view=all"' in page.text
    values = {"site": site(company), "email": company.agent.email.upper(), "password": PASSWORD}
    answer = await anybody.post("/sign-in", values | {"next": "/tickets/1?view=all"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/tickets/1?view=all"
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("dragoman="))
    assert {"httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert (await anybody.get("/desk")).status_code == 200


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
async def test_a_sign_in_leads_nowhere_else(anybody: Browser, company: Company, to: str) -> None:
    await anybody.get("/sign-in")
    values = {"site": site(company), "email": company.agent.email, "password": PASSWORD, "next": to}
    assert (await anybody.post("/sign-in", values)).headers["location"] == "/"


async def test_wrong_passwords_and_unknown_people_hear_the_same(anybody: Browser, company: Company) -> None:
    said = set()
    for email, password in ((company.agent.email, "wrong"), ("nobody@nowhere.example", PASSWORD), ("", "")):
        await anybody.get("/sign-in")
        answer = await anybody.post("/sign-in", {"site": site(company), "email": email, "password": password})
        assert answer.status_code == 422
        assert "The e-mail address or the password is wrong." in answer.text
        assert PASSWORD not in answer.text
        said.add(len(answer.text.replace(email, "")))
    assert (await anybody.http.get("/desk")).status_code == 303


async def test_guessing_is_slowed_down_by_account_and_by_address(anybody: Browser, company: Company) -> None:
    codes = [await try_sign_in(anybody, company, password=f"guess {n}") for n in range(6)]
    assert codes == [422] * 5 + [429]
    assert await try_sign_in(anybody, company) == 429
    codes = [await try_sign_in(anybody, company, email=f"a{n}@b.example", password="x") for n in range(5)]
    assert codes[-1] == 429


async def test_a_right_password_forgives_earlier_mistakes(anybody: Browser, company: Company) -> None:
    for _round in range(3):
        for _try in range(3):
            assert await try_sign_in(anybody, company, password="almost") == 422
        assert await try_sign_in(anybody, company) == 303


async def test_the_second_factor_stands_between_password_and_desk(
    app: FastAPI, desk: Desk, anybody: Browser, company: Company
) -> None:
    actor = company.agent
    async with desk.db.work(actor.workspace_id) as session:
        secret = await factors.begin_totp(session, desk.keys, actor)
        await factors.confirm_totp(session, desk.keys, actor, code=pyotp.TOTP(secret).at(clock.now()))
    assert await try_sign_in(anybody, company, to="/search") == 303
    half = anybody.http.cookies["dragoman"]
    assert (await anybody.http.get("/desk")).status_code == 303, "half a sign-in opens nothing"
    page = await anybody.get("/sign-in/code?next=%2Fsearch")
    assert "six digits" in page.text
    wrong = await anybody.post("/sign-in/code", {"code": "000000"})
    assert wrong.status_code == 422
    assert "This code is wrong or was used." in wrong.text
    with clock.travel(clock.now() + timedelta(seconds=31)):
        code = pyotp.TOTP(secret).at(clock.now())
        await anybody.get("/sign-in/code")
        answer = await anybody.post("/sign-in/code", {"code": code, "next": "/search"})
    assert answer.headers["location"] == "/search"
    assert anybody.http.cookies["dragoman"] != half, "the secret is another one at every stage"
    assert (await anybody.get("/desk")).status_code == 200


async def test_a_first_password_must_be_replaced(desk: Desk, anybody: Browser, company: Company) -> None:
    async with desk.db.work(company.workspace_id) as session:
        email = f"new@{site(company)}.example"
        _id, first = await service.add_person(
            session, company.admin, name="Nora", email=email, role="agent1", locale="en", timezone="UTC"
        )
    assert await try_sign_in(anybody, company, email=email, password=first) == 303
    assert (await anybody.http.get("/desk")).status_code == 303
    await anybody.get("/sign-in/password")
    for new, again, said in (
        ("short", "short", "Use at least 10 characters"),
        ("a long enough sentence", "another sentence", "These two passwords are not the same."),
    ):
        answer = await anybody.post("/sign-in/password", {"new": new, "again": again})
        assert answer.status_code == 422
        assert said in answer.text
    answer = await anybody.post(
        "/sign-in/password", {"new": "a long enough sentence", "again": "a long enough sentence"}
    )
    assert answer.status_code == 303
    assert (await anybody.get("/desk")).status_code == 200


async def test_signing_out_ends_the_session_not_only_the_cookie(agent: Browser, company: Company) -> None:
    kept = agent.http.cookies["dragoman"]
    await agent.get("/desk")
    left = await agent.post("/sign-out")
    assert left.headers["location"] == "/sign-in"
    assert left.headers["clear-site-data"] == '"cache", "storage"', "files seen here stay with nobody"
    agent.http.cookies.set("dragoman", kept, domain="desk.test")
    assert (await agent.http.get("/desk")).status_code == 303


async def test_a_session_planted_before_signing_in_is_worth_nothing(
    app: FastAPI, desk: Desk, anybody: Browser, company: Company
) -> None:
    planted = f"{company.workspace_id.hex}.planted-secret"
    anybody.http.cookies.set("dragoman", planted, domain="desk.test")
    await anybody.get("/sign-in")
    await try_sign_in(anybody, company)
    assert planted not in str(anybody.http.cookies)
    stranger = await signed_in(app, desk, company.agent)
    stranger.http.cookies.set("dragoman", planted, domain="desk.test")
    assert (await stranger.http.get("/desk")).status_code == 303
    await stranger.http.aclose()


async def test_the_language_can_be_chosen_before_signing_in(anybody: Browser, company: Company) -> None:
    chinese = await anybody.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert "登录" in chinese.text
    await anybody.post("/language", {"lang": "zh_Hans", "next": "/sign-in"})
    assert "登录" in (await anybody.get("/sign-in", headers={"Accept-Language": "en"})).text


async def test_a_desk_is_set_up_only_once(anybody: Browser, company: Company) -> None:
    assert (await anybody.http.get("/set-up")).headers["location"] == "/sign-in"
    await anybody.get("/sign-in")
    values = {"workspace": "Mine now", "name": "Eve", "email": "eve@evil.example", "password": "a long sentence here"}
    answer = await anybody.post("/set-up", values | {"locale": "en", "zone": "UTC"})
    assert answer.headers["location"] == "/sign-in"
    async with company.desk.db.work(None) as session:
        assert "Mine now" not in {one.name for one in await queries.list_workspaces(session)}
