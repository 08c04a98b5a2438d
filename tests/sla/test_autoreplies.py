"""Automatic answers: at night, in a holiday, for languages that need a translator."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from email.message import Message as Mail
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dragoman.customers.models import Customer
from dragoman.delivery import queries as outbox
from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform.models import Workspace
from dragoman.sla import autoreply, queries
from dragoman.sla.autoreply import HOLIDAY, KINDS, OFF_HOURS, RECEIPT, Choices
from dragoman.sla.calendars import Calendar
from dragoman.sla.urgency import is_urgent
from tests.cast import Company
from tests.desk_work import answer, receive, thread, ticket, tickets_of, use_smtp_port
from tests.post import letter, sink
from tests.sla.desk import ask, clocks

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 24, 22, 10, tzinfo=SHANGHAI)
NOON = datetime(2026, 11, 24, 12, 10, tzinfo=SHANGHAI)
SPRING = datetime(2027, 2, 8, 12, 0, tzinfo=SHANGHAI)
OFFICE = Calendar("Asia/Shanghai", (((540, 1080),),) * 5 + ((), ()), "CN")
ALL = Choices(frozenset(KINDS))


async def choose(company: Company, **stored: Any) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        workspace = await session.get_one(Workspace, company.workspace_id)
        workspace.settings = workspace.settings | {"auto_replies": stored}
        for calendar in await queries.list_calendars(session):
            calendar.market = "CN"


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    with clock.travel(moment):
        yield


async def ring(company: Company) -> None:
    while await company.desk.alarms.ring():
        pass


async def automatic(company: Company, number: int) -> list[str]:
    """The texts of the automatic answers of a ticket."""
    return [one.text for one in await thread(company, number) if one.automatic and one.kind == "outbound"]


async def sent(company: Company) -> list[Mail]:
    """What leaves the desk when its sending jobs run."""
    async with sink() as world:
        await use_smtp_port(company, world.port)
        for row in await tickets_of(company):
            for message in await thread(company, row.number):
                async with company.desk.db.work(company.workspace_id) as session:
                    waiting = await outbox.find_by_message(session, message.id)
                if waiting is not None:
                    await company.desk.outbound.send(str(company.workspace_id), str(waiting.id))
        return world.mails


@pytest.mark.req("R48")
async def test_at_night_the_customer_is_told_by_when(company: Company) -> None:
    """In their language, with a concrete time of their own, marked as automatic; and it is no answer: the customer goes
    on waiting and the clock goes on running."""
    await choose(company, off_hours=True)
    with at(NIGHT):
        number = await ask(company)
        async with company.desk.db.work(company.workspace_id) as session:
            customer = await session.get_one(
                Customer, (company.workspace_id, (await ticket(company, number)).customer_id)
            )
            customer.language, customer.timezone = "de", "Europe/Berlin"
        async with company.desk.db.work(company.workspace_id) as session:
            (await queries.load_workspace(session)).locale = "en"
            found = await session.merge(await ticket(company, number))
            found.language = "de"
        before = await clocks(company, number)
        await ring(company)
        (text,) = await automatic(company, number)
        assert "Vielen Dank" in text
        assert "25. November" in text
        assert "(Ihre Zeit)" in text
        due = before["first_response"].due_at
        assert due is not None
        assert autoreply.promised(OFFICE, clock.now(), due) >= due
        after = await clocks(company, number)
        assert after["first_response"].state == "running"
        assert (await ticket(company, number)).waiting_since is not None
        assert (await ticket(company, number)).status == "new"
        (mail,) = await sent(company)
        assert mail["Auto-Submitted"] == "auto-replied"
        assert mail["X-Auto-Response-Suppress"] == "All"
        assert mail["In-Reply-To"]
        await ring(company)
        assert len(await automatic(company, number)) == 1
        await answer(company, number)
        assert (await clocks(company, number))["first_response"].state == "met"


async def test_once_a_conversation_and_few_a_day(company: Company) -> None:
    """A second mail in the same ticket gets none, and a sender three in a day."""
    await choose(company, off_hours=True)
    with at(NIGHT):
        await receive(company, letter(to=company.address, message_id="<1@buyer.example>"))
        await ring(company)
        again = letter(to=company.address, message_id="<2@buyer.example>", In_Reply_To="<1@buyer.example>")
        await receive(company, again)
        await ring(company)
        assert [len(await automatic(company, row.number)) for row in await tickets_of(company)] == [1]
        for n in range(4):
            await ask(company, f"Neue Frage {n}")
            await ring(company)
        counts = [len(await automatic(company, row.number)) for row in await tickets_of(company)]
        assert sorted(counts) == [0, 0, 1, 1, 1]


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "auto-replied"}, {"List_Id": "<news.shop.example>"}])
async def test_machines_get_none(company: Company, headers: dict[str, str]) -> None:
    """Neither another desk's automatic answer nor a list."""
    await choose(company, off_hours=True, receipt=True)
    with at(NIGHT):
        await receive(company, letter(to=company.address, **headers))
        await ring(company)
        for row in await tickets_of(company):
            assert await automatic(company, row.number) == []


async def test_by_day_or_switched_off_nothing_is_sent(company: Company) -> None:
    """Everything is off until somebody switches it on."""
    with at(NIGHT):
        number = await ask(company)
        await ring(company)
        assert await automatic(company, number) == []
    await choose(company, off_hours=True)
    with at(NOON):
        number = await ask(company, "Am Tag")
        await ring(company)
        assert await automatic(company, number) == []


