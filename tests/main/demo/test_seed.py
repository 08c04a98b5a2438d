"""The demo, played through the product's own doors into a database of its own."""

from __future__ import annotations

import asyncio
import smtplib
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import aiosmtplib
import psycopg
import pytest
from rich.console import Console
from sqlalchemy import func, select

from dragoman.accounts import queries as accounts
from dragoman.accounts.access import find_actor, find_person_actor
from dragoman.accounts.notices import queries as notices
from dragoman.accounts.presence.models import Absence, Presence
from dragoman.accounts.signin import sign_in
from dragoman.accounts.skills.models import Skill
from dragoman.accounts.teams.models import TeamMember
from dragoman.channels.email import queries as mailboxes
from dragoman.delivery import queries as outbox
from dragoman.intake import queries as envelopes
from dragoman.kit import clock
from dragoman.kit.errors import Conflict
from dragoman.main import wiring
from dragoman.main.demo import run, seed, sink
from dragoman.main.demo.load import load
from dragoman.main.demo.model import Demo
from dragoman.main.demo.script import State, ending
from dragoman.main.wiring import Desk
from dragoman.platform import embedded_pg
from dragoman.platform.settings import Settings
from dragoman.replies.macros import service as macros
from dragoman.replies.macros.models import Macro
from dragoman.replies.models import PlannedReply, Signature
from dragoman.replies.queries import signatures_of
from dragoman.routing.models import Escalation, Handover
from dragoman.routing.rules import service as rules
from dragoman.routing.rules.models import Rule, RuleFiring
from dragoman.sla.models import AutoReply, WorkCalendar
from dragoman.tickets import lists, queries
from dragoman.tickets.promises.models import Promise
from dragoman.tickets.tasks.models import Task, TaskEntry
from dragoman.tickets.views import service as view_service
from dragoman.tickets.views.models import View
from tests.cast import found_company

DEMO = load()
FEW = ("de-danke", "m-broken", "sv-leverans", "ja-pse", "ru-berlin-naushniki", "de-zoll-geburtstag")
SMALL = replace(DEMO, tickets={key: DEMO.tickets[key] for key in FEW})
LEVELS = {1: "urgent", 2: "high", 3: "normal", 4: "low"}


