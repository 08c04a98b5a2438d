"""Notices: told by the ways one has chosen, seen, mailed together, forgotten."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from dragoman.accounts.notices import queries, service, wishes
from dragoman.accounts.notices.kinds import KINDS
from dragoman.accounts.notices.models import PersonNotice
from dragoman.kit import clock
from dragoman.kit.errors import NotFound
from dragoman.platform.alarms import Alarm
from tests.cast import Company
from tests.desk_work import use_smtp_port
from tests.post import sink


async def tell(company: Company, kind: str = "woken", number: int = 7, **more: Any) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await service.tell(session, [company.agent.person_id], kind, ticket=number, **more)


async def choose(company: Company, **chosen: list[str]) -> None:
    usual = {kind: sorted(wishes.ways({}, kind)) for kind in KINDS}
    async with company.desk.db.work(company.workspace_id) as session:
        await service.choose(session, company.agent, usual | chosen)


async def counted(company: Company) -> int:
    async with company.desk.db.work(company.workspace_id) as session:
        return await queries.unseen(session, company.agent.person_id)


async def test_told_seen_and_put_back(company: Company) -> None:
    await tell(company)
    await tell(company, number=8)
    assert await counted(company) == 2
    async with company.desk.db.work(company.workspace_id) as session:
        newest, oldest = await queries.list_unseen(session, company.agent.person_id)
        assert [service.where(one) for one in (newest, oldest)] == ["/tickets/8", "/tickets/7"]
        with pytest.raises(NotFound):
            await service.see(session, company.lead, newest.id)
        await service.see(session, company.agent, newest.id)
    assert await counted(company) == 1
    async with company.desk.db.work(company.workspace_id) as session:
        await service.unsee(session, company.agent, newest.id)
        await service.see_all(session, company.agent, ticket=7)
    assert await counted(company) == 1
    async with company.desk.db.work(company.workspace_id) as session:
        await service.see_all(session, company.agent)
        page = await queries.list_seen(session, company.agent.person_id, size=1)
        rest = await queries.list_seen(session, company.agent.person_id, cursor=page.next, size=1)
    assert [one.ticket for one in (*page.rows, *rest.rows)] == [8, 7]
    assert rest.next is None


async def test_what_one_does_not_want_is_not_told(company: Company) -> None:
    await choose(company, woken=[])
    await tell(company)
    await tell(company, "assigned", who="Ana")
    async with company.desk.db.work(company.workspace_id) as session:
        assert [one.kind for one in await queries.list_unseen(session, company.agent.person_id)] == ["assigned"]


async def test_all_of_ten_minutes_make_one_mail_and_what_was_seen_is_not_in_it(company: Company) -> None:
    await choose(company, woken=["desk", "mail"], assigned=["mail"])
    start = datetime.fromisoformat("2026-11-19T10:01:00+00:00")
    with clock.travel(start):
        await tell(company, number=1)
        await tell(company, number=2)
        await tell(company, "assigned", 3, who="Ana Costa")
    assert await counted(company) == 2
    async with company.desk.db.work(company.workspace_id) as session:
        alarms = list(await session.scalars(select(Alarm).where(Alarm.workspace_id == company.workspace_id)))
        assert [(one.kind, one.at.minute) for one in alarms] == [(service.ALARM, 10)]
        (first,) = [one for one in await queries.list_unseen(session, company.agent.person_id) if one.ticket == 1]
        await service.see(session, company.agent, first.id)
    async with sink() as world:
        await use_smtp_port(company, world.port)
        with clock.travel(start + timedelta(minutes=10)):
            while await company.desk.alarms.ring():
                pass
            await company.desk.jobs.run_worker_async(wait=False, install_signal_handlers=False)
    (mail,) = world.mails
    assert mail["To"] == company.agent.email
    text = str(mail.get_payload(decode=True), "utf-8")
    assert text.splitlines()[:2] == ["#2 is back as you asked", "Ana Costa gives you #3"]
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.list_to_mail(session, [company.agent.person_id]) == []


async def test_an_unknown_kind_is_a_fault_of_ours(company: Company) -> None:
    with pytest.raises(LookupError):
        await tell(company, "nonsense")


async def test_notices_are_forgotten_after_three_months(company: Company) -> None:
    await tell(company)
    with clock.travel(clock.now() + service.KEPT + timedelta(days=1)):
        await tell(company, number=9)
        await service.prune(company.desk.db)
    async with company.desk.db.work(company.workspace_id) as session:
        assert list(await session.scalars(select(PersonNotice.ticket))) == [9]


def test_a_notice_of_an_older_release_still_says_something() -> None:
    assert service.words(PersonNotice(kind="assigned", ticket=3, data={})) == KINDS["assigned"].label
    assert service.words(PersonNotice(kind="gone", ticket=3, data={})) == ""


@given(
    st.dictionaries(st.text(), st.lists(st.text()))
    | st.dictionaries(st.sampled_from(sorted(KINDS)), st.lists(st.sampled_from(sorted(wishes.WAYS))))
)
def test_choices_are_kept_and_read_as_they_were(chosen: dict[str, list[str]]) -> None:
    kept = wishes.kept(chosen)
    assert set(kept) == set(KINDS)
    for kind in KINDS:
        ways = wishes.ways({wishes.SETTING: kept}, kind)
        assert ways <= set(wishes.WAYS)
        assert "desktop" not in ways or "desk" in ways
        assert ways - {"desktop"} == set(chosen.get(kind, ())) & {"desk", "mail"}


@given(st.integers(0, 10**10))
def test_mail_goes_at_the_next_full_ten_minutes(second: int) -> None:
    now = datetime.fromisoformat("2024-01-01T00:00:00+00:00") + timedelta(seconds=second % 10**8)
    at = service.mail_at(now)
    assert timedelta(0) < at - now <= service.DIGEST
    assert at.timestamp() % 600 == 0
