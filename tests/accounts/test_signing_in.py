"""Sign-ins: recovery codes, seeing and ending them, alerts, idleness, and what the audit log says of it all."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pyotp
import pytest
from fastapi import FastAPI

from dragoman.accounts import factors, sessions
from dragoman.accounts.access import IDLE, get_actor
from dragoman.accounts.models import RecoveryCode, SignIn, SignInAlert, SignInPlace
from dragoman.accounts.places import browser_name, network
from dragoman.kit import clock
from tests.cast import PASSWORD, Company
from tests.desk_work import use_smtp_port
from tests.post import sink
from tests.web.conftest import Browser

from .desk import deeds, enter, rows, stranger

FRESH = "another tidal kettle"


async def with_codes(company: Company) -> tuple[str, list[str]]:
    """Li Wei's second factor, switched on an hour ago; its secret and the recovery codes."""
    with clock.travel(clock.now() - timedelta(hours=1)):
        async with company.desk.db.work(company.workspace_id) as session:
            secret = await factors.begin_totp(session, company.desk.keys, company.agent)
            codes = await factors.confirm_totp(
                session, company.desk.keys, company.agent, code=pyotp.TOTP(secret).at(clock.now())
            )
    return secret, codes


async def with_code(browser: Browser, company: Company, code: str) -> int:
    """Sign in by password and this code."""
    assert (await enter(browser, company)).headers["location"].startswith("/sign-in/code")
    await browser.get("/sign-in/code")
    return (await browser.post("/sign-in/code", {"code": code})).status_code


async def test_recovery_codes_are_shown_once_when_the_second_factor_is_set_up(agent: Browser, company: Company) -> None:
    await agent.get("/settings/profile")
    await agent.post("/settings/profile/second-factor")
    page = await agent.get("/settings/profile/second-factor")
    found = re.search(r"<code>([A-Z2-7 ]{30,})</code>", page.text)
    assert found
    secret = found[1].replace(" ", "")
    code = pyotp.TOTP(secret).at(clock.now())
    assert (await agent.post("/settings/profile/second-factor/confirm", {"code": code})).status_code == 303
    first = await agent.get("/settings/profile")
    codes = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", first.text)
    assert len(set(codes)) == 10
    assert "10 recovery codes are left." in first.text
    assert codes[0] not in (await agent.get("/settings/profile")).text
    kept = await rows(company.desk, company.workspace_id, RecoveryCode)
    assert len(kept) == 10
    assert not any(code.encode() in bytes(row.code_hash) for code in codes for row in kept)


async def test_a_recovery_code_opens_once_and_is_told(app: FastAPI, anybody: Browser, company: Company) -> None:
    _secret, codes = await with_codes(company)
    assert await with_code(anybody, company, codes[3].upper().replace("-", " ")) == 303
    page = await anybody.get("/settings/profile")
    assert "9 recovery codes are left." in page.text
    assert "A recovery code was used to sign in" in page.text
    async with stranger(app).http as http:
        again = Browser(http)
        assert await with_code(again, company, codes[3]) == 422
        assert (await again.http.get("/desk")).status_code == 303, "nobody is in"
        assert await with_code(again, company, "aaaaa-bbbbb") == 422
    assert [one.verb for one in await deeds(company, "second_factor")] == [
        "second_factor.on", "second_factor.recovered",
    ]  # fmt: skip


async def test_codes_are_renewed_after_the_password_and_old_ones_die(
    app: FastAPI, agent: Browser, company: Company
) -> None:
    _secret, codes = await with_codes(company)
    async with stranger(app).http as http:
        me = Browser(http)
        assert await with_code(me, company, codes[0]) == 303
        await me.get("/settings/profile")
        bad = await me.post("/settings/profile/recovery-codes", {"renew_password": "wrong"})
        assert bad.status_code == 422
        assert "This is not your present password." in bad.text
        assert (await me.post("/settings/profile/recovery-codes", {"renew_password": PASSWORD})).status_code == 303
        fresh = re.findall(r"<code>([a-z0-9]{5}-[a-z0-9]{5})</code>", (await me.get("/settings/profile")).text)
    async with stranger(app).http as http:
        other = Browser(http)
        assert await with_code(other, company, codes[1]) == 422
        assert await with_code(other, company, fresh[0]) == 303


