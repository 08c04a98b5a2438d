"""Answers that leave later: planned by a person, sent at their time, held back when the customer has written since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dragoman.accounts import access as accounts
from dragoman.accounts.access import Actor
from dragoman.accounts.notices import service as notices
from dragoman.flow.outbound import Outbound, copies_from
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, DeskError, Invalid, NotFound
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.replies import queries
from dragoman.replies import service as replies
from dragoman.replies.models import PlannedReply
from dragoman.tickets import filing, service
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Ticket

PLANNED = "planned"
LONGEST = timedelta(days=90)
GONE = N_("There is no such planned answer of yours.")
CUSTOMER_WROTE = N_("The customer has written since.")


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer as its writer wants it sent."""

    html: str
    at: datetime
    plain: str = ""
    cc: tuple[str, ...] = ()
    then: str = ""


async def plan(session: Session, actor: Actor, *, ticket: Ticket, wanted: Plan) -> PlannedReply:
    """Keep an answer until its time; the writer's earlier plan in this ticket is replaced. Raises Invalid."""
    actor.require("ticket.reply")
    now = clock.now()
    if wanted.at <= now or wanted.at > now + LONGEST:
        raise Invalid(fields={"later": N_("Choose a time from now to 90 days ahead.")})
    found = await keep(session, actor, ticket=ticket, wanted=wanted)
    await alarms.put(session, PLANNED, {found.id: wanted.at})
    await service.record(session, ticket, actor, "planned", at=wanted.at.isoformat())
    return found


async def keep(session: Session, actor: Actor, *, ticket: Ticket, wanted: Plan) -> PlannedReply:
    """An answer that does not leave now, in place of the writer's draft and of their earlier plan in this ticket.
    Raises Invalid."""
    body = replies.body_from(wanted.html, wanted.plain)
    if not body.text.strip():
        raise Invalid(fields={"body": N_("Write something first.")})
    replies.check_filled(body)
    copies = copies_from(wanted.cc)
    await replies.mailbox_of(session, ticket)
    found = await queries.find_planned(session, ticket.id, actor.person_id)
    if found is None:
        found = PlannedReply(id=ids.new(), ticket_id=ticket.id, person_id=actor.person_id)
        session.add(found)
    found.html, found.cc, found.then, found.at = body.html, copies, wanted.then, wanted.at
    found.seen_at, found.held_at, found.problem, found.review, found.own = clock.now(), None, "", "", ""
    await queries.drop(session, ticket.id, actor.person_id, "reply")
    await session.flush()
    return found


async def drop(session: Session, actor: Actor, *, planned_id: UUID) -> Ticket:
    """Give a planned answer up; its words become the draft again. Raises NotFound for another person's."""
    actor.require("ticket.reply")
    (ticket,) = await _lock_tickets(session, [planned_id]) or (None,)
    found = await queries.lock_planned(session, planned_id)
    if ticket is None or found is None or found.person_id != actor.person_id:
        raise NotFound(GONE)
    html = replies.body_from("", found.own).html if found.own else found.html
    await replies.save_draft(session, actor, ticket=ticket, kind="reply", html=html)
    await alarms.drop(session, PLANNED, [found.id])
    await session.delete(found)
    await service.record(session, ticket, actor, "plan_dropped")
    return ticket


async def _lock_tickets(session: Session, planned_ids: Sequence[UUID]) -> list[Ticket]:
    """The tickets of some planned answers: they are locked before these, as everywhere."""
    return list((await filing.lock(session, await queries.tickets_of_planned(session, planned_ids))).values())


@dataclass(frozen=True, slots=True)
class Planned:
    """The alarm's side: sends what is due."""

    outbound: Outbound

    async def ring(self, session: Session, keys: Sequence[UUID]) -> None:
        """The alarm: send planned answers, each as its writer, or hold them back and say so."""
        known = {ticket.id: ticket for ticket in await _lock_tickets(session, keys)}
        for key in keys:
            found = await queries.lock_planned(session, key)
            if found is not None and found.held_at is None and found.at <= clock.now():
                await self._send(session, found, known[found.ticket_id])

    async def _send(self, session: Session, found: PlannedReply, ticket: Ticket) -> None:
        writer = await accounts.find_person_actor(session, found.person_id)
        asked = await tickets.last_inbound(session, ticket.id)
        if writer is None or (asked is not None and not asked.automatic and asked.at > found.seen_at):
            return await self._hold(session, found, ticket, CUSTOMER_WROTE)
        waiting = await tickets.list_pending_attachments(session, ticket.id, found.person_id)
        try:
            async with session.begin_nested():
                await self.outbound.reply(
                    session, writer, ticket=ticket, html=found.html, attachments=waiting, cc=tuple(found.cc),
                    then=found.then or None,
                )  # fmt: skip
        except DeskError as error:
            return await self._hold(session, found, ticket, next(iter(error.fields.values()), error.message))
        await session.delete(found)
        return None

    async def _hold(self, session: Session, found: PlannedReply, ticket: Ticket, problem: str) -> None:
        """Keep it for its writer to decide: nothing is sent that may be wrong by now, and nothing is lost."""
        found.held_at, found.problem = clock.now(), problem
        await service.record(session, ticket, None, "plan_held", person=str(found.person_id))
        await notices.tell(session, [found.person_id], "held", ticket=ticket.number)
