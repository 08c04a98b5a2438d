"""Adding, changing and ordering rules, and looking at them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.teams import queries as teams
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.commerce import queries as shops
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.routing.rules import queries
from dragoman.routing.rules.contradictions import Clash, clashes
from dragoman.routing.rules.engine import EVENTS, SINCE, WAITED
from dragoman.routing.rules.models import Rule
from dragoman.routing.rules.reading import Known, gone, read
from dragoman.tickets.changes.kinds import ME
from dragoman.tickets.changes.kinds import parse as parse_changes
from dragoman.tickets.conditions.parse import parse as parse_conditions

MANY = 200
LONGEST_WAIT = 60 * 24 * 90
COUNTED_DAYS = 7


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule as somebody writes it; conditions and changes in their stored form."""

    name: str = ""
    event: str = "created"
    since: str = ""
    minutes: int = 0
    conditions: dict[str, Any] = field(default_factory=dict)
    changes: list[Any] = field(default_factory=list)
    active: bool = True
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """A rule with what is to be said of it: why it is broken, how it stands to others, how often it fired lately."""

    rule: Rule
    problems: tuple[str, ...]
    clashes: tuple[Clash, ...]
    fired: int


async def known(session: Session) -> Known:
    """The people, teams and shops that rules can name."""
    return Known(
        frozenset(str(one.id) for one in await people.list_people(session, active_only=True)),
        frozenset(str(one.id) for one in await teams.list_teams(session, active_only=True)),
        frozenset(str(one.id) for one in await shops.list_shops(session)),
    )


async def list_rules(session: Session, actor: Actor) -> list[Looked]:
    """All rules in their order, each with what is odd about it. Raises Forbidden."""
    actor.require("rule.manage")
    rules = await queries.list_rules(session)
    since = clock.now() - timedelta(days=COUNTED_DAYS)
    counts = await queries.counts(session, [one.id for one in rules], since)
    there = await known(session)
    problems: dict[UUID, tuple[str, ...]] = {}
    whole = []
    for rule in rules:
        ready, wrong = read(rule)
        problems[rule.id] = tuple(
            dict.fromkeys([*wrong, *rule.problems, *gone(ready.conditions, ready.changes, there)])
        )
        if not problems[rule.id] and rule.active:
            whole.append(ready)
    odd: dict[UUID, list[Clash]] = {}
    for clash in clashes(whole):
        odd.setdefault(clash.rule, []).append(clash)
    return [Looked(rule, problems[rule.id], tuple(odd.get(rule.id, ())), counts.get(rule.id, 0)) for rule in rules]


async def get(session: Session, actor: Actor, rule_id: UUID, *, lock: bool = False) -> Rule:
    """A rule, for whoever manages them. Raises NotFound, Forbidden."""
    actor.require("rule.manage")
    rule = await queries.load(session, rule_id, lock=lock)
    if rule is None:
        raise NotFound(N_("There is no such rule."))
    return rule


async def check(session: Session, draft: Draft) -> Draft:
    """A draft in the form in which it is stored. Raises Invalid beside the fields at fault."""
    faults: dict[str, str] = {}
    name = " ".join(draft.name.split())
    if not name or len(name) > 100:
        faults["name"] = N_("A name is needed, of at most 100 characters.")
    if draft.event not in EVENTS:
        faults["event"] = N_("Choose what it waits for.")
    if draft.event == WAITED and draft.since not in SINCE:
        faults["since"] = N_("Choose what the time counts from.")
    if draft.event == WAITED and not 1 <= draft.minutes <= LONGEST_WAIT:
        faults["minutes"] = N_("A number of minutes from 1 to 129,600, which is 90 days.")
    conditions, changes = None, None
    try:
        conditions = parse_conditions(draft.conditions)
    except Invalid as error:
        faults |= error.fields
    try:
        changes = parse_changes(draft.changes)
    except Invalid as error:
        faults |= error.fields
    if changes is not None and not changes:
        faults["changes"] = N_("Say what is to be done.")
    for place, change in enumerate(changes or ()):
        if change.value == ME:
            faults[f"changes.{place}"] = N_("A rule has no “whoever does it”. Choose a person.")
    if conditions is not None and changes is not None:
        missing = gone(conditions, changes, await known(session))
        if missing:
            faults["changes"] = missing[0]
    if faults or conditions is None or changes is None:
        raise Invalid(fields=faults)
    waited = draft.event == WAITED
    return Draft(
        name=name, event=draft.event, since=draft.since if waited else "", minutes=draft.minutes if waited else 0,
        conditions=conditions.data(), changes=[one.data() for one in changes], active=draft.active, stop=draft.stop,
    )  # fmt: skip


