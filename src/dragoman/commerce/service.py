"""What can be done with shops."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.commerce import queries
from dragoman.commerce.models import Shop
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted

PLATFORMS = {
    "amazon": "Amazon",
    "ebay": "eBay",
    "shopify": "Shopify",
    "aliexpress": "AliExpress",
    "own": N_("Own shop"),
}


async def save_shop(
    session: Session, actor: Permitted, shop_id: UUID | None, *, name: str, platform: str, market: str, active: bool
) -> UUID:
    """Add a shop (`shop_id` None) or change one. Raises Invalid beside the fields at fault, NotFound, Forbidden."""
    actor.require("shop.manage")
    name, market = name.strip(), market.strip().upper()
    faults = {}
    if not name or len(name) > 80:
        faults["name"] = N_("A name is needed, of at most 80 characters.")
    if platform not in PLATFORMS:
        faults["platform"] = N_("Choose a platform.")
    if market and not (len(market) == 2 and market.isalpha() and market.isascii()):
        faults["market"] = N_("Use the two letters of the country, for example DE.")
    same = await queries.find_by_name(session, name)
    if same is not None and same.id != shop_id:
        faults["name"] = N_("A shop of this name is already here.")
    if faults:
        raise Invalid(fields=faults)
    after = {"name": name, "platform": platform, "market": market, "active": active}
    before: dict[str, Any] = {}
    if shop_id is None:
        shop = Shop(name=name, platform=platform, market=market, active=active)
        session.add(shop)
    else:
        found = await queries.load(session, shop_id)
        if found is None:
            raise NotFound(N_("There is no such shop."))
        shop = found
        before = {field: getattr(shop, field) for field in after}
        shop.name, shop.platform, shop.market, shop.active = name, platform, market, active
    await session.flush()
    verb = "shop.changed" if shop_id else "shop.added"
    audit.record(session, actor, verb, Subject("shop", shop.id, shop.name), **audit.changes(before, after))
    return shop.id
