"""The list as a table, and as a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.accounts.audiences import may_change
from dragoman.audit import service as audit
from dragoman.kit import clock
from dragoman.kit.errors import NotFound
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import lists
from dragoman.tickets.lists import Filter, TicketRow
from dragoman.tickets.views import service as views
from dragoman.tickets.views.columns import COLUMNS
from dragoman.web import formats, respond
from dragoman.web.deps import Reader, SignedIn
from dragoman.web.desk.inbox.routes import counts_of, filter_at
from dragoman.web.desk.inbox.view import Around, build_list, build_row, place_of
from dragoman.web.desk.table import files
from dragoman.web.desk.table.cells import shown
from dragoman.web.desk.table.view import Line, TablePage

router = APIRouter(prefix="/desk")
PAGE = 100
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@router.get("/table")
async def table(reader: SignedIn, cursor: str = "") -> Response:
    """A list with the columns of its view."""
    place = place_of(reader.request.query_params)
    actor = reader.actor
    async with reader.work() as session:
        chosen, view, problems = await filter_at(session, reader, place)
        page = await lists.list_tickets(session, actor, chosen, cursor=cursor or None, size=PAGE)
        saved = await views.list_views(session, actor)
        counts = await counts_of(session, reader, saved)
        changeable = frozenset(one.id for one in saved if may_change(actor, one.owner_id))
        around = Around(counts, (), saved, changeable, view, chosen, problems, actor.may("ticket.change"))
        shell = await respond.shell(reader, session, "inbox", unread=counts["unread"])
    columns = views.columns_of(view)
    with formats.use(reader.zone):
        lines = tuple(
            Line(build_row(row, place), tuple((column, shown(row, column)) for column in columns)) for row in page.rows
        )
    found = TablePage(
        build_list(place, page, around), tuple((column, _(COLUMNS[column])) for column in columns), lines,
        more=place.href("/desk/table", cursor=page.next) if page.next else "", back=place.href(),
        csv=place.href("/desk/export.csv"), xlsx=place.href("/desk/export.xlsx"),
    )  # fmt: skip
    return respond.page(reader.request, "desk/table/table.html", found, shell)


@router.get("/export.{kind}")
async def export(reader: SignedIn, kind: str) -> Response:
    """A list as a file, in the columns of its view."""
    reader.actor.require("ticket.read")
    if kind not in TYPES:
        raise NotFound
    place = place_of(reader.request.query_params)
    async with reader.work() as session:
        chosen, view, _problems = await filter_at(session, reader, place)
        columns = views.columns_of(view)
        make: Any = files.as_csv if kind == "csv" else files.as_xlsx
        body = await make(_rows(session, reader, chosen), columns, reader.zone)
        subject = audit.Subject("view", place.view, view.name if view else "")
        audit.record(session, reader.actor, "view.exported", subject, form=kind)
    name = f"tickets-{clock.now().astimezone(reader.zone):%Y-%m-%d}.{kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }  # fmt: skip
    return Response(body, headers=headers, media_type=TYPES[kind])


async def _rows(session: Session, reader: Reader, chosen: Filter) -> AsyncIterator[TicketRow]:
    """The tickets of a list, at most as many as a file takes."""
    cursor, left = None, files.LONGEST
    while left > 0:
        page = await lists.list_tickets(session, reader.actor, chosen, cursor=cursor, size=min(500, left))
        for row in page.rows:
            yield row
        left -= len(page.rows)
        cursor = page.next
        if cursor is None:
            return
