"""Fetching from a real IMAP server: everything, once, whatever the flags say."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from dragoman.channels.email import queries
from dragoman.channels.email.models import Mailbox
from dragoman.channels.email.service import MailboxForm, save_mailbox
from dragoman.channels.email.service import test_mailbox as try_mailbox
from dragoman.intake.mail.fetch import Fetcher
from dragoman.kit.errors import Invalid
from dragoman.tickets import lists
from tests.cast import Company
from tests.dovecot import Dovecot
from tests.post import free_port, letter

pytestmark = pytest.mark.imap


@pytest.fixture
def account(imap_server: Dovecot) -> str:
    """An empty account of this test's own."""
    name = f"u{uuid4().hex[:10]}"
    imap_server.maildir(name)
    return name


def form(server: Dovecot, account: str, **changes: object) -> MailboxForm:
    values: dict[str, object] = {
        "address": f"{account}@shop.example", "inbound": "imap", "imap_host": "127.0.0.1", "imap_port": server.port,
        "imap_security": "none", "imap_user": account, "imap_password": "secret", "smtp_host": "127.0.0.1",
        "smtp_port": 2525, "smtp_security": "none",
    }  # fmt: skip
    return MailboxForm(**(values | changes))  # type: ignore[arg-type]


async def add(company: Company, made: MailboxForm) -> UUID:
    async with company.desk.db.work(company.workspace_id) as session:
        return await save_mailbox(session, company.admin, company.desk.keys, None, made)


async def look(company: Company, mailbox_id: UUID) -> tuple[Mailbox, tuple[int, int]]:
    async with company.desk.db.work(company.workspace_id) as session:
        box = await queries.load(session, mailbox_id)
        assert box is not None
        return box, (await queries.reconciliation(session)).get(mailbox_id, (0, 0))


@pytest.fixture
async def fetcher(company: Company) -> AsyncIterator[Fetcher]:
    desk = company.desk
    yield Fetcher(desk.db, desk.keys, every=60, allow_private=True)


async def drain(company: Company) -> None:
    while await company.desk.inbound.batch(company.workspace_id):
        pass


@pytest.mark.req("R1")
async def test_a_thousand_mails_seen_and_unseen_come_in_one_run(
    company: Company, fetcher: Fetcher, imap_server: Dovecot, account: str
) -> None:
    for number in range(1000):
        raw = letter(to=f"{account}@shop.example", sender=f"b{number}@buyer.example", subject=f"Frage {number}")
        if number % 10 == 0:
            raw = b"\n".join(line for line in raw.split(b"\n") if not line.startswith(b"Message-ID"))
        imap_server.put(account, raw, name=f"{number:05d}.mail", seen=number % 2 == 0)
    mailbox_id = await add(company, form(imap_server, account))
    assert await fetcher.check(company.workspace_id, mailbox_id) == 1000
    box, counter = await look(company, mailbox_id)
    assert counter == (1000, 1000)
    assert box.taken_count == 1000
    assert await fetcher.check(company.workspace_id, mailbox_id) == 0  # nothing twice
    await drain(company)
    box, _counter = await look(company, mailbox_id)
    assert (box.filed_count, box.set_aside_count) == (1000, 0)
    assert list((imap_server.maildir(account) / "cur").glob("*:2,")) == []  # flags are as they were


async def test_several_folders_and_the_same_mail_in_two_of_them(
    company: Company, fetcher: Fetcher, imap_server: Dovecot, account: str
) -> None:
    raw = letter(to=f"{account}@shop.example")
    imap_server.put(account, raw, name="1.mail")
    imap_server.put(account, raw, name="2.mail", folder="Spam")
    imap_server.put(account, letter(to="x@shop.example", subject="另一个"), name="3.mail", folder="Spam")
    mailbox_id = await add(company, form(imap_server, account, imap_folders=["INBOX", "Spam"]))
    assert await fetcher.check(company.workspace_id, mailbox_id) == 3
    box, counter = await look(company, mailbox_id)
    assert counter == (3, 3)
    assert box.taken_count == 2
    await drain(company)
    async with company.desk.db.work(company.workspace_id) as session:
        page = await lists.list_tickets(session, company.agent, lists.Filter("all", sort="newest"))
    assert {row.subject for row in page.rows} == {"Wo ist mein Paket?", "另一个"}


async def test_a_new_uidvalidity_brings_nothing_twice(
    company: Company, fetcher: Fetcher, imap_server: Dovecot, account: str
) -> None:
    imap_server.put(account, letter(to=f"{account}@shop.example"), name="1.mail")
    mailbox_id = await add(company, form(imap_server, account))
    await fetcher.check(company.workspace_id, mailbox_id)
    folder = imap_server.maildir(account)
    mails = [path.read_bytes() for part in ("cur", "new") for path in (folder / part).iterdir()]
    shutil.rmtree(folder)
    for number, raw in enumerate(mails):
        imap_server.put(account, raw, name=f"again{number}.mail")
    await fetcher.check(company.workspace_id, mailbox_id)
    box, counter = await look(company, mailbox_id)
    assert counter == (1, 1)
    assert box.taken_count == 1


async def test_trouble_is_explained_with_the_time_of_the_next_try(
    company: Company, fetcher: Fetcher, imap_server: Dovecot, account: str
) -> None:
    mailbox_id = await add(company, form(imap_server, account, imap_password="wrong"))
    assert await fetcher.check(company.workspace_id, mailbox_id) == 0
    box, _counter = await look(company, mailbox_id)
    assert "user name or password" in box.error
    assert box.error_at is not None
    assert box.next_check_at is not None
    assert (box.next_check_at - box.error_at).total_seconds() > 60
    assert box.failures == 1


async def test_the_test_button_tries_tls_and_explains(
    company: Company, imap_server: Dovecot, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = company.desk.keys
    secure = form(
        imap_server, account, imap_host="localhost", imap_port=imap_server.tls_port, imap_security="tls",
        smtp_port=free_port(),
    )  # fmt: skip
    steps = await try_mailbox(keys, secure, stored=None, allow_private=True)
    assert [step.ok for step in steps] == [False, False]
    assert "certificate" in steps[0].message
    assert "answers nothing" in steps[1].message
    monkeypatch.setenv("DRAGOMAN_CA_FILE", str(imap_server.ca))
    steps = await try_mailbox(keys, secure, stored=None, allow_private=True)
    assert steps[0].ok
    starttls = form(imap_server, account, imap_host="localhost", imap_security="starttls")
    assert (await try_mailbox(keys, starttls, stored=None, allow_private=True))[0].ok
    steps = await try_mailbox(keys, secure, stored=None, allow_private=False)
    assert "private address" in steps[0].message


async def test_a_stored_password_goes_to_its_own_server_only(
    company: Company, imap_server: Dovecot, account: str
) -> None:
    keys = company.desk.keys
    mailbox_id = await add(company, form(imap_server, account))
    box, _counter = await look(company, mailbox_id)
    same = form(imap_server, account, imap_password="")
    moved = form(imap_server, account, imap_password="", imap_host="localhost")
    assert (await try_mailbox(keys, same, stored=box, allow_private=True))[0].ok
    assert not (await try_mailbox(keys, moved, stored=box, allow_private=True))[0].ok
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid) as caught:
            await save_mailbox(session, company.admin, keys, mailbox_id, moved)
    assert set(caught.value.fields) == {"imap_password"}
