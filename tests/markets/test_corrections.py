"""What a workspace says of a market's rules lies over the shipped ones, and nowhere else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dragoman.audit.models import AuditEntry
from dragoman.kit import clock
from dragoman.kit.errors import Conflict, Forbidden, Invalid, NotFound
from dragoman.markets import merging, packs, queries, rights, service
from dragoman.markets.models import MarketRule
from dragoman.markets.packs import NoPack, Pack
from dragoman.platform.db import Session
from tests.cast import Company, found_company

LAW = "https://law.example/355"


async def known(company: Company, iso: str = "DE") -> Pack:
    async with company.desk.db.work(company.workspace_id) as session:
        return await service.load_pack(session, iso)


async def correct(session: Session, company: Company, topic: str, value: Any, **more: str) -> MarketRule:
    return await service.correct(
        session, company.admin, "DE", topic, value=value, **{"note": "", "source_url": LAW} | more
    )


@pytest.mark.req("R240")
async def test_a_confirmed_rule_is_a_fact_until_it_grows_old(company: Company) -> None:
    today = clock.now().date()
    before = (await known(company)).rules["withdrawal"]
    assert before.standing(today) == "to_confirm"
    async with company.desk.db.work(company.workspace_id) as session:
        await service.confirm(session, company.admin, "DE", "withdrawal")
    pack = await known(company)
    rule = pack.rules["withdrawal"]
    assert (rule.value, rule.source, rule.confirmed, rule.corrected) == (before.value, before.source, True, False)
    assert rule.standing(today) == "fact"
    assert rule.standing(today + timedelta(days=366)) == "stale"
    assert rights.withdrawal_term(pack, today) == (14, rule)
    assert not packs.load("DE").rules["withdrawal"].confirmed, "the shipped pack is not touched"
    assert not (await known(company, "FR")).rules["withdrawal"].confirmed


@pytest.mark.req("R138", "R240")
async def test_a_correction_is_the_workspaces_word(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await correct(session, company, "vat", {"rate": "16", "reduced": ["5"]}, note="  for half\n a year ")
    rule = (await known(company)).rules["vat"]
    assert (str(rule.value.rate), rule.note, rule.link, rule.confidence) == ("16", "for half a year", LAW, "high")
    assert rule.corrected
    async with company.desk.db.work(company.workspace_id) as session:
        await correct(session, company, "vat", {"rate": 17}, source_url="")
        held = await queries.list_words(session, "DE")
        assert [one.confidence for one in held] == ["medium"], "only the last word holds"
    async with company.desk.db.work(company.workspace_id) as session:
        assert await service.restore(session, company.admin, "DE", "vat") is None
    assert (await known(company)).rules["vat"] == packs.load("DE").rules["vat"]


async def test_a_rule_that_was_not_shipped_can_be_said(company: Company) -> None:
    assert "complaint_deadline" not in packs.load("DE").rules
    async with company.desk.db.work(company.workspace_id) as session:
        await correct(session, company, "complaint_deadline", {"days": 30})
        await correct(session, company, "call_centre", ["one", "two"])
        await correct(session, company, "weekend", ["sun"])
    pack = await known(company)
    assert pack.value("complaint_deadline").days == 30
    assert pack.value("call_centre") == ["one", "two"]
    assert pack.weekend == ("sun",)


async def test_what_was_taken_back_can_be_given_back(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        first = await correct(session, company, "tone", "calm")
        second = await correct(session, company, "tone", "brisk")
        await service.restore(session, company.admin, "DE", "tone", to=first.id)
        assert (await service.load_pack(session, "DE")).value("tone") == "calm"
        await service.restore(session, company.admin, "DE", "tone", to=second.id)
        assert (await service.load_pack(session, "DE")).value("tone") == "brisk"
        with pytest.raises(NotFound):
            await service.restore(session, company.admin, "DE", "vat", to=second.id)


async def test_the_log_tells_what_was_said(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await correct(session, company, "vat", {"rate": 16})
        await service.restore(session, company.admin, "DE", "vat")
        await service.restore(session, company.admin, "DE", "vat")
        await service.confirm(session, company.admin, "DE", "imprint")
    async with company.desk.db.work(company.workspace_id) as session:
        rows = list(
            await session.scalars(select(AuditEntry).where(AuditEntry.area == "market").order_by(AuditEntry.id))
        )
    assert [one.verb for one in rows] == ["market.corrected", "market.restored", "market.confirmed"]
    assert rows[0].data["topic"] == "vat"
    assert '"rate": "16"' in rows[0].data["value"]["after"]


@pytest.mark.parametrize(
    ("topic", "value", "more", "field"),
    [
        ("withdrawal", {"days": 0}, {}, "value.days"),
        ("withdrawal", {"days": "soon"}, {}, "value.days"),
        ("withdrawal", {}, {}, "value.days"),
        ("withdrawal", {"days": 14, "colour": "red"}, {}, "value.colour"),
        ("withdrawal", 14, {}, "value"),
        ("vat", {"rate": 101}, {}, "value.rate"),
        ("vat", None, {}, "value"),
        ("legal_guarantee", {"years": 9_999}, {}, "value.years"),
        ("legal_guarantee", {}, {}, "value"),
        ("dsar_deadline", {"days": 1, "months": 1}, {}, "value"),
        ("marketing", {"model": "opt_in", "quiet_hours": [{"start": "21:00+02:00", "end": "08:00"}]}, {},
         "value.quiet_hours.0.start"),
        ("peaks", [{"name": "Leap", "kind": "sale", "month": 2, "day": 29}], {}, "value.0"),
        ("peaks", [{"name": "Moon", "kind": "sale", "rule": "blue_moon"}], {}, "value.0"),
        ("weekend", ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], {}, "value"),
        ("tone", "", {}, "value"),
        ("imprint", {"a": 1}, {}, "value"),
        ("imprint", "x" * 601, {}, "value"),
        ("tone", "calm", {"note": "x" * 601}, "note"),
        ("tone", "calm", {"source_url": "somewhere"}, "source_url"),
        ("tone", "calm", {"source_url": "javascript:alert(1)"}, "source_url"),
        ("tone", "calm", {"source_url": "https://[law"}, "source_url"),
    ],
)  # fmt: skip
async def test_what_is_wrong_stands_beside_its_field(
    company: Company, topic: str, value: Any, more: dict[str, str], field: str
) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid) as wrong:
            await correct(session, company, topic, value, **more)
        assert list(wrong.value.fields) == [field]
        assert await queries.list_words(session) == [], "nothing was changed"


async def test_only_who_manages_markets_speaks(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Forbidden):
            await service.confirm(session, company.agent, "DE", "vat")
        with pytest.raises(Forbidden):
            await service.correct(session, company.lead, "DE", "vat", value={"rate": 1}, note="", source_url="")
        with pytest.raises(Forbidden):
            await service.restore(session, company.agent, "DE", "vat")


@pytest.mark.req("R147")
@pytest.mark.parametrize(("market", "topic"), [("CN", "vat"), ("EU", "vat"), ("DE", "colour"), ("DE", "gst")])
async def test_there_is_nothing_to_confirm_where_there_is_no_rule(company: Company, market: str, topic: str) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(NotFound):
            await service.confirm(session, company.admin, market, topic)
        with pytest.raises(NoPack):
            await service.load_pack(session, "CN")


async def test_what_has_ended_cannot_be_confirmed(company: Company) -> None:
    assert packs.load("US").rules["deminimis_2026"].valid_to == date(2026, 7, 24)
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Conflict):
            await service.confirm(session, company.admin, "US", "deminimis_2026")


async def test_a_word_that_the_packs_have_outgrown_has_no_effect(company: Company) -> None:
    shipped = packs.load("DE")
    facts = {"market": "DE", "confidence": "high", "confirmed_at": clock.now(), "note": "", "source_url": ""}
    old = [
        MarketRule(topic="vat", corrected=False, value={"rate": "16"}, **facts),
        MarketRule(topic="tone", corrected=True, value={"was": "a shape"}, **facts),
        MarketRule(topic="gone", corrected=True, value="x", **facts),
    ]
    assert merging.lay_over(shipped, old) == shipped


async def test_another_workspace_hears_nothing_of_it(company: Company) -> None:
    stranger = await found_company(company.desk)
    async with company.desk.db.work(company.workspace_id) as session:
        said = await correct(session, company, "vat", {"rate": 16})
    assert (await known(stranger)).rules["vat"] == packs.load("DE").rules["vat"]
    async with stranger.desk.db.work(stranger.workspace_id) as session:
        assert await queries.list_words(session) == []
        with pytest.raises(NotFound):
            await service.restore(session, stranger.admin, "DE", "vat", to=said.id)
        await correct(session, stranger, "vat", {"rate": 12})
    assert str((await known(company)).value("vat").rate) == "16"


async def test_confirming_anew_what_has_grown_old(company: Company) -> None:
    with clock.travel(clock.now() - timedelta(days=400)):
        async with company.desk.db.work(company.workspace_id) as session:
            await correct(session, company, "tone", "calm")
    today = clock.now().date()
    assert (await known(company)).rules["tone"].standing(today) == "stale"
    async with company.desk.db.work(company.workspace_id) as session:
        await service.confirm(session, company.admin, "DE", "tone")
    rule = (await known(company)).rules["tone"]
    assert (rule.value, rule.corrected, rule.link, rule.standing(today)) == ("calm", True, LAW, "fact")
