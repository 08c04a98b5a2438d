"""Invitations: a link that works once, for three days, and says plainly why it does not."""

from __future__ import annotations

import asyncio
import json
import re
from datetime import timedelta

import pytest
from fastapi import FastAPI

from dragoman.accounts.models import Invitation, Person, SignIn
from dragoman.flow import letters
from dragoman.kit import clock
from tests.cast import Company, found_company
from tests.desk_work import use_smtp_port
from tests.post import sink
from tests.web.conftest import Browser, signed_in

from .desk import deeds, enter, rows, stranger

GOOD = {"name": "Nora Lind", "password": "tidal kettle fox", "locale": "en", "timezone": "Europe/Berlin"}


def nora(company: Company) -> str:
    return f"nora@{company.address.partition('@')[2]}"


async def invite(admin: Browser, company: Company, **more: str) -> str:
    """Invite Nora; returns the path of the link that the page shows once."""
    await admin.get("/settings/people")
    form = {"email": nora(company), "role": "agent1", "locale": "en"} | more
    assert (await admin.post("/settings/people", form)).status_code == 303
    return await shown(admin)


async def shown(admin: Browser) -> str:
    found = re.search(r"http://desk\.test(/invitation/[\w.-]+)", (await admin.get("/settings/people")).text)
    assert found
    return found[1]


