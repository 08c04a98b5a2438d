"""What a log may know: that something happened, never whose words it was about."""

from __future__ import annotations

import io
import logging
import smtplib
from asyncio import to_thread
from collections.abc import Iterator

import pytest

from dragoman.flow import ahead
from dragoman.intake.mail.door import Door
from dragoman.platform import logs
from dragoman.tickets import finding, lists
from tests.cast import PASSWORD, Company
from tests.desk_work import answer, receive, try_to_send, use_smtp_port
from tests.post import letter, sink
from tests.web.conftest import Browser

SECRETS = (
    "Zitronenkuchen", "Brombeersaft", "Quittengelee", "Mirabelle", "mirabelle.example", "Hagebutte", "Stachelbeere",
    PASSWORD, "wrong-Pflaume", "Preiselbeere",
)  # fmt: skip


@pytest.fixture(params=[True, False], ids=["json", "console"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """The log as an operator configures it, of every level."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    logs.configure(as_json=request.param, level=logging.DEBUG)
    stream = io.StringIO()
    handler = root.handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream)
    yield stream
    root.handlers[:], root.level = before, level


def deliver(port: int, to: str, raw: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("hagebutte@mirabelle.example", [to], raw)


@pytest.mark.req("R115")
async def test_a_round_trip_leaves_no_words_behind(
    company: Company, agent: Browser, anybody: Browser, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mail in, read, faults of ours and of the outside, a refused and an accepted answer, search, sign-ins."""
    door = Door(company.desk.db, domain="desk.localhost", max_size=1_000_000)
    port = await door.open("127.0.0.1", 0)
    mail = letter(
        to=company.address, sender="Mirabelle Hagebutte <hagebutte@mirabelle.example>", subject="Zitronenkuchen fehlt",
        text="Wo bleibt der Brombeersaft?", message_id="<m1@mirabelle.example>",
    )  # fmt: skip
    await to_thread(deliver, port, company.address, mail)
    await to_thread(deliver, port, company.address, b"\x00 Zitronenkuchen\r\n\r\nBrombeersaft \xff\r\n")
    await door.close()
    with monkeypatch.context() as broken:

        def fail(*_args: object, **_more: object) -> None:
            raise ValueError("can't read 'Brombeersaft' of hagebutte@mirabelle.example")

        broken.setattr(ahead, "parse", fail)
        await company.desk.inbound.batch(company.workspace_id)
    while await company.desk.inbound.batch(company.workspace_id):
        pass
    await receive(company, letter(to=company.address, sender="nobody@mirabelle.example", subject="Quittengelee"))
    async with company.desk.db.work(company.workspace_id) as session:
        rows = (await lists.list_tickets(session, company.agent, lists.Filter("all"))).rows
    async with sink() as world:
        await use_smtp_port(company, world.port)
        for row in rows:
            await try_to_send(company, await answer(company, row.number, "<p>Stachelbeere</p>"))
        world.answer = "550 5.7.1 hagebutte@mirabelle.example wants no Stachelbeere"
        await try_to_send(company, await answer(company, rows[0].number, "<p>Stachelbeere</p>"))
    await anybody.get("/sign-in")
    await anybody.post("/sign-in", {"email": company.agent.email, "password": "wrong-Pflaume", "site": "Preiselbeere"})
    await agent.get("/search?q=Brombeersaft")
    with monkeypatch.context() as broken:
        broken.setattr(finding, "search", fail)
        assert (await agent.get("/search?q=Quittengelee")).status_code == 500
    await agent.post(f"/tickets/{rows[0].number}/messages", {"kind": "note", "text": "Stachelbeere für Mirabelle"})
    said = written.getvalue()
    assert "delivery" in said
    assert "batch failed" in said
    assert "builtins.ValueError" in said, "where a fault arose is told"
    assert "in fail" in said
    assert "fault" in said
    assert [word for word in (*SECRETS, company.agent.email, company.address) if word in said] == []


async def test_private_values_are_kept_out_even_where_somebody_logs_them(written: io.StringIO) -> None:
    logs.get("test").warning(
        "noted", subject="Zitronenkuchen", email="a@mirabelle.example", password=PASSWORD, ticket=7
    )
    said = written.getvalue()
    assert "7" in said
    assert [word for word in SECRETS if word in said] == []


async def test_the_causes_of_a_fault_are_told_without_their_words(written: io.StringIO) -> None:
    try:
        try:
            int("Brombeersaft")
        except ValueError as error:
            raise KeyError("Quittengelee") from error
    except KeyError:
        logs.get("test").error("broken", exc_info=True)
    said = written.getvalue()
    assert "builtins.KeyError" in said
    assert "builtins.ValueError" in said
    assert "test_logs.py" in said
    assert [word for word in SECRETS if word in said] == []


async def test_refusals_are_logged_with_who_and_which_door_and_without_words(
    agent: Browser, company: Company, written: io.StringIO
) -> None:
    """A door without the permission, a form without its proof, a token that opens nothing, tries without end."""
    await agent.get("/desk")
    assert (await agent.get("/settings/people")).status_code == 403
    forged = await agent.http.post("/tickets/1/status", data={"csrf": "x", "status": "Zitronenkuchen"})
    assert forged.status_code == 403
    bad = await agent.http.get("/api/v1/tickets?q=Mirabelle", headers={"Authorization": "Bearer Hagebutte"})
    assert bad.status_code == 401
    for _ in range(6):
        await agent.post("/settings/profile/password", {"old": "wrong-Pflaume", "new": "Preiselbeere"})
    said = written.getvalue()
    assert said.count("refused") == 4
    assert str(company.agent.person_id) in said
    for door in ("/settings/people", "/tickets/{number}/status", "/settings/profile/password"):
        assert door in said
    for status in ("401", "403", "429"):
        assert status in said
    assert [word for word in SECRETS if word in said] == []


async def test_nothing_logged_begins_a_line_of_its_own(written: io.StringIO) -> None:
    logs.get("test").warning("noted", detail="a\r\nFORGED \x1b[31m\u2028b")
    logging.getLogger("library").warning("said %s", "c\nFORGED\x9b")
    said = written.getvalue()
    assert said.count("\n") == 2
    assert not set(said) & set("\r\x1b\x9b\u2028")
