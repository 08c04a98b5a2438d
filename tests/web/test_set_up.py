"""The first start, on a database that no desk has used yet."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import nullcontext

import httpx2
import psycopg
import pytest

from dragoman.main import wiring
from dragoman.main.asgi import create_app
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings

from .conftest import Browser

GOOD = {
    "workspace": "Lantern Trading", "locale": "zh_Hans", "zone": "Asia/Shanghai", "name": "王芳",
    "email": "fang@lantern.example", "password": "correct horse battery",
}  # fmt: skip


@pytest.fixture
async def newcomer(cluster: embedded_pg.Cluster, worker_id: str, settings: Settings) -> AsyncIterator[Browser]:
    """A browser at a desk that is not set up."""
    name = f"fresh_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
    desk = wiring.build(settings, cluster.url(embedded_pg.APP, name))
    app = create_app(desk, life=nullcontext())  # type: ignore[arg-type]
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk.test") as http:
        yield Browser(http)
    await wiring.close(desk)
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_a_newcomer_is_led_from_the_first_page_to_the_desk(newcomer: Browser) -> None:
    assert (await newcomer.http.get("/")).headers["location"] == "/set-up"
    assert (await newcomer.http.get("/sign-in")).headers["location"] == "/set-up"
    page = await newcomer.get("/set-up")
    assert "What comes next" in page.text
    for name, value, said in (
        ("email", "fang", "This is not an e-mail address."),
        ("password", "short", "Use at least 10 characters"),
        ("workspace", " ", "Give your company"),
        ("zone", "Mars/Olympus", "This time zone is not known."),
    ):
        answer = await newcomer.post("/set-up", GOOD | {name: value})
        assert answer.status_code == 422, name
        assert said in answer.text.replace("&#39;", "'"), name
        assert GOOD["password"] not in answer.text
    answer = await newcomer.post("/set-up", GOOD)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/settings/shops"
    desk = await newcomer.get("/desk")
    assert "还没有来信" in desk.text
    assert "/settings/mailboxes/new" in desk.text
    assert (await newcomer.http.get("/set-up")).headers["location"] == "/sign-in"


async def test_everything_that_is_wrong_is_said_at_once(newcomer: Browser) -> None:
    await newcomer.get("/set-up")
    answer = await newcomer.post("/set-up", GOOD | {"workspace": "", "name": " ", "email": "fang", "password": "short"})
    assert answer.status_code == 422
    assert answer.text.count('class="field__error"') == 4
