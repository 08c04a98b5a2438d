"""What tests of accounts ask of a desk, in a line each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx2
from fastapi import FastAPI
from sqlalchemy import select

from dragoman.audit.models import AuditEntry
from dragoman.main.wiring import Desk
from tests.cast import PASSWORD, Company
from tests.web.conftest import Browser


def site(company: Company) -> str:
    """The short name of the test's desk: one installation holds those of all tests."""
    return company.address.partition("@")[2].partition(".")[0]


def stranger(app: FastAPI, address: str = "192.0.2.7", agent: str = "Mozilla/5.0 Firefox/140.0") -> Browser:
    """Another browser somewhere on the internet."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4000))
    headers = {"User-Agent": agent}
    return Browser(httpx2.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers))


async def enter(browser: Browser, company: Company, **more: str) -> httpx2.Response:
    """Sign in through the form."""
    browser.token = ""
    await browser.get("/sign-in")
    given = {"site": site(company), "email": company.agent.email, "password": PASSWORD} | more
    answer = await browser.post("/sign-in", given)
    browser.token = ""
    return answer


async def deeds(company: Company, *areas: str) -> list[AuditEntry]:
    """What the audit log holds of these areas, oldest first."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = await session.scalars(select(AuditEntry).order_by(AuditEntry.id))
        return [one for one in found if one.area in areas]


async def rows(desk: Desk, workspace_id: UUID, table: Any) -> list[Any]:
    """Every row of a table in a workspace."""
    async with desk.db.work(workspace_id) as session:
        return list(await session.scalars(select(table).order_by(table.id)))
