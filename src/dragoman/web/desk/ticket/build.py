"""From what the rooms know of a ticket to what its page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import nh3
from babel.dates import get_timezone_location
from markupsafe import Markup

from dragoman.accounts.access import Actor
from dragoman.accounts.permissions import role_label
from dragoman.accounts.queries import PersonRow
from dragoman.accounts.teams.models import Team
from dragoman.channels.email.compose import html_to_text
from dragoman.channels.email.html import has_remote
from dragoman.customers import models as customers
from dragoman.customers import privacy
from dragoman.delivery.models import BOUNCED, FAILED, QUEUED, UNCERTAIN, Outbox
from dragoman.flow.tongues import Tongues
from dragoman.kit import clock
from dragoman.platform import files, i18n
from dragoman.platform.i18n import gettext as _
from dragoman.replies.models import Draft, PlannedReply
from dragoman.sla import autoreply
from dragoman.tickets import models as tickets
from dragoman.tickets.models import PRIORITIES
from dragoman.web.desk.promises.view import OnTicket as Promises
from dragoman.web.desk.tasks.view import OnTicket as Tasks
from dragoman.web.desk.ticket import extras, tongues, understood, view
from dragoman.web.desk.ticket.events import told
from dragoman.web.forms import Choice
from dragoman.web.words import KIND, PRIORITY, STATUS

SHORT, LONG = 900, 6_000
OWN_TAGS = {"a", "b", "blockquote", "br", "div", "em", "i", "li", "ol", "p", "strong", "u", "ul"}


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that was looked up for one ticket page."""

    actor: Actor
    ticket: tickets.Ticket
    messages: Sequence[tickets.Message]
    attachments: Sequence[tickets.Attachment]
    pending: Sequence[tickets.Attachment]
    events: Sequence[tickets.Event]
    people: Sequence[PersonRow]
    deliveries: Mapping[UUID, Outbox]
    customer: customers.Customer
    identities: Sequence[customers.Identity]
    settings: Mapping[str, Any]
    """The workspace's."""
    history: Sequence[Any]
    drafts: Mapping[str, Draft]
    shop: str
    mailbox: str
    linked: tickets.Ticket | None
    undo: timedelta
    max_octets: int
    earlier: str = ""
    ticket_href: str = ""
    refill: bool = False
    error: str = ""
    teams: Sequence[Team] = ()
    planned: Sequence[PlannedReply] = ()
    merged: tickets.Ticket | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    clash: Sequence[view.Clash] = ()
    promises: Promises | None = None
    tasks: Tasks | None = None
    tongues: Tongues = field(default_factory=lambda: Tongues(False, {}))


def own_html(html: str) -> Markup:
    """An answer's or a note's HTML for standing within the page: the few elements that the composer makes."""
    clean = nh3.clean(html, tags=OWN_TAGS, attributes={"a": {"href"}}, url_schemes={"http", "https", "mailto", "tel"},
                      link_rel="noopener noreferrer nofollow")  # fmt: skip
    return Markup(clean)  # noqa: S704 - cleaned in the line above


def build_ticket(facts: Facts) -> view.TicketView:
    """The whole ticket."""
    ticket, actor = facts.ticket, facts.actor
    names = {person.id: person.name for person in facts.people}
    changes, assigns = actor.may("ticket.change"), actor.may("ticket.assign")
    return view.TicketView(
        number=ticket.number,
        id=str(ticket.id),
        href=f"/tickets/{ticket.number}",
        at=facts.ticket_href,
        version=ticket.version,
        subject=ticket.subject,
        status=ticket.status,
        priority=PRIORITIES[ticket.priority],
        shop=facts.shop,
        channel=facts.mailbox or ticket.channel,
        customer=build_customer(facts),
        composer=build_composer(facts),
        timeline=build_timeline(facts, names),
        lang=facts.customer.language,
        assignee=names.get(ticket.assignee_id, "") if ticket.assignee_id else "",
        tags=tuple(ticket.tags),
        waiting_since=ticket.waiting_since if ticket.active_now else None,
        earlier=facts.earlier,
        linked=_link(facts.linked),
        assignee_choices=_assignees(facts) if assigns else (),
        status_choices=_choices(STATUS, ticket.status) if changes else (),
        priority_choices=_choices(PRIORITY, PRIORITIES[ticket.priority]) if changes else (),
        severity=ticket.severity, kind=ticket.kind, tier=ticket.tier, team=extras.team_of(facts),
        due_at=ticket.due_at if ticket.active_now else None, due_what=extras.metric(ticket.due_metric),
        snoozed_until=ticket.snoozed_until,
        severity_choices=extras.severities(ticket) if changes else (),
        kind_choices=_choices(KIND, ticket.kind) if changes else (),
        team_choices=extras.teams(facts) if assigns else (),
        snooze_choices=extras.snoozes() if changes else (),
        planned=extras.planned(facts, names),
        merged=_link(facts.merged),
        participants=extras.participants(facts), orders=tuple(ticket.order_refs),
        promises=facts.promises, tasks=facts.tasks, untranslated=bool(facts.tongues.wanted),
        **extras.why(facts), **understood.of_ticket(ticket, facts.messages, changes=changes),
    )  # fmt: skip


