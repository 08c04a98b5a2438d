"""What can't be read or filed is set aside where a person sees it: never lost, never in the others' way."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from dragoman.channels.email import parse as reader
from dragoman.channels.email import queries as mailboxes
from dragoman.flow import inbound, resolve
from dragoman.intake import queries, service
from dragoman.kit.errors import Conflict, Forbidden
from tests.cast import Company
from tests.desk_work import receive, tickets_of
from tests.post import letter


async def set_aside(company: Company) -> list[Any]:
    async with company.desk.db.work(company.workspace_id) as session:
        return list((await queries.list_set_aside(session)).rows)


async def test_a_mail_that_says_nothing_is_set_aside_and_counted(company: Company) -> None:
    await receive(company, b"\x00\xff\xfe\x00", letter(to=company.address))
    (envelope,) = await set_aside(company)
    assert envelope.problem == inbound.NO_SENDER
    assert len(await tickets_of(company)) == 1
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
        stored = await queries.load(session, envelope.id, raw=True)
        customers = await session.scalar(text("SELECT count(*) FROM customers"))
    assert box is not None
    assert (box.taken_count, box.filed_count, box.set_aside_count) == (2, 1, 1)
    assert stored is not None
    assert stored.raw == b"\x00\xff\xfe\x00"
    assert customers == 1


async def test_a_mail_that_defeats_the_reader_is_set_aside(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(*_args: object) -> None:
        raise RecursionError

    monkeypatch.setattr(reader, "parse_tree", stumble)
    await receive(company, letter(to=company.address))
    (envelope,) = await set_aside(company)
    assert envelope.state == "set_aside"
    assert await tickets_of(company) == []


async def test_one_mail_that_can_not_be_filed_does_not_hold_up_the_others(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = resolve.incoming_from

    def stumble(envelope: Any, mail: Any, resolver: Any) -> Any:
        if "Stolperstein" in mail.subject:
            raise ValueError("a fault of ours")
        return real(envelope, mail, resolver)

    monkeypatch.setattr(inbound, "incoming_from", stumble)
    mails = [letter(to=company.address, sender=f"b{n}@buyer.example", subject=f"Frage {n}") for n in range(5)]
    await receive(company, *mails[:2], letter(to=company.address, subject="Stolperstein"), *mails[2:])
    assert len(await tickets_of(company)) == 5
    (envelope,) = await set_aside(company)
    assert "a fault of ours" in envelope.problem
    monkeypatch.undo()
    async with company.desk.db.work(company.workspace_id) as session:
        await service.retry(session, company.admin, envelope.id)
    while await company.desk.inbound.batch(company.workspace_id):
        pass
    assert len(await tickets_of(company)) == 6
    assert await set_aside(company) == []
    async with company.desk.db.work(company.workspace_id) as session:
        box = await mailboxes.load(session, company.mailbox_id)
    assert box is not None
    assert (box.taken_count, box.filed_count, box.set_aside_count) == (6, 6, 0)


async def test_discarding_can_be_undone_and_needs_the_permission(company: Company) -> None:
    await receive(company, b"\x00\x01")
    (envelope,) = await set_aside(company)
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Forbidden):
            await service.discard(session, company.agent, envelope.id)
        await service.discard(session, company.admin, envelope.id)
    assert await set_aside(company) == []
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Conflict):
            await service.retry(session, company.admin, envelope.id)
        await service.restore(session, company.admin, envelope.id)
    assert len(await set_aside(company)) == 1