@pytest.mark.req("R32")
async def test_a_less_common_language_gets_a_receipt(company: Company) -> None:
    """Also by day; in English where there is no text in that language."""
    await choose(company, receipt=True)
    with at(NOON):
        for language, words in (("th", "นักแปล"), ("sw", "professional translator")):
            number = await ask(company, f"Habari {language}")
            async with company.desk.db.work(company.workspace_id) as session:
                found = await session.merge(await ticket(company, number))
                found.language = language
            await ring(company)
            (text,) = await automatic(company, number)
            assert words in text


@pytest.mark.req("R49")
@pytest.mark.parametrize(
    ("moment", "days", "said"),
    [
        (SPRING, 3, [HOLIDAY, RECEIPT]),
        (SPRING, 30, [OFF_HOURS, RECEIPT]),
        (NIGHT, 3, [OFF_HOURS, RECEIPT]),
        (NOON, 3, [RECEIPT]),
        (datetime(2026, 11, 28, 12, tzinfo=SHANGHAI), 3, [OFF_HOURS, RECEIPT]),  # a weekend is no holiday
    ],
)
def test_what_is_said_when(moment: datetime, days: int, said: list[str]) -> None:
    """A holiday only where the closure is longer than so many days."""
    assert autoreply.which(Choices(ALL.on, days), OFFICE, moment, tier="minor") == said
    assert autoreply.which(Choices(ALL.on, days), OFFICE, moment, tier="common") == said[:-1]


def test_the_moment_named_is_one_at_which_somebody_is_there() -> None:
    """Rounded up, never while the desk is closed, and four working hours after opening where no clock runs."""
    opening = datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI)
    assert autoreply.promised(OFFICE, NIGHT, opening + timedelta(minutes=72)) == opening + timedelta(minutes=90)
    assert autoreply.promised(OFFICE, NIGHT, NIGHT + timedelta(hours=1)) == opening
    assert autoreply.promised(OFFICE, NIGHT, None) == opening + timedelta(hours=4)
    assert autoreply.promised(Calendar("UTC"), NIGHT, None) > NIGHT


@pytest.mark.req("R48")
@pytest.mark.parametrize("language", sorted(autoreply.shipped()))
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_text_names_the_time(language: str, kind: str) -> None:
    """In seventeen languages, in the customer's zone or naming ours; nobody claims that a native reader read it."""
    by = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    chosen = Choices()
    theirs = autoreply.compose(chosen, [kind], language, by=by, now=NIGHT, theirs="Europe/Berlin", ours="Asia/Shanghai")
    ours = autoreply.compose(chosen, [kind], language, by=by, now=NIGHT, theirs="", ours="Asia/Shanghai")
    assert "{" not in theirs + ours
    digits = {str(date(2026, 11, 25).day), "3" if language in ("en", "ar", "ko") else "03"}
    assert all(one in theirs for one in {"25"} & digits)
    assert "Asia/Shanghai" in ours
    assert "Asia/Shanghai" not in theirs
    assert autoreply.shipped()[language]["read"] is False
    assert len(autoreply.shipped()) >= 17


@pytest.mark.parametrize("language", ["en", "zh", "de", "ja", "ar"])
def test_nobody_is_thanked_twice_in_one_letter(language: str) -> None:
    by = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    said = autoreply.compose(
        Choices(), ["off_hours", "receipt"], language, by=by, now=NIGHT, theirs="Europe/Berlin", ours="Asia/Shanghai"
    )
    one, two = said.split("\n\n")
    assert one[:8] != two[:8]
    assert len(two) > 20
    assert "25" in two


@pytest.mark.parametrize(
    ("timezone", "market", "zone"),
    [("America/New_York", "DE", "America/New_York"), ("", "DE", "Europe"), ("", "CN", "Asia/"), ("", "US", ""),
     ("", "ES", ""), ("", "", ""), ("Mars/Olympus", "JP", "Asia/Tokyo")],
)  # fmt: skip
def test_whose_time(timezone: str, market: str, zone: str) -> None:
    """A market with several times says nothing about a customer's."""
    found = autoreply.zone_of(timezone, market, NIGHT)
    assert found.startswith(zone)
    assert bool(found) == bool(zone)


@pytest.mark.parametrize("text", ["Bald.", "By {time} {name}", "By {time", "x" * 3000 + "{time}"])
def test_a_text_without_a_time_is_refused(text: str) -> None:
    """And one with a field nobody fills."""
    with pytest.raises(Invalid):
        autoreply.check_text(text)


@pytest.mark.req("R266")
async def test_what_cannot_wait_is_marked_at_night(company: Company) -> None:
    """Outside the hours, by the customer's own words, in their language; by day people judge for themselves."""
    with at(NIGHT):
        for subject, priority in (("DRINGEND: Paket weg", 1), ("紧急：包裹丢失", 1), ("Wo ist mein Paket?", 3)):
            assert (await ticket(company, await ask(company, subject))).priority == priority
        number = await ask(company, "URGENT please")
        assert (await clocks(company, number))["first_response"].target == 3600
    with at(NOON):
        assert (await ticket(company, await ask(company, "Dringend, bitte"))).priority == 3
    assert is_urgent("Срочно!")
    assert not is_urgent("resurgent insurgents")
