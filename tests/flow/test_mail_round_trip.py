"""The product's main job: a buyer's mail comes in, becomes a ticket, is answered, and the answer arrives threaded."""

from __future__ import annotations

import smtplib
from asyncio import to_thread
from datetime import timedelta
from email.utils import make_msgid

import pytest

from dragoman.channels.email import queries as mailboxes
from dragoman.delivery import queries as outbox
from dragoman.intake.mail.door import Door
from dragoman.kit import clock
from dragoman.tickets import lists, queries
from dragoman.tickets.access import get_ticket
from tests.cast import Company
from tests.post import letter, sink


async def deliver(door_port: int, company: Company, raw: bytes) -> None:
    """Hand a mail to the desk's door by real SMTP, as a forwarding server does."""

    def talk() -> None:
        with smtplib.SMTP("127.0.0.1", door_port) as client:
            client.sendmail("anna@buyer.example", [company.address], raw)

    await to_thread(talk)


async def the_only_ticket(company: Company) -> lists.TicketRow:
    async with company.desk.db.work(company.workspace_id) as session:
        page = await lists.list_tickets(session, company.agent, lists.Filter("all", sort="newest"))
    assert len(page.rows) == 1
    return page.rows[0]


@pytest.mark.req("R1", "R14")
async def test_a_mail_becomes_a_ticket_and_its_answer_arrives_in_the_thread(company: Company) -> None:
    desk = company.desk
    door = Door(desk.db, domain="desk.localhost", max_size=10_000_000)
    port = await door.open("127.0.0.1", 0)
    asked = make_msgid(domain="buyer.example")
    await deliver(port, company, letter(to=company.address, message_id=asked))
    assert await desk.inbound.batch(company.workspace_id) == 1
    row = await the_only_ticket(company)
    assert (row.subject, row.status, row.customer_name) == ("Wo ist mein Paket?", "new", "Anna Schmidt")
    assert row.unread_since is not None
    assert row.waiting_since is not None

    async with sink() as world:
        async with desk.db.work(company.workspace_id) as session:
            (mailbox,) = await mailboxes.list_mailboxes(session)
            mailbox.smtp_port = world.port
        async with desk.db.work(company.workspace_id) as session:
            ticket = await get_ticket(session, company.agent, row.number, lock=True)
            message = await desk.outbound.reply(
                session, company.agent, ticket=ticket, html="<p>Es ist <b>unterwegs</b>.</p>", then="pending"
            )
        async with desk.db.work(company.workspace_id) as session:
            queued = await outbox.find_by_message(session, message.id)
            assert queued is not None
        await desk.outbound.send(str(company.workspace_id), str(queued.id))
        assert world.mails == []  # it can still be taken back
        with clock.travel(clock.now() + timedelta(seconds=11)):
            await desk.outbound.send(str(company.workspace_id), str(queued.id))
            await desk.outbound.send(str(company.workspace_id), str(queued.id))  # a job may run twice
        (mail,) = world.mails
    assert mail["To"] == "Anna Schmidt <anna@buyer.example>"
    assert mail["Subject"] == "Re: Wo ist mein Paket?"
    assert mail["In-Reply-To"] == asked
    assert asked in mail["References"]

    await deliver(
        port, company,
        letter(to=company.address, subject="AW: Re: Wo ist mein Paket?", text="Danke!", In_Reply_To=mail["Message-ID"]),
    )  # fmt: skip
    await desk.inbound.batch(company.workspace_id)
    row = await the_only_ticket(company)
    assert row.status == "open"
    async with desk.db.work(company.workspace_id) as session:
        thread = await queries.list_messages(session, row.id)
    assert [message.kind for message in thread] == ["inbound", "outbound", "inbound"]
    await door.close()