async def test_wrong_and_replayed_codes_say_so_and_open_nothing(
    app: FastAPI, anybody: Browser, company: Company
) -> None:
    secret, _codes = await with_codes(company)
    now = pyotp.TOTP(secret).at(clock.now())
    assert await with_code(anybody, company, "000000" if now != "000000" else "111111") == 422
    assert await with_code(anybody, company, now) == 303
    async with stranger(app).http as http:
        other = Browser(http)
        assert await with_code(other, company, now) == 422
        assert "This code is wrong or was used." in (await other.post("/sign-in/code", {"code": now})).text
        assert (await other.http.get("/desk")).status_code == 303
    failed = [one for one in await deeds(company, "signin") if one.verb == "signin.failed"]
    assert {one.data["step"] for one in failed} == {"code"}


async def test_one_sees_where_one_is_signed_in_and_ends_it(app: FastAPI, agent: Browser, company: Company) -> None:
    phone = "Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/150.0 Mobile Safari/537.36"
    browsers = [stranger(app, "198.51.100.9", phone), stranger(app)]
    for one in browsers:
        await enter(one, company)
        assert (await one.http.get("/desk")).status_code == 200
    page = await agent.get("/settings/profile")
    for said in ("Chrome, Android", "198.51.100.9", "This one"):
        assert said in page.text
    ends = re.findall(r'action="(/settings/profile/sign-ins/[\w-]+/end)"', page.text)
    phones = [row for row in await rows(company.desk, company.workspace_id, SignIn) if row.address == "198.51.100.9"]
    one = next(end for end in ends if str(phones[0].id) in end)
    assert (await agent.post(one)).status_code == 303
    assert [(await browser.http.get("/desk")).status_code for browser in browsers] == [303, 200]
    assert (await agent.post(one)).status_code == 404, "it has already ended"
    assert (await agent.post("/settings/profile/sign-ins/end")).status_code == 303
    assert (await browsers[1].http.get("/desk")).status_code == 303
    assert (await agent.http.get("/desk")).status_code == 200
    for browser in browsers:
        await browser.http.aclose()


async def test_nobody_ends_a_colleagues_sign_in_but_who_manages_people(
    agent: Browser, admin: Browser, company: Company
) -> None:
    found = await rows(company.desk, company.workspace_id, SignIn)
    mine, theirs = (
        next(row.id for row in found if row.person_id == who.person_id) for who in (company.agent, company.admin)
    )
    await agent.get("/settings/profile")
    assert (await agent.post(f"/settings/profile/sign-ins/{theirs}/end")).status_code == 404
    assert (await admin.http.get("/desk")).status_code == 200
    person = f"/settings/people/{company.agent.person_id}"
    assert "Signed in" in (await admin.get(person)).text
    assert (await admin.post(f"{person}/sign-ins/{mine}/end")).status_code == 303
    assert (await agent.http.get("/desk")).status_code == 303
    (ended,) = [one for one in await deeds(company, "signin") if one.verb == "signin.ended"]
    assert (ended.person_id, ended.subject_id) == (company.admin.person_id, str(company.agent.person_id))


async def test_a_sign_in_that_nobody_uses_ends_after_three_days(agent: Browser, company: Company) -> None:
    assert (await agent.get("/desk")).status_code == 200
    start = clock.now()
    for days in (2, 4, 6):
        with clock.travel(start + timedelta(days=days)):
            assert (await agent.http.get("/desk")).status_code == 200, "in use, it lasts"
    with clock.travel(start + timedelta(days=6) + IDLE + timedelta(minutes=1)):
        assert (await agent.http.get("/desk")).status_code == 303


