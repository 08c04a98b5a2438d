"""All SQL about tickets: single ones and their threads. Lists are in `lists.py`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from dragoman.kit import clock, ids
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.tickets.models import Attachment, Correction, Event, Mention, Message, Ticket

THREAD_LIMIT = 200
HISTORY_LIMIT = 8


async def find_by_number(session: Session, number: int, *, lock: bool = False) -> Ticket | None:
    """A ticket by its number."""
    statement = select(Ticket).where(Ticket.number == number)
    if lock:
        statement = statement.with_for_update()
    found: Ticket | None = await session.scalar(statement)
    return found


async def load_ticket(session: Session, ticket_id: UUID, *, lock: bool = False) -> Ticket | None:
    """A ticket by its id."""
    return await session.get(Ticket, (session.workspace_id, ticket_id), with_for_update=lock)


async def load_message(session: Session, message_id: UUID) -> Message | None:
    """A message by its id."""
    return await session.get(Message, (session.workspace_id, message_id))


async def load_messages(session: Session, message_ids: Collection[UUID]) -> list[Message]:
    """Some messages, oldest first."""
    if not message_ids:
        return []
    some = select(Message).where(Message.id.in_(message_ids)).order_by(Message.at, Message.id)
    return list(await session.scalars(some))


async def correct(
    session: Session, message_id: UUID, field: str, *, before: str, after: str, confidence: float, person_id: UUID
) -> None:
    """Keep what somebody said a message means; a later word replaces an earlier one."""
    statement = upsert(Correction).values(
        id=ids.new(), message_id=message_id, field=field, before=before, after=after, confidence=confidence,
        person_id=person_id, at=clock.now(),
    )  # fmt: skip
    new = statement.excluded
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "message_id", "field"],
            set_={"after": new.after, "person_id": new.person_id, "at": new.at},
        )
    )


async def drop_correction(session: Session, message_id: UUID, field: str) -> None:
    """Forget what somebody said a message means."""
    await session.execute(delete(Correction).where(Correction.message_id == message_id, Correction.field == field))


async def count_corrections(session: Session, field: str, *, limit: int) -> tuple[int, datetime]:
    """How many corrections there are, at most `limit`, and when the newest was made (now, without any)."""
    latest = select(Correction.at).where(Correction.field == field).order_by(Correction.at.desc()).limit(limit)
    some = latest.subquery()
    count, newest = (await session.execute(select(func.count(), func.max(some.c.at)).select_from(some))).one()
    return count, newest or clock.now()


async def list_corrections(session: Session, field: str, *, limit: int) -> Sequence[Any]:
    """What people said messages mean, newest first, with the messages' words and language."""
    statement = (
        select(
            Correction.after, Correction.before, Correction.confidence, Correction.at, Message.text, Message.language
        )
        .join(Message, (Message.workspace_id == Correction.workspace_id) & (Message.id == Correction.message_id))
        .where(Correction.field == field)
        .order_by(Correction.at.desc())
        .limit(limit)
    )
    return (await session.execute(statement)).all()


async def load_attachment(session: Session, attachment_id: UUID) -> Attachment | None:
    """An attachment by its id."""
    return await session.get(Attachment, (session.workspace_id, attachment_id))


async def list_messages(session: Session, ticket_id: UUID, *, limit: int = THREAD_LIMIT) -> list[Message]:
    """The newest messages of a thread, oldest of them first."""
    newest = await session.scalars(
        select(Message)
        .where(Message.ticket_id == ticket_id)
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(limit)
    )
    return list(newest)[::-1]


async def list_attachments(session: Session, message_ids: Sequence[UUID]) -> list[Attachment]:
    """The attachments of several messages, in the order they came."""
    if not message_ids:
        return []
    statement = select(Attachment).where(Attachment.message_id.in_(message_ids)).order_by(Attachment.id)
    return list(await session.scalars(statement))


async def list_pending_attachments(session: Session, ticket_id: UUID, person_id: UUID) -> list[Attachment]:
    """What somebody has added to a reply that is not sent yet."""
    statement = (
        select(Attachment)
        .where(Attachment.ticket_id == ticket_id, Attachment.person_id == person_id, Attachment.message_id.is_(None))
        .order_by(Attachment.id)
    )
    return list(await session.scalars(statement))


