"""Search: tickets whose messages hold some words, newest first, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, text

from dragoman.accounts.access import Actor
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid
from dragoman.kit.paging import Page, decode, encode
from dragoman.kit.text import fold
from dragoman.kit.text import query as search_query
from dragoman.platform.db import Session
from dragoman.tickets.lists import PAGE_SIZE, TicketRow, columns, joined, list_by_numbers
from dragoman.tickets.models import Message, Ticket

SEARCH_DOCS = 200
SHOWN_OF_A_TICKET = 3
RECENT_DOCS = 3_000

_EXACT = text("SELECT message_id, ticket_id, at FROM search_messages(cast(:words AS tsquery), :before, :n)")
_BEGUN = text(
    "SELECT message_id, ticket_id, at FROM "
    "(SELECT * FROM search_docs WHERE at < :before ORDER BY at DESC LIMIT :recent) AS late "
    "WHERE tokens @@ cast(:words AS tsquery) LIMIT :n"
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that search found, with the words of the message that matched."""

    ticket: TicketRow
    text: str
    at: datetime


async def search(
    session: Session, actor: Actor, words: str, *, cursor: str | None = None, size: int = PAGE_SIZE
) -> Page[Hit]:
    """Tickets whose messages hold all of the words, newest first; a ticket's number finds it at once.

    Raises Invalid for a damaged cursor, Forbidden.
    """
    actor.require("ticket.read")
    before = clock.now()
    if cursor:
        (last,) = decode(cursor) if len(decode(cursor)) == 1 else (None,)
        if not isinstance(last, datetime):
            raise Invalid(N_("This page link is damaged. Start again from the first page."))
        before = last
    found = await _found(session, words, before)
    first: dict[UUID, list[Any]] = {}
    for row in found:
        if row.ticket_id not in first and len(first) == size:
            break
        first.setdefault(row.ticket_id, []).append(row)
    hits = await _hits(session, first, words)
    more = len(found) == SEARCH_DOCS or len(first) == size
    end = min((rows[0].at for rows in first.values()), default=None)
    number = words.strip().lstrip("#")
    if not cursor and number.isdecimal() and len(number) < 10:
        exact = await list_by_numbers(session, actor, [int(number)])
        hits = [Hit(row, row.snippet, row.last_activity_at) for row in exact] + [
            hit for hit in hits if hit.ticket.number != int(number)
        ]
    return Page(tuple(hits), encode(end) if more and end else None)


async def _found(session: Session, words: str, before: datetime) -> list[Any]:
    """Messages that hold the words; where these are few, also those of late that hold words beginning so.

    An index can't find beginnings without reading every word that begins so, so these are looked for among the
    newest messages only: a bounded cost, and what somebody who is still typing mostly means.
    """
    exact, begun = search_query(words), search_query(words, beginnings=True)
    if exact is None:
        return []
    values = {"words": exact, "before": before, "n": SEARCH_DOCS}
    found = list(await session.execute(_EXACT, values))
    if len(found) < PAGE_SIZE and begun != exact:
        have = {row.message_id for row in found}
        recent = await session.execute(_BEGUN, values | {"words": begun, "recent": RECENT_DOCS})
        found += [row for row in recent if row.message_id not in have]
        found.sort(key=lambda row: row.at, reverse=True)
    return found


async def _hits(session: Session, found: dict[UUID, list[Any]], words: str) -> list[Hit]:
    """A hit a ticket, in the order found. A message is found by its ticket's subject too, so of the newest few of a
    ticket the first whose own text holds one of the words is shown."""
    if not found:
        return []
    statement = (
        joined(select(*columns, Message.text, Message.at))
        .join(Message, (Message.workspace_id == Ticket.workspace_id) & (Message.ticket_id == Ticket.id))
        .where(Message.id.in_([row.message_id for rows in found.values() for row in rows[:SHOWN_OF_A_TICKET]]))
        .order_by(Message.at.desc())
    )
    wanted = [fold(word) for word in words.split()]
    best: dict[UUID, tuple[bool, Hit]] = {}
    for row in await session.execute(statement):
        hit = Hit(TicketRow(*row[:-2]), row[-2], row[-1])
        said, other = best.get(hit.ticket.id, (False, None))
        if said:
            continue
        own = fold(hit.text[:20_000])
        holds = any(word in own for word in wanted)
        if holds or other is None:
            best[hit.ticket.id] = (holds, hit)
    return [best[ticket][1] for ticket in found if ticket in best]
