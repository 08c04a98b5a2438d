"""All SQL about drafts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select

from dragoman.customers.models import Identity
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.replies.models import Draft, PlannedReply, ReplyFinding, Signature
from dragoman.tickets.models import Message


async def find(session: Session, ticket_id: UUID, person_id: UUID) -> dict[str, Draft]:
    """Somebody's drafts in a ticket by kind (reply, note)."""
    rows = await session.scalars(select(Draft).where(Draft.ticket_id == ticket_id, Draft.person_id == person_id))
    return {row.kind: row for row in rows}


async def drop(session: Session, ticket_id: UUID, person_id: UUID, kind: str) -> None:
    """Forget a draft."""
    await session.execute(
        delete(Draft).where(Draft.ticket_id == ticket_id, Draft.person_id == person_id, Draft.kind == kind)
    )


async def customer_address(session: Session, customer_id: UUID) -> str | None:
    """The e-mail address by which a customer was first known."""
    found: str | None = await session.scalar(
        select(Identity.value)
        .where(Identity.customer_id == customer_id, Identity.kind == "email")
        .order_by(Identity.id)
        .limit(1)
    )
    return found


async def load_workspace(session: Session) -> Workspace:
    """The entered workspace."""
    return await session.get_one(Workspace, session.workspace_id)


async def list_answers(session: Session, ticket_id: UUID, *, limit: int) -> list[str]:
    """The texts of a ticket's answers that people wrote, the newest first."""
    sent = select(Message.text).where(
        Message.ticket_id == ticket_id, Message.kind == "outbound", Message.automatic.is_(False)
    )
    return list(await session.scalars(sent.order_by(Message.at.desc(), Message.id.desc()).limit(limit)))


async def count_findings(session: Session, since: datetime) -> dict[str, int]:
    """How often each check spoke up in answers that were sent, since a moment."""
    counted = (
        select(ReplyFinding.check, func.count().label("times"))
        .where(ReplyFinding.at >= since)
        .group_by(ReplyFinding.check)
    )
    return {row.check: row.times for row in await session.execute(counted)}


async def planned_of(session: Session, ticket_id: UUID) -> list[PlannedReply]:
    """The answers planned in a ticket, soonest first."""
    statement = select(PlannedReply).where(PlannedReply.ticket_id == ticket_id).order_by(PlannedReply.at)
    return list(await session.scalars(statement))


async def find_planned(session: Session, ticket_id: UUID, person_id: UUID) -> PlannedReply | None:
    """Somebody's planned answer in a ticket."""
    found: PlannedReply | None = await session.scalar(
        select(PlannedReply).where(PlannedReply.ticket_id == ticket_id, PlannedReply.person_id == person_id)
    )
    return found


async def tickets_of_planned(session: Session, planned_ids: Sequence[UUID]) -> set[UUID]:
    """The tickets of some planned answers."""
    return set(await session.scalars(select(PlannedReply.ticket_id).where(PlannedReply.id.in_(planned_ids))))


async def load_planned(session: Session, planned_id: UUID) -> PlannedReply | None:
    """A planned answer, to be looked at."""
    return await session.get(PlannedReply, (session.workspace_id, planned_id))


async def lock_planned(session: Session, planned_id: UUID) -> PlannedReply | None:
    """A planned answer; nobody else sends or changes it meanwhile. Its ticket is locked before."""
    return await session.get(PlannedReply, (session.workspace_id, planned_id), with_for_update=True)


async def signatures_of(session: Session, person_id: UUID) -> list[Signature]:
    """Somebody's signatures for shops and languages."""
    statement = select(Signature).where(Signature.person_id == person_id).order_by(Signature.id)
    return list(await session.scalars(statement))
