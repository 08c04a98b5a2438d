"""Departments and people outside are asked by mail, and their answers find back into the ticket."""

from __future__ import annotations

from email.message import EmailMessage, Message

import pytest
from sqlalchemy import select

from dragoman.channels.email import queries as mailboxes
from dragoman.flow import tasks
from dragoman.intake.models import DROPPED, Envelope
from dragoman.tickets import queries as tickets
from dragoman.tickets.access import get_ticket
from dragoman.tickets.tasks.service import To
from tests.cast import Company
from tests.desk_work import receive, thread, ticket, tickets_of, use_smtp_port
from tests.post import letter, sink
from tests.tickets.tasks.desk import asked, department, entries, notices, run_jobs, task

DEPARTMENT = "customs@logistics.example"


async def plus(company: Company, *, on: bool = True) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.plus_addressing = on


def words(mail: Message) -> str:
    for part in mail.walk():
        if part.get_content_type() == "text/plain":
            return bytes(part.get_payload(decode=True)).decode()  # type: ignore[arg-type]
    raise AssertionError("no text")


@pytest.mark.req("R228", "R144")
@pytest.mark.parametrize("by", ["address", "reference"])
async def test_an_answer_by_mail_becomes_a_note(company: Company, by: str) -> None:
    """By the signed reply address where the mailbox takes such, else by the signed Message-ID."""
    await plus(company, on=by == "address")
    logistics = await department(company, address=DEPARTMENT)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        task_id, number = await asked(company, To(department_id=logistics.id), waits=True)
        await run_jobs(company)
    (mail,) = world.mails
    assert world.envelopes[0].rcpt_tos == [DEPARTMENT]
    assert mail["Subject"] == f"Where is the parcel? [#{number}]"
    assert "Please look up the parcel." in words(mail)
    assert "anna@buyer.example" not in mail.as_string() + words(mail)
    assert (await task(company, task_id)).mailed_at is not None
    before = await tickets_of(company)
    back = EmailMessage()
    back["From"], back["To"] = f"Sun Li <{DEPARTMENT}>", mail["Reply-To"] or mail["From"]
    back["Subject"], back["Message-ID"] = f"Re: {mail['Subject']}", "<a1@logistics.example>"
    back.set_content("Held by customs until Friday.\n\nOn Thursday Li Wei wrote:\n> Please look up the parcel.\n")
    back.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="notice.pdf")
    answered = f"In-Reply-To: {mail['Message-ID']}\n".encode() if by == "reference" else b""
    await receive(company, answered + back.as_bytes())
    assert [row.number for row in await tickets_of(company)] == [row.number for row in before]
    note = (await thread(company, number))[-1]
    assert (note.kind, note.text, note.from_name) == ("note", "Held by customs until Friday.", "Sun Li · Logistics")
    async with company.desk.db.work(company.workspace_id) as session:
        assert [one.name for one in await tickets.list_attachments(session, [note.id])] == ["notice.pdf"]
    found = await task(company, task_id)
    assert found.state == "answered"
    assert (await ticket(company, number)).status == "open"
    (entry,) = await entries(company, task_id)
    assert (entry.from_address, entry.note_id) == (DEPARTMENT, note.id)
    again = EmailMessage()
    for name, value in back.items():
        if name.lower() in ("from", "to", "subject", "message-id"):
            again[name] = value
    again.set_content("Held by customs until Friday. (sent again by a server)")
    await receive(company, answered + again.as_bytes())
    assert len(await entries(company, task_id)) == 1


async def test_a_forged_token_leads_nowhere(company: Company) -> None:
    await plus(company)
    logistics = await department(company, address=DEPARTMENT)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        task_id, _number = await asked(company, To(department_id=logistics.id))
        await run_jobs(company)
    address = str(world.mails[0]["Reply-To"])
    local, _at, domain = address.partition("@")
    forged = local[:-1] + ("a" if local[-1] != "a" else "b")
    await receive(company, letter(to=f"{forged}@{domain}", sender=DEPARTMENT))
    assert await entries(company, task_id) == []
    assert len(await tickets_of(company)) == 2  # filed as everybody's mail is


