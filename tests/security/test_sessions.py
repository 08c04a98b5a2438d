"""Sign-ins under attack: fixation, replay, guessing, stolen and swapped cookies."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx2
import pyotp
import pytest
from fastapi import FastAPI

from dragoman.accounts import factors, signin
from dragoman.kit import clock
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk
from tests.cast import PASSWORD, Company, found_company
from tests.web.conftest import Browser, signed_in


def slug(company: Company) -> str:
    return company.address.partition("@")[2].partition(".")[0]


async def enter(browser: Browser, company: Company, **more: str) -> httpx2.Response:
    """Sign in through the form."""
    browser.token = ""
    await browser.get("/sign-in")
    given = {"site": slug(company), "email": company.agent.email, "password": PASSWORD} | more
    answer = await browser.post("/sign-in", given)
    browser.token = ""
    return answer


def stranger(app: FastAPI, address: str = "192.0.2.7") -> Browser:
    """Another browser somewhere on the internet."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4000))
    return Browser(httpx2.AsyncClient(transport=transport, base_url="http://desk.test"))


async def opens(app: FastAPI, cookie: str) -> bool:
    """Whether a cookie opens the desk."""
    async with stranger(app).http as http:
        http.cookies.set("dragoman", cookie, domain="desk.test")
        return (await http.get("/desk")).status_code == 200


async def with_codes(desk: Desk, company: Company) -> str:
    """Li Wei's second factor, switched on an hour ago; returns its secret."""
    with clock.travel(clock.now() - timedelta(hours=1)):
        async with desk.db.work(company.workspace_id) as session:
            secret = await factors.begin_totp(session, desk.keys, company.agent)
            await factors.confirm_totp(session, desk.keys, company.agent, code=pyotp.TOTP(secret).at(clock.now()))
    return secret


async def test_every_stage_has_a_cookie_of_its_own_and_earlier_ones_die(
    app: FastAPI, desk: Desk, anybody: Browser, company: Company
) -> None:
    secret = await with_codes(desk, company)
    async with desk.db.work(company.workspace_id) as session:
        from dragoman.accounts import queries

        person = await queries.load_person(session, company.agent.person_id)
        assert person is not None
        person.must_change_password = True
    cookies = []
    assert (await enter(anybody, company)).headers["location"] == "/sign-in/code?next=%2F"
    cookies.append(anybody.http.cookies["dragoman"])
    await anybody.get("/sign-in/code")
    answer = await anybody.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert answer.headers["location"].startswith("/sign-in/password")
    cookies.append(anybody.http.cookies["dragoman"])
    anybody.token = ""
    await anybody.get("/sign-in/password")
    fresh = "another long sentence"
    assert (await anybody.post("/sign-in/password", {"new": fresh, "again": fresh})).status_code == 303
    cookies.append(anybody.http.cookies["dragoman"])
    assert len(set(cookies)) == 3
    assert [await opens(app, cookie) for cookie in cookies] == [False, False, True]
    async with stranger(app).http as http:
        http.cookies.set("dragoman", cookies[1], domain="desk.test")
        assert (await http.get("/sign-in/password")).status_code == 303, "a used stage can't be entered again"


async def test_a_new_password_kills_the_cookie_it_was_changed_with(
    app: FastAPI, desk: Desk, company: Company, agent: Browser
) -> None:
    elsewhere = (await signed_in(app, desk, company.agent)).http.cookies["dragoman"]
    before = agent.http.cookies["dragoman"]
    await agent.get("/settings/profile")
    form = {"old": PASSWORD, "new": "another long sentence"}
    assert (await agent.post("/settings/profile/password", form)).status_code == 303
    after = {one.value for one in agent.http.cookies.jar if one.name == "dragoman"} - {before}
    assert [await opens(app, one) for one in (before, elsewhere, *after)] == [False, False, True]


