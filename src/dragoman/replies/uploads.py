"""Files that agents add to what they write."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Invalid
from dragoman.platform import files, kinds
from dragoman.platform.db import Session
from dragoman.tickets import queries
from dragoman.tickets.access import get_attachment
from dragoman.tickets.models import Attachment, Ticket

AT_MOST = 20


async def add(
    session: Session,
    actor: Actor,
    *,
    ticket: Ticket,
    name: str,
    media_type: str,
    content: bytes,
    largest: int,
) -> Attachment:
    """Keep a file until the reply or note is sent. Raises Invalid for kinds that may not be sent, and by size.

    What kinds may be sent is a list, deny by default: `platform/kinds.py`.
    """
    if not actor.may("ticket.reply"):
        actor.require("ticket.note")
    safe = files.safe_name(name)
    kinds.check(safe, content)
    if not content:
        raise Invalid(fields={"attachment": N_("This file is empty.")})
    if len(content) > largest:
        raise Invalid(fields={"attachment": N_("This file is too large for a mail.")})
    waiting = await queries.list_pending_attachments(session, ticket.id, actor.person_id)
    if len(waiting) >= AT_MOST or sum(one.size for one in waiting) + len(content) > largest:
        raise Invalid(fields={"attachment": N_("Together these files are too many or too large for one mail.")})
    (file_id,) = await files.store(session, [content])
    attachment = Attachment(
        id=ids.new(), file_id=file_id, person_id=actor.person_id, ticket_id=ticket.id, name=safe, type=media_type[:200],
        size=len(content), created_at=clock.now(),
    )  # fmt: skip
    session.add(attachment)
    await session.flush()
    return attachment


async def remove(session: Session, actor: Actor, attachment_id: UUID) -> None:
    """Take a file back out of what is not sent yet."""
    attachment = await get_attachment(session, actor, attachment_id)
    if attachment.message_id is not None:
        raise Invalid(N_("This file is already part of a message."))
    await session.delete(attachment)
