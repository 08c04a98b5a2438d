"""One language for views, policies and rules: what holds of a ticket in memory holds in SQL, and faults are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from dragoman.accounts.teams.models import Team
from dragoman.customers.models import Customer
from dragoman.kit import clock, ids
from dragoman.kit.errors import Invalid
from dragoman.tickets import lists
from dragoman.tickets.conditions.clauses import clause
from dragoman.tickets.conditions.facts import facts_of, holds
from dragoman.tickets.conditions.fields import BY_KIND, FIELDS
from dragoman.tickets.conditions.parse import parse, read
from dragoman.tickets.models import Ticket
from tests.cast import Company
from tests.desk_work import receive
from tests.post import letter


def asked(field: str, op: str, *values: str, group: str = "all") -> dict[str, Any]:
    return {group: [{"field": field, "op": op, "value": list(values)}]}


async def a_mixed_desk(company: Company) -> Team:
    """Eight tickets that differ in everything that can be asked."""
    mails = [letter(to=company.address, sender=f"b{n}@buyer.example", subject=f"Paket {n} 100%_x") for n in range(8)]
    await receive(company, *mails)
    now = clock.now()
    async with company.desk.db.work(company.workspace_id) as session:
        team = Team(id=ids.new(), key=ids.new().hex, name="Night")
        session.add(team)
        await session.flush()
        tickets = list(await session.scalars(select(Ticket).order_by(Ticket.number)))
        for place, ticket in enumerate(tickets):
            ticket.priority = place % 4 + 1
            ticket.severity = ("", "red", "yellow", "blue")[place % 4]
            ticket.kind = ("", "delivery")[place % 2]
            ticket.tier = place % 3 + 1
            ticket.language = ("de", "pt-BR", "")[place % 3]
            ticket.market = ("DE", "")[place % 2]
            ticket.intent, ticket.emotion = ("delivery.lost", "")[place % 2], ("angry", "calm", "")[place % 3]
            ticket.tags = [[], ["gift"], ["gift", "zoll"]][place % 3]
            ticket.order_refs = ["302-1"] if place % 2 else []
            ticket.team_id = team.id if place % 3 == 0 else None
            ticket.assignee_id = company.agent.person_id if place % 4 == 0 else None
            ticket.shop_id = company.shop_id if place % 2 else None
            ticket.unread_since = now if place % 3 else None
            ticket.waiting_since = now - timedelta(minutes=30 * place) if place % 2 else None
            ticket.due_at = now + timedelta(minutes=20 * place - 60) if place % 3 else None
            ticket.message_count = place
        buyers = list(await session.scalars(select(Customer)))
        for place, customer in enumerate(buyers):
            customer.tier = ("VIP", "", "wholesale")[place % 3]
    return team


def questions(company: Company, team: UUID) -> list[dict[str, Any]]:
    """Every field with every operator that fits it, with values that some tickets have."""
    values: dict[str, tuple[str, ...]] = {
        "assignee": (str(company.agent.person_id), "none"), "team": (str(team),), "shop": ("none",),
        "channel": ("email",), "language": ("PT", "none"), "market": ("de",), "customer_tier": ("vip", "none"),
        "tag": ("zoll",), "subject": ("PAKET 3", "100%_x"), "text": ("x",), "platform": ("own", "none"),
        "severity": ("red", "none"), "kind": ("delivery",), "intent": ("delivery.lost", "none"), "emotion": ("angry",),
        "priority": ("urgent", "low"), "tier": ("2",),
        "status": ("new", "solved"), "messages": ("3",), "due": ("10",), "waiting": ("60",), "idle": ("1",),
        "age": ("1",),
    }  # fmt: skip
    return [
        asked(name, op, *values.get(name, ()))
        for name, field in FIELDS.items()
        if not field.fleeting
        for op in BY_KIND[field.kind]
    ]


async def test_what_holds_in_memory_holds_in_sql(company: Company) -> None:
    team = await a_mixed_desk(company)
    found_some = 0
    async with company.desk.db.work(company.workspace_id) as session:
        tickets = list(await session.scalars(select(Ticket).order_by(Ticket.number)))
        facts = await facts_of(session, tickets)
        for data in questions(company, team.id):
            wanted = parse(data)
            by_hand = [ticket.number for ticket in tickets if holds(wanted, facts[ticket.id])]
            where = clause(wanted, me=company.agent.person_id, now=facts[tickets[0].id].now)
            by_sql = list(await session.scalars(select(Ticket.number).where(*where).order_by(Ticket.number)))
            assert by_sql == by_hand, data
            found_some += 0 < len(by_hand) < len(tickets)
    assert found_some > 20, "the desk must be mixed enough for the comparison to mean something"


async def test_one_of_several_must_hold_beside_all_the_others(company: Company) -> None:
    await a_mixed_desk(company)
    data = {
        "all": [{"field": "kind", "op": "is", "value": ["delivery"]}],
        "any": [{"field": "tag", "op": "has", "value": ["zoll"]}, {"field": "tier", "op": "is", "value": ["1"]}],
    }
    wanted = parse(data)
    async with company.desk.db.work(company.workspace_id) as session:
        tickets = list(await session.scalars(select(Ticket)))
        facts = await facts_of(session, tickets)
        meant = {ticket.number for ticket in tickets if holds(wanted, facts[ticket.id])}
        page = await lists.list_tickets(session, company.agent, lists.Filter("all", conditions=wanted))
    assert {row.number for row in page.rows} == meant
    assert meant
    assert all(row.kind == "delivery" and (row.tier == 1 or "zoll" in row.tags) for row in page.rows)


async def test_lists_that_reach_into_history_go_window_by_window(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rare condition over all of history costs a window a page, and no ticket is missed or shown twice."""
    await a_mixed_desk(company)
    monkeypatch.setattr(lists, "WINDOW", 3)
    chosen = lists.Filter("all", sort="newest", conditions=parse(asked("tag", "has", "zoll")))
    seen: list[int] = []
    cursor, pages = None, 0
    while True:
        async with company.desk.db.work(company.workspace_id) as session:
            page = await lists.list_tickets(session, company.agent, chosen, cursor=cursor, size=2)
        seen += [row.number for row in page.rows]
        pages += 1
        if (cursor := page.next) is None:
            break
    assert seen == [6, 3]
    assert pages >= 3


