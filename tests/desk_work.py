"""What tests do at a desk, in a line each."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.delivery import queries as outbox
from dragoman.delivery.models import Outbox
from dragoman.intake.mail.door import store
from dragoman.intake.service import Arrival
from dragoman.kit import clock
from dragoman.tickets import lists, queries
from dragoman.tickets.access import get_ticket
from dragoman.tickets.models import Message, Ticket
from tests.cast import Company


async def receive(company: Company, *mails: bytes) -> None:
    """Let mails come in and be filed."""
    async with company.desk.db.work(company.workspace_id) as session:
        await store(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id) for raw in mails])
    while await company.desk.inbound.batch(company.workspace_id):
        pass


async def tickets_of(company: Company) -> list[lists.TicketRow]:
    """All tickets, by number."""
    async with company.desk.db.work(company.workspace_id) as session:
        page = await lists.list_tickets(session, company.agent, lists.Filter("all", sort="oldest"))
    return sorted(page.rows, key=lambda row: row.number)


async def ticket(company: Company, number: int) -> Ticket:
    """A ticket as it is now."""
    async with company.desk.db.work(company.workspace_id) as session:
        return await get_ticket(session, company.agent, number)


async def thread(company: Company, number: int) -> list[Message]:
    """What was said in a ticket."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number)
        return await queries.list_messages(session, found.id)


async def use_smtp_port(company: Company, port: int) -> None:
    """Let the company's mail leave by this port."""
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.smtp_port = port


async def answer(company: Company, number: int, html: str = "<p>Es ist unterwegs.</p>") -> UUID:
    """Answer a ticket as the agent; returns the outbox row."""
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.agent, number, lock=True)
        message = await company.desk.outbound.reply(session, company.agent, ticket=found, html=html)
    async with company.desk.db.work(company.workspace_id) as session:
        row = await outbox.find_by_message(session, message.id)
    assert row is not None
    return row.id


async def try_to_send(company: Company, outbox_id: UUID, *, after: timedelta = timedelta(seconds=11)) -> Outbox:
    """Run the sending job some time from now; returns how the message stands then."""
    with clock.travel(clock.now() + after):
        await company.desk.outbound.send(str(company.workspace_id), str(outbox_id))
    return await outbox_row(company, outbox_id)


async def outbox_row(company: Company, outbox_id: UUID) -> Outbox:
    """An outbox row as it is now."""
    async with company.desk.db.work(company.workspace_id) as session:
        row = await outbox.load(session, outbox_id)
    assert row is not None
    return row
