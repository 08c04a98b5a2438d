"""Which rules fire on what, and in which order. Pure: what happened and how tickets are come in as arguments.

A rule fires on a ticket once for a transaction at most, and what rules do is heard by other rules for five rounds, so
no set of rules can go on for ever. A rule that would have fired again is noted, with the one that set it off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from dragoman.kit.errors import N_
from dragoman.tickets.changes.kinds import ME, NONE, Change, split_tags
from dragoman.tickets.conditions.facts import Facts, holds
from dragoman.tickets.conditions.parse import Conditions
from dragoman.tickets.models import PRIORITIES, Ticket
from dragoman.tickets.touched import Touched

ROUNDS = 5
WAITED = "waited"
EVENTS: dict[str, str] = {
    "created": N_("A ticket is opened"),
    "wrote": N_("The customer writes"),
    "replied": N_("An answer is written"),
    "noted": N_("A note is written"),
    "status": N_("The status changes"),
    "priority": N_("The priority changes"),
    "severity": N_("The severity changes"),
    "kind": N_("The kind changes"),
    "team": N_("It comes into another queue"),
    "assigned": N_("It is given to somebody"),
    "tagged": N_("A tag is added"),
    "escalated": N_("It is handed to the next line"),
    "warned": N_("A clock is about to run out"),
    "breached": N_("A clock has run out"),
    WAITED: N_("Some time has passed since …"),
}
SINCE = ("created", "wrote", "replied", "status", "assigned", "breached")
"""What the time of a `waited` rule can count from."""
_VERBS = {
    "created": "created", "message": "wrote", "reply": "replied", "note": "noted", "status": "status",
    "reopened": "status", "priority": "priority", "severity": "severity", "kind": "kind", "team": "team",
    "assigned": "assigned", "escalated": "escalated", "sla.warned": "warned", "sla.breached": "breached",
}  # fmt: skip
_CAUSED = {
    "status": "status", "priority": "priority", "severity": "severity", "kind": "kind", "team": "team",
    "assignee": "assigned", "tags_add": "tagged", "note": "noted",
}  # fmt: skip
"""The event that a change causes."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A rule that can be tried: read, and without fault."""

    id: UUID
    name: str
    event: str
    conditions: Conditions
    changes: tuple[Change, ...]
    stop: bool = False
    since: str = ""
    minutes: int = 0

    def asks(self, name: str) -> bool:
        """Whether its conditions speak of a field."""
        return any(one.field == name for one in (*self.conditions.all, *self.conditions.any))


def event_of(touched: Touched) -> str:
    """The event that rules hear of; empty for what they don't: history, and machines' mails as the customer's words."""
    if touched.data.get("past"):
        return ""
    if touched.verb == "message" and touched.data.get("automatic"):
        return ""
    if touched.verb == "tags":
        return "tagged" if touched.data.get("added") else ""
    if touched.verb == "assigned" and not touched.data.get("to"):
        return ""
    return _VERBS.get(touched.verb, "")


@dataclass(slots=True)
class Heard:
    """What happened to one ticket in a round."""

    ticket: Ticket
    events: set[str] = field(default_factory=set)


def heard(touched: Iterable[Touched]) -> dict[UUID, Heard]:
    """Events by ticket, in the order in which tickets were touched."""
    out: dict[UUID, Heard] = {}
    for one in touched:
        event = event_of(one)
        if event:
            out.setdefault(one.ticket.id, Heard(one.ticket)).events.add(event)
    return out


def effective(ticket: Ticket, change: Change) -> bool:
    """Whether a change would alter the ticket as it is."""
    value = "" if change.value == NONE else change.value
    match change.kind:
        case "status" | "severity" | "kind" | "intent":
            return bool(getattr(ticket, change.kind) != value)
        case "priority":
            return PRIORITIES[ticket.priority] != value
        case "team":
            return str(ticket.team_id or "") != value
        case "assignee":
            return change.value != ME and str(ticket.assignee_id or "") != value
        case "tags_add":
            return not _tags(change) <= set(ticket.tags)
        case "tags_remove":
            return bool(_tags(change) & set(ticket.tags))
    return True


def _tags(change: Change) -> set[str]:
    return {" ".join(tag.split()).lstrip("#").casefold() for tag in split_tags(change.value) if tag.strip(" #")}


@dataclass(frozen=True, slots=True)
class Again:
    """A rule that would have fired on a ticket a second time."""

    rule: UUID
    ticket: UUID


@dataclass(slots=True)
class Past:
    """What rules have done so far in a transaction: once a ticket each."""

    fired: set[tuple[UUID, UUID]] = field(default_factory=set)
    again: list[Again] = field(default_factory=list)


def due(
    rule: Ready, news: Mapping[UUID, Heard], facts: Mapping[UUID, Facts], stopped: set[UUID], past: Past
) -> list[Ticket]:
    """The tickets on which a rule fires now. What it changed before is not asked again: it is noted in `past`."""
    out = []
    for ticket_id, one in news.items():
        if rule.event not in one.events or ticket_id in stopped or not holds(rule.conditions, facts[ticket_id]):
            continue
        if not any(effective(one.ticket, change) for change in rule.changes):
            continue
        if (rule.id, ticket_id) in past.fired:
            past.again.append(Again(rule.id, ticket_id))
            continue
        past.fired.add((rule.id, ticket_id))
        out.append(one.ticket)
        if rule.stop:
            stopped.add(ticket_id)
    return out


def caused(changes: Sequence[Change]) -> set[str]:
    """The events that some changes cause."""
    return {_CAUSED[one.kind] for one in changes if one.kind in _CAUSED}