@pytest.fixture
async def desk(cluster: embedded_pg.Cluster, settings: Settings) -> AsyncIterator[Desk]:
    """A desk on an empty database: the demo wants an installation without workspaces."""
    name = f"demo_{uuid4().hex[:12]}"
    with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name} TEMPLATE dragoman OWNER {embedded_pg.OWNER}")
    made = wiring.build(settings, cluster.url(embedded_pg.APP, name))
    try:
        yield made
    finally:
        await wiring.close(made)
        with psycopg.connect(cluster.url("postgres", "postgres"), autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _tickets(desk: Desk, content: Demo) -> dict[int, Any]:
    """Every ticket of the desk by its customer's name and subject's end, as its own row."""
    workspace = await seed.demo_workspace(desk)
    async with desk.db.work(workspace) as session:
        lead = next(one.email for one in content.people.values() if one.role == "lead")
        cookie = await sign_in(session, email=lead, password=seed.PASSWORD, address="", browser="")
    actor, rows, cursor = await find_actor(desk.db, cookie.token), [], None
    async with desk.db.work(workspace) as session:
        while True:
            page = await lists.list_tickets(session, actor, lists.Filter("all", sort="oldest"), cursor=cursor)
            rows += page.rows
            cursor = page.next
            if not cursor:
                break
        return {row.number: await queries.load_ticket(session, row.id) for row in rows}


@pytest.mark.req("R1", "R14")
async def test_the_whole_demo_stands_as_its_script_ends(desk: Desk, tmp_path: Path) -> None:
    heard: list[tuple[int, int]] = []
    async with desk.jobs.open_async(), sink.listening(folder=tmp_path / "sent") as (port, world):
        made = await seed.seed(desk, sink_port=port, progress=lambda done, total: heard.append((done, total)))
    assert made.strays == ()
    assert made.tickets == len(DEMO.tickets) - 1  # the unreadable one is set aside
    assert world.taken == made.replies + made.automatic
    assert made.replies >= 140
    assert made.automatic >= 10
    assert made.mails >= 250
    assert heard[-1][0] == heard[-1][1]
    tickets = await _tickets(desk, DEMO)
    assert len(tickets) == made.tickets
    merged = {one["ticket"] for one in DEMO.desk["merges"]}
    expected = [ending(DEMO, ticket).status for key, ticket in DEMO.tickets.items() if key not in {"m-broken", *merged}]
    assert Counter(one.status for one in tickets.values()) == Counter([*expected, *("closed" for _ in merged)])
    unread = [one for one in tickets.values() if one.unread_since]
    assert 20 <= len(unread) <= 60
    async with desk.db.work(made.workspace_id) as session:
        (aside,) = (await envelopes.list_set_aside(session)).rows
        assert aside.problem
    kept = _mails_in(tmp_path / "sent")
    assert len(kept) == made.replies + made.automatic
    assert all(mail["In-Reply-To"] for mail in kept)
    assert sum(mail["Auto-Submitted"] == "auto-replied" for mail in kept) == made.automatic
    await _lively(desk, made.workspace_id, tickets)


async def _lively(desk: Desk, workspace: UUID, tickets: dict[int, Any]) -> None:
    """What the console shows is there: nothing that the demo is to show is empty."""
    now = clock.now()
    open_ones = [one for one in tickets.values() if one.active_now]
    assert sum(bool(one.kind) for one in open_ones) >= 0.6 * len(open_ones)
    assert {one.severity for one in open_ones} == {"", "red", "yellow", "blue"}
    assert all(one.team_id for one in open_ones)
    assert len({one.team_id for one in open_ones}) >= 5
    due = [one.due_at for one in open_ones if one.due_at]
    assert 2 <= sum(at <= now for at in due) <= 40
    assert sum(now < at <= now + timedelta(hours=1) for at in due) >= 2
    assert sum(one.snoozed_until is not None for one in open_ones) >= 4
    assert sum(one.merged_into_id is not None for one in tickets.values()) == 2
    assert [one.tier for one in open_ones].count(2) == 2
    async with desk.db.work(workspace) as session:
        people = {one.email.partition("@")[0]: one.id for one in await accounts.list_people(session)}
        for who, views, notes in (("zhao.min", 9, 3), ("lena.hartmann", 11, 3)):
            actor = await find_person_actor(session, people[who])
            assert actor is not None
            assert len(await view_service.list_views(session, actor)) >= views
            assert len(await macros.list_macros(session, actor)) >= 20
            assert await signatures_of(session, actor.person_id)
            mine = await lists.list_tickets(session, actor, lists.Filter("mine"))
            assert len(mine.rows) >= 2, who
            assert await notices.unseen(session, actor.person_id) >= notes
            if actor.may("rule.manage"):
                looked = await rules.list_rules(session, actor)
                assert len(looked) >= 5
                assert not [problem for one in looked for problem in one.problems]
                assert sum(one.fired > 0 for one in looked) >= 3
        for table, least in LEAST.items():
            assert (await session.scalar(select(func.count()).select_from(table)) or 0) >= least, table.__tablename__
        states = Counter(await session.scalars(select(Promise.state)))
        assert set(states) == {"open", "kept", "broken", "renewed"}
        assert await session.scalar(
            select(func.count()).where(Promise.state == "open", Promise.overdue_at.is_not(None))
        )
        answers = Counter(await session.scalars(select(Task.state)))
        assert answers["answered"] == 2
        assert answers["open"] >= 4
        assert await session.scalar(select(func.count()).where(Task.overdue_at.is_not(None))) == 2
        entry = await session.scalar(select(TaskEntry.from_address).where(TaskEntry.from_address != ""))
        assert entry == "quality@hazelvolt.example"


LEAST: dict[Any, int] = {
    View: 12, Macro: 25, Signature: 8, Rule: 6, WorkCalendar: 2, TeamMember: 20, Skill: 25, Presence: 6, Absence: 1,
    PlannedReply: 1, Escalation: 2, Handover: 2, AutoReply: 10, RuleFiring: 5,
}  # fmt: skip


async def test_it_is_made_once_and_a_later_start_points_the_mail_at_its_own_sink(desk: Desk) -> None:
    assert await seed.standing(desk) == "empty"
    async with sink.listening() as (port, _world):
        made = await run.prepare(desk, sink_port=port, progress=lambda _done, _all: None, content=SMALL)
    assert made is not None
    assert made.tickets == len(FEW) - 1
    assert await seed.standing(desk) == "whole"
    again = await run.prepare(desk, sink_port=port + 1, progress=lambda _done, _all: None, content=SMALL)
    assert again is None
    async with desk.db.work(made.workspace_id) as session:
        boxes = await mailboxes.list_mailboxes(session)
    assert {box.smtp_port for box in boxes} == {port + 1}
    assert len(await _tickets(desk, SMALL)) == made.tickets


async def test_an_answer_whose_step_took_long_leaves_all_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def slowly(*args: Any, answer: Any = seed._answer) -> UUID:
        if not slept:
            slept.append(1.2)
            await asyncio.sleep(slept[0])
        done: UUID = await answer(*args)
        return done

    slept: list[float] = []
    monkeypatch.setattr(seed, "_answer", slowly)
    async with desk.jobs.open_async(), sink.listening() as (port, world):
        made = await seed.seed(desk, sink_port=port, demo=SMALL)
    assert slept
    assert world.taken == made.replies + made.automatic


async def test_tickets_take_their_owner_tags_priority_and_the_bounce(desk: Desk) -> None:
    async with sink.listening() as (port, _world):
        made = await run.prepare(desk, sink_port=port, progress=lambda _done, _all: None, content=SMALL)
    assert made is not None
    by_subject = {one.subject: one for one in (await _tickets(desk, SMALL)).values()}
    for key, subject in (("ru-berlin-naushniki", "Наушники – замена"), ("sv-leverans", "Ombud 4 mil bort")):
        end, ticket = ending(SMALL, DEMO.tickets[key]), by_subject[subject]
        assert _state(end) == (ticket.status, LEVELS[ticket.priority], set(ticket.tags))
    async with desk.db.work(made.workspace_id) as session:
        thread = await queries.list_messages(session, by_subject["Ombud 4 mil bort"].id)
        sent = await outbox.list_by_messages(session, [one.id for one in thread if one.kind == "outbound"])
    assert [row.state for row in sent.values()] == ["bounced"]


def _state(end: State) -> tuple[str, str, set[str]]:
    return end.status, end.priority, end.tags


async def test_an_interrupted_demo_is_told_apart(desk: Desk) -> None:
    def cut_off(done: int, _total: int) -> None:
        if done > 5:
            raise KeyboardInterrupt

    async with desk.jobs.open_async(), sink.listening() as (port, _world):
        with pytest.raises(KeyboardInterrupt):
            await seed.seed(desk, sink_port=port, demo=SMALL, progress=cut_off)
    assert await seed.standing(desk) == "half"
    with pytest.raises(run.HalfMade):
        await run.prepare(desk, sink_port=1, progress=lambda _done, _all: None)


async def test_somebodys_own_desk_is_left_alone(desk: Desk) -> None:
    await found_company(desk)
    assert await seed.standing(desk) == "other"
    with pytest.raises(Conflict, match="not the demo"):
        await run.prepare(desk, sink_port=1, progress=lambda _done, _all: None)


async def test_the_sink_keeps_the_latest_mails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sink, "KEEP", 2)
    async with sink.listening(folder=tmp_path) as (port, world):
        for number in range(3):
            raw = f"Subject: {number}\r\n\r\nHello".encode()
            await aiosmtplib.send(
                raw, sender="a@x.example", recipients=["b@y.example"], hostname="127.0.0.1", port=port, start_tls=False
            )
    assert world.taken == 3
    assert [message["Subject"] for message in _mails_in(tmp_path)] == ["1", "2"]


def _mails_in(folder: Path) -> list[Message]:
    return [message_from_bytes(path.read_bytes()) for path in sorted(folder.glob("*.eml"))]


def test_the_outside_world_lives_in_a_thread_beside_the_desk(tmp_path: Path) -> None:
    with run.world_beside(tmp_path) as port, smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("a@x.example", ["b@y.example"], b"Subject: beside\r\n\r\nHello")
    assert [mail["Subject"] for mail in _mails_in(tmp_path)] == ["beside"]


def test_the_welcome_names_the_address_the_password_and_every_person(tmp_path: Path, settings: Settings) -> None:
    console = Console(record=True, width=160, file=StringIO())
    run.welcome(console, settings.model_copy(update={"port": 8123, "smtp_port": 2599}), DEMO, tmp_path)
    text = console.export_text()
    assert "http://127.0.0.1:8123" in text
    assert seed.PASSWORD in text
    assert all(person.email in text for person in DEMO.people.values())
    assert "smtp://127.0.0.1:2599" in text
    assert str(tmp_path) in text
