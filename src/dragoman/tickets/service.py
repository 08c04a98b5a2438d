"""What can be done with a ticket. Every change writes its event and its notice in the same transaction.

Who does it is an `Actor`, asked for the permission; `None` is the desk itself (a rule, a clock), which says why in the
event's facts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dragoman.accounts import queries as people
from dragoman.accounts.access import Actor
from dragoman.accounts.notices import service as notices
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.models import Team
from dragoman.audit import service as audit
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import alarms
from dragoman.platform.db import Session
from dragoman.tickets import queries, told
from dragoman.tickets.models import (
    KINDS,
    PRIORITIES,
    SEVERITIES,
    STATUSES,
    TIERS,
    Attachment,
    Event,
    Mention,
    Message,
    SearchDoc,
    Ticket,
)
from dragoman.tickets.search import doc_tokens
from dragoman.tickets.touched import Touched, touch
from dragoman.webhooks import service as webhooks

SNIPPET = 160
TAGS, TAG_LENGTH = 20, 40
ORDERS, ORDER_LENGTH = 50, 60
SNOOZE = "snooze"
LONGEST_SNOOZE = timedelta(days=366)


def snippet(text: str) -> str:
    """The first words of a text on one line."""
    return " ".join(text[: SNIPPET * 3].split())[:SNIPPET]


async def record(session: Session, ticket: Ticket, actor: Actor | None, verb: str, **data: Any) -> None:
    """Write an event, note it in the audit log, tell open pages and webhooks; the ticket's version counts up."""
    now, person = clock.now(), actor.person_id if actor else None
    session.add(Event(ticket_id=ticket.id, verb=verb, person_id=person, data=data, at=now))
    touch(session, Touched(ticket, verb, now, data, person))
    if actor is not None:
        audit.record(session, actor, f"ticket.{verb}", told.subject(ticket), **told.without_words(verb, data))
    await announce(session, ticket, by=actor)
    await webhooks.tell(session, told.changed(ticket, actor, verb, data))


async def announce(session: Session, ticket: Ticket, *, by: Actor | None = None) -> None:
    """Tell open pages that a ticket is not as they show it."""
    ticket.version += 1
    await session.notify("ticket", number=ticket.number, version=ticket.version, by=str(by.person_id) if by else None)


def allow(actor: Actor | None, permission: str) -> None:
    """Raise Forbidden where a person lacks a permission; the desk itself needs none."""
    if actor is not None:
        actor.require(permission)


def by_hand(ticket: Ticket, actor: Actor | None, field: str) -> None:
    """Note that a person has set a field, so that the desk leaves it alone."""
    if actor is not None and field not in ticket.by_hand:
        ticket.by_hand = [*ticket.by_hand, field]


async def assign(session: Session, actor: Actor | None, *, ticket: Ticket, to: UUID | None, **why: Any) -> None:
    """Give a ticket to somebody, or to nobody. Raises Invalid for people who are not at the desk."""
    allow(actor, "ticket.assign")
    if ticket.assignee_id == to:
        return
    name = None
    if to is not None:
        person = await people.find_person(session, to)
        if person is None or not person.active:
            raise Invalid(fields={"assignee": N_("Choose somebody who works at this desk.")})
        name = person.name
    ticket.assignee_id = to
    await record(session, ticket, actor, "assigned", to=str(to) if to else None, name=name, **why)
    if to is not None and (actor is None or actor.person_id != to):
        who = actor.name if actor else ""
        await notices.tell(session, [to], "assigned" if actor else "assigned_by_desk", ticket=ticket.number, who=who)


async def set_team(session: Session, actor: Actor | None, *, ticket: Ticket, to: UUID | None, **why: Any) -> None:
    """Put a ticket into a team's queue, or into none. Raises Invalid for a team that is not in use."""
    allow(actor, "ticket.assign")
    if ticket.team_id == to:
        return
    before = await teams.load(session, ticket.team_id) if ticket.team_id else None
    team = await teams.load(session, to) if to else None
    if to is not None and (team is None or not team.active):
        raise Invalid(fields={"team": N_("Choose a team of this desk.")})
    ticket.team_id = to
    await record(
        session, ticket, actor, "team", before=_named(before), after=_named(team),
        to=str(to) if to else None, **why,
    )  # fmt: skip


