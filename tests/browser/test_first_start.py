"""The first page of a new desk, on a database that nobody has set up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from playwright.async_api import Browser, Page, expect

from dragoman.main import migrate
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg

from .conftest import Watch, serving


@pytest.fixture
def database(cluster: embedded_pg.Cluster, worker_id: str) -> Iterator[str]:
    """A database without a workspace."""
    name = f"first_{worker_id}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
    migrate.upgrade(cluster.url(embedded_pg.OWNER, name), cluster.url(embedded_pg.APP, name))
    yield name


@pytest.fixture
async def url(desk: Desk) -> AsyncIterator[str]:
    """The new desk, serving."""
    async with serving(desk) as address:
        yield address


async def fill(page: Page, **values: str) -> None:
    """Fill the first form and send it."""
    usual = {"workspace": "Lantern Trading", "name": "Ana", "email": "ana@lantern.example", "password": "long enough 1"}
    for name, value in (usual | values).items():
        await page.locator(f"#f-{name}").fill(value)
    await page.get_by_role("button", name="Open the desk").click()


async def test_the_time_zone_is_the_browsers_own_unless_chosen(chromium: Browser, url: str, watch: Watch) -> None:
    zone = "#f-zone"
    for options, shown in (
        ({"timezone_id": "America/Sao_Paulo"}, "America/Sao_Paulo"),
        ({"timezone_id": "America/Sao_Paulo", "java_script_enabled": False}, "Asia/Shanghai"),
        ({"timezone_id": "UTC"}, "Asia/Shanghai"),
    ):
        context = await chromium.new_context(base_url=url, **options)
        watch.over(context)
        page = await context.new_page()
        await page.goto("/set-up")
        await expect(page.locator(zone)).to_have_value(shown)
        await context.close()

    context = await chromium.new_context(base_url=url, timezone_id="America/Sao_Paulo")
    watch.over(context)
    page = await context.new_page()
    await page.goto("/set-up")
    await page.locator(zone).select_option("Europe/Berlin")
    await fill(page, workspace=" ")
    await expect(page.locator(".field__error").first).to_be_visible()
    await expect(page.locator(zone)).to_have_value("Europe/Berlin")
    await fill(page)
    await page.wait_for_url("**/settings/shops")
    await page.goto("/settings/profile")
    await expect(page.locator("[name=timezone]")).to_have_value("Europe/Berlin")
    await context.close()
