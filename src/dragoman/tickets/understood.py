"""What messages were read to say, on the tickets they belong to; and people's corrections of it.

The desk never changes again what a person has set by hand, and below its confidence it sets nothing: the reading is
then shown as a guess for somebody to confirm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.accounts.access import Actor
from dragoman.kit.errors import N_, Invalid
from dragoman.platform.db import Session
from dragoman.tickets import queries
from dragoman.tickets.batches import Deed, record_all
from dragoman.tickets.models import Message, Ticket
from dragoman.tickets.service import allow, by_hand, record, set_kind, set_severity
from dragoman.understanding.language import SURE, UNSURE
from dragoman.understanding.reader import Reading
from dragoman.understanding.severity import COLOURS
from dragoman.understanding.taxonomy import leaves

THRESHOLD = 0.5
"""From this confidence on an intent is set by the desk; below it somebody decides."""


@dataclass(frozen=True, slots=True)
class Read:
    """A message of a ticket and what it was read to say."""

    ticket: Ticket
    message: Message
    reading: Reading


async def note(session: Session, read: Sequence[Read], threshold: float = THRESHOLD) -> None:
    """Keep what messages say, and let their tickets know. The tickets are locked by the caller."""
    deeds = []
    for one in read:
        one.message.reading = one.reading.facts()
        tongue = one.reading.language
        one.message.language = tongue.code if tongue.code != UNSURE and tongue.confidence >= SURE else ""
        if one.message.automatic:
            continue
        changed = _learn(one.ticket, one, threshold)
        deeds.append(Deed(one.ticket, "read", {"message": str(one.message.id), **_told(one.reading), **changed}))
        if "kind" in changed:
            deeds.append(Deed(one.ticket, "kind", {**changed["kind"], "why": "read"}))
        if "severity" in changed:
            deeds.append(Deed(one.ticket, "severity", {**changed["severity"], "why": list(one.reading.severity.why)}))
    await record_all(session, deeds)


def _told(reading: Reading) -> dict[str, Any]:
    return {
        "language": reading.language.code, "intent": reading.intent.key, "confidence": reading.intent.confidence,
        "emotion": reading.mood.label,
    }  # fmt: skip


def _learn(ticket: Ticket, one: Read, threshold: float) -> dict[str, Any]:
    """What a ticket takes over from its newest message; returns what changed, before and after."""
    wanted: dict[str, str] = {}
    if one.message.language and "language" not in ticket.by_hand:
        wanted["language"] = _language(ticket.language, one.message.language)
    intent = one.reading.intent
    leaf = leaves().get(intent.key)
    if leaf is not None and intent.confidence >= threshold and (leaf.group != "other" or not ticket.intent):
        if "intent" not in ticket.by_hand:
            wanted["intent"] = leaf.key
        if leaf.kind and "kind" not in ticket.by_hand and not (ticket.kind and leaf.group == "other"):
            wanted["kind"] = leaf.kind
    wanted["emotion"] = one.reading.mood.label if one.reading.mood.confidence else ticket.emotion
    sure = leaf is not None and intent.confidence >= threshold
    if "severity" not in ticket.by_hand and (sure or one.reading.severity.colour != COLOURS[-1]):
        wanted["severity"] = _graver(ticket.severity, one.reading.severity.colour)
    changed = {name: value for name, value in wanted.items() if getattr(ticket, name) != value}
    before = {name: getattr(ticket, name) for name in changed}
    for name, value in changed.items():
        setattr(ticket, name, value)
    return {name: {"before": before[name], "after": value} for name, value in changed.items()}


def _language(before: str, after: str) -> str:
    """The language of a conversation: a variant stays known where a later message shows none."""
    return before if before.partition("-")[0] == after and "-" in before else after


def _graver(before: str, after: str) -> str:
    """A later message makes a matter graver, never by itself less grave: that is for somebody to say."""
    if not before:
        return after
    return min(before, after, key=COLOURS.index)


async def set_intent(session: Session, actor: Actor | None, *, ticket: Ticket, intent: str, **why: Any) -> None:
    """Somebody says, or confirms, what the customer wants. The kind follows, where nobody set it by hand; the desk
    learns from it, unless it was a rule that said so (None). Raises Invalid, Forbidden."""
    allow(actor, "ticket.change")
    leaf = leaves().get(intent)
    if leaf is None:
        raise Invalid(fields={"intent": N_("This intent does not exist.")})
    if actor is not None:
        await _keep(session, actor, ticket, intent)
    by_hand(ticket, actor, "intent")
    if ticket.intent != intent:
        before, ticket.intent = ticket.intent, intent
        await record(session, ticket, actor, "intent", before=before, after=intent, **why)
    if leaf.kind and "kind" not in ticket.by_hand:
        await set_kind(session, None, ticket=ticket, kind=leaf.kind, why="intent")
    if not ticket.severity and "severity" not in ticket.by_hand:
        await set_severity(session, None, ticket=ticket, severity=leaf.severity, why=["intent"])


async def _keep(session: Session, actor: Actor, ticket: Ticket, intent: str) -> None:
    message = await queries.last_inbound(session, ticket.id)
    if message is None:
        return
    found = message.reading
    await queries.correct(
        session, message.id, "intent", before=str(found.get("intent", "")), after=intent,
        confidence=float(found.get("intent_confidence", 0.0)), person_id=actor.person_id,
    )  # fmt: skip


async def forget_intent(session: Session, actor: Actor, *, ticket: Ticket) -> None:
    """Take back that somebody said what is wanted: it is not known again, and nothing is learned. Raises Forbidden."""
    allow(actor, "ticket.change")
    message = await queries.last_inbound(session, ticket.id)
    if message is not None:
        await queries.drop_correction(session, message.id, "intent")
    ticket.by_hand = [field for field in ticket.by_hand if field != "intent"]
    if ticket.intent:
        before, ticket.intent = ticket.intent, ""
        await record(session, ticket, actor, "intent", before=before, after="")


async def set_language(session: Session, actor: Actor, *, ticket: Ticket, language: str, **why: Any) -> None:
    """Somebody says in which language the conversation is (BCP 47). Raises Invalid, Forbidden."""
    allow(actor, "ticket.change")
    tag = language.strip()
    if tag and not (tag.replace("-", "").isalnum() and tag.isascii() and 2 <= len(tag) <= 20):
        raise Invalid(fields={"language": N_("Use a language code, for example de or pt-BR.")})
    by_hand(ticket, actor, "language")
    if ticket.language != tag:
        before, ticket.language = ticket.language, tag
        await record(session, ticket, actor, "language", before=before, after=tag, **why)
