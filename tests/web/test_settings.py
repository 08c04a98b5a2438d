"""The settings: every form answers bad input beside the field, in the reader's language, and changes nothing."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
import pytest
from fastapi import FastAPI

from dragoman.accounts import queries as people
from dragoman.channels.email import queries as mailboxes
from dragoman.commerce import queries as shops
from dragoman.intake import queries as envelopes
from dragoman.intake.models import SET_ASIDE
from dragoman.intake.service import Arrival, receive
from dragoman.kit import clock
from dragoman.main.wiring import Desk
from tests.cast import PASSWORD, Company

from .conftest import Browser, signed_in

BOX = {
    "address": "second@lantern.example", "from_name": "Lantern", "inbound": "forward", "smtp_host": "127.0.0.1",
    "smtp_port": "2525", "smtp_security": "none", "imap_port": "993", "imap_security": "tls", "active": "yes",
}  # fmt: skip


@pytest.mark.parametrize("page", ["people", "mailboxes", "mailboxes/new", "shops", "set-aside"])
async def test_settings_are_for_those_who_may(agent: Browser, admin: Browser, company: Company, page: str) -> None:
    assert (await admin.get(f"/settings/{page}")).status_code == 200
    answer = await agent.get(f"/settings/{page}")
    assert answer.status_code == 403
    assert "Ask an administrator." in answer.text
    assert f"/settings/{page}" not in (await agent.get("/settings/profile")).text


async def test_the_way_into_the_settings_leads_to_the_first_open_door(
    agent: Browser, admin: Browser, company: Company
) -> None:
    assert (await admin.http.get("/settings")).headers["location"] == "/settings/people"
    assert (await agent.http.get("/settings")).headers["location"] == "/settings/profile"


async def test_somebody_is_invited_and_the_link_shown_once(admin: Browser, company: Company) -> None:
    await admin.get("/settings/people")
    values = {"email": "nora", "role": "agent1", "locale": "en"}
    bad = await admin.post("/settings/people", values)
    assert bad.status_code == 422
    assert "This is not an e-mail address." in bad.text
    assert 'value="nora"' in bad.text
    email = f"nora@{company.address.partition('@')[2]}"
    answer = await admin.post("/settings/people", values | {"email": email})
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings/people")
    carried = admin.http.cookies["once"]
    added = await admin.get("/settings/people")
    assert f"{email} is invited." in added.text
    link = re.search(r"<code>(http://desk.test/invitation/[\w.-]+)</code>", added.text)
    assert link
    assert link[1].rpartition(".")[2] not in carried, "encrypted on its way"
    assert "once" not in admin.http.cookies
    later = await admin.get("/settings/people")
    assert link[1] not in later.text
    assert email in later.text, "it stands in the list"
    again = await admin.post("/settings/people", values | {"email": email})
    assert "This address is already invited." in again.text
    here = await admin.post("/settings/people", values | {"email": company.agent.email})
    assert "Somebody with this address is already here." in here.text


async def test_roles_change_and_the_last_administrator_stays(admin: Browser, company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        everybody = {person.role: person for person in await people.list_people(session)}
    agent, me = everybody["agent2"], everybody["admin"]
    await admin.get(f"/settings/people/{agent.id}")
    assert (await admin.post(f"/settings/people/{agent.id}", {"role": "agent3", "active": "yes"})).status_code == 303
    bad = await admin.post(f"/settings/people/{me.id}", {"role": "agent1", "active": "yes"})
    assert bad.status_code == 422
    assert "Somebody must remain who manages people." in bad.text
    async with company.desk.db.work(company.workspace_id) as session:
        roles = {person.id: person.role for person in await people.list_people(session)}
    assert (roles[agent.id], roles[me.id]) == ("agent3", "admin")


async def test_switching_somebody_off_ends_their_sessions(admin: Browser, agent: Browser, company: Company) -> None:
    assert (await agent.get("/desk")).status_code == 200
    await admin.get("/settings/people")
    await admin.post(f"/settings/people/{company.agent.person_id}", {"role": "agent2"})
    assert (await agent.http.get("/desk")).status_code == 303
    page = await admin.get("/settings/people")
    assert "Not active" in page.text


async def test_a_reset_gives_a_new_first_password(admin: Browser, agent: Browser, company: Company) -> None:
    await admin.get("/settings/people")
    path = f"/settings/people/{company.agent.person_id}"
    answer = await admin.post(f"{path}/reset")
    assert (answer.status_code, answer.headers["location"]) == (303, path)
    assert (await agent.http.get("/desk")).status_code == 303
    assert "New first password" in (await admin.get(path)).text
    assert "New first password" not in (await admin.get(path)).text


async def test_a_first_password_is_shown_to_whom_it_was_given_where_it_belongs_and_soon(
    app: FastAPI, desk: Desk, admin: Browser, company: Company
) -> None:
    path = f"/settings/people/{company.agent.person_id}"
    await admin.get(path)
    await admin.post(f"{path}/reset")
    carried = admin.http.cookies["once"]
    later = await signed_in(app, desk, company.admin)
    async with later.http:
        for browser, at, minutes, there in (
            (later, path, 0, False), (admin, "/settings/people", 0, False), (admin, path, 2, False),
            (admin, path, 0, True),
        ):  # fmt: skip
            browser.http.cookies.set("once", carried, domain="desk.test")
            with clock.travel(clock.now() + timedelta(minutes=minutes)):
                page = await browser.get(at)
            assert page.status_code == 200
            assert ("shown only once" in page.text) == there


async def test_shops_are_added_changed_and_put_out_of_use(admin: Browser, company: Company) -> None:
    await admin.get("/settings/shops")
    bad = await admin.post("/settings/shops", {"name": "", "platform": "bazaar", "market": "Germany"})
    assert bad.status_code == 422
    for said in ("A name is needed", "Choose a platform.", "Use the two letters"):
        assert said in bad.text
    assert (
        await admin.post("/settings/shops", {"name": "eBay UK", "platform": "ebay", "market": "GB"})
    ).status_code == 303
    async with company.desk.db.work(company.workspace_id) as session:
        made = next(shop for shop in await shops.list_shops(session) if shop.name == "eBay UK")
    page = await admin.get(f"/settings/shops/{made.id}")
    assert 'value="eBay UK"' in page.text
    await admin.post(f"/settings/shops/{made.id}", {"name": "eBay", "platform": "ebay", "market": ""})
    page = await admin.get("/settings/shops")
    assert "not in use" in page.text
    assert "United Kingdom" in page.text or "Market" in page.text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"address": "nonsense"}, "This is not an e-mail address."),
        ({"smtp_port": "99999"}, "A port is a number from 1 to 65535."),
        ({"smtp_port": "x"}, "A port is a number from 1 to 65535."),
        ({"smtp_host": ""}, "Give the server"),
        ({"smtp_security": "hope"}, "Choose how the connection is protected."),
        ({"inbound": "imap", "imap_host": "imap.example.com", "imap_user": ""}, "A user name is needed."),
        ({"inbound": "pigeon"}, "Choose how mail comes in."),
    ],
)
async def test_mailbox_forms_say_what_is_wrong(
    admin: Browser, company: Company, values: dict[str, str], said: str
) -> None:
    await admin.get("/settings/mailboxes/new")
    answer = await admin.post("/settings/mailboxes", BOX | values)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")
    async with company.desk.db.work(company.workspace_id) as session:
        assert len(await mailboxes.list_mailboxes(session)) == 1


async def test_a_mailbox_is_added_and_its_password_never_shown(admin: Browser, company: Company) -> None:
    await admin.get("/settings/mailboxes/new")
    address = f"second@{company.address.partition('@')[2]}"
    values = BOX | {"address": address, "smtp_user": "u", "smtp_password": "very secret", "shop": str(company.shop_id)}
    assert (await admin.post("/settings/mailboxes", values)).status_code == 303
    listed = await admin.get("/settings/mailboxes")
    assert address in listed.text
    assert "Every mail is accounted for" in listed.text
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.find_by_address(session, address)
    assert box is not None
    page = await admin.get(f"/settings/mailboxes/{box.id}")
    assert "very secret" not in page.text
    sealed = box.smtp_password
    await admin.post(f"/settings/mailboxes/{box.id}", values | {"smtp_password": "", "from_name": "Anders"})
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.find_by_address(session, address)
    assert box is not None
    assert (box.smtp_password, box.from_name) == (sealed, "Anders")


async def test_the_test_button_explains_and_stores_nothing(admin: Browser, company: Company) -> None:
    await admin.get("/settings/mailboxes/new")
    values = BOX | {"smtp_host": "127.0.0.1", "smtp_port": "1"}
    answer = await admin.post("/settings/mailboxes/new/test", values)
    assert answer.status_code == 200
    assert "step--failed" in answer.text
    assert "answers nothing on port 1" in answer.text
    assert f'value="{BOX["address"]}"' in answer.text
    async with company.desk.db.work(company.workspace_id) as session:
        assert len(await mailboxes.list_mailboxes(session)) == 1


async def test_a_failing_mailbox_says_since_when_and_when_it_is_tried_next(admin: Browser, company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.error, box.error_values = "The server said: {detail}", {"detail": "<b>NO</b>"}
        box.error_at, box.next_check_at = clock.now(), clock.now()
    page = await admin.get("/settings/mailboxes")
    assert "The server said: &lt;b&gt;NO&lt;/b&gt;" in page.text
    assert "next try" in page.text
    assert "Something needs a look" in (await admin.get("/desk")).text


async def test_nothing_is_called_accounted_for_before_it_was_counted(admin: Browser, company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.inbound = "imap"
    page = await admin.get("/settings/mailboxes")
    assert "were not counted yet" in page.text
    assert "Every mail is accounted for" not in page.text
    assert "On the server" in page.text


async def test_a_forwarded_mailbox_speaks_of_no_server_and_says_where_to_forward(
    admin: Browser, company: Company
) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.inbound = "forward"
    page = await admin.get("/settings/mailboxes")
    assert "forwarded to the desk" in page.text
    assert "On the server" not in page.text
    assert "mail receiver is off" in (await admin.get(f"/settings/mailboxes/{company.mailbox_id}")).text


@pytest.fixture
async def aside(company: Company) -> Company:
    """A company with a mail that nobody can have sent."""
    raw = b"\x00\x00\x00"
    async with company.desk.db.work(company.workspace_id) as session:
        await receive(session, [Arrival("email", "broken", raw, company.mailbox_id, {"from": "<x>", "to": ["y@z"]})])
    await company.desk.inbound.batch(company.workspace_id)
    return company


async def test_a_mail_set_aside_says_what_it_is_about(admin: Browser, company: Company) -> None:
    raw = b"From: =?utf-8?Q?J=C3=BCrgen?= <j@x.example>\r\nSubject: =?utf-8?B?6YCA5qy+?=\r\n\r\n" + b"x" * 5000
    async with company.desk.db.work(company.workspace_id) as session:
        fresh = await receive(session, [Arrival("email", "defeats", raw, company.mailbox_id, {})])
        await envelopes.settle(session, fresh["defeats"], state=SET_ASIDE, problem="too deep", now=clock.now())
    page = await admin.get("/settings/set-aside")
    assert "退款" in page.text
    assert "Jürgen" in page.text
    assert "5.1 kB" in page.text


async def test_mails_set_aside_can_be_read_again_saved_discarded_and_restored(admin: Browser, aside: Company) -> None:
    page = await admin.get("/settings/set-aside")
    assert "No sender can be read from this mail." in page.text
    assert "&lt;x&gt;" in page.text
    async with aside.desk.db.work(aside.workspace_id) as session:
        (envelope,) = (await envelopes.list_set_aside(session)).rows
    base = f"/settings/set-aside/{envelope.id}"
    raw = await admin.http.get(f"{base}/raw")
    assert raw.content == b"\x00\x00\x00"
    assert raw.headers["content-disposition"].startswith("attachment;")
    assert raw.headers["content-type"] == "application/octet-stream"
    gone = await admin.post(f"{base}/discard", follow_redirects=True)
    assert "Nothing is set aside" in gone.text
    assert f"{base}/restore" in gone.text, "the passing word can undo it"
    assert "No sender can be read" in (await admin.post(f"{base}/restore", follow_redirects=True)).text
    assert (await admin.post(f"{base}/retry")).status_code == 303
    assert "Nothing is set aside" in (await admin.get("/settings/set-aside")).text
    assert (await admin.post(f"{base}/retry")).status_code == 409


async def test_only_some_may_see_mails_set_aside(agent: Browser, aside: Company) -> None:
    async with aside.desk.db.work(aside.workspace_id) as session:
        (envelope,) = (await envelopes.list_set_aside(session)).rows
    await agent.get("/desk")
    assert (await agent.http.get(f"/settings/set-aside/{envelope.id}/raw")).status_code == 403
    for deed in ("retry", "discard", "restore"):
        assert (await agent.post(f"/settings/set-aside/{envelope.id}/{deed}")).status_code == 403


async def test_the_profile_changes_language_looks_and_keys(agent: Browser, company: Company) -> None:
    await agent.get("/settings/profile")
    values = {"name": "李伟", "locale": "zh_Hans", "timezone": "Asia/Shanghai", "theme": "dark", "signature": ""}
    assert (await agent.post("/settings/profile", values | {"theme": "neon"})).status_code == 422
    assert (await agent.post("/settings/profile", values)).status_code == 303
    page = await agent.get("/desk")
    assert 'lang="zh-Hans" data-theme="dark"' in page.text
    assert 'data-letters="off"' in page.text
    assert "收件箱" in page.text


async def test_a_new_password_ends_other_sessions_and_keeps_this_one(
    app: FastAPI, desk: Desk, agent: Browser, company: Company
) -> None:
    other = await signed_in(app, desk, company.agent)
    await agent.get("/settings/profile")
    bad = await agent.post("/settings/profile/password", {"old": "wrong", "new": "a long enough sentence"})
    assert bad.status_code == 422
    assert "This is not your present password." in bad.text
    good = await agent.post("/settings/profile/password", {"old": PASSWORD, "new": "a long enough sentence"})
    assert good.status_code == 303
    page = await agent.get("/settings/profile")
    assert "You are signed out everywhere else." in page.text
    assert (await other.http.get("/desk")).status_code == 303
    await other.http.aclose()


async def test_the_second_factor_is_set_up_and_switched_off(agent: Browser, company: Company) -> None:
    await agent.get("/settings/profile")
    assert (await agent.post("/settings/profile/second-factor")).status_code == 303
    page = await agent.get("/settings/profile/second-factor")
    assert 'src="data:image/svg+xml' in page.text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page.text)
    assert found
    wrong = await agent.post("/settings/profile/second-factor/confirm", {"code": "000000"})
    assert wrong.status_code == 422
    assert found[1] in wrong.text, "the picture stays while the code is corrected"
    code = pyotp.TOTP(found[1].replace(" ", "")).at(clock.now())
    assert (await agent.post("/settings/profile/second-factor/confirm", {"code": code})).status_code == 303
    assert "Six digits are asked for" in (await agent.get("/settings/profile")).text
    wrong = await agent.post("/settings/profile/second-factor/off", {"password": "guess"})
    assert wrong.status_code == 422
    assert (await agent.post("/settings/profile/second-factor/off", {"password": PASSWORD})).status_code == 303
    assert "a stolen password alone opens nothing" in (await agent.get("/settings/profile")).text


async def test_the_styleguide_shows_in_development(anybody: Browser, company: Company) -> None:
    page = await anybody.get("/styleguide")
    assert page.status_code == 200
    assert "Components" in page.text or "components" in page.text
