"""Customers' words are read as they are filed, in the transaction that files them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dragoman.flow import reading
from dragoman.flow.aftermath import Aftermath
from dragoman.flow.reading import ALARM, Readings
from dragoman.flow.teaching import Teacher
from dragoman.kit.errors import Invalid
from dragoman.platform.alarms import Alarm
from dragoman.platform.models import Workspace
from dragoman.tickets import access, service, understood
from dragoman.tickets.models import Correction, Event, Message, Ticket
from dragoman.understanding.models import TaughtHead
from dragoman.understanding.reader import FULL, Asked, Reader, Reading
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter
from tests.sla.desk import ring


@pytest.fixture(scope="session")
def reader() -> Reader:
    """A reader, loaded once a test process."""
    return Reader(FULL)


@pytest.fixture
async def reading_desk(company: Company, reader: Reader) -> AsyncIterator[Company]:
    """A desk that reads what comes in."""
    desk = company.desk
    before, desk.db._settle = desk.db._settle, Aftermath(Readings(reader, here=True)).settle
    yield company
    desk.db._settle = before


async def arrive(company: Company, subject: str, text: str, *, key: str = "1", answers: str = "", **more: str) -> None:
    """A buyer's mail comes in; `key` names it, `answers` names the one it answers."""
    headers = {"In_Reply_To": f"<{answers}@buyer.example>"} if answers else {}
    raw = letter(to=company.address, subject=subject, text=text, message_id=f"<{key}@buyer.example>", **headers, **more)
    await receive(company, raw)


async def the_ticket(company: Company) -> tuple[Ticket, list[Message], list[Event]]:
    async with company.desk.db.work(company.workspace_id) as session:
        ticket = (await session.scalars(select(Ticket))).one()
        messages = list(await session.scalars(select(Message).order_by(Message.at)))
        events = list(await session.scalars(select(Event).order_by(Event.at)))
    return ticket, messages, events


@pytest.mark.req("R27", "R30", "R79", "R198", "R201")
async def test_a_mail_is_read_before_anybody_looks(reading_desk: Company) -> None:
    await arrive(reading_desk, "Paket", "Laut DHL zugestellt, aber ich habe NICHTS bekommen!!! Unverschämt 😡")
    ticket, (message,), events = await the_ticket(reading_desk)
    assert (ticket.language, ticket.intent) == ("de", "delivery.not_received")
    assert (ticket.kind, ticket.severity) == ("delivery", "red")
    assert ticket.emotion == "angry"
    assert message.language == "de"
    assert message.reading["intent"] == "delivery.not_received"
    assert {"read", "kind", "severity"} <= {event.verb for event in events}


async def test_a_later_thank_you_takes_nothing_back(reading_desk: Company) -> None:
    await arrive(reading_desk, "Lamp", "The lamp arrived broken, the glass is in pieces", key="1")
    await arrive(reading_desk, "Re: Lamp", "Thank you so much, great service!", key="2", answers="1")
    ticket, messages, _events = await the_ticket(reading_desk)
    assert len(messages) == 2
    assert (ticket.intent, ticket.severity) == ("delivery.damaged", "red")
    assert ticket.emotion == "pleased"


async def test_what_somebody_set_by_hand_stays(reading_desk: Company) -> None:
    await arrive(reading_desk, "Lamp", "The lamp arrived broken, the glass is in pieces", key="1")
    async with reading_desk.desk.db.work(reading_desk.workspace_id) as session:
        ticket = await access.get_ticket(session, reading_desk.agent, 1, lock=True)
        await service.set_severity(session, reading_desk.agent, ticket=ticket, severity="blue")
        await understood.set_intent(session, reading_desk.agent, ticket=ticket, intent="aftersale.warranty")
        await understood.set_language(session, reading_desk.agent, ticket=ticket, language="fr")
    await arrive(reading_desk, "Re: Lamp", "My lawyer will write to you, this is fraud!", key="2", answers="1")
    ticket, _messages, _events = await the_ticket(reading_desk)
    assert (ticket.severity, ticket.intent, ticket.language) == ("blue", "aftersale.warranty", "fr")
    async with reading_desk.desk.db.work(reading_desk.workspace_id) as session:
        (kept,) = await session.scalars(select(Correction))
    assert (kept.before, kept.after) == ("delivery.damaged", "aftersale.warranty")


