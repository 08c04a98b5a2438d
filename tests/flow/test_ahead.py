"""What comes next is parsed and encoded beside the filing, and nothing depends on it."""

from __future__ import annotations

from time import perf_counter

import pytest
from sqlalchemy import func, select

from dragoman.channels.email.fingerprint import fingerprint
from dragoman.flow import inbound
from dragoman.flow.ahead import Ahead
from dragoman.flow.inbound import Inbound
from dragoman.intake import queries as envelopes
from dragoman.intake.mail.door import store
from dragoman.intake.models import RECEIVED, Envelope
from dragoman.intake.service import Arrival
from dragoman.tickets.models import Message
from dragoman.understanding.reader import LIGHT, Asked, Reader
from tests.cast import Company
from tests.post import letter

LONG = "Hello there, I hope you are well. " * 6 + "The lamp arrived broken. " + "The weather is fine today. " * 6


@pytest.fixture(scope="module")
def reader() -> Reader:
    """A light reader of its own: what waits on its shelf is looked at."""
    return Reader(LIGHT)


async def put_in(company: Company, count: int) -> None:
    """Let mails wait to be filed."""
    raws = [
        letter(to=company.address, message_id=f"<{number}@buyer.example>", text=f"Question {number}")
        for number in range(count)
    ]
    async with company.desk.db.work(company.workspace_id) as session:
        await store(session, [Arrival("email", fingerprint(raw), raw, company.mailbox_id) for raw in raws])


def test_what_was_encoded_ahead_reads_the_same(reader: Reader) -> None:
    asked = [Asked("Where is my parcel?"), Asked(LONG), Asked("")]
    plain = reader.read(asked)
    reader.ahead([one.text for one in asked])
    assert reader._shelf
    assert reader.read(asked) == plain
    assert not reader._shelf, "what was encoded is taken once"


async def test_the_next_mails_are_ready_when_their_turn_comes(company: Company, reader: Reader) -> None:
    desk = company.desk
    await put_in(company, 3)
    ahead = Ahead(desk.db, reader)
    async with desk.db.work(company.workspace_id) as session:
        waiting = list(await session.scalars(select(Envelope).where(Envelope.state == RECEIVED).order_by(Envelope.id)))
    ahead.begin(company.workspace_id, waiting[0].id, limit=10, size=10**6)
    assert ahead._work is not None
    ready = await ahead._work
    assert list(ready) == [one.id for one in waiting[1:]]
    assert ("use", "Question 2") in reader._shelf


async def test_a_mail_that_cannot_be_prepared_is_filed_all_the_same(company: Company) -> None:
    class Broken(Reader):
        def ahead(self, texts: object) -> None:
            raise RuntimeError("the model is broken")

    desk = company.desk
    await put_in(company, 5)
    inbound = desk.inbound
    inbound.ahead.reader, before = Broken(LIGHT), inbound.ahead.reader
    try:
        assert await inbound._batch(company.workspace_id, 2) == 2
        assert await inbound._batch(company.workspace_id, 2) == 2
        assert await inbound._batch(company.workspace_id, 2) == 1
    finally:
        inbound.ahead.reader = before
    async with desk.db.work(company.workspace_id) as session:
        assert await session.scalar(select(func.count()).select_from(Message)) == 5


async def test_a_workspace_is_left_to_the_process_that_files_there(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever files has prepared what comes next; taken out of its hands that would be done twice."""
    desk = company.desk
    await put_in(company, 2)
    other = Inbound(desk.db, desk.keys, Ahead(desk.db, None))
    monkeypatch.setattr(inbound, "ELSEWHERE", 60.0)
    async with desk.db.work(company.workspace_id) as session:
        assert await envelopes.only_drainer(session)
        assert await other.batch(company.workspace_id) == 0
    assert await other.batch(company.workspace_id) == 0, "not in the moment between two of its batches either"
    monkeypatch.setattr(inbound, "perf_counter", lambda: perf_counter() + 61.0)
    assert await other.batch(company.workspace_id) == 2, "but it is not waited for for ever"
