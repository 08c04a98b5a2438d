"""The doors to tickets: nobody gets one except through here, with the actor."""

from __future__ import annotations

from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.kit.errors import N_, NotFound
from dragoman.platform.db import Session
from dragoman.tickets import queries
from dragoman.tickets.models import Attachment, Message, Ticket


async def get_ticket(session: Session, actor: Actor, number: int, *, lock: bool = False) -> Ticket:
    """A ticket by its number; `lock` keeps others from changing it until the transaction ends.

    Raises NotFound, Forbidden.
    """
    actor.require("ticket.read")
    ticket = await queries.find_by_number(session, number, lock=lock)
    if ticket is None:
        raise NotFound(N_("There is no ticket with this number."))
    return ticket


async def get_message(session: Session, actor: Actor, message_id: UUID) -> Message:
    """A message of a ticket the actor may read. Raises NotFound, Forbidden."""
    actor.require("ticket.read")
    message = await queries.load_message(session, message_id)
    if message is None:
        raise NotFound(N_("There is no such message."))
    return message


async def get_attachment(session: Session, actor: Actor, attachment_id: UUID) -> Attachment:
    """An attachment of a message, or one's own that is not sent yet. Raises NotFound, Forbidden."""
    actor.require("ticket.read")
    attachment = await queries.load_attachment(session, attachment_id)
    if attachment is None or (attachment.message_id is None and attachment.person_id != actor.person_id):
        raise NotFound(N_("There is no such attachment."))
    return attachment