async def test_a_page_left_open_does_not_count_as_use(agent: Browser, company: Company) -> None:
    """The live line looks every minute whether its sign-in still holds."""
    cookie = agent.http.cookies["dragoman"]
    start = clock.now()
    for days in (1, 2):
        with clock.travel(start + timedelta(days=days)):
            await get_actor(company.desk.db, cookie, in_use=False)
    with clock.travel(start + IDLE + timedelta(minutes=1)):
        assert (await agent.http.get("/desk")).status_code == 303


async def test_what_is_over_is_forgotten(agent: Browser, company: Company) -> None:
    desk = company.desk
    await sessions.tend(desk.db)
    assert (await agent.http.get("/desk")).status_code == 200
    with clock.travel(clock.now() + timedelta(days=4)):
        await sessions.tend(desk.db)
    assert await rows(desk, company.workspace_id, SignIn) == []
    assert await rows(desk, company.workspace_id, SignInPlace) != []
    with clock.travel(clock.now() + timedelta(days=91)):
        await sessions.tend(desk.db)
    assert await rows(desk, company.workspace_id, SignInPlace) == []


async def test_a_new_password_rotates_the_cookie_and_leaves_an_alert(
    agent: Browser, company: Company, app: FastAPI
) -> None:
    await agent.get("/settings/profile")
    before = agent.http.cookies["dragoman"]
    form = {"old": PASSWORD, "new": FRESH}
    assert (await agent.post("/settings/profile/password", form)).status_code == 303
    assert agent.http.cookies["dragoman"] != before
    assert "Your password was changed" in (await agent.get("/settings/profile")).text
    async with stranger(app).http as http:
        http.cookies.set("dragoman", before, domain="desk.test")
        assert (await http.get("/desk")).status_code == 303


