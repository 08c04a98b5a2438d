"""What runs late, and why: the next hour of the desk."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts.teams.names import team_label
from dragoman.kit import clock
from dragoman.platform.i18n import gettext as _
from dragoman.sla import explain
from dragoman.tickets import lists
from dragoman.tickets.lists import Heaped, TicketRow
from dragoman.web import respond
from dragoman.web.deps import SignedIn
from dragoman.web.desk.inbox.view import Place, build_row
from dragoman.web.desk.overview.view import Band, Heap, OverviewPage

router = APIRouter()
SHOWN = 25
HOUR = timedelta(hours=1)


@router.get("/overview")
async def overview(reader: SignedIn) -> Response:
    """Tickets that are late or will be within the hour, and with whom they lie."""
    reader.actor.require("ticket.read")
    now = clock.now()
    async with reader.work() as session:
        late = await lists.list_due(session, reader.actor, after=None, until=now, size=SHOWN + 1)
        soon = await lists.list_due(session, reader.actor, after=now, until=now + HOUR, size=SHOWN + 1)
        heaps = await lists.heaps(session, reader.actor, now=now, soon=now + HOUR)
        today = await explain.today(session)
        around = await respond.shell(reader, session, "overview")
    page = OverviewPage(
        bands=(_band(_("Late"), late), _band(_("Within the next hour"), soon)),
        heaps=tuple(_heap(one.name or _("Nobody"), one) for one in heaps if one.of == "person"),
        queues=tuple(_heap(_queue(one), one) for one in heaps if one.of == "team"),
        median=timedelta(seconds=today.median) if today.median is not None else None, replies=today.count,
        kept=today.kept,
    )  # fmt: skip
    return respond.page(reader.request, "desk/overview/overview.html", page, around)


def _band(title: str, rows: Sequence[TicketRow]) -> Band:
    place = Place(view="all")
    more = place.href() if len(rows) > SHOWN else ""
    return Band(title, tuple(build_row(row, place) for row in rows[:SHOWN]), more)


def _queue(one: Heaped) -> str:
    return team_label(one.key, one.name) if one.key else _("No queue")


def _heap(name: str, one: Heaped) -> Heap:
    return Heap(name, one.late, one.soon, one.all)