async def list_events(session: Session, ticket_id: UUID, *, limit: int = THREAD_LIMIT) -> list[Event]:
    """The newest events of a ticket, oldest of them first."""
    newest = await session.scalars(
        select(Event).where(Event.ticket_id == ticket_id).order_by(Event.at.desc(), Event.id.desc()).limit(limit)
    )
    return list(newest)[::-1]


async def list_history(session: Session, customer_id: UUID, *, besides: UUID) -> Sequence[Any]:
    """A customer's latest other tickets: number, subject, status, last activity."""
    rows = await session.execute(
        select(Ticket.number, Ticket.subject, Ticket.status, Ticket.last_activity_at, Ticket.order_refs)
        .where(Ticket.customer_id == customer_id, Ticket.id != besides)
        .order_by(Ticket.last_activity_at.desc())
        .limit(HISTORY_LIMIT)
    )
    return rows.all()


async def next_numbers(session: Session, how_many: int) -> int:
    """Reserve ticket numbers; returns the first."""
    after: int = (
        await session.execute(
            update(Workspace)
            .where(Workspace.id == session.workspace_id)
            .values(next_ticket_number=Workspace.next_ticket_number + how_many)
            .returning(Workspace.next_ticket_number)
        )
    ).scalar_one()
    return after - how_many


async def last_inbound(session: Session, ticket_id: UUID) -> Message | None:
    """The customer's last message that a person wrote, or the last of all: what an answer answers."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(Message.ticket_id == ticket_id, Message.kind == "inbound")
        .order_by(Message.automatic, Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return found


async def spoken_since(session: Session, ticket_id: UUID, message_id: UUID, *, besides: UUID) -> list[Message]:
    """What others than one person have said in a ticket since a message of it, oldest first; machines don't count."""
    seen = select(Message.at, Message.id).where(Message.id == message_id, Message.ticket_id == ticket_id).subquery()
    statement = (
        select(Message)
        .join(seen, tuple_(Message.at, Message.id) > tuple_(seen.c.at, seen.c.id))
        .where(
            Message.ticket_id == ticket_id, Message.kind.in_(("inbound", "outbound")), Message.automatic.is_(False),
            Message.person_id.is_distinct_from(besides),
        )
        .order_by(Message.at, Message.id)
        .limit(10)
    )  # fmt: skip
    return list(await session.scalars(statement))


async def last_spoken(session: Session, ticket_id: UUID) -> Message | None:
    """The last thing said between customer and desk."""
    found: Message | None = await session.scalar(
        select(Message)
        .where(
            Message.ticket_id == ticket_id,
            or_(Message.kind == "inbound", and_(Message.kind == "outbound", Message.automatic.is_(False))),
        )
        .order_by(Message.at.desc(), Message.id.desc())
        .limit(1)
    )
    return found


async def thread_message_ids(session: Session, ticket_id: UUID) -> list[str]:
    """The Message-IDs of a thread in time's order, for References."""
    rows = await session.scalars(
        select(Message.rfc_message_id)
        .where(Message.ticket_id == ticket_id, Message.rfc_message_id.is_not(None))
        .order_by(Message.at.desc())
        .limit(30)
    )
    return [value for value in rows if value][::-1]


async def see_mentions(session: Session, ticket_id: UUID, person_id: UUID, now: Any) -> bool:
    """Note that somebody has seen where they were mentioned; returns whether there was anything new to them."""
    seen = await session.scalars(
        update(Mention)
        .where(Mention.ticket_id == ticket_id, Mention.person_id == person_id, Mention.seen_at.is_(None))
        .values(seen_at=now)
        .returning(Mention.person_id)
    )
    return bool(seen.all())


async def known_tags(session: Session, *, limit: int = 100) -> list[str]:
    """Tags in use on active tickets, for completion."""
    recent = (
        select(func.unnest(Ticket.tags).label("tag"))
        .where(Ticket.active)
        .order_by(Ticket.last_activity_at.desc())
        .limit(2_000)
        .subquery()
    )
    rows = await session.scalars(
        select(recent.c.tag).group_by(recent.c.tag).order_by(func.count().desc(), recent.c.tag).limit(limit)
    )
    return list(rows)