async def test_whoever_is_invited_chooses_name_and_password_and_is_in(
    admin: Browser, anybody: Browser, company: Company
) -> None:
    link = await invite(admin, company)
    page = await anybody.get(link)
    assert "Welcome to Lantern Trading" in page.text
    assert nora(company) in page.text
    assert "Agent, tier 1" in page.text
    answer = await anybody.post(link, GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert "Nora Lind" in (await anybody.get("/settings/profile")).text
    other = stranger(anybody.http._transport.app)  # type: ignore[attr-defined]
    async with other.http:
        entered = await enter(other, company, email=nora(company), password=GOOD["password"])
        assert entered.status_code == 303
    people = {one.email: one for one in await rows(company.desk, company.workspace_id, Person)}
    assert (people[nora(company)].timezone, people[nora(company)].must_change_password) == ("Europe/Berlin", False)
    assert nora(company) not in (await admin.get("/settings/people")).text.partition('id="invited"')[2]


async def test_only_the_hash_of_a_link_is_kept(admin: Browser, company: Company) -> None:
    secret = (await invite(admin, company)).rpartition(".")[2]
    (kept,) = await rows(company.desk, company.workspace_id, Invitation)
    assert secret.encode() not in bytes(kept.token_hash)
    told = await deeds(company, "person")
    assert secret not in json.dumps([one.data for one in told])


async def test_bad_input_is_said_beside_the_fields_and_uses_nothing_up(
    admin: Browser, anybody: Browser, company: Company
) -> None:
    link = await invite(admin, company)
    await anybody.get(link)
    bad = await anybody.post(link, {"name": " ", "password": "lantern-2026!", "locale": "en", "timezone": "Mars/Base"})
    assert bad.status_code == 422
    for said in ("A name is needed", "among the first that would be guessed", "This time zone is not known."):
        assert said in bad.text
    assert "lantern-2026!" not in bad.text
    assert (await anybody.post(link, GOOD)).status_code == 303


@pytest.mark.parametrize("what", ["used", "revoked", "expired", "renewed", "damaged", "nonsense", "foreign"])
async def test_a_link_that_does_not_open_says_why_and_changes_nothing(
    app: FastAPI, admin: Browser, anybody: Browser, company: Company, what: str
) -> None:
    link, said, later = await invite(admin, company), "This invitation link is damaged.", timedelta()
    async with stranger(app).http as http:
        first = Browser(http)
        await first.get(link)
        if what == "used":
            await first.post(link, GOOD)
            said = "This invitation has been used."
    (kept,) = await rows(company.desk, company.workspace_id, Invitation)
    await anybody.get(link)
    if what == "revoked":
        assert (await admin.post(f"/settings/people/invitations/{kept.id}/revoke")).status_code == 303
        said = "This invitation was taken back."
    elif what == "renewed":
        assert (await admin.post(f"/settings/people/invitations/{kept.id}/renew")).status_code == 303
        assert await shown(admin) != link
    elif what == "expired":
        later, said = timedelta(hours=72, seconds=1), "This invitation has expired"
    elif what == "damaged":
        link = link[:-3]
    elif what == "nonsense":
        link = "/invitation/nonsense"
    elif what == "foreign":
        other = await found_company(company.desk)
        link = link.replace(company.workspace_id.hex, other.workspace_id.hex)
    await anybody.get("/sign-in")
    before = [len(await rows(company.desk, company.workspace_id, table)) for table in (Person, SignIn)]
    with clock.travel(clock.now() + later):
        for answer in (await anybody.get(link), await anybody.post(link, GOOD)):
            assert answer.status_code == 410
            assert said in answer.text
            assert "dragoman" not in anybody.http.cookies
    assert [len(await rows(company.desk, company.workspace_id, table)) for table in (Person, SignIn)] == before


async def test_two_at_once_make_one_person(app: FastAPI, admin: Browser, company: Company) -> None:
    link = await invite(admin, company)
    browsers = [stranger(app), stranger(app, "192.0.2.8")]
    for one in browsers:
        await one.get(link)
    answers = await asyncio.gather(*(one.post(link, GOOD) for one in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 410]
    for one in browsers:
        await one.http.aclose()
    people = [one.email for one in await rows(company.desk, company.workspace_id, Person)]
    assert people.count(nora(company)) == 1


async def test_an_expired_invitation_is_renewed_from_the_list(
    app: FastAPI, admin: Browser, anybody: Browser, company: Company
) -> None:
    old = await invite(admin, company)
    (kept,) = await rows(company.desk, company.workspace_id, Invitation)
    with clock.travel(clock.now() + timedelta(hours=73)):
        admin = await signed_in(app, company.desk, company.admin)
        assert "Expired" in (await admin.get("/settings/people")).text
        await admin.post(f"/settings/people/invitations/{kept.id}/renew")
        fresh = await shown(admin)
        assert fresh != old
        await anybody.get(fresh)
        assert (await anybody.post(fresh, GOOD)).status_code == 303
        await admin.http.aclose()
    assert [one.verb for one in await deeds(company, "person")][-3:] == [
        "person.invited", "person.invited", "person.added",
    ]  # fmt: skip


async def test_the_link_is_mailed_in_the_language_of_whoever_gets_it(admin: Browser, company: Company) -> None:
    async with sink() as world:
        await use_smtp_port(company, world.port)
        link = await invite(admin, company, locale="zh_Hans")
        await company.desk.jobs.run_worker_async(wait=False, queues=None, install_signal_handlers=False)
        (mail,) = world.mails
    assert world.envelopes[0].rcpt_tos == [nora(company)]
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert f"http://desk.test{link}" in body.decode()
    assert "邀请" in body.decode()
    assert [one.verb for one in await deeds(company, "letter")] == ["letter.sent"]


async def test_a_letter_job_holds_no_link_in_the_clear(admin: Browser, company: Company) -> None:
    link = await invite(admin, company)
    waiting = [job for job in await company.desk.jobs.job_manager.list_jobs_async() if job.task_name == letters.SEND]
    assert waiting
    assert link.rpartition(".")[2] not in json.dumps([job.task_kwargs for job in waiting])


async def test_without_a_mailbox_the_page_says_that_the_link_must_be_handed_over(
    admin: Browser, company: Company
) -> None:
    from dragoman.channels.email import queries as mailboxes

    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.active = False
    await admin.get("/settings/people")
    await admin.post("/settings/people", {"email": nora(company), "role": "agent1", "locale": "en"})
    assert "hand the link over yourself" in (await admin.get("/settings/people")).text
