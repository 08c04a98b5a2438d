"""The inbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from dragoman.accounts import queries as people
from dragoman.accounts import service as accounts
from dragoman.accounts.audiences import may_change
from dragoman.accounts.permissions import role_label
from dragoman.accounts.teams import queries as teams
from dragoman.accounts.teams.names import team_label
from dragoman.commerce import queries as shops
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.platform.i18n import gettext as _
from dragoman.tickets import lists
from dragoman.tickets.lists import Filter
from dragoman.tickets.models import PRIORITIES
from dragoman.tickets.views import service as views
from dragoman.tickets.views.models import View
from dragoman.web import formats, respond
from dragoman.web.builders import label_of
from dragoman.web.deps import Reader, SignedIn
from dragoman.web.desk.inbox import counting
from dragoman.web.desk.inbox.view import (
    SNOOZES,
    Around,
    Bulk,
    InboxPage,
    ListView,
    Place,
    build_list,
    place_of,
)
from dragoman.web.desk.start import service as starting
from dragoman.web.desk.start.view import StartPage
from dragoman.web.desk.start.view import build as steps_page
from dragoman.web.forms import Choice
from dragoman.web.words import SEVERITY, STATUS

router = APIRouter()
COUNTED = 12
"""Saved views whose counts are shown; further ones are counted when they are opened."""


async def filter_at(session: Session, reader: Reader, place: Place) -> tuple[Filter, View | None, tuple[str, ...]]:
    """What a place lists: the filter, the saved view that it comes from, and what is broken of that, in words.

    Raises NotFound for a view that is gone or another's.
    """
    if place.saved is None:
        since = await left(session, reader) if place.view == "overnight" else None
        base = Filter(place.view, since=since)
        return place.filter(base), None, ()
    view = await views.get_view(session, reader.actor, place.saved)
    base, problems = views.filter_of(view)
    return place.filter(base), view, tuple(_(one.message) for one in problems)


async def left(session: Session, reader: Reader) -> datetime:
    """When the reader was last here before today's work; a day ago where nobody knows."""
    return await people.left_at(session, reader.actor.person_id) or clock.now() - timedelta(days=1)


async def list_zone(
    session: Session, reader: Reader, place: Place, *, cursor: str = "", current: int = 0
) -> tuple[ListView, dict[str, int]]:
    """The list zone at a place, and the counts of all views."""
    actor = reader.actor
    chosen, view, problems = await filter_at(session, reader, place)
    page = await lists.list_tickets(session, actor, chosen, cursor=cursor or None)
    saved = await views.list_views(session, actor)
    counts = await counts_of(session, reader, saved)
    around = Around(
        counts=counts, shops=await shops.list_shops(session), views=saved,
        changeable=frozenset(one.id for one in saved if may_change(actor, one.owner_id)), view=view, filter=chosen,
        problems=problems, chooses=actor.may("ticket.change"),
        lead=_("since {time}", time=formats.stamp(chosen.since)) if chosen.since else "",
    )  # fmt: skip
    return build_list(place, page, around, current=current), counts


async def counts_of(session: Session, reader: Reader, saved: list[View]) -> dict[str, int]:
    """The counts of the views of the house and of the first saved ones."""
    asked = {name: Filter(name) for name in lists.COUNTED}
    asked |= {str(one.id): views.filter_of(one)[0] for one in saved[:COUNTED]}
    return await counting.count(session, reader.actor, asked)


async def bulk_of(session: Session, reader: Reader) -> Bulk:
    """What the reader can do with several tickets at once."""
    actor = reader.actor
    colleagues = await people.list_people(session, active_only=True) if actor.may("ticket.assign") else []
    queues = await teams.list_teams(session, active_only=True) if actor.may("ticket.assign") else []
    first = (Choice("me", _("Me")), Choice("none", _("Nobody"))) if colleagues else ()
    return Bulk(
        statuses=tuple(Choice(key, _(word.label)) for key, word in STATUS.items()),
        priorities=tuple(Choice(key, label_of("priority", key)) for key in PRIORITIES.values()),
        severities=tuple(Choice(key or "none", _(word.label)) for key, word in SEVERITY.items()),
        people=(*first, *(Choice(str(one.id), one.name, hint=role_label(one.role, one.role_name))
                          for one in colleagues)),
        teams=tuple(Choice(str(one.id), team_label(one.key, one.name)) for one in queues),
        snoozes=tuple(Choice(str(minutes), _(label)) for minutes, label in SNOOZES),
    )  # fmt: skip


@router.get("/desk")
async def inbox(reader: SignedIn, cursor: str = "") -> Response:
    """What comes next: a view of the tickets, a page of it at a time."""
    place = place_of(reader.request.query_params)
    async with reader.work() as session:
        zone, counts = await list_zone(session, reader, place, cursor=cursor)
        around = await respond.shell(reader, session, "inbox", unread=counts["unread"])
        fresh = not zone.rows and not any(counts.values()) and place == Place()
        first = await _first_steps(session, reader) if fresh else None
    box = "/settings/mailboxes/new" if reader.actor.may("mailbox.manage") else ""
    view = InboxPage(zone, fresh=fresh, mailbox_href=box, start=first)
    if reader.fragment:
        whole = reader.request.headers.get("hx-target") == "list"
        return respond.fragment("desk/inbox/inbox.html", "list" if whole else "rows", view, around)
    return respond.page(reader.request, "desk/inbox/inbox.html", view, around)


async def _first_steps(session: Session, reader: Reader) -> StartPage | None:
    """The list of first steps, for whoever manages the workspace and has not put it away."""
    if not reader.actor.may("workspace.manage"):
        return None
    settings = (await accounts.get_workspace(session, reader.actor)).settings
    if starting.put_away(settings):
        return None
    return steps_page(reader.actor, await starting.done(session, settings))


@router.get("/desk/counts")
async def counts(reader: SignedIn) -> Response:
    """The counts of the views, for a page that stands open."""
    async with reader.work() as session:
        found = await counts_of(session, reader, await views.list_views(session, reader.actor))
    return JSONResponse(found, headers={"Cache-Control": "no-store"})
