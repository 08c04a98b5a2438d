"""What an agent is writing: drafts that survive, and a draft's way to being a message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from dragoman.accounts.access import Actor
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email import tokens
from dragoman.channels.email.compose import html_to_text, sanitise_outgoing
from dragoman.channels.email.models import Mailbox
from dragoman.channels.email.subjects import reply_subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid
from dragoman.kit.text import storable
from dragoman.platform.db import Session
from dragoman.platform.secrets import Keys
from dragoman.replies import queries
from dragoman.replies.macros.variables import VARIABLES, names_in
from dragoman.replies.models import Draft
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Message, Ticket

LONGEST = 200_000


async def save_draft(session: Session, actor: Actor, *, ticket: Ticket, kind: str, html: str) -> None:
    """Keep what is being written; empty words drop the draft."""
    actor.require("ticket.note" if kind == "note" else "ticket.reply")
    if len(html) > LONGEST:
        raise Invalid(fields={"body": N_("This text is too long.")})
    html = sanitise_outgoing(storable(html))
    if not html_to_text(html).strip():
        await queries.drop(session, ticket.id, actor.person_id, kind)
        return
    now = clock.now()
    statement = insert(Draft).values(
        id=ids.new(), ticket_id=ticket.id, person_id=actor.person_id, kind=kind, html=html, updated_at=now
    )
    await session.execute(
        statement.on_conflict_do_update(
            index_elements=["workspace_id", "ticket_id", "person_id", "kind"], set_={"html": html, "updated_at": now}
        )
    )


@dataclass(frozen=True, slots=True)
class Body:
    """A text for a message: clean HTML, and the same as plain text."""

    html: str
    text: str


def body_from(html: str, plain: str = "") -> Body:
    """A body out of the editor's HTML, or out of plain text where there was no editor. Raises Invalid."""
    if len(html) > LONGEST or len(plain) > LONGEST:
        raise Invalid(fields={"body": N_("This text is too long.")})
    if html.strip():
        clean = sanitise_outgoing(storable(html))
        return Body(clean, html_to_text(clean))
    plain = storable(plain).replace("\r\n", "\n")
    paragraphs = (part.strip("\n") for part in plain.split("\n\n"))
    escaped = "".join(f"<p>{_escape(part)}</p>" for part in paragraphs if part.strip())
    return Body(escaped, plain.strip())


def check_filled(body: Body) -> None:
    """Raise Invalid while a variable still stands in its braces: no customer should read "Dear {{customer.name}}"."""
    left = [name for name in names_in(body.text) if name in VARIABLES]
    if left:
        raise Invalid(fields={"body": N_("A variable in braces is not filled yet. Write what it stands for.")})


def _escape(text: str) -> str:
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\n", "<br>")


async def mailbox_of(session: Session, ticket: Ticket) -> Mailbox:
    """The mailbox that answers in a ticket: its own, else the first active one of its shop, else the first active.

    Raises Invalid when there is none.
    """
    boxes = [box for box in await mailboxes.list_mailboxes(session) if box.active]
    boxes.sort(key=lambda box: (box.id != ticket.mailbox_id, box.shop_id != ticket.shop_id, box.created_at))
    if not boxes:
        raise Invalid(N_("There is no mailbox to send from. Add one in the settings."))
    return boxes[0]


async def prepare_reply(
    session: Session, keys: Keys, actor: Actor | None, *, ticket: Ticket, body: Body, cc: Sequence[str], at: datetime
) -> tuple[Message, Mailbox]:
    """A message that answers the customer's last one, from the ticket's mailbox, with our signed Message-ID. Without an
    actor it is the desk's own, marked as automatic."""
    if actor is not None:
        actor.require("ticket.reply")
    box = await mailbox_of(session, ticket)
    asked = await tickets.last_inbound(session, ticket.id)
    to: dict[str, Any] = await _recipient(session, ticket, asked)
    message_id = ids.new()
    domain = box.address.rpartition("@")[2]
    thread = await tickets.thread_message_ids(session, ticket.id)
    if asked and asked.rfc_message_id:  # the answered mail stands last, as RFC 5322 §3.6.4 has it
        thread = [one for one in thread if one != asked.rfc_message_id] + [asked.rfc_message_id]
    message = Message(
        id=message_id, ticket_id=ticket.id, kind="outbound", person_id=actor.person_id if actor else None,
        automatic=actor is None,
        from_name=" ".join((box.from_name or (actor.name if actor else "")).split()), from_address=box.address,
        recipients={**to, "cc": [["", one] for one in cc]},
        subject=reply_subject((asked.subject if asked else "") or ticket.subject), text=body.text, html=body.html,
        rfc_message_id=tokens.new_message_id(
            keys.derive("mail-token"), ticket=ticket.id, message=message_id, domain=domain
        ),
        references=thread, in_reply_to=thread[-1] if thread else None, at=at,
    )  # fmt: skip
    return message, box


async def _recipient(session: Session, ticket: Ticket, asked: Message | None) -> dict[str, Any]:
    if asked is not None and (asked.reply_to or asked.from_address):
        return {"to": [[asked.from_name, asked.reply_to or asked.from_address]]}
    address = await queries.customer_address(session, ticket.customer_id)
    if address is None:
        raise Invalid(N_("No address is known for this customer."))
    return {"to": [["", address]]}
