"""The outbox against a real SMTP server: once, or somebody knows why not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dragoman.channels.email import queries as mailboxes
from dragoman.delivery import queries as outbox
from dragoman.delivery import service as delivery
from dragoman.flow import outbound
from dragoman.kit import clock
from dragoman.kit.errors import Conflict
from dragoman.replies import queries as drafts
from dragoman.tickets import queries
from tests.cast import Company
from tests.desk_work import answer, outbox_row, receive, thread, ticket, tickets_of, try_to_send, use_smtp_port
from tests.post import free_port, letter, sink


async def one_ticket(company: Company, **mail: str) -> int:
    await receive(company, letter(to=company.address, **mail))
    return (await tickets_of(company))[-1].number


@pytest.mark.req("R1")
async def test_plain_and_html_part_and_the_headers_that_thread(company: Company) -> None:
    number = await one_ticket(company, message_id="<first@buyer.example>")
    async with sink() as world:
        await use_smtp_port(company, world.port)
        row = await try_to_send(company, await answer(company, number, "<p>Es ist <b>unterwegs</b>.</p>"))
    assert row.state == "sent"
    (mail,) = world.mails
    parts = [part.get_content_type() for part in mail.walk() if not part.is_multipart()]
    assert parts == ["text/plain", "text/html"]
    assert mail["In-Reply-To"] == "<first@buyer.example>"
    assert mail["From"].endswith(f"<{company.address}>")
    assert mail["Auto-Submitted"] is None  # a person wrote it
    assert world.envelopes[0].mail_from == company.address


async def test_a_passing_error_is_tried_again_with_growing_pauses(company: Company) -> None:
    number = await one_ticket(company)
    async with sink() as world:
        world.answer = "451 4.7.1 Greylisted, come back later"
        await use_smtp_port(company, world.port)
        outbox_id = await answer(company, number)
        row = await try_to_send(company, outbox_id)
        assert (row.state, row.attempts) == ("queued", 1)
        assert "Greylisted" in row.reason
        first = row.next_attempt_at
        row = await try_to_send(company, outbox_id, after=timedelta(seconds=30))
        assert row.attempts == 1  # not due yet
        row = await try_to_send(company, outbox_id, after=timedelta(minutes=5))
        assert row.next_attempt_at > first + timedelta(minutes=2)
        world.answer = None
        row = await try_to_send(company, outbox_id, after=timedelta(hours=1))
    assert (row.state, row.attempts, len(world.mails)) == ("sent", 3, 1)


async def test_it_gives_up_after_two_days_and_says_so(company: Company) -> None:
    number = await one_ticket(company)
    await use_smtp_port(company, free_port())
    outbox_id = await answer(company, number)
    row = await try_to_send(company, outbox_id, after=timedelta(days=3))
    assert row.state == "failed"
    assert row.reason


async def test_a_permanent_error_is_final_and_can_be_tried_again_by_hand(company: Company) -> None:
    number = await one_ticket(company, sender="Gone <nobody@buyer.example>")
    async with sink() as world:
        await use_smtp_port(company, world.port)
        outbox_id = await answer(company, number)
        row = await try_to_send(company, outbox_id)
        assert (row.state, row.attempts) == ("failed", 1)
        assert "No such user" in row.reason
        async with company.desk.db.work(company.workspace_id) as session:
            await delivery.send_again(session, company.desk.jobs, company.agent, row.message_id)
        assert (await outbox_row(company, outbox_id)).state == "queued"


async def test_a_wrong_password_keeps_the_mail_waiting(company: Company) -> None:
    number = await one_ticket(company)
    async with sink(auth_require_tls=False) as world:
        await use_smtp_port(company, world.port)
        async with company.desk.db.work(company.workspace_id) as session:
            box = await mailboxes.load(session, company.mailbox_id)
            assert box is not None
            box.smtp_user = "support"
            box.smtp_password = company.desk.keys.seal("wrong", context=f"mailbox:{box.id}")
        row = await try_to_send(company, await answer(company, number))
    assert row.state == "queued"
    assert world.mails == []


async def test_cut_off_before_the_point_of_no_return_is_simply_tried_again(company: Company) -> None:
    number = await one_ticket(company)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        outbox_id = await answer(company, number)
        with clock.travel(clock.now() + timedelta(seconds=11)):
            async with company.desk.db.work(company.workspace_id) as session:
                assert await delivery.claim(session, outbox_id) is not None  # and then the process dies
        row = await try_to_send(company, outbox_id)
    assert (row.state, len(world.mails)) == ("sent", 1)


async def test_cut_off_while_the_server_was_taking_it_is_left_to_a_person(company: Company) -> None:
    number = await one_ticket(company)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        outbox_id = await answer(company, number)
        with clock.travel(clock.now() + timedelta(seconds=11)):
            async with company.desk.db.work(company.workspace_id) as session:
                claimed = await delivery.claim(session, outbox_id)
                assert claimed is not None
                await session.flush()
                await delivery.hand_over(session, claimed[1].id)
        row = await try_to_send(company, outbox_id)
        assert (row.state, world.mails) == ("uncertain", [])
        row = await try_to_send(company, outbox_id)
        assert (row.state, world.mails) == ("uncertain", [])
        async with company.desk.db.work(company.workspace_id) as session:
            await delivery.call_sent(session, company.agent, row.message_id)
    assert (await outbox_row(company, outbox_id)).state == "sent"


async def test_a_reply_can_be_taken_back_and_is_a_draft_again(company: Company) -> None:
    number = await one_ticket(company)
    outbox_id = await answer(company, number, "<p>Zu früh!</p>")
    async with company.desk.db.work(company.workspace_id) as session:
        row = await outbox.load(session, outbox_id)
        assert row is not None
        message = await queries.load_message(session, row.message_id)
        assert message is not None
        await company.desk.outbound.take_back(session, company.agent, message=message)
    assert [one.kind for one in await thread(company, number)] == ["inbound"]
    there = await ticket(company, number)
    assert there.waiting_since is not None
    assert there.message_count == 1
    async with company.desk.db.work(company.workspace_id) as session:
        draft = (await drafts.find(session, there.id, company.agent.person_id))["reply"]
    assert "Zu früh!" in draft.html
    await company.desk.outbound.send(str(company.workspace_id), str(outbox_id))  # its job finds nothing to do


async def test_our_own_mail_sent_back_under_another_name_makes_no_ticket(company: Company) -> None:
    """A forwarder that points back at us, with Message-IDs of its own."""
    number = await one_ticket(company)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        await try_to_send(company, await answer(company, number))
    (mail,) = world.mails
    del mail["Message-ID"]
    mail["Message-ID"] = "<again@forwarder.example>"
    await receive(company, mail.as_bytes())
    assert len(await tickets_of(company)) == 1
    assert len(await thread(company, number)) == 2


async def test_what_has_left_can_not_be_taken_back(company: Company) -> None:
    number = await one_ticket(company)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        row = await try_to_send(company, await answer(company, number))
        async with company.desk.db.work(company.workspace_id) as session:
            message = await queries.load_message(session, row.message_id)
            assert message is not None
            with pytest.raises(Conflict):
                await company.desk.outbound.take_back(session, company.agent, message=message)
    assert len(await thread(company, number)) == 2


BOUNCE = """\
From: MAILER-DAEMON@mx.buyer.example
To: {to}
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce-1@mx.buyer.example>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

