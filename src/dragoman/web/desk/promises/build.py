"""Promises as pages show them."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.accounts import queries as people
from dragoman.accounts.queries import PersonRow
from dragoman.accounts.teams.names import team_label
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets.models import Ticket
from dragoman.tickets.promises import detect, queries
from dragoman.tickets.promises.queries import Tally
from dragoman.web import respond
from dragoman.web.deps import Reader
from dragoman.web.desk.inbox.view import Option
from dragoman.web.desk.promises.view import Offer, Offers, OnTicket, PromiseRow, Rate
from dragoman.web.forms import Choice, Form
from dragoman.web.words import PROMISE


def row(found: queries.PromiseRow, *, may: bool, answered: bool = False) -> PromiseRow:
    """One promise of a list."""
    promise = found.promise
    late = promise.state == "open" and promise.due_at <= clock.now()
    base, is_open = f"/promises/{promise.id}", promise.state == "open"
    return PromiseRow(
        text=promise.text, number=found.number, subject=found.subject, owner=found.owner, due_at=promise.due_at,
        state=PROMISE["late" if late else promise.state], open=is_open, late=late, href=base,
        keep=f"{base}/keep" if may and is_open else "",
        reopen=f"{base}/reopen" if may and promise.state in ("kept", "broken") else "",
        answered=answered and is_open, word=promise.word, goodwill=promise.goodwill,
    )  # fmt: skip


async def on_ticket(
    session: Session, reader: Reader, ticket: Ticket, everybody: Sequence[PersonRow] | None = None
) -> OnTicket:
    """The promises of a ticket, for its page (desk/promises/on_ticket.html)."""
    may = reader.actor.may("ticket.reply")
    found = await queries.list_on_ticket(session, ticket.id)
    last = await queries.answered_since(session, ticket.id) if found else None
    rows = tuple(
        row(one, may=may, answered=last is not None and last > one.promise.made_at and not _is_own(one, last))
        for one in found
    )
    if everybody is None:
        everybody = await people.list_people(session, active_only=True)
    me = reader.actor.person_id
    owners = tuple(Choice(str(one.id), one.name, one.id == me) for one in everybody if one.active)
    add = f"/tickets/{ticket.number}/promises" if may else ""
    return OnTicket(rows, add, owners, Form({"owner": str(me)}))


def _is_own(found: queries.PromiseRow, last: object) -> bool:
    """Whether the last answer is the one that made the promise (they carry one moment, or the promise is younger)."""
    return found.promise.made_at == last


def offers(reader: Reader, ticket: Ticket, text: str, *, message: str = "") -> Offers:
    """What an answer that is being written promises (desk/promises/offer.html); nothing is kept yet."""
    found = detect.find(text, now=clock.now(), zone=reader.zone)
    action = f"/tickets/{ticket.number}/promises"
    return Offers(
        tuple(Offer(one.text, one.phrase, one.due.at if one.due else None, action, message) for one in found[:3])
    )


def tabs(current: str) -> tuple[Option, ...]:
    """The lists of promises, and their report."""
    words = {"mine": _("Mine"), "team": _("My teams’"), "overdue": _("Overdue"), "next": _("Due next")}
    lists = [Option(label, respond.query("/promises", {"of": key}), key == current) for key, label in words.items()]
    return (*lists, Option(_("Kept rate"), "/promises/report", current == "report"))


def rate(tally: Tally, *, team: bool) -> Rate:
    """A tally in words and whole percent."""
    name = (team_label(tally.key, tally.name) if tally.id else _("No queue")) if team else tally.name
    percent = None if tally.rate is None else round(tally.rate * 100)
    return Rate(name, percent, tally.kept, tally.late, tally.missed, tally.renewed)
