"""Handing a ticket to the next line, taking it over, giving it back, and calling the customer back."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.accounts.teams.names import team_label
from dragoman.kit.errors import Conflict, DeskError, Invalid
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.routing import escalation, queries
from dragoman.routing.escalation import LINES, REASONS
from dragoman.routing.models import Escalation
from dragoman.tickets import access
from dragoman.tickets.models import Ticket
from dragoman.web import respond
from dragoman.web.deps import Flash, Number, Posted, Reader, SignedIn, field, said, said_fields
from dragoman.web.desk.escalation.view import EscalationPage, Past
from dragoman.web.forms import Choice, Form

router = APIRouter(prefix="/tickets/{number}")


async def _show(
    reader: Reader, number: int, form: Form | None = None, *, word: Form | None = None, status: int = 200
) -> Response:
    reader.actor.require("ticket.change")
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        view = await _view(session, ticket, form or Form(), word or Form())
        around = await respond.shell(reader, session, "inbox")
    return respond.page(reader.request, "desk/escalation/escalation.html", view, around, status=status)


async def _view(session: Session, ticket: Ticket, form: Form, word: Form) -> EscalationPage:
    past = await queries.list_escalations(session, ticket.id)
    names = {one.id: one.name for one in await people.list_people(session)}
    receivers = await escalation.receivers(session, ticket) if ticket.active_now else []
    present = next((one for one in past if one.ended_at is None), None)
    teams = tuple(
        Choice(
            str(one.team.id), team_label(one.team.key, one.team.name),
            hint="" if one.members else _("nobody works in it"),
        )
        for one in receivers
    )  # fmt: skip
    return EscalationPage(
        number=ticket.number, subject=ticket.subject, href=f"/tickets/{ticket.number}", line=_(LINES[ticket.tier]),
        form=form, teams=teams, reasons=tuple(Choice(key, _(label)) for key, label in REASONS.items()),
        past=tuple(_past(one, names) for one in past),
        take_over=present is not None and present.taken_at is None, hand_back=present is not None,
        callback=present is not None and present.callback_asked_at is not None and present.called_at is None,
        word=word,
    )  # fmt: skip


def _past(one: Escalation, names: dict[UUID, str]) -> Past:
    seconds = (one.taken_at - one.at).total_seconds() if one.taken_at else 0
    return Past(
        line=_("{before} → {after}", before=_(LINES[one.from_tier]), after=_(LINES[one.to_tier])),
        reason=_(REASONS.get(one.reason, one.reason)), analysis=one.analysis,
        by=names.get(one.by_id, "") if one.by_id else _("The desk"), at=one.at,
        taken_by=names.get(one.taken_by_id, "") if one.taken_by_id else "", taken_after=int(seconds // 60),
        ended_at=one.ended_at,
    )  # fmt: skip


def _typed(error: DeskError, **values: str) -> Form:
    faults = said_fields(error)
    return Form(values, faults, "" if faults else said(error))


@router.get("/escalate")
async def escalation_page(reader: SignedIn, number: Number) -> Response:
    """Where the ticket can be handed to, and where it has been."""
    return await _show(reader, number)


@router.post("/escalate")
async def escalate(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Hand it to the next line, with what was found."""
    reader.actor.require("ticket.change")
    values = {name: field(data, name, 5_000) for name in ("team", "reason", "analysis", "callback")}
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            await escalation.escalate(
                session, reader.actor, ticket=ticket, to=_team(values["team"]), reason=values["reason"],
                analysis=values["analysis"], callback=values["callback"] == "yes",
            )  # fmt: skip
    except (Invalid, Conflict) as error:
        return await _show(reader, number, _typed(error, **values), status=error.status)
    return _back(reader, number, _("#{number} is with the next line now", number=number))


def _team(value: str) -> UUID:
    try:
        return UUID(value)
    except ValueError:
        return UUID(int=0)


def _back(reader: Reader, number: int, text: str) -> Response:
    return respond.redirect(reader.request, f"/tickets/{number}", Flash(text))


@router.post("/take-over")
async def take_over(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Take an escalated ticket over."""
    del data
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number, lock=True)
        await escalation.take_over(session, reader.actor, ticket=ticket)
    return _back(reader, number, _("#{number} is yours", number=number))


@router.post("/hand-back")
async def hand_back(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Give it back to the line it came from."""
    reader.actor.require("ticket.change")
    word = field(data, "word", 5_000)
    try:
        async with reader.work() as session:
            ticket = await access.get_ticket(session, reader.actor, number, lock=True)
            await escalation.hand_back(session, reader.actor, ticket=ticket, word=word)
    except (Invalid, Conflict) as error:
        return await _show(reader, number, word=_typed(error, word=word), status=error.status)
    return _back(reader, number, _("#{number} is back with the line before", number=number))


@router.post("/called-back")
async def called_back(reader: SignedIn, number: Number, data: Posted) -> Response:
    """The customer has been called."""
    del data
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number, lock=True)
        await escalation.call_back(session, reader.actor, ticket=ticket)
    return _back(reader, number, _("Noted: the customer has been called"))
