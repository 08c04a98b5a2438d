"""A bounce belongs to the message it gives back: that one is marked, and the agent is told."""

from __future__ import annotations

from dragoman.channels.email import tokens
from dragoman.channels.email.mail import Bounce
from dragoman.delivery import service as delivery
from dragoman.platform.db import Session
from dragoman.platform.secrets import Keys
from dragoman.tickets import queries
from dragoman.tickets.service import record


async def note(session: Session, keys: Keys, bounce: Bounce) -> None:
    """Mark the message that a bounce gives back. Only a Message-ID with our signature is believed."""
    found = tokens.read_message_id(keys.derive_all("mail-token"), bounce.original_message_id or "")
    if found is None or not bounce.permanent:
        return
    ticket_id, message_id = found
    message = await queries.load_message(session, message_id)
    ticket = await queries.load_ticket(session, ticket_id, lock=True)
    if message is None or ticket is None or message.ticket_id != ticket_id:
        return
    if await delivery.mark_bounced(session, message_id, f"{bounce.status} {bounce.diagnostic}".strip()):
        await record(session, ticket, None, "bounced", message=str(message_id), recipient=bounce.recipient)