async def test_an_absence_notice_is_no_answer(company: Company) -> None:
    await plus(company)
    logistics = await department(company, address=DEPARTMENT)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        task_id, number = await asked(company, To(department_id=logistics.id), waits=True)
        await run_jobs(company)
    await receive(
        company,
        letter(to=str(world.mails[0]["Reply-To"]), sender=DEPARTMENT, text="Away", Auto_Submitted="auto-replied"),
    )
    (entry,) = await entries(company, task_id)
    assert entry.automatic
    assert (await task(company, task_id)).state == "open"
    assert (await ticket(company, number)).status == "on_hold"


async def test_our_own_mail_that_comes_back_is_dropped(company: Company) -> None:
    logistics = await department(company, address=DEPARTMENT)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        task_id, _number = await asked(company, To(department_id=logistics.id))
        await run_jobs(company)
    mail = world.mails[0]
    for name in [name for name in mail if "loop" in name.lower()]:
        del mail[name]
    await receive(company, mail.as_bytes())
    assert await entries(company, task_id) == []
    assert len(await tickets_of(company)) == 1
    async with company.desk.db.work(company.workspace_id) as session:
        states = list(await session.scalars(select(Envelope.state).order_by(Envelope.id)))
    assert states[-1] == DROPPED


async def test_who_asked_hears_that_it_could_not_be_delivered(company: Company) -> None:
    async with sink() as world:
        await use_smtp_port(company, world.port)
        task_id, _number = await asked(company, To(address="nobody@carrier.example"))
        await run_jobs(company)
    assert "No such user" in (await task(company, task_id)).mail_problem
    assert await notices(company, "task_undelivered") == {company.agent.person_id}


async def test_a_ticket_is_forwarded_outside_without_the_customers_address(company: Company) -> None:
    await plus(company)
    await receive(company, letter(to=company.address, text="Die Lampe ist kaputt."))
    number = (await tickets_of(company))[-1].number
    async with sink() as world:
        await use_smtp_port(company, world.port)
        async with company.desk.db.work(company.workspace_id) as session:
            found = await get_ticket(session, company.agent, number, lock=True)
            chosen = [one.id for one in await tickets.list_messages(session, found.id)]
            made = await tasks.ask(
                session, company.desk.jobs, company.agent, ticket=found, to=To(address="Repairs@Maker.example"),
                title="A broken lamp", question="Is it known?", forwards=chosen,
            )  # fmt: skip
        await run_jobs(company)
    (mail,) = world.mails
    assert "> Die Lampe ist kaputt." in words(mail)
    assert "Anna Schmidt wrote on" in words(mail)
    assert "anna@buyer.example" not in words(mail)
    await receive(company, letter(to=str(mail["Reply-To"]), sender="repairs@maker.example", text="Yes, it is."))
    note = (await thread(company, number))[-1]
    assert (note.kind, note.text, note.from_name) == ("note", "Yes, it is.", "repairs@maker.example")
    assert (await task(company, made.id)).state == "answered"


async def test_a_further_question_goes_by_mail_in_the_same_thread(company: Company) -> None:
    logistics = await department(company, address=DEPARTMENT)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        task_id, _number = await asked(company, To(department_id=logistics.id))
        async with company.desk.db.work(company.workspace_id) as session:
            await tasks.ask_more(session, company.desk.jobs, company.agent, task_id, text="And the second one?")
        await run_jobs(company)
    first, second = world.mails
    assert second["In-Reply-To"] == first["Message-ID"]
    assert "And the second one?" in words(second)


async def test_a_question_without_an_address_sends_nothing(company: Company) -> None:
    logistics = await department(company)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        await asked(company, To(department_id=logistics.id))
        await asked(company, To(person_id=company.lead.person_id))
        await run_jobs(company)
    assert world.mails == []
