"""The built-in receiver: stored first, acknowledged after."""

from __future__ import annotations

import asyncio
import contextlib
import smtplib
from asyncio import to_thread
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from dragoman.channels.email import queries
from dragoman.intake.mail.door import Door
from dragoman.platform.db import Database
from tests.cast import Company, found_company
from tests.post import letter


@pytest.fixture
async def door(company: Company) -> AsyncIterator[Door]:
    """A receiver of at most 1 MB a mail."""
    made = Door(company.desk.db, domain="desk.localhost", max_size=1_000_000)
    yield made
    await made.close()


def say(port: int, to: list[str], raw: bytes, *, client: type[smtplib.SMTP] = smtplib.SMTP) -> dict[str, object]:
    with client("127.0.0.1", port) as talk:
        return talk.sendmail("anna@buyer.example", to, raw)  # type: ignore[return-value]


async def stored(company: Company) -> int:
    async with company.desk.db.work(company.workspace_id) as session:
        return await session.scalar(text("SELECT count(*) FROM envelopes")) or 0


async def test_only_addresses_somebody_answers_for(company: Company, door: Door) -> None:
    port = await door.open("127.0.0.1", 0)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await to_thread(say, port, ["stranger@elsewhere.example"], letter(to="x@y.example"))
    assert next(iter(caught.value.recipients.values()))[0] == 550
    user, domain = company.address.split("@")
    await to_thread(say, port, [f"{user}+order-1@{domain}"], letter(to=company.address))
    await to_thread(say, port, [company.address.upper()], letter(to=company.address, subject="zwei"))
    assert await stored(company) == 2


async def test_the_directory_is_remembered_for_a_moment_only(
    company: Company, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dragoman.intake.mail.door.KNOWN_FOR", 0.1)
    port = await door.open("127.0.0.1", 0)
    new = f"new-{company.address}"

    async def refused() -> bool:
        with contextlib.suppress(smtplib.SMTPRecipientsRefused):
            await to_thread(say, port, [new], letter(to=new))
            return False
        return True

    assert await refused()
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.set_route(session, new, company.mailbox_id)
    assert not await refused(), "a new address is taken at once"
    async with company.desk.db.work(company.workspace_id) as session:
        await queries.drop_routes(session, company.mailbox_id, besides=company.address)
    await asyncio.sleep(0.15)
    assert await refused()


async def test_an_address_that_is_given_up_meanwhile_is_not_acknowledged_and_lost(company: Company, door: Door) -> None:
    port = await door.open("127.0.0.1", 0)
    given_up = f"old-{company.address}"
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.set_route(session, given_up, company.mailbox_id)
    await to_thread(say, port, [given_up], letter(to=given_up))
    async with company.desk.db.work(company.workspace_id) as session:
        await queries.drop_routes(session, company.mailbox_id, besides=company.address)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        await to_thread(say, port, [given_up], letter(to=given_up, subject="zwei"))
    assert caught.value.smtp_code == 451
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await to_thread(say, port, [given_up], letter(to=given_up, subject="drei"))
    assert await stored(company) == 1


async def test_a_mail_for_two_workspaces_reaches_both(company: Company, door: Door) -> None:
    other = await found_company(company.desk)
    port = await door.open("127.0.0.1", 0)
    await to_thread(say, port, [company.address, other.address], letter(to=company.address))
    assert (await stored(company), await stored(other)) == (1, 1)


async def test_too_large_a_mail_is_refused_for_good(company: Company, door: Door) -> None:
    port = await door.open("127.0.0.1", 0)
    with pytest.raises(smtplib.SMTPResponseException) as caught:
        await to_thread(say, port, [company.address], letter(to=company.address, text="x\n" * 600_000))
    assert caught.value.smtp_code == 552
    assert await stored(company) == 0


async def test_without_a_database_the_sender_is_told_to_come_again(company: Company) -> None:
    nowhere = Database("postgresql://nobody@/nothing?host=/nonexistent")
    door = Door(nowhere, domain="desk.localhost", max_size=1_000_000)
    port = await door.open("127.0.0.1", 0)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await to_thread(say, port, [company.address], letter(to=company.address))
    assert next(iter(caught.value.recipients.values()))[0] == 451
    await door.close()
    await nowhere.close()


async def test_a_mail_that_can_not_be_stored_is_not_acknowledged(
    company: Company, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk, say: the error comes with the commit."""
    port = await door.open("127.0.0.1", 0)
    import dragoman.intake.mail.door as module

    async def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "store", full)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        await to_thread(say, port, [company.address], letter(to=company.address))
    assert caught.value.smtp_code == 451
    monkeypatch.undo()
    await to_thread(say, port, [company.address], letter(to=company.address))  # the door is still open
    assert await stored(company) == 1


async def test_lmtp_answers_for_each_recipient(company: Company, door: Door) -> None:
    other = await found_company(company.desk)
    port = await door.open("127.0.0.1", 0, lmtp=True)

    def talk() -> list[bytes]:
        with smtplib.LMTP("127.0.0.1", port) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("anna@buyer.example")
            for address in (company.address, other.address):
                client.rcpt(address)
            client.data(letter(to=company.address))
            return [client.getreply()[1]]

    assert await to_thread(talk) == [b"2.0.0 Stored"]  # the second of two answers
    assert (await stored(company), await stored(other)) == (1, 1)
