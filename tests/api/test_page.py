"""The page of access tokens."""

from __future__ import annotations

import re
from datetime import timedelta

from fastapi import FastAPI

from dragoman.accounts.tokens import queries
from dragoman.kit import clock
from tests.api.conftest import program, token_of
from tests.cast import Company
from tests.web.conftest import Browser


async def test_a_token_is_made_shown_once_used_and_revoked(app: FastAPI, company: Company, admin: Browser) -> None:
    page = await admin.get("/settings/api")
    assert "No access token yet" in page.text
    made = await admin.post("/settings/api", {"name": "Stock", "days": "30", "scopes": ["tickets:read", "people:read"]})
    assert made.status_code == 303
    page = await admin.get("/settings/api")
    (token,) = set(re.findall(r"drg_[0-9a-f]{32}\.[\w-]{43}", page.text))
    assert "drg_" not in (await admin.get("/settings/api")).text, "it is shown once"
    software = program(app, token)
    assert (await software.get("/people")).status_code == 200
    page = await admin.get("/settings/api")
    assert "last used" in page.text
    (address,) = re.findall(r'action="(/settings/api/[^"]+/revoke)"', page.text)
    assert (await admin.post(address)).status_code == 303
    assert "Revoked" in (await admin.get("/settings/api")).text
    assert (await software.get("/people")).status_code == 401
    await software.http.aclose()
    said = (await admin.get("/settings/audit")).text
    assert "drg_" not in said
    assert "Stock" in said


async def test_bad_input_makes_no_token(company: Company, admin: Browser) -> None:
    for form, said in (
        ({"name": "", "days": "30", "scopes": ["tickets:read"]}, "A name is needed"),
        ({"name": "x", "days": "366", "scopes": ["tickets:read"]}, "from 1 to 365"),
        ({"name": "x", "days": "²", "scopes": ["tickets:read"]}, "from 1 to 365"),
        ({"name": "x", "days": "30", "scopes": []}, "Choose at least one"),
        ({"name": "x", "days": "30", "scopes": ["everything"]}, "Choose at least one"),
    ):
        answer = await admin.post("/settings/api", form)
        assert answer.status_code == 422
        assert said in answer.text
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.list_all(session) == []


async def test_tokens_that_are_over_say_so(company: Company, admin: Browser) -> None:
    await token_of(company)
    with clock.travel(clock.now() + timedelta(days=31)):
        async with company.desk.db.work(company.workspace_id) as session:
            ((token, _name, _active),) = await queries.list_all(session)
            assert token.expires_at < clock.now()
    await token_of(company, company.lead)
    assert "Ana Costa" in (await admin.get("/settings/api")).text


async def test_the_page_to_try_it_loads_our_own_parts_only(admin: Browser) -> None:
    page = await admin.get("/settings/api/try")
    assert page.status_code == 200
    assert 'data-description="/api/v1/openapi.json"' in page.text
    for address in re.findall(r'(?:src|href)="([^"]+swagger[^"]+)"', page.text):
        assert (await admin.http.get(address)).status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
