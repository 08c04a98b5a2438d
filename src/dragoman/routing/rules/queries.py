"""All SQL about rules."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql.elements import ColumnElement

from dragoman.kit import ids
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.routing.rules.engine import WAITED
from dragoman.routing.rules.models import Rule, RuleFiring, RuleTimer
from dragoman.tickets.models import Event, Message, Ticket

COUNTED = 100
KEPT = timedelta(days=30)
VERBS = {
    "replied": ("reply",), "noted": ("note",), "status": ("status", "reopened"), "priority": ("priority",),
    "severity": ("severity",), "kind": ("kind",), "team": ("team",), "assigned": ("assigned",), "tagged": ("tags",),
    "escalated": ("escalated",), "warned": ("sla.warned",), "breached": ("sla.breached",),
}  # fmt: skip
"""The stored events by which past weeks tell that a rule's event happened."""


async def list_rules(session: Session) -> list[Rule]:
    """All rules in their order. A desk has 200 at most."""
    return list(await session.scalars(select(Rule).order_by(Rule.position, Rule.id)))


async def list_waiting_for(session: Session, events: Collection[str]) -> list[Rule]:
    """The rules in use that wait for one of some events, in their order; those that count time from one, too."""
    statement = select(Rule).where(
        Rule.active, or_(Rule.event.in_(events), (Rule.event == WAITED) & Rule.since.in_(events))
    )
    return list(await session.scalars(statement.order_by(Rule.position, Rule.id)))


async def load(session: Session, rule_id: UUID, *, lock: bool = False) -> Rule | None:
    """A rule by its id."""
    return await session.get(Rule, (session.workspace_id, rule_id), with_for_update=lock or None)


async def last_position(session: Session) -> int:
    """Where the last rule stands; 0 without any."""
    return await session.scalar(select(func.max(Rule.position))) or 0


async def counts(session: Session, rule_ids: Sequence[UUID], since: datetime) -> dict[UUID, int]:
    """How often each rule fired since a moment, up to 100."""
    if not rule_ids:
        return {}
    rules = select(Rule.id).where(Rule.id.in_(rule_ids)).subquery()
    some = (
        select(literal(1).label("one"))
        .select_from(RuleFiring)
        .where(RuleFiring.rule_id == rules.c.id, RuleFiring.at >= since)
        .limit(COUNTED)
        .lateral()
    )
    counted = select(rules.c.id, func.count()).select_from(rules).join(some, literal(True)).group_by(rules.c.id)
    rows = await session.execute(counted)
    return {row[0]: row[1] for row in rows}


async def list_firings(session: Session, rule_id: UUID, *, limit: int = 20) -> list[tuple[int, str, datetime]]:
    """The last tickets on which a rule fired: number, subject, when."""
    rows = await session.execute(
        select(Ticket.number, Ticket.subject, RuleFiring.at)
        .join(Ticket, (Ticket.workspace_id == RuleFiring.workspace_id) & (Ticket.id == RuleFiring.ticket_id))
        .where(RuleFiring.rule_id == rule_id)
        .order_by(RuleFiring.at.desc())
        .limit(limit)
    )
    return [(row.number, row.subject, row.at) for row in rows]


async def list_workspaces(session: Session) -> list[UUID]:
    """Every workspace's id."""
    return list(await session.scalars(select(Workspace.id)))


async def prune(session: Session, before: datetime) -> None:
    """Forget old firings."""
    await session.execute(delete(RuleFiring).where(RuleFiring.at < before))


async def set_timers(session: Session, timers: Sequence[tuple[UUID, UUID, datetime]]) -> dict[UUID, datetime]:
    """Set (rule, ticket, when) anew; returns when each timer rings, by its id."""
    rows = [{"id": ids.new(), "rule_id": rule, "ticket_id": ticket, "at": at} for rule, ticket, at in sorted(timers)]
    statement = insert(RuleTimer).values(rows)
    kept = statement.on_conflict_do_update(
        index_elements=["workspace_id", "ticket_id", "rule_id"], set_={"at": statement.excluded.at}
    ).returning(RuleTimer.id, RuleTimer.at)
    return {row.id: row.at for row in await session.execute(kept)}


async def take_timers(session: Session, timer_ids: Sequence[UUID], now: datetime) -> list[RuleTimer]:
    """Take timers that are due away; those set later meanwhile stay."""
    gone = delete(RuleTimer).where(RuleTimer.id.in_(timer_ids), RuleTimer.at <= now).returning(RuleTimer)
    return list(await session.scalars(gone))


async def list_some(session: Session, rule_ids: Collection[UUID]) -> list[Rule]:
    """Some rules that are in use, in their order."""
    statement = select(Rule).where(Rule.active, Rule.id.in_(rule_ids)).order_by(Rule.position, Rule.id)
    return list(await session.scalars(statement))


async def list_texts(session: Session, message_ids: Sequence[UUID], longest: int) -> dict[UUID, str]:
    """The customers' words of some messages, by ticket."""
    rows = await session.execute(
        select(Message.ticket_id, func.left(Message.text, longest))
        .where(Message.id.in_(message_ids))
        .order_by(Message.at, Message.id)
    )
    out: dict[UUID, str] = {}
    for ticket_id, text in rows:
        out[ticket_id] = f"{out[ticket_id]}\n{text}" if ticket_id in out else text
    return out


async def last_words(session: Session, ticket_ids: Sequence[UUID], longest: int) -> dict[UUID, str]:
    """The customer's newest words in some tickets."""
    newest = (
        select(Message.text)
        .where(
            Message.workspace_id == Ticket.workspace_id, Message.ticket_id == Ticket.id, Message.kind == "inbound",
            Message.automatic.is_(False),
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
        .lateral()
    )  # fmt: skip
    rows = await session.execute(
        select(Ticket.id, func.left(newest.c.text, longest))
        .join(newest, literal(True))
        .where(Ticket.id.in_(ticket_ids))
    )
    return {row[0]: row[1] for row in rows}


def _happened(event: str, since: datetime) -> ColumnElement[bool]:
    """Whether a rule's event happened to a ticket since a moment."""
    here: Any = (Message.workspace_id == Ticket.workspace_id) & (Message.ticket_id == Ticket.id)
    if event == "created":
        return Ticket.created_at >= since
    if event == "wrote":
        spoken = (Message.kind == "inbound") & Message.automatic.is_(False) & (Message.at >= since)
        return exists().where(here, spoken)
    there = (Event.workspace_id == Ticket.workspace_id) & (Event.ticket_id == Ticket.id)
    return exists().where(there, Event.verb.in_(VERBS.get(event, ())), Event.at >= since)


async def list_happened(
    session: Session, event: str, since: datetime, clauses: Sequence[ColumnElement[bool]], *, limit: int
) -> list[Ticket]:
    """Tickets to which something happened since a moment and that meet some conditions, newest activity first."""
    statement = select(Ticket).where(Ticket.last_activity_at >= since, _happened(event, since), *clauses)
    return list(
        await session.scalars(statement.order_by(Ticket.last_activity_at.desc(), Ticket.id.desc()).limit(limit))
    )
