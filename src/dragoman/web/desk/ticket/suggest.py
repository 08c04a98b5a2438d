"""The desk's own lines for a ticket, in the reader's language: one by one, and as a draft of a whole answer."""

from __future__ import annotations

from dragoman.markets import manners
from dragoman.replies import library
from dragoman.replies.service import body_from
from dragoman.tickets.models import Ticket
from dragoman.web.desk.ticket.tongues import own_tongue


def fitting(ticket: Ticket) -> list[str]:
    """All lines, those meant for what this customer wants first."""
    said = library.texts(own_tongue())
    order = sorted(library.lines(), key=lambda line: ticket.intent not in line.intents)
    return [said[line.key] for line in order if line.key in said]


def draft_of(ticket: Ticket, name: str) -> str:
    """A draft as HTML: greeting, what is to be said by intent and mood, closing. What somebody has to fill in stands
    in brackets."""
    here = own_tongue()
    lines = library.draft(ticket.intent, ticket.emotion, here, has_order=bool(ticket.order_refs))
    person = manners.address(None, here, manners.Person(name=name), formal=True)
    middle = " ".join(lines) if here.isascii() and not here.startswith("zh") else "".join(lines)
    return body_from("", "\n\n".join(part for part in (person.greeting, middle, person.closing) if part)).html
