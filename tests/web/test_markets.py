"""Pages of markets: the list, one market's rules spoken about in place, and the panel beside a ticket."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import update
from starlette.datastructures import FormData

from dragoman.accounts.models import Person
from dragoman.customers.models import Customer
from dragoman.markets import packs, service, told, values
from dragoman.markets.briefing import brief
from dragoman.markets.packs import Pack, Rule
from dragoman.platform import i18n
from dragoman.tickets.models import Ticket
from dragoman.web.desk.market import build as panel_of
from dragoman.web.manage.markets import build, fields, telling
from dragoman.web.manage.markets.fields import Part
from tests.cast import Company
from tests.web.conftest import HX, Browser, signed_in

TODAY = date(2026, 11, 22)
BASE = "/settings/markets"


async def known(company: Company, iso: str = "DE") -> Pack:
    async with company.desk.db.work(company.workspace_id) as session:
        return await service.load_pack(session, iso)


def seen(html: str, topic: str) -> str:
    """The state of a rule that a page shows."""
    row = html.partition(f'<li id="{topic}">')[2].partition("</li>")[0]
    found = re.search(r'name="seen" value="(\w*)"', row)
    assert found
    return found[1]


def undo(html: str) -> tuple[str, str]:
    """What the passing word offers to take back: the word to hold again, and the state it was offered in."""
    found = re.search(r'name="to" value="([\w-]*)"><input type="hidden" name="seen" value="(\w*)"', html)
    assert found
    return found[1], found[2]


@pytest.mark.req("R138", "R240", "R244")
async def test_the_list_says_how_sure_each_market_is(admin: Browser) -> None:
    page = await admin.get(BASE)
    assert page.status_code == 200
    for word in ("Germany", "Japan", "United Arab Emirates", "to be confirmed", 'href="/settings/markets/DE"'):
        assert word in page.text
    assert page.text.count('class="card card--link"') == 24


@pytest.mark.req("R138", "R239", "R240", "R245")
async def test_a_market_tells_all_it_knows_and_from_where(admin: Browser) -> None:
    page = await admin.get(f"{BASE}/DE")
    for word in (
        "14 days, from the day the goods arrived", "19%, reduced 7%", "within 1 month", "Verpack", "OK hand sign",
        "To be confirmed", "General knowledge, no source", "europa.eu", "holds in the whole European Union",
        "1.234,5", "1.234,50\xa0€", "22. November 2026", "14:05", "centimetre, kilogram, °C",
    ):  # fmt: skip
        assert word in page.text, word
    assert {topic for topic in packs.load("DE").rules if f'<li id="{topic}">' not in page.text} == set()
    us = await admin.get(f"{BASE}/US")
    assert "No such rule by law" in us.text
    assert "inch, pound, °F" in us.text


@pytest.mark.req("R147")
@pytest.mark.parametrize("iso", ["CN", "EU", "XX", "de"])
async def test_there_is_no_page_for_a_market_without_a_pack(admin: Browser, iso: str) -> None:
    assert (await admin.get(f"{BASE}/{iso}")).status_code == 404
    assert (await admin.post(f"{BASE}/{iso}/vat/confirm")).status_code == 404
    assert (await admin.post(f"{BASE}/DE/colour/correct")).status_code == 404
    assert (await admin.post(f"{BASE}/DE/colour/restore")).status_code == 404


async def test_a_rule_is_confirmed_in_place_and_taken_back(admin: Browser, company: Company) -> None:
    page = await admin.get(f"{BASE}/DE")
    done = await admin.post(f"{BASE}/DE/withdrawal/confirm", {"seen": seen(page.text, "withdrawal")})
    assert (done.status_code, done.headers["location"]) == (303, f"{BASE}/DE#withdrawal")
    assert (await known(company)).rules["withdrawal"].standing(TODAY) == "fact"
    after = await admin.get(f"{BASE}/DE")
    assert "Confirmed by Wang Fang" in after.text
    to, state = undo(after.text)
    assert to == "", "the shipped rule held before"
    await admin.post(f"{BASE}/DE/withdrawal/restore", {"to": to, "seen": state})
    assert not (await known(company)).rules["withdrawal"].confirmed


async def test_a_rule_is_corrected_in_place(admin: Browser, company: Company) -> None:
    page = await admin.get(f"{BASE}/DE?correct=withdrawal")
    assert 'name="value.days"' in page.text
    typed = {
        "seen": seen(page.text, "withdrawal"), "value.days": "30", "value.day_kind": "calendar",
        "value.counts_from": "delivery", "value.conditions": "unused\n\n in its box ", "note": "By our terms",
        "source_url": "https://law.example/355",
    }  # fmt: skip
    wrong = await admin.post(
        f"{BASE}/DE/withdrawal/correct", typed | {"value.days": "soon", "source_url": "x", "note": "Mine"}
    )
    assert wrong.status_code == 422
    for word in ("A whole number is needed.", 'value="soon"', "Give the whole address", "Mine", "in its box"):
        assert word in wrong.text, word
    assert not (await known(company)).rules["withdrawal"].corrected
    done = await admin.post(f"{BASE}/DE/withdrawal/correct", typed)
    assert done.status_code == 303
    value = (await known(company)).value("withdrawal")
    assert (value.days, value.conditions) == (30, ("unused", "in its box"))
    after = (await admin.get(f"{BASE}/DE")).text
    assert "30 days, from the day the goods arrived" in after
    assert "By our terms" in after
    assert 'href="https://law.example/355"' in after
    behind = await admin.post(f"{BASE}/DE/withdrawal/correct", typed | {"value.days": "31"})
    assert behind.status_code == 409
    assert (await known(company)).value("withdrawal").days == 30
    restored = await admin.post(f"{BASE}/DE/withdrawal/restore", {"seen": seen(after, "withdrawal")})
    assert restored.status_code == 303
    again = await admin.get(f"{BASE}/DE")
    assert "14 days, from the day the goods arrived" in again.text
    to, state = undo(again.text)
    assert to
    await admin.post(f"{BASE}/DE/withdrawal/restore", {"to": to, "seen": state})
    assert (await known(company)).value("withdrawal").days == 30
    late = await admin.post(f"{BASE}/DE/withdrawal/restore", {"to": "", "seen": state})
    assert late.status_code == 409, "an undo does not undo what came after it"


async def test_that_there_is_no_such_rule_can_be_said(admin: Browser, company: Company) -> None:
    page = await admin.get(f"{BASE}/DE?correct=withdrawal")
    said = {"seen": seen(page.text, "withdrawal"), "value-none": "yes", "value.days": "14"}
    assert (await admin.post(f"{BASE}/DE/withdrawal/correct", said)).status_code == 303
    assert (await known(company)).value("withdrawal") is None


async def test_a_missing_rule_is_added(admin: Browser, company: Company) -> None:
    page = await admin.get(f"{BASE}/DE?correct=complaint_deadline")
    said = {"seen": seen(page.text, "complaint_deadline"), "value.days": "30", "value.day_kind": "calendar"}
    assert said["seen"] == ""
    assert (await admin.post(f"{BASE}/DE/complaint_deadline/correct", said)).status_code == 303
    assert (await known(company)).value("complaint_deadline").days == 30
    assert "within 30 days" in (await admin.get(f"{BASE}/DE")).text


@pytest.mark.parametrize("topic", [*values.TYPED, "imprint", "deminimis_2026"])
async def test_every_topic_has_a_form(admin: Browser, topic: str) -> None:
    page = await admin.get(f"{BASE}/US?correct={topic}")
    assert page.status_code == 200
    assert f'action="{BASE}/US/{topic}/correct"' in page.text
    ids = re.findall(r'\sid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'\sfor="([^"]+)"', page.text)) <= set(ids)
    empty = await admin.post(f"{BASE}/US/{topic}/correct", {"seen": seen(page.text, topic)})
    assert empty.status_code in {303, 422}


async def test_who_only_reads_sees_no_controls(agent: Browser, company: Company) -> None:
    page = await agent.get(f"{BASE}/DE?correct=vat")
    assert page.status_code == 200
    assert "19%, reduced 7%" in page.text
    assert f"{BASE}/DE/vat" not in page.text
    rule = packs.load("DE").rules["vat"]
    for deed in ("confirm", "correct", "restore"):
        answer = await agent.post(f"{BASE}/DE/vat/{deed}", {"seen": build.seen(rule), "value.rate": "1"})
        assert answer.status_code == 403
    assert not (await known(company)).rules["vat"].confirmed


async def test_words_of_people_stay_words(admin: Browser) -> None:
    evil = "<img src=x onerror=alert(1)>"
    page = await admin.get(f"{BASE}/DE")
    await admin.post(
        f"{BASE}/DE/tone/correct",
        {"seen": seen(page.text, "tone"), "value": evil, "note": evil, "source_url": "https://x.example/\"'><b>"},
    )
    after = (await admin.get(f"{BASE}/DE")).text
    assert "&lt;img" in after
    assert "<img src=x" not in after
    assert "'><b>" not in after


def form_of(topic: str, value: Any) -> FormData:
    """What a browser sends of a form that shows a value, untouched."""
    items: list[tuple[str, str]] = [("value-none", "yes")] if value is None else []
    parts = fields.parts(topic, values.write(topic, value))
    flat = [
        one for part in parts for one in ([part] if isinstance(part, Part) else [x for row in part.rows for x in row])
    ]
    for one in flat:
        if one.kind == "ticks":
            items += [(one.name, chosen) for chosen in one.value.splitlines()]
        elif one.kind != "switch" or one.value == "yes":
            items.append((one.name, one.value))
    return FormData(items)


@pytest.mark.parametrize("iso", packs.markets())
def test_a_form_sent_untouched_says_what_it_showed(iso: str) -> None:
    for topic, rule in packs.load(iso).rules.items():
        said = values.own(topic, fields.posted(topic, form_of(topic, rule.value)))
        if topic in values.TYPED or rule.value is None:
            assert said == rule.value, topic
        else:
            assert said, topic


@pytest.mark.parametrize("iso", packs.markets())
def test_every_rule_is_told_in_words(iso: str) -> None:
    pack = packs.load(iso)
    for locale in ("en", "zh_Hans"):
        with i18n.use(locale):
            for rule in pack.rules.values():
                lines = telling.told(pack, rule, TODAY)
                assert lines, rule.topic
                assert all(line.strip() for line in lines), rule.topic
                assert not re.search(r"Decimal\(|\{'|: None|\w_\w", " ".join(lines)), rule.topic


def test_values_in_words() -> None:
    def said(topic: str, value: Any) -> tuple[str, ...]:
        rule = Rule(topic=topic, value=value, source="hol", as_of=TODAY, confidence="high")
        return telling.told(packs.load("DE"), rule, TODAY)

    assert said("withdrawal", {"days": 5, "day_kind": "business"}) == (
        "5 business days, from the day the goods arrived",
    )
    assert said("refund_deadline", {"days": 1, "counts_from": "goods_back"}) == (
        "within 1 day, from the day the goods came back",
    )
    assert said("dsar_deadline", {"hours": 72}) == ("within 72 hours",)
    assert said("deminimis_duty", {"currency": "EUR", "limit": "0"}) == ("No value is free of duty",)
    assert said("deminimis_duty", {"currency": "GBP", "limit": "135"}) == ("Free of duty up to £135.00",)
    quiet = {"start": "21:00", "end": "08:00", "channels": ["sms"]}
    assert said("marketing", {"model": "opt_in", "quiet_hours": [quiet]}) == (
        "only who has agreed before", "Quiet hours: 21:00 to 08:00 (sms)",
    )  # fmt: skip
    assert said("weekend", ["fri", "sat"]) == ("Friday, Saturday",)
    assert said("taboos", [{"what": "4", "kind": "number", "why": "sounds like death"}]) == (
        "4 (number): sounds like death",
    )
    assert said("handling_fee", {"per_item": 2, "paid": True}) == ("per item: 2", "paid: yes")


async def of_market(company: Company, market: str, **more: Any) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Ticket).values(market="", language=more.get("language", "")))
        await session.execute(update(Customer).values(market=market, **more))


@pytest.mark.req("R70", "R93", "R98", "R146")
@pytest.mark.usefixtures("ticket")
async def test_the_panel_of_a_ticket(agent: Browser, company: Company) -> None:
    await of_market(company, "DE", name="Anna Schmidt", language="de")
    page = await agent.get("/tickets/1")
    assert 'hx-get="/tickets/1/market"' in page.text
    assert "Guten Tag Anna" not in page.text, "it is fetched when it is opened"
    part = await agent.get("/tickets/1/market", headers=HX)
    assert "<html" not in part.text
    for word in (
        "Guten Tag Anna Schmidt,", "Mit freundlichen Grüßen", "14 days, from the day the goods arrived", "2 years",
        "OK hand sign", "Black Friday", "To be confirmed", 'href="/settings/markets/DE"', "who has agreed",
    ):  # fmt: skip
        assert word in part.text, word
    alone = await agent.get("/tickets/1/market")
    assert "<html" in alone.text
    await of_market(company, "US", name="John Doe", language="en")
    part = await agent.get("/tickets/1/market", headers=HX)
    assert "Dear John Doe," in part.text
    assert "No such right by law" in part.text


async def chinese(company: Company) -> None:
    """From now on everybody reads Chinese."""
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Person).values(locale="zh_Hans"))


def free_texts(iso: str) -> set[str]:
    """What a pack says in English, but for names that the Chinese gives beside its own."""
    found: set[str] = set()
    for rule in packs.load(iso).rules.values():
        told.reworded(rule, lambda text: found.add(text) or text)
    return {text for text in found if re.search(r"[a-z]{3} ", text) and text not in told.told(text, "zh_Hans")}


async def test_chinese_pages_are_chinese(admin: Browser, company: Company) -> None:
    await chinese(company)
    for iso in packs.markets():
        page = unescape((await admin.get(f"{BASE}/{iso}")).text)
        assert len(free_texts(iso)) > 5
        assert [text for text in free_texts(iso) if text in page] == [], iso
        for topic, rule in told.told_pack(packs.load(iso), "zh_Hans").rules.items():
            assert rule.note in page, (iso, topic)


@pytest.mark.req("R138")
async def test_chinese_readers_correct_chinese_words(admin: Browser, company: Company) -> None:
    await chinese(company)
    page = await admin.get(f"{BASE}/JP?correct=taboos")
    for word in ("OK 手势", "读音近似“死”和“苦”", "岁暮送礼季（お歳暮）", "姓 + 様（sama）", "{国家} 〒{邮编}"):
        assert word in page.text, word
    assert 'value="OK 手势"' in page.text
    form = {
        "seen": seen(page.text, "taboos"),
        "value.0.what": "hats",
        "value.0.kind": "symbol",
        "value.0.why": "left hand",
    }
    assert (await admin.post(f"{BASE}/JP/taboos/correct", form)).status_code == 303
    assert (await known(company, "JP")).value("taboos") == (values.Taboo(what="hats", kind="symbol", why="left hand"),)
    after = (await admin.get(f"{BASE}/JP")).text
    assert "left hand" in after, "what somebody typed is shown as typed"
    confirmed = await admin.post(f"{BASE}/JP/tone/confirm", {"seen": seen(after, "tone")})
    assert confirmed.status_code == 303
    assert "先致歉" in (await admin.get(f"{BASE}/JP")).text


@pytest.mark.req("R70")
@pytest.mark.usefixtures("ticket")
async def test_a_chinese_panel_is_chinese(agent: Browser, company: Company) -> None:
    await chinese(company)
    for iso, language, words in (
        ("DE", "de", ("直呼其名的亲昵", "用 Sie", "可暂扣至", "收到退货或寄件凭证", "不套近乎")),
        ("JP", "ja", ("4 和 9", "姓 + 様（sama）", "先致歉", "仅限卖家未在销售页面载明退货条款的情形")),
        ("US", "en", ("联邦法律未规定网购退货权", "数字 13", "称名")),
    ):
        await of_market(company, iso, name="Anna Schmidt", language=language)
        part = unescape((await agent.get("/tickets/1/market", headers=HX)).text)
        for word in words:
            assert word in part, word
        assert [text for text in free_texts(iso) if text in part] == []


def test_a_day_off_is_told_in_the_readers_language() -> None:
    found = brief(
        packs.load("JP"), language="ja", name="", today=date(2026, 11, 22), ordered=None, delivered=None, channel="",
        goods=frozenset(),
    )  # fmt: skip
    for locale, said in (("en", "Labor Thanksgiving Day: Nov 23, 2026"), ("zh_Hans", "勤劳感谢日：2026年11月23日")):
        with i18n.use(locale):
            assert panel_of.panel(1, "", found, TODAY).days[0].text == said


@pytest.mark.req("R147")
@pytest.mark.usefixtures("ticket")
async def test_the_panel_tells_what_it_does_not_know(agent: Browser, company: Company) -> None:
    await of_market(company, "CN", language="zh")
    part = await agent.get("/tickets/1/market", headers=HX)
    assert "There are no rules for China here." in part.text
    await of_market(company, "")
    assert 'hx-get="/tickets/1/market"' not in (await agent.get("/tickets/1")).text
    assert "not known yet" in (await agent.get("/tickets/1/market", headers=HX)).text


@pytest.mark.usefixtures("ticket")
async def test_the_panel_follows_what_the_workspace_says(app: FastAPI, agent: Browser, company: Company) -> None:
    await of_market(company, "DE", language="de")
    async with company.desk.db.work(company.workspace_id) as session:
        await service.correct(
            session,
            company.admin,
            "DE",
            "withdrawal",
            value={"days": 30},
            note="",
            source_url="https://law.example/355",
        )
    part = await agent.get("/tickets/1/market", headers=HX)
    assert "30 days, from the day the goods arrived" in part.text
    assert "law.example" in part.text
    outsider = await signed_in(app, company.desk, company.people["trainer"])
    assert (await outsider.get("/tickets/1/market", headers=HX)).status_code == 200
    assert (await outsider.get("/tickets/2/market", headers=HX)).status_code == 404
