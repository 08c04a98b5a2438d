"""The outbox: a message leaves once, or somebody knows why not.

What can't be known is not guessed: when the desk was cut off after the server may have taken a message, the message
is `uncertain` and a person decides. Nothing is sent twice unasked, nothing is dropped in silence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import procrastinate

from dragoman.accounts.access import Actor
from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.delivery import queries
from dragoman.delivery.models import (
    BOUNCED,
    CANCELLED,
    FAILED,
    QUEUED,
    SENDING,
    SENT,
    UNCERTAIN,
    Attempt,
    Outbox,
)
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, NotFound
from dragoman.platform import jobs as job_queue
from dragoman.platform.db import Session

SEND = "delivery.send"
BACKOFF = [timedelta(minutes=minutes) for minutes in (1, 2, 5, 15, 30, 60, 120, 240, 480)]
GIVE_UP = timedelta(days=2)
CUT_OFF = N_("The desk was interrupted while the mail server was taking this. It may or may not have arrived.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a server said to a try: `sent`, `later` (a passing error) or `failed` (for good)."""

    kind: Literal["sent", "later", "failed"]
    code: int | None = None
    detail: str = ""


async def enqueue(
    session: Session, jobs: procrastinate.App, *, message_id: UUID, channel: str, source_id: UUID, at: datetime
) -> Outbox:
    """Put a message into the outbox, to leave at `at`, with its job in the same transaction."""
    row = Outbox(id=ids.new(), message_id=message_id, channel=channel, source_id=source_id, next_attempt_at=at)
    session.add(row)
    await session.flush()
    await schedule(session, jobs, row.id, at)
    return row


async def schedule(session: Session, jobs: procrastinate.App, outbox_id: UUID, at: datetime) -> None:
    """Queue a try. Several jobs for one message do no harm: they run one after the other, and only one finds it due."""
    await job_queue.defer(session, jobs, SEND, at=at, lock=f"outbox:{outbox_id}", outbox=str(outbox_id))


async def claim(session: Session, outbox_id: UUID) -> tuple[Outbox, Attempt] | None:
    """Take a message to try it now; None when it is not due, not open, or can't be known to be unsent."""
    row = await queries.load(session, outbox_id, lock=True)
    now = clock.now()
    if row is None or row.state not in (QUEUED, SENDING) or row.next_attempt_at > now:
        return None
    if row.state == SENDING and not await _close_cut_off(session, row, now):
        return None
    attempt = Attempt(id=ids.new(), outbox_id=row.id, started_at=now)
    session.add(attempt)
    row.state, row.attempts = SENDING, row.attempts + 1
    return row, attempt


async def _close_cut_off(session: Session, row: Outbox, now: datetime) -> bool:
    """Settle a try whose process is gone; whether the message may be tried anew."""
    last = await queries.last_attempt(session, row.id)
    if last is None or last.ended_at is not None:
        return True
    last.outcome, last.ended_at = "lost", now
    if last.phase == "connecting":
        return True
    row.state, row.reason, row.settled_at = UNCERTAIN, CUT_OFF, now
    return False


async def hand_over(session: Session, attempt_id: UUID) -> None:
    """Note, before the point of no return, that the server may have the message from here on."""
    attempt = await queries.load_attempt(session, attempt_id)
    if attempt is not None:
        attempt.phase = "handing_over"


async def settle(
    session: Session, jobs: procrastinate.App, outbox_id: UUID, attempt_id: UUID, outcome: Outcome
) -> Outbox | None:
    """Note what became of a try; a passing error is tried again later, for two days."""
    row = await queries.load(session, outbox_id, lock=True)
    attempt = await queries.load_attempt(session, attempt_id)
    if row is None or attempt is None:
        return None
    now = clock.now()
    attempt.phase, attempt.outcome, attempt.ended_at = "done", outcome.kind, now
    attempt.code, attempt.detail = outcome.code, outcome.detail[:1000]
    row.reason = "" if outcome.kind == "sent" else outcome.detail[:1000]
    if outcome.kind == "later" and now - row.created_at < GIVE_UP:
        row.state = QUEUED
        row.next_attempt_at = now + BACKOFF[min(row.attempts, len(BACKOFF)) - 1]
        await schedule(session, jobs, row.id, row.next_attempt_at)
    else:
        row.state, row.settled_at = (SENT if outcome.kind == "sent" else FAILED), now
    return row


async def cancel(session: Session, message_id: UUID) -> None:
    """Take a message back before it leaves. Raises Conflict when it is too late."""
    row = await queries.find_by_message(session, message_id, lock=True)
    if row is None:
        raise NotFound(N_("There is no such message."))
    if row.state != QUEUED or row.attempts:
        raise Conflict(N_("It is too late: the message is already on its way."))
    row.state, row.settled_at = CANCELLED, clock.now()


async def send_again(session: Session, jobs: procrastinate.App, actor: Actor, message_id: UUID) -> None:
    """Try a message anew that failed, waits for its next try, or of which nobody knows whether it arrived."""
    actor.require("ticket.reply")
    row = await queries.find_by_message(session, message_id, lock=True)
    if row is None or row.state not in (FAILED, UNCERTAIN, QUEUED, BOUNCED):
        raise Conflict(N_("This message needs no further try."))
    now = clock.now()
    row.state, row.next_attempt_at, row.settled_at, row.created_at = QUEUED, now, None, now
    audit.record(session, actor, "message.sent_again", Subject("message", message_id))
    await schedule(session, jobs, row.id, now)


async def call_sent(session: Session, actor: Actor, message_id: UUID) -> None:
    """Decide that an uncertain message did arrive."""
    actor.require("ticket.reply")
    row = await queries.find_by_message(session, message_id, lock=True)
    if row is None or row.state != UNCERTAIN:
        raise Conflict(N_("This message needs no decision."))
    row.state, row.settled_at, row.reason = SENT, clock.now(), ""
    audit.record(session, actor, "message.called_sent", Subject("message", message_id))


async def mark_bounced(session: Session, message_id: UUID, reason: str) -> bool:
    """Note that the other side gave a message back; False when that was known."""
    row = await queries.find_by_message(session, message_id, lock=True)
    if row is None or row.state == BOUNCED:
        return False
    row.state, row.reason, row.settled_at = BOUNCED, reason[:1000], clock.now()
    return True
