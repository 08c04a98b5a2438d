"""A promise gets another time, and the word to the customer about it goes into whoever's draft."""

from __future__ import annotations

from datetime import datetime
from html import escape
from uuid import UUID

from dragoman.accounts.access import Actor
from dragoman.platform.db import Session
from dragoman.replies import queries as drafts
from dragoman.replies import service as replies
from dragoman.tickets import queries as tickets
from dragoman.tickets.models import Ticket
from dragoman.tickets.promises import service
from dragoman.tickets.promises.models import Promise


async def renew(
    session: Session, actor: Actor, promise_id: UUID, *, due_at: datetime, word: str = ""
) -> tuple[Promise, Ticket]:
    """Renew a promise (see promises.service.renew); its word stands at the end of the actor's draft, to be sent."""
    made = await service.renew(session, actor, promise_id, due_at=due_at, word=word)
    ticket = await tickets.load_ticket(session, made.ticket_id)
    if ticket is None:
        raise LookupError(made.ticket_id)
    if word.strip():
        draft = (await drafts.find(session, ticket.id, actor.person_id)).get("reply")
        said = "".join(f"<p>{escape(line, quote=False)}</p>" for line in word.splitlines() if line.strip())
        html = (draft.html if draft else "") + said
        await replies.save_draft(session, actor, ticket=ticket, kind="reply", html=html)
    return made, ticket
