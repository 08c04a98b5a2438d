"""What the desk does by itself when a customer writes at night, in a holiday, or in a language that needs a translator.

Heard in the transaction that files the words, answered in one of its own: the alarm `autoreply`, so that no answer is
sent twice and a mail server that is down holds no filing up. An automatic answer is none: the customer goes on waiting,
the clock goes on running.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import procrastinate

from dragoman.channels.email import queries as mailboxes
from dragoman.customers import queries as customers
from dragoman.customers.models import Customer
from dragoman.delivery import service as delivery
from dragoman.kit import clock
from dragoman.kit.errors import Invalid
from dragoman.platform import alarms, logs
from dragoman.platform.db import Session
from dragoman.platform.models import Workspace
from dragoman.platform.secrets import Keys
from dragoman.replies import service as replies
from dragoman.sla import autoreply, calendars, queries
from dragoman.sla.autoreply import Choices
from dragoman.sla.clocks import load_book
from dragoman.sla.models import AutoReply
from dragoman.sla.policies import Book, Policy, language_tier
from dragoman.sla.urgency import is_urgent
from dragoman.tickets import filing, service
from dragoman.tickets import queries as tickets
from dragoman.tickets.conditions.parse import Conditions
from dragoman.tickets.models import Message, Ticket
from dragoman.tickets.touched import Touched

log = logs.get(__name__)
ALARM = "autoreply"
FRESH = timedelta(hours=1)
"""Words that came in later than this after they were sent have waited for something else than the night."""
TEAM_HOURS = Policy(UUID(int=0), "", "", Conditions(), {}, "", "team", None, {}, {}, {})


def _spoken(touched: Sequence[Touched]) -> list[Touched]:
    """A person's own words that have just come in."""
    oldest = clock.now() - FRESH
    return [
        one
        for one in touched
        if one.verb == "message" and one.at >= oldest and not one.data.get("automatic") and not one.data.get("past")
    ]


async def mark_urgent(session: Session, touched: Sequence[Touched]) -> None:
    """Raise a new ticket that says it can't wait and comes while nobody works (R266), so that its clock runs through
    the night and whoever looks in the morning sees it first."""
    spoken = {one.ticket.id for one in _spoken(touched)}
    calling = [
        one.ticket
        for one in touched
        if one.verb == "created" and one.ticket.id in spoken and one.ticket.priority > 1
        and is_urgent(f"{one.ticket.subject} {one.ticket.snippet}")
    ]  # fmt: skip
    if not calling:
        return
    book = await load_book(session)
    for ticket in calling:
        if not calendars.is_open(book.calendar(book.hours_of(TEAM_HOURS, ticket.team_id)), clock.now()):
            await service.set_priority(session, None, ticket=ticket, priority=1, off_hours=True)


async def hear(session: Session, touched: Sequence[Touched]) -> None:
    """Ask to be woken at once for what might get an automatic answer."""
    spoken = {one.ticket.id for one in _spoken(touched) if one.ticket.active_now}
    if not spoken:
        return
    workspace = await queries.load_workspace(session)
    if autoreply.choices(workspace.settings).on:
        await alarms.put(session, ALARM, dict.fromkeys(spoken, clock.now()))


@dataclass(frozen=True, slots=True)
class _Round:
    """What one ringing knows of the workspace."""

    workspace: Workspace
    chosen: Choices
    book: Book
    sent: set[tuple[UUID, str]]
    own: frozenset[str]


@dataclass(frozen=True, slots=True)
class Autoreplies:
    """The automatic answers of one installation; `main/wiring.py` makes it."""

    keys: Keys
    jobs: procrastinate.App

    async def ring(self, session: Session, keys: Sequence[UUID]) -> None:
        """The alarm: answer what asks for it."""
        found = await filing.lock(session, set(keys))
        workspace = await queries.load_workspace(session)
        boxes = await mailboxes.list_mailboxes(session)
        now = _Round(
            workspace, autoreply.choices(workspace.settings), await load_book(session),
            await queries.list_auto_replies(session, found), frozenset(box.address.lower() for box in boxes),
        )  # fmt: skip
        buyers = await customers.load_some(session, {ticket.customer_id for ticket in found.values()})
        for ticket in found.values():
            await self._answer(session, now, ticket, buyers.get(ticket.customer_id))

    async def _answer(self, session: Session, known: _Round, ticket: Ticket, customer: Customer | None) -> None:
        said = await tickets.last_inbound(session, ticket.id)
        if said is None or said.automatic or ticket.waiting_since is None or not ticket.active_now:
            return
        kinds = _wanted(known, ticket, said)
        address = (said.reply_to or said.from_address).lower()
        if not kinds or not address or address in known.own or await _had_enough(session, address):
            return
        text = _text(known, kinds, ticket, customer)
        try:
            message, box = await replies.prepare_reply(
                session, self.keys, None, ticket=ticket, body=replies.body_from("", text), cc=(), at=clock.now()
            )
        except Invalid as error:  # no mailbox to answer from: the page of mailboxes says so
            log.warning("no automatic answer", reason=error.message)
            return
        await service.add_automatic(session, ticket=ticket, message=message, kinds=kinds)
        await delivery.enqueue(
            session, self.jobs, message_id=message.id, channel="email", source_id=box.id, at=message.at
        )
        session.add_all(
            AutoReply(ticket_id=ticket.id, message_id=message.id, kind=kind, address=address, at=message.at)
            for kind in kinds
        )


def _wanted(known: _Round, ticket: Ticket, said: Message) -> list[str]:
    calendar = known.book.calendar(known.book.hours_of(TEAM_HOURS, ticket.team_id))
    tier = language_tier(ticket.language, known.book.common)
    kinds = autoreply.which(known.chosen, calendar, said.at, tier=tier)
    return [kind for kind in kinds if (ticket.id, kind) not in known.sent]


async def _had_enough(session: Session, address: str) -> bool:
    since = clock.now() - timedelta(days=1)
    return (await queries.count_auto_replies(session, [address], since)).get(address, 0) >= autoreply.A_DAY


def _text(known: _Round, kinds: list[str], ticket: Ticket, customer: Customer | None) -> str:
    now = clock.now()
    calendar = known.book.calendar(known.book.hours_of(TEAM_HOURS, ticket.team_id))
    theirs = autoreply.zone_of(customer.timezone if customer else "", ticket.market, now)
    return autoreply.compose(
        known.chosen, kinds, ticket.language, by=autoreply.promised(calendar, now, ticket.due_at), now=now,
        theirs=theirs, ours=known.workspace.timezone,
    )  # fmt: skip
