"""From stored rules to rules that can be tried, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from dragoman.kit.errors import N_
from dragoman.kit.ids import is_id
from dragoman.routing.rules.engine import EVENTS, SINCE, WAITED, Ready
from dragoman.routing.rules.models import Rule
from dragoman.tickets.changes import kinds
from dragoman.tickets.changes.kinds import Change
from dragoman.tickets.conditions import parse
from dragoman.tickets.conditions.fields import FIELDS
from dragoman.tickets.conditions.parse import Conditions

GONE = {
    "person": N_("It names somebody who no longer works at this desk."),
    "team": N_("It names a team that is no longer in use."),
    "shop": N_("It names a shop that no longer exists."),
}


@dataclass(frozen=True, slots=True)
class Known:
    """The ids that exist: people who work here, teams in use, shops."""

    person: frozenset[str]
    team: frozenset[str]
    shop: frozenset[str]


def read(rule: Rule) -> tuple[Ready, list[str]]:
    """A stored rule as the engine takes it, and what is wrong with it (sentences to be translated). Never raises."""
    conditions, wrong = parse.read(rule.conditions)
    changes, faults = kinds.read(rule.changes)
    problems = [one.message for one in wrong] + list(faults.values())
    if not isinstance(rule.conditions, dict):
        problems.append(N_("Its conditions can't be read. Set them anew."))
    if rule.event not in EVENTS or (rule.event == WAITED and (rule.since not in SINCE or rule.minutes < 1)):
        problems.append(N_("It waits for something that no longer exists. Choose another event."))
    if not changes and not faults:
        problems.append(N_("It does nothing. Add a change."))
    ready = Ready(
        rule.id, rule.name, rule.event, conditions, changes, stop=rule.stop, since=rule.since, minutes=rule.minutes
    )
    return ready, list(dict.fromkeys(problems))


def gone(conditions: Conditions, changes: Collection[Change], known: Known) -> list[str]:
    """What a rule names that exists no longer."""
    named: dict[str, set[str]] = {"person": set(), "team": set(), "shop": set()}
    for one in (*conditions.all, *conditions.any):
        kind = FIELDS[one.field].kind
        if kind in named:
            named[kind] |= {value for value in one.values if is_id(value)}
    for change in changes:
        kind = kinds.KINDS[change.kind].value
        if kind in named and is_id(change.value):
            named[kind].add(change.value)
    have = {"person": known.person, "team": known.team, "shop": known.shop}
    return [GONE[kind] for kind, values in named.items() if {value.lower() for value in values} - have[kind]]
