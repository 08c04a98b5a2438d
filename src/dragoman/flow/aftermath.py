"""The consequences of what a transaction has done to tickets, drawn before it commits.

Pages, the API, inbound mail and alarms all change tickets; none of them calls rules, assignment or clocks. What they
touched is noted (tickets/touched.py), and here, as the last act of every unit of work, each room has its turn. So no
caller can forget one, a batch costs a batch, and ticket and consequences are committed together (docs/adr/0008).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.commerce import queries as shops
from dragoman.customers import queries as customers
from dragoman.flow import autoreplies
from dragoman.flow.reading import Readings
from dragoman.platform.db import Session
from dragoman.routing import assignment, owners
from dragoman.routing.rules import running as rules
from dragoman.sla import clocks
from dragoman.tickets.touched import Touched, take


@dataclass(frozen=True, slots=True)
class Aftermath:
    """The consequences as one process draws them; `main/wiring.py` makes it."""

    readings: Readings

    async def settle(self, session: Session) -> None:
        """Let every room draw its consequences. Costs nothing where no ticket was touched."""
        touched = take(session)
        if not touched:
            return
        await session.flush()
        with session.no_autoflush:  # a ticket is written once, as all rooms have left it: writing renews its indexes
            await _adopt(session, touched)
            await self.readings.hear(session, touched)
            await autoreplies.mark_urgent(session, touched)
            touched += take(session)
            await _route(session, touched)
            await clocks.follow(session, touched)
            await autoreplies.hear(session, touched)
            await owners.watch(session, touched)


async def _route(session: Session, touched: list[Touched]) -> None:
    """Rules, then assignment; what was assigned is heard by rules once more. All of it joins what was touched."""
    await rules.run(session, touched)
    touched += take(session)
    await assignment.place(session, touched)
    placed = take(session)
    if placed:
        await rules.run(session, placed)
        touched += placed + take(session)


async def _adopt(session: Session, touched: Sequence[Touched]) -> None:
    """A new ticket takes its customer's language and market over, where it brings none of its own; a customer whose
    market nobody knows is taken to buy where the shop sells."""
    bare = [one.ticket for one in touched if one.verb == "created" and not (one.ticket.language and one.ticket.market)]
    if not bare:
        return
    known = await customers.load_some(session, {ticket.customer_id for ticket in bare})
    markets = {shop.id: shop.market for shop in await shops.list_shops(session)}
    for ticket in bare:
        customer = known.get(ticket.customer_id)
        if customer is not None:
            ticket.language = ticket.language or customer.language
            ticket.market = ticket.market or customer.market or markets.get(ticket.shop_id or ticket.id, "")
