"""Search in the words of a thread, in any language, with what a person really types."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dragoman.kit import clock
from dragoman.tickets import finding, service
from dragoman.tickets.access import get_ticket
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter

MAILS = {
    "ZH": ("包裹还没有收到", "您好，我的包裹卡在海关，请尽快退款。订单 302-5518394-1029384"),
    "JA": ("サイズ交換のお願い", "注文した商品のサイズが合いません。交換をお願いいたします。"),
    "DE": ("Größe falsch", "Die Straßenlampe war in der falschen Größe, ich möchte sie zurückgeben."),
    "AR": ("متى يصل طلبي؟", "السلام عليكم، لم يصل الطَّلَب حتى الآن"),
    "TH": ("ขอคืนเงิน", "สินค้าชำรุด ขอคืนเงินด้วยค่ะ"),
    "KO": ("환불 요청", "배송이 너무 늦어서 환불을 원합니다"),
    "EN": ("Broken lamp", "The kettle's lid broke, I'd like to be refunded please."),
    "RU": ("Где посылка?", "Посылка не пришла, трек-номер RR123456789CN не обновляется."),
}


@pytest.fixture
async def letters(company: Company) -> Company:
    """One mail in each of eight languages, one buyer each."""
    await receive(
        company,
        *(
            letter(to=company.address, sender=f"Buyer {key} <{key.lower()}@buyer.example>", subject=subject, text=text)
            for key, (subject, text) in MAILS.items()
        ),
    )
    return company


async def found(company: Company, words: str) -> set[str]:
    async with company.desk.db.work(company.workspace_id) as session:
        page = await finding.search(session, company.agent, words)
    return {hit.ticket.customer_name.removeprefix("Buyer ") for hit in page.rows}


@pytest.mark.req("R14", "R115")
@pytest.mark.parametrize(
    ("words", "who"),
    [
        ("包裹", "ZH"), ("退", "ZH"), ("海关 退款", "ZH"), ("交換", "JA"), ("換", "JA"), ("サイズ", "JA"),
        ("grösse", "DE"), ("strassenlampe", "DE"), ("الطلب", "AR"), ("คืนเงิน", "TH"), ("환불", "KO"), ("늦어", "KO"),
        ("refund", "EN"), ("LAMP broken", "EN"), ("посылка", "RU"), ("RR123456789CN", "RU"), ("rr1234", "RU"),
        ("302-5518394-1029384", "ZH"), ("30255183941029384", "ZH"), ("5518394", "ZH"), ("ja@buyer.example", "JA"),
    ],
)  # fmt: skip
async def test_words_are_found(letters: Company, words: str, who: str) -> None:
    assert await found(letters, words) == {who}


@pytest.mark.parametrize(
    "words", ["", "   ", "!!!", "'", "\\", "a & b | c", "nothingatall", "换 refund", "\x00", "x" * 5000]
)
async def test_odd_words_find_nothing_and_break_nothing(letters: Company, words: str) -> None:
    assert await found(letters, words) == set()


async def test_a_number_finds_its_ticket(letters: Company) -> None:
    assert await found(letters, "#3") == await found(letters, "3")
    assert len(await found(letters, "#3")) == 1


async def test_notes_and_answers_are_found_too(letters: Company) -> None:
    agent = letters.agent
    async with letters.desk.db.work(letters.workspace_id) as session:
        ticket = await get_ticket(session, agent, 1, lock=True)
        await service.add_note(session, agent, ticket=ticket, html="<p>x</p>", text="Lager Shenzhen gefragt")
        await letters.desk.outbound.reply(session, agent, ticket=ticket, html="<p>我们已联系承运人</p>")
    assert await found(letters, "Shenzhen") == await found(letters, "承运人") != set()


async def test_a_find_shows_the_message_that_holds_the_word(company: Company) -> None:
    asked = letter(to=company.address, sender="lia@buyer.example", subject="Koffer", text="Der Koffer klemmt leider.")
    await receive(company, asked)
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = await get_ticket(session, company.agent, 1, lock=True)
        await company.desk.outbound.reply(session, company.agent, ticket=ticket, html="<p>Wir sehen nach.</p>")
    async with company.desk.db.work(company.workspace_id) as session:
        (hit,) = (await finding.search(session, company.agent, "koffer")).rows
        (last,) = (await finding.search(session, company.agent, "sehen")).rows
    assert "klemmt" in hit.text
    assert "Wir sehen nach" in last.text


async def test_old_and_new_finds_come_newest_first_and_page_by_page(company: Company) -> None:
    now = clock.now()
    for days in (900, 200, 40, 9, 2, 0):
        with clock.travel(now - timedelta(days=days)):
            await receive(
                company, letter(to=company.address, sender=f"d{days}@buyer.example", subject=f"Kaffee {days}")
            )
    async with company.desk.db.work(company.workspace_id) as session:
        page = await finding.search(session, company.agent, "kaffee")
        assert [hit.ticket.subject for hit in page.rows] == [f"Kaffee {days}" for days in (0, 2, 9, 40, 200, 900)]


async def test_pages_of_finds_go_on_where_the_last_ended(company: Company) -> None:
    mails = [letter(to=company.address, sender=f"p{n}@buyer.example", subject=f"Tee {n}") for n in range(120)]
    for start in range(0, 120, 10):
        await receive(company, *mails[start : start + 10])
    seen: list[int] = []
    cursor = None
    for _ in range(5):
        async with company.desk.db.work(company.workspace_id) as session:
            page = await finding.search(session, company.agent, "tee", cursor=cursor)
        seen += [hit.ticket.number for hit in page.rows]
        if (cursor := page.next) is None:
            break
    assert sorted(set(seen)) == list(range(1, 121))