async def test_a_code_opens_once(app: FastAPI, desk: Desk, company: Company) -> None:
    """Also for two who send it in the same moment."""
    secret = await with_codes(desk, company)
    browsers = [stranger(app), stranger(app), stranger(app)]
    for browser in browsers:
        assert (await enter(browser, company)).status_code == 303
        await browser.get("/sign-in/code")
    code = pyotp.TOTP(secret).at(clock.now())
    answers = await asyncio.gather(*(browser.post("/sign-in/code", {"code": code}) for browser in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    for browser, answer in zip(browsers, answers, strict=True):
        if answer.status_code == 422:
            assert (await browser.post("/sign-in/code", {"code": code})).status_code == 422
    for browser in browsers:
        await browser.http.aclose()


async def test_codes_cannot_be_guessed(app: FastAPI, desk: Desk, company: Company) -> None:
    secret = await with_codes(desk, company)
    browser = stranger(app)
    await enter(browser, company)
    await browser.get("/sign-in/code")
    tries = [await browser.post("/sign-in/code", {"code": f"{n:06}"}) for n in range(6)]
    assert [one.status_code for one in tries] == [422] * 5 + [429]
    assert 0 < int(tries[-1].headers["retry-after"]) <= 300
    right = await browser.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert right.status_code == 429, "the limit holds for the right code too, or it would tell which one is"
    await browser.http.aclose()
    other = stranger(app, "198.51.100.9")
    await enter(other, company)
    await other.get("/sign-in/code")
    assert (await other.post("/sign-in/code", {"code": "000001"})).status_code == 429, (
        "it is the person's, not an address'"
    )
    await other.http.aclose()


async def test_an_address_may_try_ten_times_whatever_it_claims_to_be(app: FastAPI, company: Company) -> None:
    browser = stranger(app)
    codes = []
    for n in range(11):
        browser.token = ""
        await browser.get("/sign-in")
        form = {"site": slug(company), "email": f"p{n}@nobody.example", "password": "x"}
        claims = {"X-Forwarded-For": f"203.0.113.{n}", "X-Real-IP": f"203.0.113.{n}", "Forwarded": f"for=203.0.113.{n}"}
        answer = await browser.post("/sign-in", form, headers=claims)
        codes.append(answer.status_code)
    assert codes == [422] * 10 + [429]
    assert 0 < int(answer.headers["retry-after"]) <= 300
    await browser.http.aclose()
    elsewhere = stranger(app, "198.51.100.9")
    assert (await enter(elsewhere, company)).status_code == 303, "others are not locked out"
    await elsewhere.http.aclose()


async def test_an_account_is_guarded_against_many_addresses(app: FastAPI, company: Company) -> None:
    codes = []
    for n in range(6):
        browser = stranger(app, f"198.51.100.{n}")
        codes.append(
            (await enter(browser, company, password=f"guess {n}", email=company.agent.email.upper())).status_code
        )
        await browser.http.aclose()
    assert codes == [422] * 5 + [429]


async def test_a_cookie_opens_its_own_workspace_only(
    app: FastAPI, desk: Desk, company: Company, agent: Browser
) -> None:
    other = await found_company(desk)
    _mine, _dot, secret = agent.http.cookies["dragoman"].partition(".")
    for forged in (
        f"{other.workspace_id.hex}.{secret}", f"{company.workspace_id.hex}.", f"{company.workspace_id.hex}.{secret}x",
        f".{secret}", "%00", "' OR '1'='1", "x" * 5000, f"{company.workspace_id}.{secret[:-1]}",
    ):  # fmt: skip
        assert not await opens(app, forged)


async def test_a_sign_in_ends_by_itself(app: FastAPI, company: Company, agent: Browser) -> None:
    cookie = agent.http.cookies["dragoman"]
    assert await opens(app, cookie)
    with clock.travel(clock.now() + signin.SIGN_IN_LASTS + timedelta(seconds=1)):
        assert not await opens(app, cookie)


async def test_over_https_cookies_are_bound_to_this_host(desk: Desk, company: Company) -> None:
    from contextlib import nullcontext

    public = desk.settings.model_copy(update={"public_url": "https://desk.test"})
    app = create_app(replace(desk, settings=public), life=nullcontext())  # type: ignore[arg-type]
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="https://desk.test") as http:
        answer = await enter(Browser(http), company)
        assert answer.status_code == 303
        cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-dragoman="))
        assert {"secure", "httponly", "samesite=lax", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
        assert "domain" not in cookie.lower()
        page = await http.get("/desk")
        assert page.status_code == 200
        assert page.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"
        reader = Browser(http)
        await reader.get("/desk")
        spoken = await reader.post("/language", {"lang": "zh_Hans"})
        assert "__Host-lang=zh_Hans" in spoken.headers["set-cookie"]
        assert "secure" in spoken.headers["set-cookie"].lower()
        assert 'lang="zh' in (await http.get("/sign-in")).text
        form = {"csrf": Browser(http).token, "status": "solved"}
        foreign = await http.post(
            "/tickets/1/status", data=form, headers={"Host": "evil.test", "Origin": "https://evil.test"}
        )
        assert foreign.status_code == 403, "with a public address set, no other host passes as ours"


@pytest.mark.parametrize(
    "to", ["//evil.example", "https://evil.example", "/\t/evil.example", "/%5cevil", "/\\evil.example"]
)
async def test_no_stage_leads_off_the_desk(
    app: FastAPI, desk: Desk, anybody: Browser, company: Company, to: str
) -> None:
    """`next` is checked where it is read, at every stage: in the page and in the answer."""
    secret = await with_codes(desk, company)
    await enter(anybody, company, next=to)
    page = await anybody.get("/sign-in/code", params={"next": to})
    assert "evil.example" not in page.text
    answer = await anybody.post("/sign-in/code", {"code": pyotp.TOTP(secret).at(clock.now()), "next": to})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")
    assert not answer.headers["location"].startswith(("//", "/\\", "/\t"))
    language = await anybody.post("/language", {"lang": "en", "next": to})
    assert "evil.example" not in language.headers.get("location", "")