async def test_a_new_place_is_told_and_a_known_one_is_not(app: FastAPI, company: Company) -> None:
    async with sink() as world:
        await use_smtp_port(company, world.port)
        for address, agent in (
            ("192.0.2.7", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"),  # the first of all is no news
            ("192.0.2.99", "Mozilla/5.0 (Windows NT 10.0) Firefox/141.0"),  # same network, next version
            ("203.0.113.5", "Mozilla/5.0 (Windows NT 10.0) Firefox/141.0"),  # another network
            ("203.0.113.6", "Mozilla/5.0 (Windows NT 10.0) Firefox/141.0"),
        ):
            async with stranger(app, address, agent).http as http:
                await enter(Browser(http), company)
        (alert,) = await rows(company.desk, company.workspace_id, SignInAlert)
        await company.desk.jobs.run_worker_async(wait=False, install_signal_handlers=False)
        (mail,) = world.mails
    assert (alert.kind, alert.address, alert.browser) == ("place", "203.0.113.5", "Firefox, Windows")
    assert mail["To"] == company.agent.email
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert b"203.0.113.5" in body
    async with stranger(app, "192.0.2.7", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0").http as http:
        me = Browser(http)
        await enter(me, company)
        page = await me.get("/settings/profile")
        assert "A sign-in from a browser or network not seen before" in page.text
        assert f"/settings/profile/sign-ins/{alert.sign_in_id}/end" in page.text
        assert (await me.post(f"/settings/profile/alerts/{alert.id}/close")).status_code == 303
        assert "not seen before" not in (await me.get("/settings/profile")).text


async def test_a_place_is_new_again_after_ninety_days(app: FastAPI, company: Company) -> None:
    async def come(address: str, days: int) -> None:
        with clock.travel(clock.now() + timedelta(days=days)):
            async with stranger(app, address).http as http:
                await enter(Browser(http), company)

    await come("192.0.2.7", 0)
    await come("203.0.113.5", 60)
    await come("192.0.2.7", 100)
    found = await rows(company.desk, company.workspace_id, SignInAlert)
    assert [one.address for one in found] == ["203.0.113.5", "192.0.2.7"]


async def test_another_persons_alert_is_not_mine_to_close(agent: Browser, admin: Browser, company: Company) -> None:
    await agent.get("/settings/profile")
    await agent.post("/settings/profile/password", {"old": PASSWORD, "new": FRESH})
    (alert,) = await rows(company.desk, company.workspace_id, SignInAlert)
    await admin.get("/settings/profile")
    assert (await admin.post(f"/settings/profile/alerts/{alert.id}/close")).status_code == 404


@pytest.mark.req("R243")
async def test_the_audit_log_tells_of_every_deed_with_people(
    app: FastAPI, admin: Browser, anybody: Browser, company: Company
) -> None:
    await enter(anybody, company, password="wrong")
    await enter(anybody, company, email="ghost@nowhere.example")
    await enter(anybody, company)
    await anybody.get("/settings/profile")
    profile = {"name": "Li Wei", "locale": "zh_Hans", "timezone": "Asia/Shanghai", "theme": "dark", "signature": ""}
    await anybody.post("/settings/profile", profile)
    await anybody.post("/settings/profile/password", {"old": PASSWORD, "new": FRESH})
    await anybody.get("/settings/profile")
    await anybody.post("/sign-out")
    person = f"/settings/people/{company.agent.person_id}"
    await admin.get(person)
    await admin.post(person, {"role": "agent3", "active": "yes"})
    await admin.post(person, {"role": "agent3"})
    await admin.post(person, {"role": "agent3", "active": "yes"})
    await admin.post(f"{person}/reset")
    form = {"workspace": "Lantern Two", "name": "Lantern Two", "locale": "en", "timezone": "UTC", "reopen_days": "9"}
    await admin.get("/settings/workspace")
    assert (await admin.post("/settings/workspace", form | {"zone": "UTC"})).status_code == 303
    told = await deeds(company, "signin", "person", "password", "profile", "workspace")
    verbs = [one.verb for one in told if one.verb not in ("person.added", "workspace.set_up")][1:]
    assert verbs == [
        "signin.failed", "signin.failed", "signin.done", "profile.changed", "password.changed", "signin.ended",
        "person.role", "person.switched_off", "person.switched_on", "password.reset", "workspace.changed",
    ]  # fmt: skip
    failed = [one for one in told if one.verb == "signin.failed"]
    assert [one.person_name for one in failed] == [company.agent.email, "ghost@nowhere.example"]
    assert all(one.person_id is None for one in failed), "what was typed, not who it may be"
    changed = {one.verb: one.data for one in told}
    assert changed["profile.changed"]["changed"]["theme"] == {"before": "system", "after": "dark"}
    assert (changed["person.role"]["before"], changed["person.role"]["after"]) == (
        {"role": "agent2"}, {"role": "agent3"},
    )  # fmt: skip
    assert changed["workspace.changed"]["changed"]["reopen_days"] == {"before": 30, "after": 9}
    everything = json.dumps([one.data for one in told])
    assert PASSWORD not in everything
    assert FRESH not in everything


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/150.0 Safari/537.36 Edg/150.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/150.0 MicroMessenger/8.0", "WeChat, Android"),
        ("curl/8.20", "curl"),
        ("Something-else/1.0", "Something-else"),
        ("", ""),
    ],
)
def test_browsers_are_called_what_people_call_them(agent: str, name: str) -> None:
    assert browser_name(agent) == name


@pytest.mark.parametrize(
    ("address", "where"),
    [("192.0.2.77", "192.0.2.0/24"), ("2001:db8:1:2:3::4", "2001:db8:1::/48"), ("unix", "unix"), ("", "")],
)
def test_a_neighbourhood_is_a_small_network(address: str, where: str) -> None:
    assert network(address) == where
