"""Rules: when, if, then; safe against each other, and never an exception in intake."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select, update

from dragoman.accounts.models import Person
from dragoman.kit import clock
from dragoman.routing.rules import queries
from dragoman.routing.rules.contradictions import ENDLESS, UNDOES, clashes
from dragoman.routing.rules.engine import Heard, Past, Ready, due
from dragoman.routing.rules.models import Rule, RuleFiring
from dragoman.tickets import queries as tickets
from dragoman.tickets import service
from dragoman.tickets.access import get_ticket
from dragoman.tickets.changes.kinds import Change
from dragoman.tickets.conditions.facts import Facts
from dragoman.tickets.conditions.parse import Condition, Conditions
from dragoman.tickets.models import STATUSES, Ticket
from tests.cast import Company
from tests.desk_work import receive, ticket
from tests.post import letter
from tests.routing.conftest import events, mails, team_of


async def rule(
    company: Company, name: str, event_: str, *changes: tuple[str, str], when: Any = (), any_: Any = (), **more: Any
) -> UUID:
    """Add a rule behind the others; conditions as (field, op, values)."""
    groups = {
        group: [{"field": field, "op": op, "value": value} for field, op, value in some]
        for group, some in (("all", when), ("any", any_))
    }
    async with company.desk.db.work(company.workspace_id) as session:
        made = Rule(
            name=name, event=event_, conditions=groups, position=await queries.last_position(session) + 1,
            changes=[{"kind": kind, "value": value} for kind, value in changes], **more,
        )  # fmt: skip
        session.add(made)
        await session.flush()
        return made.id


async def stored(company: Company, rule_id: UUID) -> Rule:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await queries.load(session, rule_id)
        assert found is not None
        return found


async def set_status(company: Company, status: str, number: int = 1) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        found = await get_ticket(session, company.lead, number, lock=True)
        await service.set_status(session, company.lead, ticket=found, status=status)


async def test_when_if_then_and_what_fired_is_on_the_ticket(company: Company) -> None:
    await rule(company, "Customs first", "created", ("priority", "urgent"), ("tags_add", "customs"),
               any_=[("text", "contains", ["Zoll"]), ("subject", "contains", ["customs"])])  # fmt: skip
    await mails(company, 1, subject="Eins")
    await mails(company, 1, subject="Zwei", text="Mein Paket liegt beim ZOLL.")
    assert (await ticket(company, 1)).priority == 3
    found = await ticket(company, 2)
    assert (found.priority, found.tags) == (1, ["customs"])
    (fired,) = await events(company, 2, "rule")
    assert (fired["name"], fired["changed"]) == ("Customs first", ["priority", "tags_add"])
    assert (await events(company, 2, "priority"))[0]["rule"] == "Customs first"
    assert await events(company, 1, "rule") == []


@pytest.mark.req("R201")
async def test_a_rule_can_say_what_is_wanted_and_nobody_learns_from_it(company: Company) -> None:
    await rule(company, "Invoices", "wrote", ("intent", "order.invoice"), any_=[("text", "contains", ["blue folder"])])
    await mails(company, 1, text="Please send the blue folder.")
    found = await ticket(company, 1)
    assert (found.intent, found.kind != "", found.by_hand) == ("order.invoice", True, [])
    async with company.desk.db.work(company.workspace_id) as session:
        assert (await tickets.count_corrections(session, "intent", limit=10))[0] == 0


@pytest.mark.req("R17")
@pytest.mark.parametrize(
    ("subject", "text", "wanted"),
    [
        ("Wholesale prices?", "Hi", True),
        ("Question", "We are a distributor in Poland.", True),
        ("Anfrage", "Wir sind Wiederverkäufer aus Köln.", True),
        ("咨询", "您好，我想批发这款灯。", True),
        ("Re: お問い合わせ", "卸売は可能ですか", True),
        ("Where is my lamp?", "It has not come.", False),
    ],
)
async def test_wholesale_enquiries_come_into_their_queue(
    company: Company, subject: str, text: str, wanted: bool
) -> None:
    wholesale = await team_of(company, "wholesale")
    await mails(company, 1, subject=subject, text=text)
    found = await ticket(company, 1)
    assert (found.team_id, found.kind) == ((wholesale, "wholesale") if wanted else (None, ""))


async def test_rules_hear_of_each_other_in_order_and_a_rule_may_be_the_last(company: Company) -> None:
    await rule(company, "A", "created", ("tags_add", "a"), stop=True)
    await rule(company, "B", "created", ("tags_add", "b"))
    await rule(company, "C", "tagged", ("priority", "low"), when=[("tag", "has", ["a"])])
    await mails(company, 1)
    found = await ticket(company, 1)
    assert (found.tags, found.priority) == (["a"], 4)


async def test_an_endless_pair_ends_and_is_told(company: Company) -> None:
    to = await rule(company, "To", "status", ("status", "pending"), when=[("status", "is", ["open"])])
    fro = await rule(company, "Fro", "status", ("status", "open"), when=[("status", "is", ["pending"])])
    await mails(company, 1)
    await set_status(company, "open")
    assert [one["name"] for one in await events(company, 1, "rule")] == ["To", "Fro"]
    looped = [await stored(company, one) for one in (to, fro)]
    assert [(one.looped_with, one.looped_at is not None) for one in looped] == [("Fro", True), ("", False)]


async def test_a_rule_that_names_somebody_gone_is_marked_and_intake_goes_on(company: Company) -> None:
    who = company.agent.person_id
    broken = await rule(company, "To Li Wei", "created", ("assignee", str(who)))
    whole = await rule(company, "Tag", "created", ("tags_add", "seen"))
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Person).where(Person.id == who).values(active=False))
    await mails(company, 1)
    assert (await ticket(company, 1)).tags == ["seen"]
    assert (await stored(company, broken)).problems
    assert not (await stored(company, whole)).problems


@pytest.mark.parametrize(
    "wrong",
    [
        {"conditions": {"all": [{"field": "mood", "op": "is", "value": ["bad"]}]}},
        {"conditions": "rubbish"},
        {"changes": [{"kind": "explode", "value": "now"}]},
        {"changes": []},
        {"event": "full moon"},
    ],
)
async def test_a_rule_that_can_not_be_read_is_left_out(company: Company, wrong: dict[str, Any]) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        facts = {"event": "created", "conditions": {}, "changes": [{"kind": "tags_add", "value": "x"}]} | wrong
        session.add(Rule(name="Broken", position=5, **facts))
    await mails(company, 1)
    assert (await ticket(company, 1)).tags == []


async def test_history_and_machines_set_nothing_off(company: Company) -> None:
    await rule(company, "Wrote", "wrote", ("tags_add", "wrote"))
    await receive(company, letter(to=company.address, Auto_Submitted="auto-replied"))
    assert "wrote" not in (await ticket(company, 1)).tags


async def test_some_time_after_an_answer_a_rule_has_its_turn_once(company: Company) -> None:
    await rule(company, "Remind", "waited", ("tags_add", "remind"), since="status", minutes=60,
               when=[("status", "is", ["pending"])])  # fmt: skip
    await mails(company, 2)
    await set_status(company, "pending", 1)
    await set_status(company, "pending", 2)
    now = clock.now()
    for minutes, tagged in ((59, False), (61, True), (62, True)):
        with clock.travel(now + timedelta(minutes=minutes)):
            while await company.desk.alarms.ring():
                pass
        assert ((await ticket(company, 1)).tags == ["remind"]) is tagged
    assert len(await events(company, 1, "rule")) == 1


async def test_the_time_counts_anew_and_conditions_are_asked_when_it_is_over(company: Company) -> None:
    await rule(company, "Remind", "waited", ("tags_add", "remind"), since="status", minutes=60,
               when=[("status", "is", ["pending"])])  # fmt: skip
    await mails(company, 1)
    await set_status(company, "pending")
    await set_status(company, "solved")
    with clock.travel(clock.now() + timedelta(minutes=61)):
        while await company.desk.alarms.ring():
            pass
    assert (await ticket(company, 1)).tags == []


async def test_firings_are_counted_within_bounds(company: Company) -> None:
    tag = await rule(company, "Tag", "created", ("tags_add", "x"))
    await mails(company, 3)
    async with company.desk.db.work(company.workspace_id) as session:
        one = (await session.scalars(select(RuleFiring))).first()
        assert one is not None
        session.add_all(RuleFiring(rule_id=tag, ticket_id=one.ticket_id) for _n in range(150))
    async with company.desk.db.work(company.workspace_id) as session:
        assert await queries.counts(session, [tag], clock.now() - timedelta(days=7)) == {tag: 100}
        await queries.prune(session, clock.now() + timedelta(seconds=1))
        assert await session.scalar(select(func.count()).select_from(RuleFiring)) == 0


async def test_without_a_rule_that_waits_a_batch_pays_one_question(company: Company) -> None:
    async with company.desk.db.work(company.workspace_id) as session:
        await session.execute(update(Rule).values(active=False))
    said: list[str] = []

    def note(_c, _cursor, statement, *_rest) -> None:  # type: ignore[no-untyped-def]
        said.append(statement)

    engine = company.desk.db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    await mails(company, 5)
    event.remove(engine, "before_cursor_execute", note)
    assert sum("FROM rules" in one for one in said) == 1
    assert not any("skills" in one or "presences" in one or "escalations" in one for one in said)


# the engine alone


def ready(name: str, event_: str, *changes: tuple[str, str], when: tuple[Condition, ...] = (), **more: Any) -> Ready:
    return Ready(uuid4(), name, event_, Conditions(all=when), tuple(Change(*one) for one in changes), **more)


def bare(status: str = "new") -> Ticket:
    now = clock.now()
    return Ticket(
        id=uuid4(), number=1, status=status, priority=3, tags=[], subject="", kind="", severity="", tier=1, channel="",
        language="", market="", order_refs=[], created_at=now, last_activity_at=now, message_count=1,
    )  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(STATUSES), st.sampled_from(STATUSES)), min_size=1, max_size=8), st.data())
def test_whatever_the_rules_each_fires_once_on_a_ticket(pairs: list[tuple[str, str]], data: st.DataObject) -> None:
    rules = [ready(f"{a}→{b}", "status", ("status", b), when=(Condition("status", "is", (a,)),)) for a, b in pairs]
    one = bare(data.draw(st.sampled_from(STATUSES)))
    past, fired, rounds = Past(), [], 0
    while rounds < 20:
        rounds += 1
        changed = False
        for each in rules:
            for hit in due(each, {one.id: Heard(one, {"status"})}, {one.id: Facts(one, clock.now())}, set(), past):
                hit.status = each.changes[0].value
                fired.append(each.id)
                changed = True
        if not changed:
            break
    assert rounds <= len(rules) + 1
    assert len(fired) == len(set(fired))


STATUS_NEW = (Condition("status", "is", ("new",)),)


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (ready("A", "created", ("priority", "high")), ready("B", "created", ("priority", "low")), UNDOES),
        (ready("A", "created", ("tags_add", "x, y")), ready("B", "created", ("tags_remove", "Y")), UNDOES),
        (ready("A", "created", ("priority", "high"), stop=True), ready("B", "created", ("priority", "low")), ""),
        (ready("A", "created", ("priority", "high")), ready("B", "wrote", ("priority", "low")), ""),
        (
            ready("A", "created", ("priority", "high"), when=STATUS_NEW),
            ready("B", "created", ("priority", "low"), when=(Condition("status", "is", ("solved",)),)), "",
        ),
        (
            ready("A", "status", ("status", "open"), when=(Condition("status", "is", ("pending",)),)),
            ready("B", "status", ("status", "pending"), when=(Condition("status", "is", ("open",)),)), ENDLESS,
        ),
        (
            ready("A", "status", ("status", "open"), when=STATUS_NEW),
            ready("B", "status", ("status", "pending"), when=(Condition("status", "is", ("open",)),)), "",
        ),
    ],
)  # fmt: skip
def test_rules_against_each_other_are_told(first: Ready, second: Ready, sentence: str) -> None:
    assert [(one.rule, one.sentence) for one in clashes([first, second])] == (
        [(second.id, sentence)] if sentence else []
    )