async def save(session: Session, actor: Actor, rule_id: UUID | None, draft: Draft) -> Rule:
    """Add a rule behind the others, or change one. Raises Invalid beside the fields at fault, NotFound, Forbidden."""
    actor.require("rule.manage")
    rule = await get(session, actor, rule_id, lock=True) if rule_id else None
    checked = await check(session, draft)
    before = _facts(draft_of(rule)) if rule else {}
    if rule is None:
        if len(await queries.list_rules(session)) >= MANY:
            raise Invalid(N_("A workspace can have at most 200 rules. Remove one that is no longer needed."))
        rule = Rule(id=ids.new(), position=await queries.last_position(session) + 1)
        session.add(rule)
    for name in Draft.__dataclass_fields__:
        setattr(rule, name, getattr(checked, name))
    rule.problems, rule.looped_with, rule.looped_at = [], "", None
    await session.flush()
    subject = Subject("rule", rule.id, rule.name)
    if not before:
        audit.record(session, actor, "rule.added", subject, after=_facts(checked))
    elif changed := audit.changes(before, _facts(checked)):
        audit.record(session, actor, "rule.changed", subject, changed=changed)
    return rule


def draft_of(rule: Rule) -> Draft:
    """A stored rule as its form shows it."""
    return Draft(**{name: getattr(rule, name) for name in Draft.__dataclass_fields__})


def _facts(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in Draft.__dataclass_fields__}


async def switch(session: Session, actor: Actor, rule_id: UUID, *, active: bool) -> Rule:
    """Switch a rule on or off. Raises NotFound, Forbidden."""
    rule = await get(session, actor, rule_id, lock=True)
    if rule.active != active:
        rule.active = active
        changed = {"active": {"before": not active, "after": active}}
        audit.record(session, actor, "rule.changed", Subject("rule", rule.id, rule.name), changed=changed)
    return rule


async def move(session: Session, actor: Actor, rule_id: UUID, *, by: int) -> None:
    """Move a rule up (by −1) or down (by 1) one place. Raises NotFound, Forbidden."""
    rule = await get(session, actor, rule_id)
    await reorder(session, actor, rule, by=by)


async def reorder(session: Session, actor: Actor, rule: Rule, *, by: int) -> None:
    """Give all rules their places anew, one of them moved by some."""
    rules = await queries.list_rules(session)
    here = [one.id for one in rules].index(rule.id)
    there = min(max(here + by, 0), len(rules) - 1)
    if there == here:
        return
    rules.insert(there, rules.pop(here))
    for place, one in enumerate(rules, 1):
        one.position = place
    audit.record(session, actor, "rule.moved", Subject("rule", rule.id, rule.name), before=here + 1, after=there + 1)


async def remove(session: Session, actor: Actor, rule_id: UUID) -> None:
    """Remove a rule; what it has done stays. Raises NotFound, Forbidden."""
    rule = await get(session, actor, rule_id, lock=True)
    audit.record(session, actor, "rule.removed", Subject("rule", rule.id, rule.name), before=_facts(draft_of(rule)))
    await session.delete(rule)
