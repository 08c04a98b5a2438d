"""Merging, splitting and bulk changes, each taken back; and where later mails go."""

from __future__ import annotations

from uuid import UUID

import pytest

from dragoman.kit import clock
from dragoman.kit.errors import Conflict, Forbidden, Invalid, NotFound
from dragoman.tickets import finding, queries, service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.bulk import service as bulk
from dragoman.tickets.changes.kinds import Change
from dragoman.tickets.models import Ticket
from dragoman.tickets.moves import service as moves
from tests.cast import Company
from tests.desk_work import answer, receive, thread, ticket, tickets_of
from tests.post import letter

ANNA = "Anna Schmidt <anna@buyer.example>"


async def two_of_anna(company: Company) -> None:
    await receive(
        company,
        letter(to=company.address, sender=ANNA, subject="Paket", text="Wo ist mein Paket 302-1234567-1234567?"),
        letter(to=company.address, sender=ANNA, subject="Rechnung", text="Die Rechnung fehlt auch noch."),
    )


async def merge(company: Company, number: int, into: int, **how: bool) -> UUID:
    async with company.desk.db.work(company.workspace_id) as session:
        first = await get_ticket(session, company.lead, number, lock=True)
        second = await get_ticket(session, company.lead, into, lock=True)
        return (await moves.merge(session, company.lead, ticket=first, into=second, **how)).id


async def undo(company: Company, move: UUID) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await moves.undo(session, company.lead, move_id=move)


def facts(one: Ticket) -> tuple[object, ...]:
    return (
        one.status, one.message_count, one.snippet, one.waiting_since, one.last_by, one.merged_into_id, one.order_refs
    )  # fmt: skip


@pytest.mark.req("R13", "R14")
async def test_a_merge_moves_all_and_later_mails_follow(company: Company) -> None:
    await two_of_anna(company)
    await answer(company, 1)
    async with company.desk.db.work(company.workspace_id) as session:
        sent = (await queries.list_messages(session, (await get_ticket(session, company.lead, 1)).id))[-1]
    await merge(company, 1, 2)
    gone, kept = await ticket(company, 1), await ticket(company, 2)
    assert (gone.status, gone.message_count, gone.merged_into_id) == ("closed", 0, kept.id)
    assert kept.message_count == 3
    assert kept.waiting_since is None, "our answer came after both of her mails"
    assert "302-1234567-1234567" in kept.order_refs
    reply = letter(to=company.address, sender=ANNA, subject="Re: Paket")
    await receive(company, f"In-Reply-To: <{sent.rfc_message_id}>\n".encode() + reply)
    assert len(await tickets_of(company)) == 2
    assert [one.kind for one in await thread(company, 2)][-1] == "inbound"
    async with company.desk.db.work(company.workspace_id) as session:
        hits = (await finding.search(session, company.agent, "302-1234567-1234567")).rows
    assert {hit.ticket.number for hit in hits} == {2}


async def test_a_merge_is_taken_back_as_if_it_had_not_been(company: Company) -> None:
    await two_of_anna(company)
    before = [facts(await ticket(company, number)) for number in (1, 2)]
    move = await merge(company, 1, 2)
    await undo(company, move)
    after = [facts(await ticket(company, number)) for number in (1, 2)]
    assert after[0] == before[0]
    assert after[1][:6] == before[1][:6]
    with pytest.raises(Conflict):
        await undo(company, move)


async def test_what_came_after_a_merge_stays_when_it_is_taken_back(company: Company) -> None:
    await two_of_anna(company)
    move = await merge(company, 1, 2)
    await answer(company, 2, "<p>Beides ist unterwegs.</p>")
    await undo(company, move)
    assert [one.kind for one in await thread(company, 1)] == ["inbound"]
    assert [one.kind for one in await thread(company, 2)] == ["inbound", "outbound"]
    assert (await ticket(company, 1)).waiting_since is not None


async def test_tickets_of_two_customers_are_merged_only_when_it_is_meant(company: Company) -> None:
    await two_of_anna(company)
    await receive(company, letter(to=company.address, sender="bo@buyer.example", subject="Rabatt"))
    with pytest.raises(Invalid) as error:
        await merge(company, 3, 1)
    assert "strangers" in error.value.fields
    await merge(company, 3, 1, strangers=True)
    assert (await ticket(company, 1)).message_count == 2
    with pytest.raises(Invalid):
        await merge(company, 1, 1)
    with pytest.raises(Invalid):
        await merge(company, 2, 3)  # 3 was merged away


async def test_a_split_makes_a_ticket_of_some_messages_and_is_taken_back(company: Company) -> None:
    await two_of_anna(company)
    await merge(company, 1, 2)
    first, second = await thread(company, 2)
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.lead, 2, lock=True)
        fresh, made = await moves.split(
            session, company.lead, ticket=found, messages=[second.id], subject="Nur die Rechnung"
        )
        assert fresh.number == 3
    assert [one.id for one in await thread(company, 3)] == [second.id]
    assert [one.id for one in await thread(company, 2)] == [first.id]
    apart = await ticket(company, 3)
    assert apart.subject == "Nur die Rechnung"
    assert apart.waiting_since is not None
    assert apart.due_at is not None, "its clocks run like any ticket's"
    await undo(company, made.id)
    assert len(await thread(company, 2)) == 2
    assert (await ticket(company, 3)).status == "closed"


