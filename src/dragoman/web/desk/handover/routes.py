"""Shift hand-over, and the control by which people say whether they are available."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts import queries as people
from dragoman.accounts.presence import service as presence
from dragoman.accounts.presence.states import CHOSEN
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.names import team_label
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.routing import handover, queries
from dragoman.routing.models import Handover
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said_fields
from dragoman.web.desk.handover.view import Earlier, HandoverPage, LeftTicket, Part
from dragoman.web.forms import Choice, Form
from dragoman.web.words import HANDOVER

router = APIRouter()
SHOWN = 29


async def _show(
    reader: Reader, team_id: UUID | None, form: Form | None = None, *, cursor: str = "", status: int = 200
) -> Response:
    async with reader.work() as session:
        left = await handover.look(session, reader.actor, team_id)
        known = {one.id: team_label(one.key, one.name) for one in await teams.list_teams(session)}
        names = {one.id: one.name for one in await people.list_people(session)}
        page = await queries.list_handovers(session, cursor=cursor or None)
        around = await respond.shell(reader, session, "handover")
    parts = []
    for key, word in HANDOVER.items():
        rows = [LeftTicket(row.number, row.subject, row.at, row.who or "") for row in getattr(left, key)]
        parts.append(Part(_(word.label), tuple(rows[:SHOWN]), word.icon, _(word.none), len(rows) > SHOWN))
    choices = [Choice("", _("The whole desk"), team_id is None)]
    choices += [Choice(str(key), label, key == team_id) for key, label in known.items()]
    view = HandoverPage(
        teams=tuple(choices), parts=tuple(parts), may=reader.actor.may("ticket.reply"),
        earlier=tuple(_earlier(one, known, names, reader) for one in page.rows),
        form=form or Form({"team": str(team_id or "")}),
        more=respond.query("/handover", {"cursor": page.next}) if page.next else "",
    )  # fmt: skip
    return respond.page(reader.request, "desk/handover/handover.html", view, around, status=status)


def _earlier(one: Handover, known: dict[UUID, str], names: dict[UUID, str], reader: Reader) -> Earlier:
    counts = tuple((_(word.label), len(one.snapshot.get(key, ()))) for key, word in HANDOVER.items())
    open_ = one.taken_at is None and one.by_id != reader.actor.person_id and reader.actor.may("ticket.reply")
    return Earlier(
        team=known.get(one.team_id, "?") if one.team_id else _("The whole desk"), by=names.get(one.by_id, "?"),
        at=one.at, notes=one.notes, counts=tuple(pair for pair in counts if pair[1]),
        take=f"/handover/{one.id}/take" if open_ else "",
        taken_by=names.get(one.taken_by_id, "?") if one.taken_by_id else "", taken_at=one.taken_at,
    )  # fmt: skip


def _team(value: str) -> UUID | None:
    return known_id(value) if value else None


@router.get("/handover")
async def handover_page(reader: SignedIn, team: str = "", cursor: str = "") -> Response:
    """What the leaving shift leaves, and earlier hand-overs."""
    return await _show(reader, _team(team), cursor=cursor)


@router.post("/handover")
async def leave(reader: SignedIn, data: Posted) -> Response:
    """Hand the shift over."""
    reader.actor.require("ticket.reply")
    values = {"team": field(data, "team", 40), "notes": field(data, "notes", 10_000)}
    try:
        async with reader.work() as session:
            await handover.leave(session, reader.actor, team_id=_team(values["team"]), notes=values["notes"])
    except Invalid as error:
        return await _show(reader, _team(values["team"]), Form(values, said_fields(error)), status=422)
    where = respond.query("/handover", {"team": values["team"]})
    return respond.redirect(reader.request, where, Flash(_("Handed over")))


@router.post("/handover/{handover_id}/take")
async def take(reader: SignedIn, handover_id: str, data: Posted) -> Response:
    """Confirm taking the shift over."""
    del data
    async with reader.work() as session:
        await handover.take(session, reader.actor, known_id(handover_id))
    return respond.redirect(reader.request, "/handover", Flash(_("Taken over")))


@router.post("/presence")
async def set_presence(reader: SignedIn, data: Posted) -> Response:
    """Say whether one is available; the page that asked is shown again."""
    state = field(data, "state", 20)
    async with reader.work() as session:
        await presence.set_state(session, reader.actor, state)
    flash = Flash(_("You are “{state}” now", state=_(CHOSEN[state])))
    back = respond.own_path(field(data, "next", 400), "/desk")
    if reader.fragment:
        response = Response(status_code=204)
        return respond.trigger(response, **{"desk:toast": flash.facts()})
    return respond.redirect(reader.request, back, flash)
