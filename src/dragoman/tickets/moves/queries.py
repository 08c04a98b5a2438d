"""All SQL about messages that change their ticket."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, select, update

from dragoman.platform.db import Session
from dragoman.tickets.models import Attachment, Mention, Message, SearchDoc, Ticket
from dragoman.tickets.moves.models import Move

LATEST = 200


async def message_ids(session: Session, ticket_id: UUID, among: Collection[UUID] | None = None) -> list[UUID]:
    """The messages of a ticket, oldest first: all of them, or those of some."""
    statement = select(Message.id).where(Message.ticket_id == ticket_id).order_by(Message.at, Message.id)
    if among is not None:
        statement = statement.where(Message.id.in_(among))
    return list(await session.scalars(statement))


async def move(session: Session, ids: Sequence[UUID], *, to: UUID) -> None:
    """Give messages, and what hangs on them, to another ticket."""
    if not ids:
        return
    for table, column in ((Message, Message.id), (SearchDoc, SearchDoc.message_id), (Mention, Mention.message_id)):
        await session.execute(update(table).where(column.in_(ids)).values(ticket_id=to))
    moved = Attachment.message_id.in_(ids) & Attachment.ticket_id.is_not(None)
    await session.execute(update(Attachment).where(moved).values(ticket_id=to))


async def spoken(session: Session, ticket_id: UUID) -> list[Message]:
    """The newest of what was said between customer and desk, oldest of them first."""
    newest = await session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket_id, Message.kind.in_(("inbound", "outbound")))
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(LATEST)
    )
    return list(newest)[::-1]


async def how_many(session: Session, ticket_id: UUID) -> int:
    """The number of a ticket's messages; a thread is never so long that counting it matters."""
    return int(
        await session.scalar(select(func.count()).select_from(Message).where(Message.ticket_id == ticket_id)) or 0
    )


async def load(session: Session, move_id: UUID) -> Move | None:
    """A move, to take it back; nobody else does so meanwhile."""
    return await session.get(Move, (session.workspace_id, move_id), with_for_update=True)


async def merged_into(session: Session, ticket_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """Where the messages of merged tickets are now, however often they were merged on (eight times at most)."""
    out = {one: one for one in ticket_ids}
    for _round in range(8):
        rows = await session.execute(
            select(Ticket.id, Ticket.merged_into_id).where(
                Ticket.id.in_(set(out.values())), Ticket.merged_into_id.is_not(None)
            )
        )
        step = {old: new for old, new in rows if new is not None}
        if not step:
            break
        out = {one: step.get(now, now) for one, now in out.items()}
    return {one: now for one, now in out.items() if one != now}


async def list_by_ticket(session: Session, ticket_id: UUID) -> list[Move]:
    """The latest moves from or to a ticket that still hold, newest first."""
    statement = (
        select(Move)
        .where((Move.from_ticket_id == ticket_id) | (Move.to_ticket_id == ticket_id), Move.undone_at.is_(None))
        .order_by(Move.at.desc())
        .limit(20)
    )
    return list(await session.scalars(statement))
