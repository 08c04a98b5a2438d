"""The workspace's own settings."""

from __future__ import annotations

from datetime import timedelta
from email.utils import make_msgid

import pytest

from dragoman.accounts import queries
from dragoman.kit import clock
from dragoman.tickets.access import get_ticket
from dragoman.tickets.service import set_status
from tests.cast import Company
from tests.desk_work import receive, tickets_of
from tests.post import letter

from .conftest import Browser

VALUES = {"name": "Lantern", "locale": "zh_Hans", "timezone": "Asia/Shanghai", "reopen_days": "3"}


async def days(company: Company) -> object:
    async with company.desk.db.work(company.workspace_id) as session:
        workspace = await queries.find_workspace(session, company.workspace_id)
    assert workspace is not None
    return workspace.settings.get("reopen_days")


@pytest.mark.parametrize("wrong", ["-1", "x", "", "9999", "²"])
async def test_a_wrong_number_changes_nothing(admin: Browser, company: Company, wrong: str) -> None:
    answer = await admin.post("/settings/workspace", VALUES | {"reopen_days": wrong})
    assert answer.status_code == 422
    assert "A number of days" in answer.text
    assert await days(company) is None


async def test_only_administrators_change_it(agent: Browser, company: Company) -> None:
    assert (await agent.get("/settings/workspace")).status_code == 403
    assert (await agent.post("/settings/workspace", VALUES)).status_code == 403
    assert await days(company) is None


@pytest.mark.req("R1")
async def test_reopening_holds_for_as_long_as_the_workspace_says(admin: Browser, company: Company) -> None:
    assert (await admin.post("/settings/workspace", VALUES)).status_code == 303
    assert await days(company) == 3
    assert 'value="3"' in (await admin.get("/settings/workspace")).text
    first = make_msgid(domain="buyer.example")
    await receive(company, letter(to=company.address, message_id=first))
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, 1, lock=True)
        await set_status(session, company.agent, ticket=ticket, status="solved")
    with clock.travel(clock.now() + timedelta(days=4)):
        await receive(company, letter(to=company.address, In_Reply_To=first, text="Noch eine Frage"))
    assert [row.status for row in await tickets_of(company)] == ["solved", "new"]
