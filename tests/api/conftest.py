"""Programs that talk to a desk: the real application over real HTTP semantics, with a real token."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from dragoman.accounts.access import Actor
from dragoman.accounts.tokens import service as tokens
from dragoman.accounts.tokens.scopes import SCOPES
from tests.cast import Company
from tests.web.conftest import admin, agent, anybody, app

__all__ = ["admin", "agent", "anybody", "app"]


async def token_of(company: Company, actor: Actor | None = None, scopes: Sequence[str] = tuple(SCOPES)) -> str:
    """A new token of somebody at the desk."""
    who = actor or company.admin
    async with company.desk.db.work(company.workspace_id) as session:
        maker = Actor(
            **{name: getattr(who, name) for name in who.__slots__} | {"permissions": frozenset({"api.manage"})}
        )
        _id, token = await tokens.make(session, maker, name="Test", scopes=scopes, days=30)
    return token


@dataclass
class Program:
    """Other software with a token."""

    http: httpx2.AsyncClient

    async def get(self, path: str, **more: Any) -> httpx2.Response:
        return await self.http.get("/api/v1" + path, **more)

    async def post(self, path: str, json: Any = None, **more: Any) -> httpx2.Response:
        return await self.http.post("/api/v1" + path, json=json, **more)

    async def patch(self, path: str, json: Any = None, **more: Any) -> httpx2.Response:
        return await self.http.patch("/api/v1" + path, json=json, **more)


def program(app: FastAPI, token: str, address: str = "192.0.2.9") -> Program:
    """Other software somewhere."""
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False, client=(address, 4000))
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Program(httpx2.AsyncClient(transport=transport, base_url="http://desk.test", headers=headers))


@pytest.fixture
async def api(app: FastAPI, company: Company) -> AsyncIterator[Program]:
    """Software with a token of Wang Fang's that has every scope."""
    made = program(app, await token_of(company))
    async with made.http:
        yield made


NEW = {
    "subject": "Wo ist mein Paket?", "text": "Es ist nicht angekommen.",
    "customer": {"email": "anna@buyer.example", "name": "Anna Schmidt", "language": "de", "market": "DE"},
}  # fmt: skip
