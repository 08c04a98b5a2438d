"""Browsers without a screen: the real application over real HTTP semantics, signed in as one of the cast."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx2
import pytest
from fastapi import FastAPI

from dragoman.accounts import signin
from dragoman.accounts.access import Actor
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.intake.service import Arrival, receive
from dragoman.main.asgi import create_app
from dragoman.main.wiring import Desk
from tests.cast import PASSWORD, Company
from tests.post import letter

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
HX = {"HX-Request": "true"}


@dataclass
class Browser:
    """One browser: cookies, and the proof that its last page gave to forms."""

    http: httpx2.AsyncClient
    token: str = ""

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        """Load a page, as a person would."""
        response = await self.http.get(path, **more)
        if found := TOKEN.search(response.text):
            self.token = found[1]
        return response

    async def post(self, path: str, data: dict[str, Any] | None = None, **more: Any) -> httpx2.Response:
        """Send a form of the page that was loaded last."""
        if not self.token:
            await self.get("/desk")
        return await self.http.post(path, data={"csrf": self.token} | (data or {}), **more)


@pytest.fixture
def app(desk: Desk) -> FastAPI:
    """The application around the test's desk."""
    return create_app(desk, life=nullcontext())  # type: ignore[arg-type]


@pytest.fixture
async def anybody(app: FastAPI) -> AsyncIterator[Browser]:
    """A browser that nobody has signed in with."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        yield Browser(http)


async def signed_in(app: FastAPI, desk: Desk, actor: Actor) -> Browser:
    """A browser of somebody at the desk."""
    async with desk.db.work(actor.workspace_id) as session:
        cookie = await signin.sign_in(
            session, email=actor.email, password=PASSWORD, address="192.0.2.1", browser="test"
        )
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    http = httpx2.AsyncClient(transport=transport, base_url="http://desk.test")
    http.cookies.set("dragoman", cookie.token, domain="desk.test")
    return Browser(http)


@pytest.fixture
async def agent(app: FastAPI, desk: Desk, company: Company) -> AsyncIterator[Browser]:
    """Li Wei's browser."""
    browser = await signed_in(app, desk, company.agent)
    async with browser.http:
        yield browser


@pytest.fixture
async def admin(app: FastAPI, desk: Desk, company: Company) -> AsyncIterator[Browser]:
    """Wang Fang's browser."""
    browser = await signed_in(app, desk, company.admin)
    async with browser.http:
        yield browser


@pytest.fixture
async def trainer(app: FastAPI, desk: Desk, company: Company) -> AsyncIterator[Browser]:
    """Tom Baker's browser: he reads, and writes notes."""
    browser = await signed_in(app, desk, company.people["trainer"])
    async with browser.http:
        yield browser


async def mail_in(company: Company, raw: bytes) -> int:
    """A mail arrives and is filed; returns how many mails were settled."""
    async with company.desk.db.work(company.workspace_id) as session:
        await receive(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id, {"from": "", "to": []})])
    return await company.desk.inbound.batch(company.workspace_id)


@pytest.fixture
async def ticket(company: Company) -> int:
    """A ticket that a buyer's mail has just opened: number 1 of its workspace."""
    await mail_in(company, letter(to=company.address))
    return 1


async def first_message(company: Company, kind: str = "inbound") -> UUID:
    """The id of the workspace's first message of a kind."""
    from sqlalchemy import select

    from dragoman.tickets.models import Message

    async with company.desk.db.work(company.workspace_id) as session:
        found: UUID | None = await session.scalar(
            select(Message.id).where(Message.kind == kind).order_by(Message.at).limit(1)
        )
    assert found is not None
    return found
