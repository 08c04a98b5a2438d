"""What the palette finds: tickets, customers, orders, views, macros, pages."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from dragoman.customers import queries as customers
from dragoman.kit.text import fold
from dragoman.platform.db import Session
from dragoman.platform.i18n import N_
from dragoman.platform.i18n import gettext as _
from dragoman.replies.macros import service as macros
from dragoman.tickets import finding
from dragoman.tickets.views import service as views
from dragoman.web.deps import Reader, SignedIn
from dragoman.web.desk.inbox.view import FURTHER, VIEWS, Place
from dragoman.web.manage.pages import PAGES

router = APIRouter()
EACH = 6
LONGEST = 100
DESK = (
    ("ticket.read", "/desk", N_("Inbox")),
    ("ticket.read", "/search", N_("Search")),
    ("ticket.read", "/promises", N_("Promises")),
    ("ticket.read", "/tasks", N_("Tasks")),
    ("ticket.read", "/overview", N_("What runs late")),
    ("ticket.read", "/handover", N_("Shift hand-over")),
    ("ticket.read", "/notices", N_("Notices")),
    ("ticket.note", "/macros", N_("Macros")),
    ("ticket.read", "/views/new", N_("New view…")),
)

Found = dict[str, str]


def _said(text: str, words: str) -> bool:
    return fold(words) in fold(text)


@router.get("/palette")
async def palette(reader: SignedIn, q: str = "") -> Response:
    """Everything that some words find, best kinds first; without words the places one can go."""
    words = q.strip()[:LONGEST]
    found: list[Found] = []
    async with reader.work() as session:
        if words and reader.actor.may("ticket.read"):
            found += await _tickets(session, reader, words)
        if len(words) > 1 and reader.actor.may("customer.read"):
            found += await _customers(session, words)
        if reader.actor.may("ticket.read"):
            found += await _saved(session, reader, words)
    found += list(_pages(reader, words))
    return JSONResponse(found, headers={"Cache-Control": "no-store"})


async def _tickets(session: Session, reader: Reader, words: str) -> list[Found]:
    """Tickets by number and by what was said in them; those that name an order say so."""
    hits = (await finding.search(session, reader.actor, words, size=EACH)).rows
    out = []
    for hit in hits:
        order = next((ref for ref in hit.ticket.order_refs if _said(ref, words)), "")
        out.append({
            "kind": _("Order") if order else _("Ticket"),
            "label": f"{order} · #{hit.ticket.number}" if order else f"#{hit.ticket.number} {hit.ticket.subject}",
            "hint": hit.ticket.subject if order else hit.ticket.customer_name,
            "href": f"/tickets/{hit.ticket.number}?view=all",
        })  # fmt: skip
    return out


async def _customers(session: Session, words: str) -> list[Found]:
    found = await customers.search(session, words, limit=EACH)
    return [
        {"kind": _("Customer"), "label": one.name, "hint": one.market, "href": f"/customers/{one.id}"} for one in found
    ]


async def _saved(session: Session, reader: Reader, words: str) -> list[Found]:
    """Views of the house and saved ones; macros, where a ticket is open to use them in."""
    house = [(_(label), Place(view=key).href()) for key, (label, _icon, _key) in (VIEWS | FURTHER).items()]
    saved = [(one.name, Place(view=str(one.id)).href()) for one in await views.list_views(session, reader.actor)]
    out = [{"kind": _("View"), "label": label, "href": href} for label, href in (*house, *saved) if _said(label, words)]
    if words and reader.actor.may("ticket.note"):
        known = await macros.list_macros(session, reader.actor)
        out += [
            {"kind": _("Macro"), "label": one.name, "hint": f"/{one.shortcut}" if one.shortcut else "",
             "macro": str(one.id), "href": f"/macros/{one.id}"}
            for one in known if _said(f"{one.name} {one.shortcut}", words)
        ][:EACH]  # fmt: skip
    return out[: 2 * EACH]


def _pages(reader: Reader, words: str) -> Iterator[Found]:
    """Pages of the desk and of the settings that the reader may open."""
    settings = ((page.permission, page.href, page.label) for page in PAGES)
    for permission, href, label in (*DESK, *settings):
        if (not permission or reader.actor.may(permission)) and words and _said(_(label), words):
            yield {"kind": _("Page"), "label": _(label), "href": href}