@pytest.mark.parametrize("chosen", ["none", "all", "another's"])
async def test_a_split_that_makes_no_sense_changes_nothing(company: Company, chosen: str) -> None:
    await two_of_anna(company)
    own, other = (await thread(company, 1))[0].id, (await thread(company, 2))[0].id
    messages = {"none": [], "all": [own], "another's": [other]}[chosen]
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.lead, 1, lock=True)
        with pytest.raises(Invalid):
            await moves.split(session, company.lead, ticket=found, messages=messages, subject="x")
    assert len(await tickets_of(company)) == 2


async def change_all(company: Company, numbers: list[int], *changes: Change) -> bulk.Outcome:
    async with company.desk.db.work(company.workspace_id) as session:
        return await bulk.run(session, company.lead, numbers=numbers, changes=changes)


async def test_a_bulk_change_is_made_and_taken_back_for_all(company: Company) -> None:
    await two_of_anna(company)
    before = [facts(await ticket(company, number)) for number in (1, 2)]
    me = str(company.agent.person_id)
    outcome = await change_all(
        company, [1, 2, 99], Change("status", "solved"), Change("assignee", me), Change("tags_add", "Zoll, gift"),
        Change("severity", "red"),
    )  # fmt: skip
    assert (outcome.changed, outcome.same, outcome.left) == ([1, 2], [], {})
    done = await ticket(company, 1)
    assert (done.status, str(done.assignee_id), done.tags, done.severity) == ("solved", me, ["zoll", "gift"], "red")
    async with company.desk.db.work(company.workspace_id) as session:
        await service.set_tags(session, company.lead, ticket=await get_ticket(session, company.lead, 2), tags=["mine"])
    async with company.desk.db.work(company.workspace_id) as session:
        back = await bulk.undo(session, company.lead, run_id=outcome.run.id)
    assert (back.changed, list(back.left)) == ([1], [2])
    after = facts(await ticket(company, 1))
    assert after[0] == before[0][0]
    assert (await ticket(company, 1)).tags == []
    assert (await ticket(company, 1)).unread_since is not None
    assert (await ticket(company, 2)).tags == ["mine"]


@pytest.mark.req("R201")
async def test_what_is_wanted_is_set_for_many_and_taken_back_with_what_was_learned(company: Company) -> None:
    await two_of_anna(company)
    before = await ticket(company, 1)
    outcome = await change_all(company, [1, 2], Change("intent", "other.human"))
    assert outcome.changed == [1, 2]
    done = await ticket(company, 1)
    assert (done.intent, "intent" in done.by_hand) == ("other.human", True)
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await queries.count_corrections(session, "intent", limit=10))[0] == 2
        back = await bulk.undo(session, company.lead, run_id=outcome.run.id)
        assert back.left == {}
        assert (await queries.count_corrections(session, "intent", limit=10))[0] == 0
    after = await ticket(company, 1)
    assert (after.intent, after.kind, "intent" in after.by_hand) == (before.intent, before.kind, False)


async def test_a_ticket_that_refuses_is_left_alone_whole_and_said(company: Company) -> None:
    await two_of_anna(company)
    gone = str(UUID(int=5))
    outcome = await change_all(company, [1, 2], Change("tags_add", "zoll"), Change("team", gone))
    assert outcome.changed == []
    assert set(outcome.left) == {1, 2}
    assert (await ticket(company, 1)).tags == []
    again = await change_all(company, [1, 2], Change("status", "new"))
    assert again.same == [1, 2]


async def test_a_bulk_change_asks_for_permission_and_for_something_to_do(company: Company) -> None:
    await two_of_anna(company)
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Forbidden):
            await bulk.run(session, company.people["trainer"], numbers=[1], changes=[Change("status", "solved")])
        with pytest.raises(Invalid):
            await bulk.run(session, company.lead, numbers=[], changes=[Change("status", "solved")])
        with pytest.raises(Invalid):
            await bulk.run(session, company.lead, numbers=list(range(1, 502)), changes=[Change("status", "solved")])
    outcome = await change_all(company, [1], Change("status", "solved"))
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(NotFound):
            await bulk.undo(session, company.agent, run_id=outcome.run.id)


async def test_a_snoozed_ticket_comes_back_at_its_time_and_when_the_customer_writes(company: Company) -> None:
    await two_of_anna(company)
    await change_all(company, [1, 2], Change("snooze", "60"))
    assert [row.snoozed_until is not None for row in await tickets_of(company)] == [True, True]
    await receive(company, letter(to=company.address, sender=ANNA, subject="Re: Rechnung"))
    first, second = await tickets_of(company)
    assert first.snoozed_until is not None
    assert second.snoozed_until is None
    with clock.travel(first.snoozed_until):
        assert await company.desk.alarms.ring() >= 1
    first, _second = await tickets_of(company)
    assert first.snoozed_until is None
    assert first.unread_since is not None