async def test_counts_of_several_views_are_one_statement_and_history_is_not_counted(company: Company) -> None:
    await a_mixed_desk(company)
    views = {
        "gift": lists.Filter("all", conditions=parse(asked("tag", "has", "gift"))),
        "ever": lists.Filter("all", sort="newest", conditions=parse(asked("tag", "has", "gift"))),
        "mine": lists.Filter("all", conditions=parse(asked("assignee", "is", "me"), listing=True)),
    }
    async with company.desk.db.work(company.workspace_id) as session:
        assert await lists.count_all(session, company.agent, views) == {"gift": 5, "ever": 0, "mine": 2}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (asked("mood", "is", "angry"), "conditions.all.0"),
        (asked("status", "more", "3"), "conditions.all.0"),
        (asked("status", "is", "sleepy"), "conditions.all.0"),
        (asked("status", "is"), "conditions.all.0"),
        (asked("assignee", "is", "robert'); DROP TABLE tickets"), "conditions.all.0"),
        (asked("assignee", "is", "me"), "conditions.all.0"),
        (asked("waiting", "more", "soon"), "conditions.all.0"),
        (asked("waiting", "more", "9" * 30), "conditions.all.0"),
        (asked("tag", "has", "x" * 81, group="any"), "conditions.any.0"),
        ({"all": "everything"}, "conditions.all"),
        ({"all": [7]}, "conditions.all.0"),
        ({"all": [{"field": "status", "op": "is", "value": [one]} for one in ("new", "solved")]}, "conditions"),
        ({"all": [*asked("unread", "yes")["all"], *asked("unread", "no")["all"]]}, "conditions"),
        ({"all": [*asked("age", "more", "60")["all"], *asked("age", "less", "60")["all"]]}, "conditions"),
        ({"all": [*asked("tier", "is", "1")["all"], *asked("tier", "is_not", "1")["all"]]}, "conditions"),
    ],
)  # fmt: skip
def test_what_can_not_be_is_told_where_it_stands(data: Any, place: str) -> None:
    with pytest.raises(Invalid) as error:
        parse(data)
    assert list(error.value.fields) == [place]


def test_words_just_said_can_be_asked_by_a_rule_and_not_by_a_list() -> None:
    assert parse(asked("text", "contains", "refund"))
    with pytest.raises(Invalid):
        parse(asked("text", "contains", "refund"), listing=True)


def test_a_stored_condition_whose_field_is_gone_breaks_nothing() -> None:
    found, problems = read({"all": [*asked("mood", "is", "angry")["all"], *asked("unread", "yes")["all"]]})
    assert [one.field for one in found.all] == ["unread"]
    assert [one.place for one in problems] == ["all.0"]
    assert read(None) == read({}) == read([1, 2])
    assert read({"all": [{"field": "team", "op": "is", "value": [str(uuid4())]}]})[1] == []