def _named(team: Team | None) -> list[str]:
    """A team as events keep it, to be named in the reader's language."""
    return [team.key, team.name] if team else []


async def set_status(session: Session, actor: Actor | None, *, ticket: Ticket, status: str, **why: Any) -> None:
    """Change a ticket's state. Raises Invalid for one that does not exist."""
    allow(actor, "ticket.change")
    if status not in STATUSES:
        raise Invalid(fields={"status": N_("This state does not exist.")})
    if status == ticket.status:
        return
    before = ticket.status
    apply_status(ticket, status, clock.now())
    await record(session, ticket, actor, "status", before=before, after=status, **why)


def apply_status(ticket: Ticket, status: str, now: datetime) -> None:
    """What a state means for the ticket's other fields."""
    ticket.status = status
    if status in ("solved", "closed"):
        ticket.solved_at = ticket.solved_at or now
        ticket.unread_since = ticket.waiting_since = ticket.snoozed_until = None
    else:
        ticket.solved_at = None


async def set_priority(session: Session, actor: Actor | None, *, ticket: Ticket, priority: int, **why: Any) -> None:
    """Change how urgent a ticket is (1 urgent … 4 low)."""
    allow(actor, "ticket.change")
    if priority not in PRIORITIES:
        raise Invalid(fields={"priority": N_("This priority does not exist.")})
    if priority == ticket.priority:
        return
    before, ticket.priority = ticket.priority, priority
    await record(session, ticket, actor, "priority", before=before, after=priority, **why)


async def set_severity(session: Session, actor: Actor | None, *, ticket: Ticket, severity: str, **why: Any) -> None:
    """Say how grave the matter is: red, yellow, blue, or nothing."""
    allow(actor, "ticket.change")
    if severity not in SEVERITIES:
        raise Invalid(fields={"severity": N_("This severity does not exist.")})
    by_hand(ticket, actor, "severity")
    if severity != ticket.severity:
        before, ticket.severity = ticket.severity, severity
        await record(session, ticket, actor, "severity", before=before, after=severity, **why)


async def set_kind(session: Session, actor: Actor | None, *, ticket: Ticket, kind: str, **why: Any) -> None:
    """Say what kind of matter it is."""
    allow(actor, "ticket.change")
    if kind not in KINDS:
        raise Invalid(fields={"kind": N_("This kind does not exist.")})
    by_hand(ticket, actor, "kind")
    if kind != ticket.kind:
        before, ticket.kind = ticket.kind, kind
        await record(session, ticket, actor, "kind", before=before, after=kind, **why)


async def set_tier(session: Session, actor: Actor | None, *, ticket: Ticket, tier: int, **why: Any) -> None:
    """Hand a ticket to another line of service (routing.escalation says when)."""
    allow(actor, "ticket.change")
    if tier not in TIERS:
        raise Invalid(fields={"tier": N_("This line does not exist.")})
    if tier != ticket.tier:
        before, ticket.tier = ticket.tier, tier
        await record(session, ticket, actor, "tier", before=before, after=tier, **why)


async def snooze(session: Session, actor: Actor | None, *, ticket: Ticket, until: datetime, **why: Any) -> None:
    """Set a ticket aside until a moment, or until the customer writes. Raises Invalid for one that has passed."""
    allow(actor, "ticket.change")
    now = clock.now()
    if until <= now or until > now + LONGEST_SNOOZE:
        raise Invalid(fields={"until": N_("Choose a time from now to a year ahead.")})
    if ticket.snoozed_until == until:
        return
    ticket.snoozed_until, ticket.unread_since = until, None
    await alarms.put(session, SNOOZE, {ticket.id: until})
    await record(session, ticket, actor, "snoozed", until=until.isoformat(), **why)


