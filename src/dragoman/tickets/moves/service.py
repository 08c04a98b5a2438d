"""Merging tickets, splitting them, and taking either back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.tickets import queries as tickets
from dragoman.tickets import service
from dragoman.tickets.filing import lock
from dragoman.tickets.models import Message, Ticket
from dragoman.tickets.moves import queries
from dragoman.tickets.moves.models import Move

MERGE, SPLIT = "merge", "split"


async def merge(session: Session, actor: Actor, *, ticket: Ticket, into: Ticket, strangers: bool = False) -> Move:
    """Put all messages of a ticket into another and close it; mails to it go there from now on.

    Raises Invalid for a ticket with itself, for one that was merged away, and, unless `strangers` says so, for
    tickets of two customers: whoever answers then answers both.
    """
    actor.require("ticket.change")
    if ticket.id == into.id:
        raise Invalid(fields={"into": N_("This is the same ticket.")})
    if ticket.merged_into_id or into.merged_into_id:
        raise Invalid(fields={"into": N_("This ticket was merged into another. Choose that one.")})
    if ticket.customer_id != into.customer_id and not strangers:
        raise Invalid(fields={"strangers": N_("These are two customers’ tickets. Tick the box if you mean it.")})
    before = {"from": _state(ticket), "to": _state(into)}
    moved = await queries.message_ids(session, ticket.id)
    made = _made(session, actor, MERGE, ticket, into, moved, before)
    await session.flush()
    await queries.move(session, moved, to=into.id)
    ticket.merged_into_id = into.id
    into.order_refs = list(dict.fromkeys([*into.order_refs, *ticket.order_refs]))[:50]
    into.tags = list(dict.fromkeys([*into.tags, *ticket.tags]))[: service.TAGS]
    into.unread_since = into.unread_since or ticket.unread_since
    await summarise(session, ticket)
    await summarise(session, into)
    service.apply_status(ticket, "closed", clock.now())
    if not into.active_now and ticket.unread_since:
        service.apply_status(into, "open", clock.now())
    await service.record(session, ticket, actor, "merged_away", number=into.number, move=str(made.id))
    await service.record(session, into, actor, "merged", number=ticket.number, move=str(made.id))
    return made


async def split(
    session: Session, actor: Actor, *, ticket: Ticket, messages: Collection[UUID], subject: str
) -> tuple[Ticket, Move]:
    """Make a new ticket of some messages. Raises Invalid where none or all are chosen, or the subject is missing."""
    actor.require("ticket.change")
    subject = " ".join(subject.split())
    if not subject or len(subject) > 300:
        raise Invalid(fields={"subject": N_("A subject is needed, of at most 300 characters.")})
    moved = await queries.message_ids(session, ticket.id, messages)
    if not moved:
        raise Invalid(fields={"messages": N_("Choose the messages that make the new ticket.")})
    if len(moved) == await queries.how_many(session, ticket.id):
        raise Invalid(fields={"messages": N_("At least one message must stay here.")})
    fresh = await _fresh(session, ticket, subject)
    made = _made(session, actor, SPLIT, ticket, fresh, moved, {"from": _state(ticket)})
    await session.flush()
    await queries.move(session, moved, to=fresh.id)
    await summarise(session, ticket)
    await summarise(session, fresh)
    if fresh.waiting_since:
        fresh.unread_since = fresh.waiting_since
    await service.record(session, fresh, actor, "created", channel=fresh.channel, split=ticket.number)
    await service.record(session, ticket, actor, "split", number=fresh.number, move=str(made.id), count=len(moved))
    return fresh, made


async def undo(session: Session, actor: Actor, *, move_id: UUID) -> Move:
    """Take a merge or split back: what was moved goes back, what has come since stays where it came.

    Raises NotFound, and Conflict where it was taken back before or a ticket of it was merged on.
    """
    actor.require("ticket.change")
    made = await queries.load(session, move_id)
    if made is None:
        raise NotFound(N_("There is no such move."))
    if made.undone_at:
        raise Conflict(N_("This was taken back before."))
    both = await lock(session, {made.from_ticket_id, made.to_ticket_id})
    source, target = both[made.from_ticket_id], both[made.to_ticket_id]
    if target.merged_into_id or (made.kind == SPLIT and source.merged_into_id):
        raise Conflict(N_("One of the tickets was merged into another since. Take that back first."))
    still = await queries.message_ids(session, target.id, made.message_ids)
    await queries.move(session, still, to=source.id)
    made.undone_at = clock.now()
    if made.kind == MERGE:
        source.merged_into_id = None
        _restore(source, made.before["from"])
    await summarise(session, source)
    await summarise(session, target)
    if made.kind == SPLIT and target.message_count == 0:
        service.apply_status(target, "closed", clock.now())
        target.merged_into_id = source.id
    await service.record(session, source, actor, "move_undone", kind=made.kind, number=target.number)
    await service.record(session, target, actor, "move_undone", kind=made.kind, number=source.number)
    return made


def _made(
    session: Session, actor: Actor, kind: str, source: Ticket, target: Ticket, moved: Sequence[UUID],
    before: dict[str, Any],
) -> Move:  # fmt: skip
    made = Move(
        id=ids.new(), kind=kind, from_ticket_id=source.id, to_ticket_id=target.id, message_ids=list(moved),
        before=before, person_id=actor.person_id,
    )  # fmt: skip
    session.add(made)
    return made


async def _fresh(session: Session, ticket: Ticket, subject: str) -> Ticket:
    now = clock.now()
    fresh = Ticket(
        id=ids.new(), number=await tickets.next_numbers(session, 1), subject=subject, status="open",
        priority=ticket.priority, channel=ticket.channel, shop_id=ticket.shop_id, mailbox_id=ticket.mailbox_id,
        customer_id=ticket.customer_id, assignee_id=ticket.assignee_id, team_id=ticket.team_id,
        linked_ticket_id=ticket.id, language=ticket.language, market=ticket.market, kind=ticket.kind,
        severity=ticket.severity, tags=[], order_refs=[], rank_at=now, last_activity_at=now, created_at=now,
        message_count=0, version=0, snippet="",
    )  # fmt: skip
    session.add(fresh)
    await session.flush()
    return fresh


async def summarise(session: Session, ticket: Ticket) -> None:
    """Bring what a ticket knows of its thread in line with the messages it now has."""
    ticket.message_count = await queries.how_many(session, ticket.id)
    spoken = await queries.spoken(session, ticket.id)
    if not spoken:
        ticket.waiting_since = None
        return
    last = spoken[-1]
    ticket.last_activity_at = last.at
    ticket.last_by = "customer" if last.kind == "inbound" else "agent"
    ticket.snippet = service.snippet(last.text) or ticket.snippet
    ticket.waiting_since = waiting_since(spoken) if ticket.active_now else None


def waiting_since(spoken: Sequence[Message]) -> datetime | None:
    """Since when the customer's words have gone unanswered: the first of them after our last ones. Machines don't
    wait, and their answers are none."""
    since = None
    for message in spoken:
        if message.automatic:
            continue
        if message.kind == "outbound":
            since = None
        elif since is None:
            since = message.at
    return since


def _state(ticket: Ticket) -> dict[str, Any]:
    return {"status": ticket.status, "unread": ticket.unread_since is not None, "tags": list(ticket.tags)}


def _restore(ticket: Ticket, before: dict[str, Any]) -> None:
    service.apply_status(ticket, before["status"], clock.now())
    if before["unread"]:
        ticket.unread_since = clock.now()
