"""Two tongues, one thread: an agent who reads Chinese alone answers a German, and both read their own language."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence

import pytest
from playwright.async_api import expect
from sqlalchemy import select, update

from dragoman.accounts import queries as accounts
from dragoman.flow import review
from dragoman.tickets.models import Ticket
from dragoman.translation.models import ProviderSetting
from tests.browser.conftest import OpenAs, Site, until
from tests.browser.people import arrive, composer, ready
from tests.post import letter
from tests.translation.conftest import switch_on
from tests.translation.services import Service, service

LETTER = "Guten Tag, meine Lampe kam kaputt an.\n\nMit freundlichen Grüßen\nErika Huber"
WORDS = {
    "Guten Tag, meine Lampe kam kaputt an.": "您好，我的台灯到货时已经坏了。", "Mit freundlichen Grüßen": "此致敬礼",
    "请告诉我们台灯的颜色。": "Bitte nennen Sie uns die Farbe der Lampe.",
    "Welche Farbe hat die Lampe?": "台灯是什么颜色？",
}  # fmt: skip


def by_heart(texts: Sequence[str]) -> list[str]:
    """German and Chinese, sentence by sentence."""
    out = []
    for one in texts:
        for here, there in WORDS.items():
            one = one.replace(here, there)
        out.append(one)
    return out


@pytest.fixture
async def there() -> AsyncIterator[Service]:
    """A translation service on this machine."""
    async with service() as made:
        made.words = by_heart
        yield made


def plain_of(site: Site) -> str:
    """The words of the mail that arrived."""
    part = next(one for one in site.world.mails[0].walk() if one.get_content_type() == "text/plain")
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content.decode().replace("\r\n", " ")


async def a_german_writes(site: Site) -> None:
    """Her mail, read as German and about damage; the agent reads Chinese."""
    company = site.company
    await arrive(site, letter(to=company.address, sender="Erika Huber <erika@buyer.example>", text=LETTER))
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = (await session.scalars(select(Ticket))).one()
        ticket.language, ticket.intent, ticket.emotion = "de", "delivery.damaged", "angry"
        person = await accounts.load_person(session, company.agent.person_id)
        assert person is not None
        person.locale = "zh_Hans"


@pytest.mark.req("R74", "R84", "R201")
async def test_the_desks_own_lines_reach_the_customer_without_any_translator(site: Site, open_as: OpenAs) -> None:
    await a_german_writes(site)
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await page.keyboard.press("r")
    await page.keyboard.press("Control+Alt+d")
    await expect(composer(page)).to_contain_text("能否请您发来两三张照片")
    rendered = page.locator("#rendered")
    await expect(rendered).to_have_value("""Guten Tag Erika Huber,

Es tut mir leid, dass Ihr Artikel beschädigt angekommen ist; ich verstehe Ihre Enttäuschung. \
Könnten Sie uns bitte zwei oder drei Fotos schicken, auf denen der Schaden und die Verpackung zu sehen sind? \
Könnten Sie uns bitte Ihre Bestellnummer nennen? Möchten Sie lieber Ersatz oder eine Erstattung? \
Nach Ihrer Antwort kümmern wir uns darum.

