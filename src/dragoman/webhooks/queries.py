"""All SQL about webhooks."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, func, literal, or_, select, update

from dragoman.kit.errors import N_, Invalid
from dragoman.kit.paging import Page, decode, encode
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.webhooks.models import Delivery, Webhook

PAGE_SIZE = 50
LEASE = timedelta(seconds=60)
"""For how long a taken delivery is left alone; after it another worker may try (this one is thought dead)."""


async def list_webhooks(session: Session) -> list[Webhook]:
    """All webhooks by name."""
    return list(await session.scalars(select(Webhook).order_by(func.lower(Webhook.name), Webhook.id)))


async def list_listening(session: Session) -> list[tuple[UUID, list[str]]]:
    """The active webhooks, and what each wants to hear of. Asked once in a transaction, in which much may happen."""
    place = _listening(session)
    known: list[tuple[UUID, list[str]]] | None = session.info.get(place)
    if known is None:
        rows = await session.execute(select(Webhook.id, Webhook.kinds).where(Webhook.active))
        known = session.info[place] = [(row.id, row.kinds) for row in rows]
    return known


def forget_listening(session: Session) -> None:
    """To be asked anew: a webhook was changed in this transaction."""
    session.info.pop(_listening(session), None)


def _listening(session: Session) -> str:
    return f"webhooks of {session.workspace_id}"


async def load(session: Session, webhook_id: UUID, *, lock: bool = False) -> Webhook | None:
    """A webhook by its id."""
    return await session.get(Webhook, (session.workspace_id, webhook_id), with_for_update=lock or None)


async def load_delivery(session: Session, delivery_id: UUID, *, lock: bool = False) -> Delivery | None:
    """A delivery by its id."""
    return await session.get(Delivery, (session.workspace_id, delivery_id), with_for_update=lock or None)


async def list_deliveries(
    session: Session, webhook_id: UUID, *, state: str | None = None, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Delivery]:
    """One page of a webhook's log, newest first. Raises Invalid for a damaged cursor."""
    statement = select(Delivery).where(Delivery.webhook_id == webhook_id)
    if state:
        statement = statement.where(Delivery.state == state)
    if cursor:
        last = decode(cursor)
        if len(last) != 1 or not isinstance(last[0], UUID):
            raise Invalid(N_("This page link is damaged. Start again from the first page."))
        statement = statement.where(Delivery.id < last[0])
    rows = list(await session.scalars(statement.order_by(Delivery.id.desc()).limit(size + 1)))
    return Page(tuple(rows[:size]), encode(rows[size - 1].id) if len(rows) > size else None)


async def claim(session: Session, now: datetime, most: int) -> list[tuple[Delivery, Webhook]]:
    """Take deliveries that are due, each with its webhook. One that has just failed is tried with a single delivery
    first, so that a dead receiver costs one try at a time."""
    ready = (
        select(Webhook.id)
        .where(Webhook.active, or_(Webhook.paused_until.is_(None), Webhook.paused_until <= now))
        .scalar_subquery()
    )
    due = (
        select(Delivery)
        .where(Delivery.state == "queued", Delivery.next_attempt_at <= now, Delivery.webhook_id.in_(ready))
        .order_by(Delivery.next_attempt_at, Delivery.id)
        .limit(most)
        .with_for_update(skip_locked=True)
    )
    deliveries = list(await session.scalars(due))
    hooks = {
        hook.id: hook
        for hook in await session.scalars(select(Webhook).where(Webhook.id.in_({one.webhook_id for one in deliveries})))
    }
    taken: list[tuple[Delivery, Webhook]] = []
    probed: set[UUID] = set()
    for one in deliveries:
        hook = hooks[one.webhook_id]
        if hook.failures and hook.id in probed:
            continue
        probed.add(hook.id)
        one.next_attempt_at = now + LEASE
        taken.append((one, hook))
    return taken


async def has_due(session: Session, now: datetime) -> bool:
    """Whether anything could be delivered now."""
    statement = (
        select(Delivery.id)
        .join(Webhook, (Webhook.workspace_id == Delivery.workspace_id) & (Webhook.id == Delivery.webhook_id))
        .where(
            Delivery.state == "queued", Delivery.next_attempt_at <= now, Webhook.active,
            or_(Webhook.paused_until.is_(None), Webhook.paused_until <= now),
        )
        .limit(1)
    )  # fmt: skip
    return await session.scalar(statement) is not None


async def prune(session: Session, before: datetime) -> None:
    """Drop what was settled before a moment."""
    await session.execute(delete(Delivery).where(Delivery.settled_at < before))


async def fail_waiting(session: Session, webhook_id: UUID, now: datetime) -> None:
    """Close what waits for a webhook that is switched off."""
    await session.execute(
        update(Delivery)
        .where(Delivery.webhook_id == webhook_id, Delivery.state == "queued")
        .values(state="failed", settled_at=now)
    )


async def list_workspaces(session: Session) -> list[UUID]:
    """Every workspace's id."""
    return list(await session.scalars(select(Workspace.id)))


async def count_queued(session: Session, most: int) -> int:
    """How many deliveries wait, counted to `most` at most."""
    some = select(literal(1)).where(Delivery.state == "queued").limit(most).subquery()
    return await session.scalar(select(func.count()).select_from(some)) or 0
