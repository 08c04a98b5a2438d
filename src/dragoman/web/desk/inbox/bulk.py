"""The same change for all chosen tickets, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlsplit

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.tickets.bulk import service as bulk
from dragoman.tickets.changes.kinds import Change, parse
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id
from dragoman.web.desk.inbox.routes import bulk_of, list_zone
from dragoman.web.desk.inbox.view import Bulk, InboxPage, place_of

router = APIRouter(prefix="/desk/bulk")


def changes_of(data: FormData) -> tuple[Change, ...]:
    """The change of the button that was pressed: `kind:value`, or for tags the kind, with the field. Raises Invalid."""
    kind, _colon, value = field(data, "change", 100).partition(":")
    if kind in ("tags_add", "tags_remove"):
        value = field(data, "tags", 1000)
    return parse([{"kind": kind, "value": value}])


def numbers_of(data: FormData) -> list[int]:
    """The chosen tickets."""
    given = [one for one in fields(data, "number") if one.isascii() and one.isdecimal() and len(one) < 10]
    return list(dict.fromkeys(int(one) for one in given))


def said(outcome: bulk.Outcome) -> str:
    """What was done, in a sentence; tickets left alone are named with the reason of the first."""
    count = len(outcome.changed)
    text = ngettext("{n} ticket changed", "{n} tickets changed", count)
    if not outcome.left:
        return text
    named = ", ".join(f"#{number}" for number in list(outcome.left)[:5])
    return f"{text}. {_('Left alone: {tickets}', tickets=named)} ({_(next(iter(outcome.left.values())))})"


@dataclass(frozen=True, slots=True)
class BulkPage:
    """What can be done with the chosen tickets."""

    bulk: Bulk
    numbers: tuple[int, ...] = ()
    next: str = "/desk"


async def _menus(reader: Reader, numbers: Sequence[int] = (), where: str = "/desk") -> Response:
    reader.actor.require("ticket.change")
    async with reader.work() as session:
        page = BulkPage(await bulk_of(session, reader), tuple(numbers), where)
        around = await respond.shell(reader, session, "inbox")
    if reader.fragment:
        return respond.fragment("desk/inbox/menus.html", "menus", page, around)
    return respond.page(reader.request, "desk/inbox/menus.html", page, around)


@router.get("")
async def menus(reader: SignedIn) -> Response:
    """What can be done with several tickets, fetched when the first is chosen."""
    return await _menus(reader)


@router.post("")
async def change(reader: SignedIn, data: Posted) -> Response:
    """Make one change to the chosen tickets; without one, show what can be done."""
    if not field(data, "change", 100):
        return await _menus(reader, numbers_of(data), respond.own_path(field(data, "next", 400), "/desk"))
    async with reader.work() as session:
        outcome = await bulk.run(session, reader.actor, numbers=numbers_of(data), changes=changes_of(data))
        text, run = said(outcome), outcome.run.id
    undo = f"/desk/bulk/{run}/undo" if outcome.changed else ""
    tone = "plain" if outcome.changed or not outcome.left else "red"
    return await _back(reader, data, Flash(text, undo, (("next", field(data, "next", 400)),), tone))


@router.post("/{run_id}/undo")
async def undo(reader: SignedIn, run_id: str, data: Posted) -> Response:
    """Take a bulk change back."""
    async with reader.work() as session:
        outcome = await bulk.undo(session, reader.actor, run_id=known_id(run_id))
        text = said(outcome)
    return await _back(reader, data, Flash(text))


async def _back(reader: Reader, data: FormData, flash: Flash) -> Response:
    """The list anew where it was, with a passing word."""
    where = respond.own_path(field(data, "next", 400), "/desk")
    if not reader.fragment:
        return respond.redirect(reader.request, where, flash)
    place = place_of(dict(parse_qsl(urlsplit(where).query)))
    async with reader.work() as session:
        zone, counts = await list_zone(session, reader, place)
        around = await respond.shell(reader, session, "inbox", unread=counts["unread"])
    response = respond.fragment("desk/inbox/inbox.html", "list", InboxPage(zone), around)
    return respond.trigger(response, **{"desk:toast": flash.facts()})
