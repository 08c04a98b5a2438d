"""A dry run: what a rule would have done to last week's tickets. It changes nothing.

Whether the rule's event happened is read from the week's history; whether its conditions hold is judged by the tickets
as they are now, and the customer's words are their last ones. The page says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.sql.elements import ColumnElement

from dragoman.accounts.access import Actor
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.routing.rules import queries
from dragoman.routing.rules.engine import WAITED, effective
from dragoman.routing.rules.service import Draft
from dragoman.tickets.changes.kinds import Change
from dragoman.tickets.changes.kinds import parse as parse_changes
from dragoman.tickets.conditions.clauses import clause
from dragoman.tickets.conditions.facts import WHOLE_TEXT, facts_of, holds
from dragoman.tickets.conditions.fields import FIELDS
from dragoman.tickets.conditions.parse import Conditions
from dragoman.tickets.conditions.parse import parse as parse_conditions
from dragoman.tickets.models import Ticket

WEEK = timedelta(days=7)
SHOWN = 200
LOOKED = 1_000
"""So many tickets are looked at, newest first, where conditions speak of words that only reading them tells."""


@dataclass(frozen=True, slots=True)
class Would:
    """A ticket on which the rule would have fired, and what of its changes would still alter it."""

    ticket: Ticket
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What a dry run found; `more`: there may be further ones that were not looked at."""

    would: tuple[Would, ...]
    more: bool


async def try_out(session: Session, actor: Actor, draft: Draft) -> Tried:
    """What a rule would have done in the last seven days, 200 tickets at most. Raises Invalid for one that can't be
    read, Forbidden."""
    actor.require("rule.manage")
    conditions, changes = parse_conditions(draft.conditions), parse_changes(draft.changes)
    event = draft.since if draft.event == WAITED else draft.event
    now = clock.now()
    found = await queries.list_happened(
        session, event, now - WEEK, _clauses(conditions, now=now), limit=LOOKED if _fleeting(conditions) else SHOWN + 1
    )
    facts = await facts_of(session, found)
    if _fleeting(conditions):
        words = await queries.last_words(session, [one.id for one in found], WHOLE_TEXT)
        facts |= {ticket: facts[ticket].saying(text) for ticket, text in words.items()}
    met = [one for one in found if holds(conditions, facts[one.id])]
    would = tuple(
        Would(ticket, tuple(change for change in changes if effective(ticket, change))) for ticket in met[:SHOWN]
    )
    return Tried(would, len(met) > SHOWN or (_fleeting(conditions) and len(found) == LOOKED))


def _fleeting(conditions: Conditions) -> bool:
    return any(FIELDS[one.field].fleeting for one in (*conditions.all, *conditions.any))


def _clauses(conditions: Conditions, *, now: datetime) -> list[ColumnElement[bool]]:
    """What the database can judge of some conditions."""
    told = tuple(one for one in conditions.all if not FIELDS[one.field].fleeting)
    any_ = () if any(FIELDS[one.field].fleeting for one in conditions.any) else conditions.any
    return clause(Conditions(all=told, any=any_), me=UUID(int=0), now=now)