async def wake(session: Session, actor: Actor | None, *, ticket: Ticket, **why: Any) -> None:
    """Bring a snoozed ticket back, unread, so that it is seen."""
    allow(actor, "ticket.change")
    if ticket.snoozed_until is None:
        return
    ticket.snoozed_until, ticket.unread_since = None, clock.now()
    await alarms.drop(session, SNOOZE, [ticket.id])
    await record(session, ticket, actor, "woken", **why)


def clean_tags(tags: Sequence[str]) -> list[str]:
    """Tags as they are stored: trimmed, folded, each once, in order. Raises Invalid beside `tags`."""
    cleaned = list(dict.fromkeys(" ".join(tag.split()).lstrip("#").casefold() for tag in tags if tag.strip(" #")))
    if len(cleaned) > TAGS or any(len(tag) > TAG_LENGTH for tag in cleaned):
        raise Invalid(fields={"tags": N_("At most 20 tags of 40 characters each.")})
    return cleaned


async def set_tags(session: Session, actor: Actor | None, *, ticket: Ticket, tags: Sequence[str], **why: Any) -> None:
    """Replace a ticket's tags."""
    allow(actor, "ticket.change")
    cleaned = clean_tags(tags)
    if cleaned == ticket.tags:
        return
    added = [tag for tag in cleaned if tag not in ticket.tags]
    removed = [tag for tag in ticket.tags if tag not in cleaned]
    ticket.tags = cleaned
    await record(session, ticket, actor, "tags", added=added, removed=removed, **why)


async def set_orders(session: Session, actor: Actor, *, ticket: Ticket, orders: Sequence[str]) -> None:
    """Say which orders a ticket is about: the numbers found in mails, and what a person adds or takes away."""
    actor.require("ticket.change")
    cleaned = list(dict.fromkeys("".join(order.split()).lstrip("#") for order in orders if order.strip(" #")))
    if len(cleaned) > ORDERS or any(len(order) > ORDER_LENGTH for order in cleaned):
        raise Invalid(fields={"order": N_("At most 50 order numbers of 60 characters each.")})
    if cleaned == ticket.order_refs:
        return
    added = [order for order in cleaned if order not in ticket.order_refs]
    removed = [order for order in ticket.order_refs if order not in cleaned]
    ticket.order_refs = cleaned
    await record(session, ticket, actor, "orders", added=added, removed=removed)


async def set_subject(session: Session, actor: Actor, *, ticket: Ticket, subject: str) -> None:
    """Rename a ticket; mails keep their own subject."""
    actor.require("ticket.change")
    subject = " ".join(subject.split())
    if not subject or len(subject) > 300:
        raise Invalid(fields={"subject": N_("A subject is needed, of at most 300 characters.")})
    if subject != ticket.subject:
        before, ticket.subject = ticket.subject, subject
        await record(session, ticket, actor, "subject", before=before, after=subject)


async def mark_read(session: Session, actor: Actor, *, ticket: Ticket) -> None:
    """Opening counts as reading for whom it is assigned to, and for anybody who can answer while it is nobody's."""
    if await queries.see_mentions(session, ticket.id, actor.person_id, clock.now()):
        await session.notify("tickets")
    if ticket.unread_since is None or not actor.may("ticket.reply"):
        return
    if ticket.assignee_id in (None, actor.person_id):
        ticket.unread_since = None
        await announce(session, ticket, by=actor)


async def mark_unread(session: Session, actor: Actor, *, ticket: Ticket) -> None:
    """Put a ticket back among the unread ones."""
    actor.require("ticket.change")
    if ticket.unread_since is None:
        ticket.unread_since = clock.now()
        await announce(session, ticket, by=actor)


