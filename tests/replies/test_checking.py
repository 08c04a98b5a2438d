"""Checks with what the desk knows around an answer: the market's law, and what stands under the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from dragoman.kit import clock
from dragoman.markets import service as markets
from dragoman.replies import checking
from dragoman.replies.checks import Finding
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter

SEVEN = "Guten Tag Frau Huber, Sie können den Artikel innerhalb von 7 Tagen zurücksenden. Mit freundlichen Grüßen"


@pytest.fixture
async def german(company: Company) -> Company:
    """A company with a ticket of a German."""
    await receive(company, letter(to=company.address, text="Hallo, kann ich die Lampe zurückgeben?"))
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = (await session.scalars(select(Ticket))).one()
        ticket.language, ticket.market = "de", "DE"
    return company


async def found(company: Company, text: str, signature: str | None = "") -> dict[str, Finding]:
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, 1)
        return {one.check: one for one in await checking.review(session, ticket, text, signature)}


@pytest.mark.req("R146", "R153", "R241")
async def test_a_shorter_time_than_the_law_gives_is_found_and_its_source_told(german: Company) -> None:
    before = (await found(german, SEVEN))["law.return_period"]
    assert (before.values["days"], before.source.confidence) == ("14", "low"), "nobody here has confirmed the rule"
    async with german.desk.db.work(german.workspace_id) as session:
        await markets.confirm(session, german.admin, "DE", "withdrawal")
    after = (await found(german, SEVEN))["law.return_period"]
    assert after.source.confidence == "high"
    longer = SEVEN.replace("7 Tagen", "30 Tagen")
    assert "law.return_period" not in await found(german, longer)


async def test_a_correction_of_the_workspace_is_the_law_that_counts(german: Company) -> None:
    async with german.desk.db.work(german.workspace_id) as session:
        await markets.correct(
            session, german.admin, "DE", "withdrawal", value={"days": 7, "counts_from": "delivery"}, note="",
            source_url="https://law.example/355",
        )  # fmt: skip
    assert "law.return_period" not in await found(german, SEVEN)


async def test_a_closing_may_stand_in_the_signature(german: Company) -> None:
    text = "Guten Tag Frau Huber, wir haben Ihre Lampe heute an Sie verschickt und die Rechnung beigelegt."
    assert "tone.closing" in await found(german, text)
    assert "tone.closing" not in await found(german, text, "Mit freundlichen Grüßen\nLi Wei")


async def test_a_market_without_a_pack_has_no_law_here(german: Company) -> None:
    async with german.desk.db.work(german.workspace_id) as session:
        (await session.scalars(select(Ticket))).one().market = "LI"
    assert "law.return_period" not in await found(german, SEVEN)


@pytest.mark.req("R96")
async def test_advertising_rests_in_the_daytime_of_ramadan(company: Company) -> None:
    await receive(company, letter(to=company.address, text="مرحبا، أين طلبي؟"))
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = (await session.scalars(select(Ticket))).one()
        ticket.language, ticket.market = "en", "SA"
    noon, evening = datetime(2027, 2, 20, 9, 0, tzinfo=UTC), datetime(2027, 2, 20, 18, 0, tzinfo=UTC)
    offer = "Dear Ahmed, here is a discount code for you. Kind regards, Li Wei"
    with clock.travel(noon):  # noon in Riyadh, the second week of Ramadan
        told = (await found(company, offer))["law.quiet"]
        assert (told.severity, told.source.confidence) == ("warn", "low"), "nobody here has confirmed the rule"
        assert "law.quiet" not in await found(company, "Dear Ahmed, your parcel left today. Kind regards, Li Wei")
    with clock.travel(evening):
        assert "law.quiet" not in await found(company, offer)
    with clock.travel(noon + timedelta(days=60)):
        assert "law.quiet" not in await found(company, offer)