def _link(ticket: tickets.Ticket | None) -> view.Link | None:
    return view.Link(f"#{ticket.number} {ticket.subject}", f"/tickets/{ticket.number}") if ticket else None


def _choices(known: Mapping[str, Any], current: str) -> tuple[Choice, ...]:
    return tuple(Choice(key, _(word.label), key == current) for key, word in known.items())


def _assignees(facts: Facts) -> tuple[Choice, ...]:
    """The reader first, then nobody, then colleagues by name."""
    at_work = [person for person in facts.people if person.active]
    ordered = sorted(at_work, key=lambda person: person.id != facts.actor.person_id)
    chosen = facts.ticket.assignee_id
    people = [
        Choice(str(person.id), person.name, person.id == chosen, role_label(person.role, person.role_name))
        for person in ordered
    ]
    return (*people[:1], Choice("", _("Nobody"), chosen is None), *people[1:])


def build_timeline(facts: Facts, names: Mapping[UUID, str]) -> tuple[view.Message | view.Event, ...]:
    """Messages and events in time's order; events older than the first message shown are left out with it."""
    by_message: dict[UUID | None, list[tickets.Attachment]] = {}
    for attachment in facts.attachments:
        by_message.setdefault(attachment.message_id, []).append(attachment)
    items: list[view.Message | view.Event] = [
        build_message(message, by_message.get(message.id, ()), facts, names) for message in facts.messages
    ]
    start = facts.messages[0].at if facts.earlier and facts.messages else None
    for event in facts.events:
        line = told(event.verb, event.data, names.get(event.person_id, "") if event.person_id else "")
        if line and (start is None or event.at >= start):
            items.append(view.Event(str(event.id), line.text, event.at, line.icon))
    return tuple(sorted(items, key=lambda item: item.at))


def build_message(
    message: tickets.Message, attached: Iterable[tickets.Attachment], facts: Facts, names: Mapping[UUID, str]
) -> view.Message:
    """One message as the timeline shows it."""
    kind = {"inbound": "in", "outbound": "out"}.get(message.kind, "note")
    people = message.recipients or {}
    author = names.get(message.person_id, "") if message.person_id else ""
    shown = [one for one in attached if not one.inline or kind != "in"]
    return view.Message(
        id=str(message.id),
        kind=kind,
        author=author or message.from_name or message.from_address or _("Unknown sender"),
        at=message.at,
        sections=sections(message) if kind == "in" or not message.html else (),
        address=privacy.email(message.from_address, _level(facts)) if kind == "in" else "",
        to=addresses(people.get("to", ())),
        cc=addresses(people.get("cc", ())),
        lang=(message.language or facts.customer.language) if kind == "in" else "",
        subject=message.subject if kind == "in" and differs(message.subject, facts.ticket.subject) else "",
        html=own_html(message.html) if kind != "in" and message.html else "",
        files=tuple(build_file(one) for one in shown),
        frame=build_frame(message) if kind == "in" and message.html else None,
        delivery=build_delivery(message, facts) if kind == "out" else None,
        machine=message.automatic,
        said=understood.of_message(message),
        beside=tongues.beside(message, facts.tongues, facts.actor, author or message.from_name),
    )


def sections(message: tickets.Message) -> tuple[view.Section, ...]:
    """A message's text in its parts; blank ones are left out."""
    parts = message.sections or [["own", message.text]]
    return tuple(view.Section(kind, text.strip("\n")) for kind, text in parts if text.strip())


def addresses(pairs: Iterable[Any]) -> str:
    """Names and addresses of a header, as one line."""
    return ", ".join(f"{name} <{address}>" if name else str(address) for name, address in pairs)


def differs(one: str, other: str) -> bool:
    """Whether a mail's subject says something that the ticket's does not (answer marks aside)."""
    return bool(one) and one.casefold().rpartition(": ")[2].strip() != other.casefold().rpartition(": ")[2].strip()


def build_file(attachment: tickets.Attachment) -> view.File:
    """An attachment; pictures of harmless types show themselves."""
    href = f"/attachments/{attachment.id}"
    small = attachment.type in files.INLINE_IMAGES and attachment.size < 8_000_000
    return view.File(attachment.name, attachment.type, attachment.size, href, f"{href}/inline" if small else "",
                     id=str(attachment.id))  # fmt: skip


def build_frame(message: tickets.Message) -> view.Frame:
    """The mail's own layout; a mail that says nothing in plain words opens it at once."""
    html, length = message.html or "", len(message.text)
    span = "s" if length < SHORT and len(html) < 8 * SHORT else "l" if length > LONG else "m"
    href = f"/messages/{message.id}/frame"
    return view.Frame(href, span, f"{href}?images=1" if has_remote(html) else "", open=not message.text.strip())


