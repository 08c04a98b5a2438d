"""What should be looked at in an answer: shown while it is written, and what stands against sending it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from dragoman.replies import checking
from dragoman.replies.models import ReplyFinding
from dragoman.tickets.models import Message
from tests.cast import Company
from tests.web.conftest import HX, Browser

pytestmark = pytest.mark.usefixtures("ticket")
LEFT = "Guten Tag Anna, Ihre Lampe kommt am {{date}} an."


async def sent(company: Company) -> list[Message]:
    async with company.desk.db.work(company.workspace_id) as session:
        return list(await session.scalars(select(Message).where(Message.kind == "outbound")))


async def kept(company: Company) -> list[ReplyFinding]:
    async with company.desk.db.work(company.workspace_id) as session:
        return list(await session.scalars(select(ReplyFinding).order_by(ReplyFinding.check)))


@pytest.mark.req("R153")
async def test_findings_stand_beside_the_words_while_they_are_written(agent: Browser) -> None:
    await agent.get("/tickets/1")
    part = await agent.post("/tickets/1/check", {"text": LEFT}, headers=HX)
    assert part.status_code == 200
    assert "Something is left to fill in here." in part.text
    assert "{{date}}" in part.text
    assert "House rule" in part.text
    clean = await agent.post("/tickets/1/check", {"text": "Guten Tag Anna, Ihre Lampe kommt morgen an."}, headers=HX)
    assert "finding" not in clean.text


async def test_what_blocks_does_not_leave_without_a_reason(agent: Browser, company: Company) -> None:
    await agent.get("/tickets/1")
    reply = {"kind": "reply", "text": LEFT}
    answer = await agent.post("/tickets/1/messages", reply, headers=HX)
    assert answer.status_code == 422
    assert answer.headers["hx-retarget"] == "#composer-findings"
    assert 'name="passed"' in answer.text
    assert await sent(company) == []
    assert (await agent.post("/tickets/1/messages", reply | {"passed": "  x "}, headers=HX)).status_code == 422
    done = await agent.post("/tickets/1/messages", reply | {"passed": "The braces are part of it"}, headers=HX)
    assert done.status_code == 200
    (found,) = await kept(company)
    assert (found.check, found.severity, found.words) == ("language.placeholder", "block", "{{date}}")
    assert found.passed == "The braces are part of it"


async def test_without_a_script_the_reason_is_asked_for_beside_the_words(agent: Browser, company: Company) -> None:
    await agent.get("/tickets/1")
    page = await agent.post("/tickets/1/messages", {"kind": "reply", "text": LEFT})
    assert page.status_code == 422
    assert "Something is left to fill in here." in page.text
    assert 'name="passed"' in page.text
    assert await sent(company) == []


async def test_a_warning_is_kept_with_the_answer(agent: Browser, company: Company) -> None:
    await agent.get("/tickets/1")
    text = "Please write to somebody@elsewhere.example about this matter, they will help you with it today."
    assert (await agent.post("/tickets/1/messages", {"kind": "reply", "text": text}, headers=HX)).status_code == 200
    assert "privacy.foreign" in {one.check for one in await kept(company)}


async def test_a_note_is_not_checked(agent: Browser, company: Company) -> None:
    await agent.get("/tickets/1")
    assert (await agent.post("/tickets/1/messages", {"kind": "note", "text": LEFT}, headers=HX)).status_code == 200
    assert await kept(company) == []


async def test_a_check_that_cries_wolf_is_muted_with_a_reason(agent: Browser, company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await checking.mute(session, company.admin, name="language.placeholder", reason="We sell templates")
    await agent.get("/tickets/1")
    part = await agent.post("/tickets/1/check", {"text": LEFT}, headers=HX)
    assert "left to fill in" not in part.text
    async with company.desk.db.work(company.workspace_id) as session:
        await checking.unmute(session, company.admin, name="language.placeholder")
    assert "left to fill in" in (await agent.post("/tickets/1/check", {"text": LEFT}, headers=HX)).text


async def test_what_was_written_is_only_words(agent: Browser) -> None:
    await agent.get("/tickets/1")
    part = await agent.post(
        "/tickets/1/check", {"text": "<script>alert(1)</script> {{x<img src=x onerror=alert(1)>}}"}, headers=HX
    )
    assert "<script" not in part.text
    assert "<img" not in part.text
