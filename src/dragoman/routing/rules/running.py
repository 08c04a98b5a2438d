"""Rules at work, in the transaction that sets them off."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform import alarms, logs
from dragoman.platform.db import Database, Session
from dragoman.routing.rules import queries
from dragoman.routing.rules.engine import ROUNDS, WAITED, Heard, Past, Ready, due, event_of, heard
from dragoman.routing.rules.models import RuleFiring
from dragoman.routing.rules.reading import read
from dragoman.tickets import filing, service
from dragoman.tickets.changes.service import apply
from dragoman.tickets.conditions.facts import WHOLE_TEXT, Facts, facts_of
from dragoman.tickets.models import Ticket
from dragoman.tickets.touched import Touched, take, touch

log = logs.get(__name__)
ALARM = "rule"
"""Rings when the time of a `waited` rule is over; its key is the timer's id."""


async def run(session: Session, touched: Sequence[Touched]) -> None:
    """Let rules hear what was done, and do what they say; what they do is heard by rules again, for some rounds.

    Costs one statement where no rule waits for it. What rules have touched is left for others to take.
    """
    news, said, past = heard(touched), touched, Past()
    everything: list[Touched] = []
    causes: dict[UUID, str] = {}
    for _round in range(ROUNDS):
        if not news:
            break
        rules = await _ready(session, {event for one in news.values() for event in one.events})
        await _set_timers(session, rules, said)
        rules = [rule for rule in rules if rule.event != WAITED]
        if not rules:
            break
        facts = await _facts(session, rules, news, said)
        before = len(past.again)
        fired = await _fire(session, rules, news, facts, past)
        await _note_loops(session, past, before, causes)
        causes = fired
        said = take(session)
        everything += said
        news = heard(said)
    touch(session, *everything)


async def _ready(session: Session, events: Iterable[str]) -> list[Ready]:
    """Rules that wait for these events and are whole; a broken one is marked, told of on its page, and left out."""
    out = []
    for rule in await queries.list_waiting_for(session, sorted(events)):
        ready, problems = read(rule)
        if problems:
            if rule.problems != problems:
                rule.problems = problems
                log.warning("rule is broken", rule=str(rule.id))
        elif not rule.problems:
            out.append(ready)
    return out


async def _facts(
    session: Session, rules: Sequence[Ready], news: Mapping[UUID, Heard], said: Iterable[Touched]
) -> dict[UUID, Facts]:
    facts = await facts_of(session, [one.ticket for one in news.values()])
    if any(rule.asks("text") for rule in rules):
        messages = [UUID(one.data["message"]) for one in said if one.verb == "message" and event_of(one)]
        if messages:
            texts = await queries.list_texts(session, messages, WHOLE_TEXT)
            facts |= {ticket: facts[ticket].saying(text) for ticket, text in texts.items() if ticket in facts}
    return facts


async def _fire(
    session: Session, rules: Sequence[Ready], news: Mapping[UUID, Heard], facts: Mapping[UUID, Facts], past: Past
) -> dict[UUID, str]:
    """One round; returns the last rule that changed each ticket, by name."""
    stopped: dict[str, set[UUID]] = {}
    causes = {}
    for rule in rules:
        for ticket in due(rule, news, facts, stopped.setdefault(rule.event, set()), past):
            if await _do(session, rule, ticket):
                causes[ticket.id] = rule.name
    return causes


async def _do(session: Session, rule: Ready, ticket: Ticket) -> bool:
    """Do what a rule says; returns whether anything changed. Where somebody or a team is gone meanwhile, the rule is
    marked as broken and everything else goes on."""
    try:
        changed = await apply(session, ticket, rule.changes, by=None, rule=rule.name)
    except Invalid as error:
        stored = await queries.load(session, rule.id)
        if stored is not None:
            stored.problems = list(error.fields.values()) or [error.message]
        log.warning("rule is broken", rule=str(rule.id), ticket=str(ticket.id))
        return False
    if changed:
        session.add(RuleFiring(rule_id=rule.id, ticket_id=ticket.id, at=clock.now()))
        await service.record(session, ticket, None, "rule", name=rule.name, rule=str(rule.id), changed=changed)
    return bool(changed)


async def _note_loops(session: Session, past: Past, before: int, causes: Mapping[UUID, str]) -> None:
    for again in past.again[before:]:
        rule = await queries.load(session, again.rule)
        if rule is not None:
            rule.looped_with, rule.looped_at = causes.get(again.ticket, rule.name), clock.now()


async def _set_timers(session: Session, rules: Sequence[Ready], touched: Iterable[Touched]) -> None:
    waiting = [rule for rule in rules if rule.event == WAITED]
    if not waiting:
        return
    timers = {}
    for one in touched:
        event = event_of(one)
        for rule in waiting:
            if event == rule.since:
                timers[rule.id, one.ticket.id] = one.at + timedelta(minutes=rule.minutes)
    if timers:
        set_ = await queries.set_timers(session, [(rule, ticket, at) for (rule, ticket), at in timers.items()])
        await alarms.put(session, ALARM, set_)


async def ring(session: Session, keys: Sequence[UUID]) -> None:
    """The alarm: try the rules whose time is over, on tickets as they are now."""
    timers = await queries.take_timers(session, keys, clock.now())
    tickets = await filing.lock(session, {timer.ticket_id for timer in timers})
    facts = await facts_of(session, list(tickets.values()))
    for rule in await queries.list_some(session, {timer.rule_id for timer in timers}):
        ready, problems = read(rule)
        if problems or rule.problems:
            continue
        theirs = {timer.ticket_id for timer in timers if timer.rule_id == rule.id} & tickets.keys()
        news = {one: Heard(tickets[one], {WAITED}) for one in sorted(theirs)}
        await _fire(session, [ready], news, facts, Past())


async def prune(db: Database) -> None:
    """The job: forget what fired more than 30 days ago."""
    async with db.work(None) as session:
        workspaces = await queries.list_workspaces(session)
    for workspace_id in workspaces:
        async with db.work(workspace_id) as session:
            await queries.prune(session, clock.now() - queries.KEPT)
