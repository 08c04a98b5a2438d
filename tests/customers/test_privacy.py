"""Customers' addresses are masked as their market asks, shown on purpose, and that is noted."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st

from dragoman.accounts import queries as people
from dragoman.audit import queries as audit
from dragoman.customers import privacy, queries
from dragoman.customers.models import Identity
from tests.cast import Company
from tests.desk_work import receive, ticket
from tests.post import letter
from tests.web.conftest import Browser, admin, agent, anybody, app, signed_in

__all__ = ["admin", "agent", "anybody", "app"]
WHO = "Anna Schmidt <anna.schmidt@buyer.example>"


@pytest.mark.req("R117")
@pytest.mark.parametrize(
    ("mask", "value", "guarded", "strict"),
    [
        (privacy.email, "anna@buyer.example", "a•••@buyer.example", "•••@•••.example"),
        (privacy.phone, "+49 30 1234567", "•••567", "•••67"),
        (privacy.name, "Anna Maria Schmidt", "Anna M. S.", "A. M. S."),
        (privacy.name, "王小明", "王••", "王••"),
        (privacy.name, "فاطمة الزهراء", "فاطمة ا.", "ف. ا."),
        (privacy.address, "Musterweg 3\n10115 Berlin", "•••\n10115 Berlin", "M. 3.\n1. B."),
        (privacy.email, "no address", "•••", "•••"),
        (privacy.phone, "12", "•••", "•••"),
        (privacy.name, "", "", ""),
    ],
)
def test_levels(mask: object, value: str, guarded: str, strict: str) -> None:
    assert callable(mask)
    assert [mask(value, level) for level in privacy.LEVELS] == [value, guarded, strict]


@pytest.mark.req("R117")
@pytest.mark.parametrize(
    ("market", "level"),
    [("DE", "guarded"), ("fr", "guarded"), ("GB", "guarded"), ("SA", "strict"), ("BR", "open"), ("", "guarded")],
)
def test_a_market_has_its_level(market: str, level: str) -> None:
    assert privacy.level_for(market, {"mask_customers": True}) == level
    assert privacy.level_for(market, {}) == "open"


@pytest.mark.req("R117", "R239")
def test_every_rule_has_a_source_or_says_that_it_is_unsure() -> None:
    for market, rule in privacy.RULES.items():
        assert rule.level in privacy.LEVELS, market
        assert rule.source or rule.confidence == "low", market


@given(st.text(min_size=6), st.sampled_from(["guarded", "strict"]))
def test_a_mask_never_gives_the_whole_away(value: str, level: str) -> None:
    address = f"{value.replace('@', '')}xyz@example.com"
    assert address.rpartition("@")[0] not in privacy.email(address, level)
    assert value not in privacy.phone(value, level)


async def masking(company: Company, *, market: str = "DE") -> str:
    """A desk that masks, with one ticket of a customer in a market; returns the customer's address."""
    await receive(company, letter(to=company.address, sender=WHO))
    found = (await ticket(company, 1)).customer_id
    async with company.desk.db.work(company.workspace_id) as session:
        customer = await queries.load(session, found)
        workspace = await people.find_workspace(session, company.workspace_id)
        assert customer is not None
        assert workspace is not None
        customer.market = market
        session.add(Identity(customer_id=found, kind="phone", value="+4930123456789"))
        workspace.settings = workspace.settings | {"mask_customers": True}
    return f"/customers/{found}"


@pytest.mark.req("R117", "R239")
async def test_what_is_masked_is_shown_on_purpose_and_noted(company: Company, agent: Browser) -> None:
    where = await masking(company)
    panel = (await agent.get("/tickets/1")).text.partition('id="panel"')[2]
    assert "a•••@buyer.example" in panel
    assert "•••789" in panel
    assert "anna.schmidt@buyer.example" not in (await agent.get("/tickets/1")).text, "nor over the message, nor in To"
    page = await agent.get(where)
    assert "anna.schmidt@buyer.example" not in page.text
    assert "2016/679" in page.text, "the rule names its source"
    shown = await agent.post(f"{where}/reveal")
    assert "anna.schmidt@buyer.example" in shown.text
    assert "+4930123456789" in shown.text
    assert "anna.schmidt@buyer.example" not in (await agent.get(where)).text, "once"
    async with company.desk.db.work(company.workspace_id) as session:
        noted = (await audit.list_entries(session, audit.Filter(area="customer"))).rows
    assert [(one.verb, one.person_name) for one in noted] == [("customer.revealed", "Li Wei")]


@pytest.mark.req("R117")
async def test_a_rule_without_a_source_says_so(company: Company, agent: Browser) -> None:
    page = await agent.get(await masking(company, market="SA"))
    assert "•••@•••.example" in page.text
    assert "to be confirmed" in page.text


async def test_without_the_permission_it_stays_masked(app: FastAPI, company: Company) -> None:
    where = await masking(company)
    trainer = await signed_in(app, company.desk, company.people["trainer"])
    async with trainer.http:
        assert f"{where}/reveal" not in (await trainer.get(where)).text
        assert (await trainer.post(f"{where}/reveal")).status_code == 403


async def test_a_desk_that_does_not_mask_shows_all(company: Company, agent: Browser, admin: Browser) -> None:
    where = await masking(company)
    await admin.get("/settings/workspace")
    form = {"name": "Lantern", "locale": "en", "timezone": "UTC", "reopen_days": "30"}
    assert (await admin.post("/settings/workspace", form)).status_code == 303
    assert "anna.schmidt@buyer.example" in (await agent.get(where)).text