def build_delivery(message: tickets.Message, facts: Facts) -> view.Delivery | None:
    """How an answer of ours stands; None for one that was sent outside the desk."""
    row = facts.deliveries.get(message.id)
    if row is None:
        return None
    base = f"/messages/{message.id}"
    may = facts.actor.may("ticket.reply")
    waits = row.state == QUEUED and not row.attempts and row.next_attempt_at > clock.now()
    mine = waits and message.person_id == facts.actor.person_id
    again = row.state in (FAILED, UNCERTAIN, BOUNCED) or (row.state == QUEUED and row.attempts > 0)
    return view.Delivery(
        state=row.state,
        at=row.settled_at or row.created_at,
        reason=i18n.gettext(row.reason) if row.reason else "",
        until=row.next_attempt_at if waits else None,
        next_at=row.next_attempt_at if row.state == QUEUED and row.attempts else None,
        undo=f"{base}/undo" if mine and may else "",
        retry=f"{base}/again" if again and may else "",
        settle=f"{base}/arrived" if row.state == UNCERTAIN and may else "",
    )


def zone_of(name: str) -> ZoneInfo | None:
    """A time zone by name, None for one that is unknown or not given."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError):
        return None


def _level(facts: Facts) -> str:
    """How much of the customer's addresses is shown."""
    return privacy.level_for(facts.customer.market, facts.settings)


def build_customer(facts: Facts) -> view.Customer:
    """The customer beside the thread."""
    person, ticket = facts.customer, facts.ticket
    zone = zone_of(autoreply.zone_of(person.timezone, person.market or ticket.market, clock.now()))
    orders = dict.fromkeys([*ticket.order_refs, *(ref for row in facts.history for ref in row.order_refs)])
    level = _level(facts)
    mails = [privacy.email(one.value, level) for one in facts.identities if one.kind == "email"]
    phones = [privacy.phone(one.value, level) for one in facts.identities if one.kind == "phone"]
    return view.Customer(
        id=str(person.id),
        name=person.name or (mails[0] if mails else _("Unknown customer")),
        address=", ".join(mails),
        lang=person.language,
        market=person.market or ticket.market,
        zone=zone,
        place=get_timezone_location(zone, locale=i18n.current(), return_city=True) if zone else "",
        phone=", ".join(phones),
        since=person.created_at,
        tickets=tuple(
            view.Link(row.subject or f"#{row.number}", f"/tickets/{row.number}", row.last_activity_at, row.status)
            for row in facts.history
        ),
        orders=tuple(view.Link(ref, f"/search?q={ref}") for ref in list(orders)[:8]),
        note=person.notes,
        note_href=f"/customers/{person.id}/note" if facts.actor.may("customer.change") else "",
        more_href=f"/customers/{person.id}",
        masked=level != "open",
    )


def build_composer(facts: Facts) -> view.Composer | None:
    """The composer, for whoever may answer or write notes."""
    actor, ticket = facts.actor, facts.ticket
    answers, notes = actor.may("ticket.reply"), actor.may("ticket.note")
    if not answers and not notes:
        return None
    kind = "note" if not answers or ("note" in facts.drafts and "reply" not in facts.drafts) else "reply"
    draft = facts.drafts.get(kind)
    base = f"/tickets/{ticket.number}"
    people = tuple(
        Choice(str(person.id), person.name, hint=role_label(person.role, person.role_name))
        for person in facts.people
        if person.active and person.id != actor.person_id
    )
    return view.Composer(
        action=f"{base}/messages",
        draft_href=f"{base}/draft",
        upload_href=f"{base}/attachments",
        to=_recipient(facts),
        kind=kind,
        text=html_to_text(draft.html) if draft else "",
        reply=facts.drafts["reply"].html if "reply" in facts.drafts else "",
        note=facts.drafts["note"].html if "note" in facts.drafts else "",
        saved_at=draft.updated_at if draft else None,
        people=people,
        files=tuple(build_file(one) for one in facts.pending),
        error=facts.error,
        blocked="" if answers else _("Your role writes notes only."),
        max_octets=facts.max_octets,
        refill=facts.refill and draft is not None,
        seen=str(facts.messages[-1].id) if facts.messages else "",
        macros_href=f"{base}/macros",
        variables=extras.variables(facts),
        language=facts.customer.language or ticket.language,
        clash=tuple(facts.clash),
        bilingual=_bilingual(facts) if answers else None,
    )


def _bilingual(facts: Facts) -> tongues.Bilingual | None:
    draft = html_to_text(facts.drafts["reply"].html) if "reply" in facts.drafts else ""
    return tongues.bilingual(facts.ticket, facts.customer.language, facts.tongues.ready, facts.actor, draft)


def _recipient(facts: Facts) -> str:
    """Whom an answer goes to: the writer of the customer's last mail."""
    for message in reversed(facts.messages):
        if message.kind == "inbound" and not message.automatic:
            address = privacy.email(message.reply_to or message.from_address, _level(facts))
            return f"{message.from_name} <{address}>" if message.from_name else address
    mails = (privacy.email(one.value, _level(facts)) for one in facts.identities if one.kind == "email")
    return next(mails, facts.customer.name)
