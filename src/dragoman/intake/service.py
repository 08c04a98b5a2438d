"""Taking things in: stored raw, once, before anything reads them; and what people decide about those set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.channels.email import queries as mailboxes
from dragoman.intake import queries
from dragoman.intake.models import DROPPED, RECEIVED, SET_ASIDE, Envelope
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, NotFound
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item at the door. `external_id` is the same for the same item by whatever way it comes."""

    channel: str
    external_id: str
    raw: bytes
    source_id: UUID | None = None
    meta: dict[str, Any] = field(default_factory=dict)
    arrived_at: datetime | None = None
    """When it had reached its mailbox, where that was before it came here (fetched or imported later)."""


async def receive(session: Session, arrivals: Sequence[Arrival]) -> dict[str, UUID]:
    """Store arrivals; those stored before stay as they are. Acknowledge only after this transaction has committed.

    Returns the ids of the envelopes that are new, by external id.
    """
    now = clock.now()
    rows = {
        one.external_id: {
            "id": ids.new(), "channel": one.channel, "external_id": one.external_id, "source_id": one.source_id,
            "raw": one.raw, "meta": one.meta, "received_at": now, "arrived_at": min(one.arrived_at or now, now),
            "state": RECEIVED, "problem": "", "attempts": 0,
        }
        for one in arrivals
    }  # fmt: skip
    fresh = await queries.insert_new(session, list(rows.values()))
    if fresh:
        await session.wake("intake")
    return fresh


async def get_set_aside(session: Session, actor: Permitted, envelope_id: UUID) -> Envelope:
    """An envelope that waits for a decision. Raises NotFound, Forbidden."""
    actor.require("intake.manage")
    envelope = await queries.load(session, envelope_id)
    if envelope is None:
        raise NotFound(N_("There is no such mail."))
    return envelope


async def retry(session: Session, actor: Permitted, envelope_id: UUID) -> None:
    """Let the desk read a mail anew."""
    envelope = await get_set_aside(session, actor, envelope_id)
    if envelope.state != SET_ASIDE:
        raise Conflict(N_("This mail is no longer set aside."))
    envelope.state, envelope.problem, envelope.settled_at = RECEIVED, "", None
    _note(session, actor, "retried", envelope)
    if envelope.source_id:
        await mailboxes.count(session, envelope.source_id, set_aside=-1)
    await session.wake("intake")


async def discard(session: Session, actor: Permitted, envelope_id: UUID) -> None:
    """Decide that a mail needs no ticket. It stays stored, and can be taken back by `restore`."""
    envelope = await get_set_aside(session, actor, envelope_id)
    if envelope.state != SET_ASIDE:
        raise Conflict(N_("This mail is no longer set aside."))
    envelope.state, envelope.settled_at = DROPPED, clock.now()
    _note(session, actor, "discarded", envelope)


async def restore(session: Session, actor: Permitted, envelope_id: UUID) -> None:
    """Undo `discard`."""
    envelope = await get_set_aside(session, actor, envelope_id)
    if envelope.state == DROPPED and envelope.message_id is None:
        envelope.state, envelope.settled_at = SET_ASIDE, None
        _note(session, actor, "restored", envelope)


async def reveal(session: Session, actor: Permitted, envelope_id: UUID) -> bytes:
    """The mail as it came in, to save. Raises NotFound, Forbidden."""
    actor.require("intake.manage")
    envelope = await queries.load(session, envelope_id, raw=True)
    if envelope is None or envelope.raw is None:
        raise NotFound(N_("There is no such mail."))
    _note(session, actor, "revealed", envelope)
    return envelope.raw


def _note(session: Session, actor: Permitted, deed: str, envelope: Envelope) -> None:
    audit.record(session, actor, f"intake.{deed}", Subject("envelope", envelope.id))
