"""The system page: what is wrong in words, for this workspace alone, and nothing that is the operator's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import text

from dragoman.channels.email import queries as mailboxes
from dragoman.intake.service import Arrival
from dragoman.intake.service import receive as take_in
from dragoman.kit import clock
from dragoman.main.wiring import Desk, running
from dragoman.platform import secrets
from dragoman.platform.health import mail_dns
from dragoman.platform.live import Hub
from tests.cast import Company, found_company
from tests.world import authority, name_server

from .conftest import Browser


async def trouble(company: Company, words: str) -> None:
    """Let a company's mailbox fail."""
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.error, box.error_values = "The server said: {detail}", {"detail": words}
        await take_in(session, [Arrival("email", "x", b"x")])


async def test_it_says_what_is_wrong_and_what_to_do(admin: Browser, company: Company) -> None:
    await trouble(company, "no <b>room</b>")
    page = await admin.get("/settings/system")
    assert page.status_code == 200
    assert f"{company.address}: The server said: no &lt;b&gt;room&lt;/b&gt;" in page.text
    assert "Settings › Mailboxes" in page.text
    assert re.search(r"\d+ things? (is|are) wrong", page.text)
    tally = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.text))
    assert tally["Mails to file"] == "1"
    assert re.fullmatch(r"\d+\.\d\d GiB", tally["Database"])
    order = re.findall(r'class="step step--(\w+)"', page.text.partition("Mailboxes</h2>")[2].partition("</section>")[0])
    assert order[0] == "failed", "what is wrong comes first"


async def test_another_workspaces_affairs_are_not_told(admin: Browser, company: Company) -> None:
    other = await found_company(company.desk)
    await trouble(other, "hidden words")
    page = (await admin.get("/settings/system")).text
    assert "hidden words" not in page
    assert other.address not in page
    assert str(other.workspace_id) not in page


async def test_what_is_the_operators_is_not_told(admin: Browser, desk: Desk) -> None:
    secrets.load(desk.settings.data)
    page = (await admin.get("/settings/system")).text
    for word in (str(desk.settings.data), "secret.key", "dragoman_app", "password", desk.url):
        assert word not in page


async def test_processes_are_seen_by_their_lines(admin: Browser, desk: Desk) -> None:
    hub = Hub(desk.url, process="worker 4711@desk-2.example")
    async with running(hub.run()):
        await hub.connected.wait()
        page = (await admin.get("/settings/system")).text
    assert "worker 4711@desk-2.example" in page


async def test_the_button_looks_beyond_the_network(
    admin: Browser, company: Company, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    domain = company.address.rpartition("@")[2]
    monkeypatch.setenv("DRAGOMAN_CA_FILE", str(authority(tmp_path).file))
    first = (await admin.get("/settings/system")).text
    assert "SPF" in first.partition("Processes")[0], "it says what the button does"
    assert f"<bdi>{domain}:" not in first
    async with name_server({(domain, "MX"): ["10 mx.lantern.example."]}) as (resolver, asked):
        monkeypatch.setattr(mail_dns, "resolver", lambda: resolver)
        page = await admin.post("/settings/system/check")
    assert page.status_code == 200
    assert f"{domain}: mail goes to mx.lantern.example." in page.text
    assert f"{domain}: no SPF." in page.text
    assert f"TXT _dmarc.{domain}" in asked


async def test_the_button_has_a_bound(admin: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_dns, "resolver", lambda: None)
    await admin.get("/settings/system")
    with clock.travel(clock.now().replace(second=1)):  # so that no new minute begins in between
        statuses = [(await admin.post("/settings/system/check")).status_code for _ in range(8)]
    assert statuses[:5] == [200] * 5
    assert 429 in statuses


async def test_it_speaks_the_readers_language(admin: Browser, company: Company) -> None:
    await admin.get("/settings/profile")
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(text("UPDATE people SET locale = 'zh_Hans'"))
    page = (await admin.get("/settings/system")).text
    assert "从未做过备份" in page
    assert "No backup" not in page


async def test_only_with_the_permission(agent: Browser) -> None:
    assert (await agent.get("/settings/system")).status_code == 403
    assert (await agent.post("/settings/system/check")).status_code == 403
