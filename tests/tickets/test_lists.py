"""The inbox: views, order, pages by key, bounded counts; and what a ticket remembers."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import event

from dragoman.accounts.access import Actor
from dragoman.customers.service import get_customer
from dragoman.kit import clock
from dragoman.kit.errors import Forbidden, Invalid, NotFound
from dragoman.kit.paging import encode
from dragoman.tickets import lists, queries, service
from dragoman.tickets.access import get_ticket
from tests.cast import Company, found_company
from tests.desk_work import receive, thread, ticket, tickets_of
from tests.post import letter


async def questions(company: Company, count: int) -> None:
    mails = [
        letter(to=company.address, sender=f"b{n}@buyer.example", subject=f"Frage {n}") for n in range(1, count + 1)
    ]
    await receive(company, *mails)


async def numbers(company: Company, actor: Actor, **chosen: object) -> list[int]:
    async with company.desk.db.work(company.workspace_id) as session:
        page = await lists.list_tickets(session, actor, lists.Filter(**chosen))  # type: ignore[arg-type]
    return [row.number for row in page.rows]


async def change(company: Company, number: int, **to: object) -> None:
    """Change a ticket as the lead would."""
    lead = company.lead
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, lead, number, lock=True)
        if "status" in to:
            await service.set_status(session, lead, ticket=found, status=str(to["status"]))
        if "priority" in to:
            await service.set_priority(session, lead, ticket=found, priority=int(str(to["priority"])))
        if "assignee" in to:
            await service.assign(session, lead, ticket=found, to=to["assignee"])  # type: ignore[arg-type]


@pytest.mark.req("R14", "R16")
async def test_views_show_what_they_say_and_the_most_urgent_first(company: Company) -> None:
    await questions(company, 5)
    me, other = company.agent.person_id, company.lead.person_id
    await change(company, 1, assignee=me)
    await change(company, 2, assignee=other, priority=1)
    await change(company, 3, priority=2)
    await change(company, 4, status="solved")
    agent = company.agent
    assert await numbers(company, agent, view="mine") == [1]
    assert await numbers(company, agent, view="unassigned") == [3, 5]
    assert await numbers(company, agent, view="all") == [2, 3, 1, 5]  # urgency is a matter of what is not done
    assert await numbers(company, agent, view="all", sort="newest") == [5, 4, 3, 2, 1]
    assert await numbers(company, agent, view="all", status="solved", sort="oldest") == [4]
    assert await numbers(company, agent, view="all", shop_id=company.shop_id, sort="oldest") == [1, 2, 3, 4, 5]
    async with company.desk.db.work(company.workspace_id) as session:
        assert await lists.counts(session, agent) == {"unread": 4, "mine": 1, "unassigned": 2, "mentions": 0}


async def test_pages_follow_each_other_without_gap_or_repeat_whatever_the_order(company: Company) -> None:
    await questions(company, 23)
    await change(company, 7, priority=1)
    for sort in lists.SORTS:
        seen: list[int] = []
        cursor = None
        while True:
            async with company.desk.db.work(company.workspace_id) as session:
                page = await lists.list_tickets(
                    session, company.agent, lists.Filter("all", sort=sort), cursor=cursor, size=5
                )
            seen += [row.number for row in page.rows]
            if (cursor := page.next) is None:
                break
        assert len(seen) == 23 == len(set(seen)), sort


@pytest.mark.parametrize("cursor", ["x", encode(1), encode("a", "b"), "e30", "WyJ0eCJd"])
async def test_a_damaged_cursor_is_said_and_nothing_else(company: Company, cursor: str) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        with pytest.raises(Invalid):
            await lists.list_tickets(session, company.agent, lists.Filter("all"), cursor=cursor)


async def test_a_page_of_the_inbox_asks_the_same_few_questions_however_long_it_is(company: Company) -> None:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    engine = company.desk.db.engine.sync_engine
    spent = []
    for more in (3, 30):
        await questions(company, more)
        event.listen(engine, "before_cursor_execute", note)
        asked.clear()
        await numbers(company, company.agent, view="all")
        event.remove(engine, "before_cursor_execute", note)
        spent.append(len(asked))
    assert spent == [2, 2]  # the workspace, the page


async def test_counting_stops_at_a_hundred(company: Company) -> None:
    await questions(company, 104)
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await lists.counts(session, company.agent))["unread"] == lists.COUNT_LIMIT


async def test_reading_is_for_whoever_it_waits_for(company: Company) -> None:
    await questions(company, 1)
    await change(company, 1, assignee=company.agent.person_id)
    for actor, unread in ((company.lead, True), (company.people["trainer"], True), (company.agent, False)):
        async with company.desk.db.work(company.workspace_id) as session:
            await service.mark_read(session, actor, ticket=await get_ticket(session, actor, 1, lock=True))
        assert ((await ticket(company, 1)).unread_since is not None) == unread, actor.name


@pytest.mark.req("R243", "R115")
async def test_every_change_leaves_its_event_with_who_and_when(company: Company) -> None:
    await questions(company, 1)
    before = clock.now() - timedelta(seconds=5)
    await change(company, 1, assignee=company.agent.person_id, priority=1, status="pending")
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.lead, 1, lock=True)
        await service.set_tags(session, company.lead, ticket=found, tags=["Zoll", " #zoll ", "Eilig"])
        await service.set_subject(session, company.lead, ticket=found, subject="Zoll: Paket hängt")
        await service.add_note(
            session, company.lead, ticket=found, html="<p>x</p>", text="x", mentions=[company.agent.person_id]
        )
    async with company.desk.db.work(company.workspace_id) as session:
        events = await queries.list_events(session, found.id)
    assert [one.verb for one in events] == ["created", "status", "priority", "assigned", "tags", "subject", "note"]
    assert all(one.person_id == company.lead.person_id for one in events[1:])
    assert all(one.at > before for one in events)
    assert (await ticket(company, 1)).tags == ["zoll", "eilig"]
    assert await numbers(company, company.agent, view="mentions", sort="newest") == [1]


@pytest.mark.req("R13", "R107")
async def test_all_of_a_customer_is_found_beside_the_ticket(company: Company) -> None:
    for subject in ("Erste Frage", "Zweite Frage", "Dritte Frage"):
        await receive(company, letter(to=company.address, subject=subject))
    rows = await tickets_of(company)
    there = await ticket(company, rows[-1].number)
    async with company.desk.db.work(company.workspace_id) as session:
        customer, identities = await get_customer(session, company.agent, there.customer_id)
        history = await queries.list_history(session, there.customer_id, besides=there.id)
    assert customer.name == "Anna Schmidt"
    assert [one.value for one in identities] == ["anna@buyer.example"]
    assert [row.subject for row in history] == ["Zweite Frage", "Erste Frage"]


async def test_nobody_gets_a_ticket_of_another_workspace(company: Company) -> None:
    await questions(company, 1)
    stranger = await found_company(company.desk)
    async with company.desk.db.work(stranger.workspace_id) as session:
        with pytest.raises(NotFound):
            await get_ticket(session, stranger.admin, 1)


async def test_doors_ask_for_permissions(company: Company) -> None:
    await questions(company, 1)
    trainer = company.people["trainer"]
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, trainer, 1)
        for forbidden in (
            service.set_status(session, trainer, ticket=found, status="solved"),
            service.set_priority(session, trainer, ticket=found, priority=1),
            service.set_tags(session, trainer, ticket=found, tags=["x"]),
            service.assign(session, trainer, ticket=found, to=None),
            company.desk.outbound.reply(session, trainer, ticket=found, html="<p>x</p>"),
        ):
            with pytest.raises(Forbidden):
                await forbidden
    assert len(await thread(company, 1)) == 1


async def test_bad_input_changes_nothing(company: Company) -> None:
    await questions(company, 1)
    lead = company.lead
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, lead, 1)
        for wrong in (
            service.set_status(session, lead, ticket=found, status="gone"),
            service.set_priority(session, lead, ticket=found, priority=9),
            service.assign(session, lead, ticket=found, to=UUID(int=5)),
            service.set_tags(session, lead, ticket=found, tags=["x" * 50]),
            service.set_subject(session, lead, ticket=found, subject="  "),
            company.desk.outbound.reply(session, lead, ticket=found, html="<p> </p>"),
            company.desk.outbound.reply(session, lead, ticket=found, html="<p>x</p>", cc=["nobody"]),
        ):
            with pytest.raises(Invalid):
                await wrong
    assert (await ticket(company, 1)).version == found.version