async def test_below_the_threshold_the_desk_only_guesses(reading_desk: Company) -> None:
    async with reading_desk.desk.db.work(reading_desk.workspace_id) as session:
        await reading.save_wishes(session, reading_desk.admin, threshold="90", feelings=False)
    await arrive(reading_desk, "?", "the thing from last time, same again maybe, what about it")
    ticket, (message,), _events = await the_ticket(reading_desk)
    assert message.reading["intent_confidence"] < 0.9
    assert (ticket.intent, ticket.kind) == ("", "")
    assert ticket.emotion == "", "feelings are switched off"


async def test_wishes_are_checked(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid):
            await reading.save_wishes(session, company.admin, threshold="41", feelings=True)


async def test_machines_are_read_but_change_nothing(reading_desk: Company) -> None:
    await arrive(reading_desk, "Automatic reply", "I am out of office until Monday", Auto_Submitted="auto-replied")
    ticket, (message,), _events = await the_ticket(reading_desk)
    assert message.reading
    assert (ticket.intent, ticket.severity) == ("", "")


class Broken(Reader):
    """A reader whose model fails."""

    def read(self, asked: Sequence[Asked], **_options: Any) -> list[Reading]:
        raise RuntimeError("the model is broken")


async def test_a_broken_reader_delays_no_message_and_it_is_read_later(company: Company, reader: Reader) -> None:
    desk = company.desk
    desk.db._settle = Aftermath(Readings(Broken(FULL), here=True)).settle
    await arrive(company, "Lamp", "The lamp arrived broken, the glass is in pieces")
    ticket, (message,), _events = await the_ticket(company)
    assert (ticket.intent, message.reading) == ("", {})
    async with desk.db.work(None) as session:
        (alarm,) = await session.scalars(select(Alarm).where(Alarm.kind == ALARM))
    assert alarm.key == message.id
    await _read_now(company, reader)
    ticket, (message,), _events = await the_ticket(company)
    assert (ticket.intent, ticket.severity, message.language) == ("delivery.damaged", "red", "en")


async def test_pages_leave_the_reading_to_a_worker(company: Company, reader: Reader) -> None:
    company.desk.db._settle = Aftermath(Readings(reader, here=False)).settle
    await arrive(company, "Lamp", "The lamp arrived broken, the glass is in pieces")
    ticket, (message,), _events = await the_ticket(company)
    assert message.reading == {}
    await _read_now(company, reader)
    ticket, (message,), _events = await the_ticket(company)
    assert ticket.intent == "delivery.damaged"


async def _read_now(company: Company, reader: Reader) -> None:
    """Let the alarm ring in a process that reads."""
    desk, readings = company.desk, Readings(reader, here=True)
    desk.db._settle = Aftermath(readings).settle
    desk.alarms.on(ALARM, readings.ring)
    assert await ring(company, timedelta(hours=1)) >= 1


async def test_corrections_teach_the_workspace_at_night(reading_desk: Company, reader: Reader) -> None:
    desk = reading_desk.desk
    for number in range(24):
        words = ("Where is the blue folder", "I need my blue folder", "blue folder please")[number % 3]
        await arrive(
            reading_desk, f"Folder {number}", f"{words} {number}", key=str(number), sender=f"a{number}@buyer.example"
        )
    async with desk.db.work(reading_desk.workspace_id) as session:
        for number in range(1, 25):
            ticket = await access.get_ticket(session, reading_desk.agent, number, lock=True)
            await understood.set_intent(session, reading_desk.agent, ticket=ticket, intent="order.invoice")
    await Teacher(desk.db, reader).nightly()
    async with desk.db.work(reading_desk.workspace_id) as session:
        (head,) = await session.scalars(select(TaughtHead))
    assert head.lessons == 24
    assert head.figures["after"] > head.figures["before"]
    assert head.active
    await Teacher(desk.db, reader).nightly()
    async with desk.db.work(reading_desk.workspace_id) as session:
        assert len(list(await session.scalars(select(TaughtHead)))) == 1, "without new corrections nothing is taught"
    await arrive(reading_desk, "Hello", "the blue folder, please", key="new", sender="new@buyer.example")
    async with desk.db.work(reading_desk.workspace_id) as session:
        newest = await access.get_ticket(session, reading_desk.agent, 25)
        settings = (await session.get_one(Workspace, reading_desk.workspace_id)).settings
    assert newest.intent == "order.invoice"
    assert "read_threshold" not in settings