Your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.buyer.example

Final-Recipient: rfc822; anna@buyer.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp; 552 5.2.2 Mailbox full

--b
Content-Type: message/rfc822

{original}
--b--
"""


async def test_a_bounce_marks_the_message_it_gives_back(company: Company) -> None:
    number = await one_ticket(company)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        outbox_id = await answer(company, number)
        await try_to_send(company, outbox_id)
    original = world.mails[0].as_bytes().decode()
    await receive(company, BOUNCE.format(to=company.address, original=original).encode())
    row = await outbox_row(company, outbox_id)
    assert row.state == "bounced"
    assert "Mailbox full" in row.reason
    assert len(await tickets_of(company)) == 1
    there = await ticket(company, number)
    assert there.unread_since is not None
    assert there.waiting_since is None  # a machine wrote: nobody waits for an answer


async def test_a_mail_that_can_not_be_written_fails_once_and_says_so(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(_mail: object) -> bytes:
        raise ValueError("a fault of ours")

    number = await one_ticket(company)
    outbox_id = await answer(company, number)
    monkeypatch.setattr(outbound, "compose", stumble)
    row = await try_to_send(company, outbox_id)
    assert (row.state, row.attempts) == ("failed", 1)
    assert "could not be written" in row.reason


async def test_a_lost_key_keeps_the_mail_waiting_and_says_why(company: Company) -> None:
    number = await one_ticket(company)
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        assert box is not None
        box.smtp_user, box.smtp_password = "support", "v1.bm9uc2Vuc2U="
    row = await try_to_send(company, await answer(company, number))
    assert row.state == "queued"
    assert "secret key has changed" in row.reason