async def add_note(
    session: Session, actor: Actor | None, *, ticket: Ticket, html: str, text: str, mentions: Sequence[UUID] = (),
    attachments: Sequence[Attachment] = (), author: str = "", **why: Any,
) -> Message:  # fmt: skip
    """Write to colleagues; those mentioned find it among their mentions. `html` is sanitised by the caller.

    `author` names whoever wrote where that is nobody of the desk (a department's answer by mail).
    """
    allow(actor, "ticket.note")
    if not text.strip() and not attachments:
        raise Invalid(fields={"body": N_("Write something first.")})
    now = clock.now()
    known = {person.id: person.name for person in await people.list_people(session, active_only=True)}
    called = [person for person in dict.fromkeys(mentions) if person in known]
    message = Message(
        id=ids.new(), ticket_id=ticket.id, kind="note", person_id=actor.person_id if actor else None,
        from_name=author or (actor.name if actor else ""), text=text, html=html, at=now,
    )  # fmt: skip
    session.add(message)
    await session.flush()
    await _attach(session, message, attachments)
    await notices.tell(session, called, "mentioned", ticket=ticket.number, who=message.from_name)
    session.add_all(Mention(ticket_id=ticket.id, message_id=message.id, person_id=person, at=now) for person in called)
    index(session, message)
    ticket.last_activity_at = now
    ticket.message_count += 1
    await record(session, ticket, actor, "note", mentioned=[known[person] for person in called], **why)
    return message


async def _attach(session: Session, message: Message, attachments: Sequence[Attachment]) -> None:
    for attachment in attachments:
        attachment.message_id = message.id
    await session.flush()


async def add_outbound(
    session: Session, actor: Actor, *, ticket: Ticket, message: Message, attachments: Sequence[Attachment] = ()
) -> Message:
    """Put an answer into the thread (sending it is delivery's part). The customer no longer waits."""
    actor.require("ticket.reply")
    now = message.at
    session.add(message)
    await session.flush()
    await _attach(session, message, attachments)
    index(session, message)
    ticket.last_activity_at = now
    ticket.last_by, ticket.snippet = "agent", snippet(message.text)
    ticket.waiting_since = ticket.unread_since = None
    ticket.message_count += 1
    if ticket.status == "new":
        apply_status(ticket, "open", now)
    await record(session, ticket, actor, "reply", message=str(message.id))
    return message


async def add_automatic(session: Session, *, ticket: Ticket, message: Message, kinds: Sequence[str]) -> None:
    """Put an automatic answer into the thread. It answers nothing: the customer goes on waiting, clocks go on."""
    session.add(message)
    await session.flush()
    index(session, message)
    ticket.message_count += 1
    await record(session, ticket, None, "auto_reply", message=str(message.id), kinds=list(kinds))


async def take_back(session: Session, actor: Actor, *, ticket: Ticket, message: Message) -> None:
    """Remove an answer that has not left yet; the event of its writing stays, and one of its taking back joins it."""
    actor.require("ticket.reply")
    doc = await session.get(SearchDoc, (session.workspace_id, message.id))
    if doc is not None:
        await session.delete(doc)
    for attachment in await queries.list_attachments(session, [message.id]):
        attachment.message_id = None
        attachment.person_id, attachment.ticket_id = actor.person_id, ticket.id
    await session.flush()
    await session.delete(message)
    await session.flush()
    ticket.message_count -= 1
    last = await queries.last_spoken(session, ticket.id)
    if last is not None:
        ticket.last_by = "customer" if last.kind == "inbound" else "agent"
        ticket.snippet = snippet(last.text)
        if last.kind == "inbound" and not last.automatic:
            ticket.waiting_since = last.at
    await record(session, ticket, actor, "taken_back", message=str(message.id))


def index(session: Session, message: Message, *more: str) -> None:
    """Make a message findable by its words."""
    session.add(
        SearchDoc(
            message_id=message.id, ticket_id=message.ticket_id, at=message.at,
            tokens=doc_tokens(
                session.workspace_id, message.at, message.subject, message.text, message.from_name,
                message.from_address, *more,
            ),
        )
    )  # fmt: skip