Mit freundlichen Grüßen""")
    await page.keyboard.press("Control+Enter")
    await until(lambda: site.world.mails)
    assert "Möchten Sie lieber Ersatz oder eine Erstattung?" in plain_of(site)
    ours = page.locator(".msg--out").last
    await expect(ours).to_contain_text("Möchten Sie lieber Ersatz")
    await expect(ours.locator(".beside__text")).to_contain_text("您希望换货还是退款？")
    await expect(ours.locator(".beside summary").first).to_contain_text("原话")


async def test_a_suggestion_behind_a_draft_begins_a_line_of_its_own(site: Site, open_as: OpenAs) -> None:
    await a_german_writes(site)
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await page.keyboard.press("r")
    await page.keyboard.type("此致敬礼")
    await page.keyboard.press("Control+Alt+d")
    await expect(composer(page)).to_contain_text("Erika Huber，您好")
    await expect(page.locator("#rendered")).to_have_value(
        re.compile(r"^Mit freundlichen Grüßen\s+Guten Tag Erika Huber,")
    )
    stands = await composer(page).inner_text()
    async with page.expect_response(lambda answer: answer.url.endswith("/suggestion")):
        await page.keyboard.press("Control+Alt+d")
    await page.wait_for_timeout(300)
    assert await composer(page).inner_text() == stands, "asked again it does not stand twice"


@pytest.mark.req("R80", "R84", "R89")
async def test_both_read_their_own_language(site: Site, open_as: OpenAs, there: Service) -> None:
    await a_german_writes(site)
    await switch_on(site.company, "libre", there.url, name="Libre")
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    beside = page.locator(".msg--in .beside__text")
    await expect(beside).to_contain_text("您好，我的台灯到货时已经坏了。")
    await expect(page.locator(".msg--in .beside > summary")).to_contain_text("Libre")
    await beside.locator("[data-source]").first.hover()
    await expect(beside.locator(".is-shown")).to_have_count(1)
    assert await page.evaluate("[...CSS.highlights.get('original')][0].toString()") == LETTER.partition("\n")[0]
    await page.keyboard.press("r")
    await page.keyboard.type("请告诉我们台灯的颜色。")
    rendered = page.locator("#rendered")
    await expect(rendered).to_have_value("Bitte nennen Sie uns die Farbe der Lampe.")
    await rendered.fill("Welche Farbe hat die Lampe?")
    await page.get_by_role("button", name="回译").click()
    await expect(page.locator(".rendition__back")).to_have_text("台灯是什么颜色？")
    await composer(page).press("Control+Enter")
    await until(lambda: site.world.mails)
    sent = plain_of(site)
    assert "Welche Farbe hat die Lampe?" in sent
    assert "颜色" not in sent
    await expect(page.locator(".msg--out .beside__text")).to_contain_text("请告诉我们台灯的颜色。")
    # what was mended is what the memory says from now on
    await page.keyboard.press("r")
    await page.keyboard.type("请告诉我们台灯的颜色。")
    await expect(rendered).to_have_value("Welche Farbe hat die Lampe?")


async def test_a_correction_stands_from_now_on(site: Site, open_as: OpenAs, there: Service) -> None:
    await a_german_writes(site)
    await switch_on(site.company, "libre", there.url, name="Libre")
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    await page.locator(".beside__correct > summary").click()
    await page.locator(".beside__correct textarea").fill("您好，我的灯摔坏了。")
    await page.locator(".beside__correct button").click()
    await expect(page.locator(".msg--in .beside__text")).to_have_text("您好，我的灯摔坏了。")


async def test_a_provider_that_fails_says_so_and_is_tried_again(site: Site, open_as: OpenAs, there: Service) -> None:
    await a_german_writes(site)
    there.trouble = (500, {}, b"broken")
    await switch_on(site.company, "libre", there.url, name="Libre")
    page = await open_as(site.company.agent, "/tickets/1")
    await ready(page)
    failed = page.locator(".beside--failed")
    await expect(failed).to_contain_text("500")
    there.trouble = None
    async with site.company.desk.db.work(site.company.workspace_id) as session:
        await session.execute(update(ProviderSetting).values(paused_until=None))  # half a minute has gone by
    await failed.get_by_role("button").click()
    await expect(page.locator(".msg--in .beside__text")).to_contain_text("我的台灯")


@pytest.mark.req("R84", "R89", "R202")
async def test_a_colleague_reviews_what_the_writer_cannot_read(site: Site, open_as: OpenAs) -> None:
    await a_german_writes(site)
    company = site.company
    async with company.desk.db.work(company.workspace_id) as session:
        await review.save_wish(session, company.admin, "first")
    page = await open_as(company.agent, "/tickets/1")
    await ready(page)
    await page.keyboard.press("r")
    await page.keyboard.press("Control+Alt+d")
    await expect(page.locator("#rendered")).to_have_value(re.compile("Guten Tag Erika Huber"))
    await page.keyboard.press("Control+Enter")
    await expect(page.locator(".planned--review")).to_contain_text("德语")
    assert site.world.mails == []
    theirs = await open_as(company.lead, "/tickets/1")
    await expect(theirs.locator(".planned--review .planned__text")).to_contain_text("您希望换货还是退款？")
    words = theirs.locator(".planned--review textarea")
    await expect(words).to_have_value(re.compile("Möchten Sie lieber Ersatz"))
    await words.fill("Guten Tag Frau Huber, möchten Sie Ersatz oder eine Erstattung?")
    await theirs.get_by_role("button", name="Approve and send").click()
    await until(lambda: site.world.mails)
    assert "Guten Tag Frau Huber" in plain_of(site)
    await expect(page.locator(".msg--out")).to_contain_text("Guten Tag Frau Huber")
    await expect(page.locator(".msg--out .beside__text")).to_contain_text("您希望换货还是退款？")
    await expect(page.locator(".planned--review")).to_have_count(0)
