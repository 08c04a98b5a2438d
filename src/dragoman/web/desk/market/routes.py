"""The market's panel of a ticket: fetched when it is opened, or as a page of its own."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.customers import service as customers
from dragoman.kit import clock
from dragoman.markets import service as markets
from dragoman.markets.briefing import brief
from dragoman.markets.packs import NoPack
from dragoman.markets.told import told_pack
from dragoman.platform import i18n
from dragoman.sla import autoreply
from dragoman.tickets import access
from dragoman.web import formats, respond
from dragoman.web.deps import Number, SignedIn
from dragoman.web.desk.market import build
from dragoman.web.desk.market.view import MarketPanel
from dragoman.web.desk.ticket.build import zone_of

router = APIRouter()
TEMPLATE = "desk/market/market.html"


@router.get("/tickets/{number}/market")
async def market(reader: SignedIn, number: Number) -> Response:
    """How to write to this customer, what they are entitled to, what to avoid, which days are near."""
    now = clock.now()
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        customer, _identities = await customers.get_customer(session, reader.actor, ticket.customer_id)
        iso = (ticket.market or customer.market).upper()
        zone = zone_of(autoreply.zone_of(customer.timezone, iso, now))
        local = now.astimezone(zone) if zone else None
        today = (local or now).date()
        try:
            pack = told_pack(await markets.load_pack(session, iso), i18n.current())
            found = brief(
                pack, language=ticket.language or customer.language, name=customer.name, today=today,
                ordered=None, delivered=None, channel=ticket.channel, goods=frozenset(), local=local,
            )  # fmt: skip
            view = build.panel(number, ticket.subject, found, today)
        except NoPack:
            view = MarketPanel(number, ticket.subject, formats.territory(iso) if iso else "")
        around = await respond.shell(reader, session, "inbox")
    if reader.fragment:
        return respond.fragment(TEMPLATE, "market", view, around)
    return respond.page(reader.request, TEMPLATE, view, around)
