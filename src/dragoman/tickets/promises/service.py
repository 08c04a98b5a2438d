"""Making promises, and what becomes of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.tickets import queries as tickets
from dragoman.tickets import service
from dragoman.tickets.models import Message, Ticket
from dragoman.tickets.promises import queries
from dragoman.tickets.promises.models import Promise

ALARM = "promise"
REMIND_BEFORE = timedelta(minutes=30)
FARTHEST = timedelta(days=366)
UNDO = timedelta(minutes=10)
LONGEST = 500
GOODWILL = N_("A 5 % voucher for the next order, and an apology by name")
"""What is proposed for a promise that was not kept; whoever settles it writes what is really given."""


def remind_at(now: datetime, due_at: datetime) -> datetime:
    """When its owner is reminded: half an hour before, or half-way where that is sooner due."""
    return max(due_at - REMIND_BEFORE, now + (due_at - now) / 2)


async def get_promise(session: Session, actor: Actor, promise_id: UUID, *, lock: bool = False) -> Promise:
    """A promise, for whoever may read tickets. Raises NotFound, Forbidden."""
    actor.require("ticket.read")
    promise = await queries.load(session, promise_id, lock=lock)
    if promise is None:
        raise NotFound(N_("There is no such promise."))
    return promise


async def make(
    session: Session, actor: Actor, *, ticket: Ticket, text: str, due_at: datetime, message: Message | None = None,
    owner: UUID | None = None, renewed_from: UUID | None = None,
) -> Promise:  # fmt: skip
    """Note what a customer was promised, and by when; its owner (whoever makes it, unless named) is reminded.

    Raises Invalid beside `text`, `due` or `owner`, Forbidden.
    """
    actor.require("ticket.reply")
    now = clock.now()
    text = " ".join(text.split())
    faults = {}
    if not text or len(text) > LONGEST:
        faults["text"] = N_("Say what was promised, in at most 500 characters.")
    if not now < due_at <= now + FARTHEST:
        faults["due"] = N_("Choose a time from now to a year ahead.")
    if owner is not None and owner != actor.person_id:
        person = await people.find_person(session, owner)
        if person is None or not person.active:
            faults["owner"] = N_("Choose somebody who works at this desk.")
    if message is not None and (message.ticket_id != ticket.id or message.kind != "outbound"):
        faults["message"] = N_("Only an answer in this ticket can hold its promise.")
    if faults:
        raise Invalid(fields=faults)
    promise = Promise(
        id=ids.new(), ticket_id=ticket.id, message_id=message.id if message else None,
        person_id=owner or actor.person_id, team_id=ticket.team_id, text=text, due_at=due_at, made_at=now,
        renewed_from_id=renewed_from,
    )  # fmt: skip
    session.add(promise)
    await session.flush()
    await alarms.put(session, ALARM, {promise.id: remind_at(now, due_at)})
    if renewed_from is None:
        await _record(session, ticket, actor, "promise_made", promise)
    return promise


async def keep(session: Session, actor: Actor, promise_id: UUID) -> Promise:
    """Note that a promise was kept. Raises NotFound, Forbidden, Conflict for one that is settled."""
    promise, ticket = await _open(session, actor, promise_id)
    await _settle(session, actor, promise, "kept")
    await _record(session, ticket, actor, "promise_kept", promise, late=clock.now() > promise.due_at)
    return promise


async def renew(session: Session, actor: Actor, promise_id: UUID, *, due_at: datetime, word: str = "") -> Promise:
    """Give a promise another time; the old one stays as renewed. `word` is what the customer is told. Returns the
    new promise. Raises Invalid, NotFound, Forbidden, Conflict."""
    promise, ticket = await _open(session, actor, promise_id)
    if len(word) > 4_000:
        raise Invalid(fields={"word": N_("This text is too long.")})
    made = await make(
        session, actor, ticket=ticket, text=promise.text, due_at=due_at, owner=promise.person_id,
        renewed_from=promise.id,
    )  # fmt: skip
    await _settle(session, actor, promise, "renewed")
    promise.word = word.strip()
    await _record(
        session, ticket, actor, "promise_renewed", made, before=promise.due_at.isoformat(), former=str(promise.id)
    )
    return made


async def give_up(session: Session, actor: Actor, promise_id: UUID, *, word: str = "", goodwill: str = "") -> Promise:
    """Note that a promise was broken, why, and what is proposed to make up for it. Raises as `keep`, Invalid."""
    promise, ticket = await _open(session, actor, promise_id)
    faults = {
        name: N_("This text is too long.") for name, given in (("word", word), ("goodwill", goodwill))
        if len(given) > LONGEST
    }  # fmt: skip
    if faults:
        raise Invalid(fields=faults)
    await _settle(session, actor, promise, "broken")
    promise.word, promise.goodwill = word.strip(), goodwill.strip()
    await _record(session, ticket, actor, "promise_broken", promise, goodwill=bool(promise.goodwill))
    return promise


async def give_to(session: Session, actor: Actor, promise_id: UUID, *, owner: UUID) -> Promise:
    """Let somebody else keep a promise. Raises Invalid, NotFound, Forbidden, Conflict."""
    promise, ticket = await _open(session, actor, promise_id)
    actor.require("ticket.assign")
    person = await people.find_person(session, owner)
    if person is None or not person.active:
        raise Invalid(fields={"owner": N_("Choose somebody who works at this desk.")})
    if promise.person_id != owner:
        promise.person_id = owner
        await _record(session, ticket, actor, "promise_given", promise, to=str(owner), name=person.name)
    return promise


async def unmake(session: Session, actor: Actor, promise_id: UUID) -> int:
    """Take back that a promise was noted, for whoever made it, within UNDO. Returns the ticket's number. Raises
    Conflict when it is too late."""
    promise, ticket = await _open(session, actor, promise_id)
    made_by = await queries.made_by(session, ticket.id, promise_id)
    if made_by != actor.person_id or clock.now() - promise.made_at > UNDO or promise.renewed_from_id:
        raise Conflict(N_("This promise can’t be taken back any more. Renew it, or note that it was kept or broken."))
    await alarms.drop(session, ALARM, [promise.id])
    await session.delete(promise)
    await _record(session, ticket, actor, "promise_unmade", promise)
    return ticket.number


async def reopen(session: Session, actor: Actor, promise_id: UUID) -> Promise:
    """Take back that a promise was settled (not a renewal: its successor stands). Raises Conflict."""
    promise = await get_promise(session, actor, promise_id, lock=True)
    actor.require("ticket.reply")
    ticket = await tickets.load_ticket(session, promise.ticket_id, lock=True)
    if promise.state not in ("kept", "broken") or ticket is None:
        raise Conflict(N_("This promise can’t be opened again."))
    promise.state, promise.word, promise.goodwill = "open", "", ""
    promise.settled_at = promise.settled_by_id = None
    now = clock.now()
    at = promise.due_at if promise.reminded_at else remind_at(now, promise.due_at)
    if promise.escalated_at is None:
        await alarms.put(session, ALARM, {promise.id: max(at, now)})
    await _record(session, ticket, actor, "promise_reopened", promise)
    return promise


async def _open(session: Session, actor: Actor, promise_id: UUID) -> tuple[Promise, Ticket]:
    actor.require("ticket.reply")
    first = await get_promise(session, actor, promise_id)
    ticket = await tickets.load_ticket(session, first.ticket_id, lock=True)
    promise = await queries.load(session, promise_id, lock=True)
    if promise is None or ticket is None:
        raise NotFound(N_("There is no such promise."))
    if promise.state != "open":
        raise Conflict(N_("This promise is settled already."))
    return promise, ticket


async def _settle(session: Session, actor: Actor, promise: Promise, state: str) -> None:
    promise.state, promise.settled_at, promise.settled_by_id = state, clock.now(), actor.person_id
    await alarms.drop(session, ALARM, [promise.id])


async def _record(
    session: Session, ticket: Ticket, actor: Actor | None, verb: str, promise: Promise, **data: object
) -> None:
    await service.record(session, ticket, actor, verb, promise=str(promise.id), due=promise.due_at.isoformat(), **data)
