"""Rules that work against each other, told when they are looked at. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dragoman.kit.errors import N_
from dragoman.routing.rules.engine import WAITED, Ready, caused
from dragoman.tickets.changes.kinds import Change, split_tags
from dragoman.tickets.conditions.parse import Conditions, contradicts

SINGLE = ("status", "priority", "severity", "kind", "intent", "assignee", "team")
"""What a ticket has one of, so that the later change undoes the earlier one."""
UNDOES = N_("It undoes what “{other}” does just before it, on the same event: {what}.")
ENDLESS = N_("It and “{other}” set each other off: {what} would be changed to and fro. Each fires once only.")


@dataclass(frozen=True, slots=True)
class Clash:
    """What is odd about a rule beside another: a sentence whose {other} is the other rule's name and {what} the
    changed field (a key of tickets.changes.kinds.KINDS)."""

    rule: UUID
    sentence: str
    other: str
    what: str


def clashes(rules: Sequence[Ready]) -> list[Clash]:
    """What is odd among rules, given in their order."""
    out = []
    for place, later in enumerate(rules):
        for earlier in rules[:place]:
            what = _same_time(earlier, later) and _undone(earlier.changes, later.changes)
            if what:
                out.append(Clash(later.id, UNDOES, earlier.name, what))
                continue
            what = _endless(earlier, later)
            if what:
                out.append(Clash(later.id, ENDLESS, earlier.name, what))
    return out


def _same_time(one: Ready, other: Ready) -> bool:
    if one.stop or one.event != other.event or not _compatible(one.conditions, other.conditions):
        return False
    return one.event != WAITED or (one.since, one.minutes) == (other.since, other.minutes)


def _compatible(one: Conditions, other: Conditions) -> bool:
    """Whether a ticket may meet both."""
    return not contradicts(Conditions(all=(*one.all, *other.all)))


def _undone(first: Sequence[Change], then: Sequence[Change]) -> str:
    """What the later changes take back of the earlier ones; empty for nothing."""
    set_to = {change.kind: change.value for change in first if change.kind in SINGLE}
    for change in then:
        if change.kind in SINGLE and set_to.get(change.kind, change.value) != change.value:
            return change.kind
        opposite = {"tags_add": "tags_remove", "tags_remove": "tags_add"}.get(change.kind)
        for before in first:
            if opposite and before.kind == opposite and _tags(before) & _tags(change):
                return change.kind
    return ""


def _tags(change: Change) -> set[str]:
    return {tag.strip().casefold() for tag in split_tags(change.value) if tag.strip()}


def _endless(one: Ready, other: Ready) -> str:
    """What two rules would change to and fro, each hearing of the other's change."""
    if one.event not in caused(other.changes) or other.event not in caused(one.changes):
        return ""
    if not (_met_after(one, other) and _met_after(other, one)):
        return ""
    return _undone(one.changes, other.changes)


def _met_after(rule: Ready, before: Ready) -> bool:
    """Whether a rule's conditions can still hold after another's changes."""
    left = {change.kind: change.value for change in before.changes if change.kind in SINGLE}
    for one in rule.conditions.all:
        asked = one.field in left and one.op in ("is", "is_not")
        if asked and (left[one.field] in one.values) != (one.op == "is"):
            return False
    return True
