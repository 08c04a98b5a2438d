"""A Chinese-speaking agent without a foreign language answers a furious German, a polite Japanese and a Mexican with a
broken parcel: read on this machine, answered out of the desk's own lines, no translator anywhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from dragoman.accounts import queries as accounts
from dragoman.platform.settings import Settings
from tests.browser.conftest import OpenAs, Site, until
from tests.browser.people import arrive, composer, ready
from tests.desk_work import ticket
from tests.post import free_port, letter


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A desk that reads."""
    return Settings(
        data=tmp_path, allow_private_hosts=True, pool_size=8, undo_seconds=1, smtp_port=free_port(),
        smtp_domain="desk.example", reading="full",
    )  # fmt: skip


@dataclass(frozen=True)
class Buyer:
    """Who writes what, and what the answer must say."""

    name: str
    language: str
    text: str
    greeting: str
    says: tuple[str, ...]
    mood: str = ""


BUYERS = (
    Buyer(
        "Erika Huber", "de", "Das ist eine Frechheit!!! Die Lampe ist KAPUTT angekommen, das Glas in tausend Scherben!",
        "Guten Tag Erika Huber,", ("beschädigt angekommen", "Mit freundlichen Grüßen"), "angry",
    ),
    Buyer(
        "佐藤健", "ja",
        "お世話になっております。箱がつぶれた状態で届き、中のランプが割れておりました。ご確認をお願いいたします。",
        "佐藤健様", ("誠に申し訳ございません", "お送りいただけますでしょうか"),
    ),
    Buyer(
        "Guadalupe Hernández", "es", "Hola, mi paquete llegó roto y la lámpara está hecha pedazos, ¿qué hago?",
        "Buenos días, Guadalupe Hernández:", ("haya llegado dañado", "Atentamente"),
    ),
)  # fmt: skip


@pytest.mark.req("R27", "R74", "R79", "R84", "R198", "R201")
async def test_each_is_answered_in_their_own_language(site: Site, open_as: OpenAs) -> None:
    company = site.company
    async with company.desk.db.work(company.workspace_id) as session:
        person = await accounts.load_person(session, company.agent.person_id)
        assert person is not None
        person.locale = "zh_Hans"
    await arrive(
        site,
        *(
            letter(to=company.address, sender=f"{buyer.name} <{buyer.language}@buyer.example>", text=buyer.text)
            for buyer in BUYERS
        ),
    )
    page = await open_as(company.agent, "/desk")
    for number, buyer in enumerate(BUYERS, start=1):
        await is_read(site, number, buyer)
        await page.goto(f"/tickets/{number}")
        await ready(page)
        await is_answered(site, page, buyer)


async def is_read(site: Site, number: int, buyer: Buyer) -> None:
    """The desk knows language, wish, hurry and mood before anybody looks."""
    read = await ticket(site.company, number)
    assert (read.language.partition("-")[0], read.intent, read.severity) == (buyer.language, "delivery.damaged", "red")
    assert buyer.mood in ("", read.emotion)


async def is_answered(site: Site, page: Page, buyer: Buyer) -> None:
    """Drafted in Chinese, looked over and sent in the buyer's language; the thread shows both."""
    before = len(site.world.mails)
    await expect(page.locator("#ticket-head")).to_contain_text("运输损坏")
    await page.keyboard.press("r")
    await page.keyboard.press("Control+Alt+d")
    await expect(composer(page)).to_contain_text("商品到货时已损坏")
    async with page.expect_response("**/check") as looked_over:
        await expect(page.locator("#rendered")).to_have_value(re.compile(re.escape(buyer.greeting)))
    await (await looked_over.value).finished()
    await expect(page.locator("#composer-findings").locator(".finding--red, .finding--amber")).to_have_count(0)
    await composer(page).press("Control+Enter")
    await until(lambda: len(site.world.mails) > before)
    part = next(one for one in site.world.mails[-1].walk() if one.get_content_type() == "text/plain")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    said = content.decode()
    assert said.startswith(buyer.greeting)
    assert [words for words in buyer.says if words not in said] == []
    await expect(page.locator(".msg--out .beside__text")).to_contain_text("您希望换货还是退款？")
