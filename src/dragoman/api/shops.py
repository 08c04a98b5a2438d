"""Shops: where the seller sells."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import In, Listed, Out, Words
from dragoman.api.door import Caller, Door, needs
from dragoman.api.tickets import Me
from dragoman.commerce import queries, service
from dragoman.commerce.models import Shop
from dragoman.kit.errors import N_, NotFound

router = APIRouter(route_class=Door, tags=["Shops"])
Platform = Literal["amazon", "ebay", "shopify", "aliexpress", "own"]
Market = Annotated[
    str, Field(pattern=r"^([A-Za-z]{2})?$", description="ISO 3166 country; empty: several.", examples=["DE"])
]
Name = Annotated[Words, Field(min_length=1, max_length=80)]


class ShopOut(Out):
    """A shop on a platform."""

    id: UUID
    name: str
    platform: str
    market: str
    active: bool
    created_at: datetime


class ShopNew(In):
    """A shop to add."""

    name: Name = Field(examples=["Lantern UK"])
    platform: Platform = "own"
    market: Market = ""
    active: StrictBool = True


class ShopChange(In):
    """What to change; what is not named stays."""

    name: Name = "-"
    platform: Platform = "own"
    market: Market = ""
    active: StrictBool = True


def shown(shop: Shop) -> ShopOut:
    """A shop as the API gives it."""
    return ShopOut(
        id=shop.id, name=shop.name, platform=shop.platform, market=shop.market, active=shop.active,
        created_at=shop.created_at,
    )  # fmt: skip


async def _get(me: Caller, shop_id: UUID) -> Shop:
    me.actor.require("shop.manage")
    shop = await queries.load(me.session, shop_id)
    if shop is None:
        raise NotFound(N_("There is no such shop."))
    return shop


@router.get("/shops", summary="List shops", response_model=Listed[ShopOut], **needs("settings:read"))
async def list_shops(me: Me) -> Response:
    """All shops, those in use first. The list comes whole: a desk has dozens at most."""
    me.actor.require("shop.manage")
    return answers.page(me, [shown(one) for one in await queries.list_shops(me.session)])


@router.post("/shops", summary="Add a shop", response_model=ShopOut, status_code=201, **needs("settings:write"))
async def add_shop(me: Me, new: ShopNew) -> Response:
    """Adds a shop, for tickets and mailboxes to belong to."""
    shop_id = await service.save_shop(me.session, me.actor, None, **new.model_dump())
    return answers.one(me, shown(await _get(me, shop_id)), status=201, at=f"/shops/{shop_id}")


@router.get("/shops/{shop_id}", summary="Read a shop", response_model=ShopOut, **needs("settings:read"))
async def read_shop(me: Me, shop_id: UUID) -> Response:
    """One shop."""
    return answers.one(me, shown(await _get(me, shop_id)))


@router.patch("/shops/{shop_id}", summary="Change a shop", response_model=ShopOut, **needs("settings:write", 412))
async def change_shop(me: Me, shop_id: UUID, change: ShopChange) -> Response:
    """Changes the named fields. With If-Match only if nobody changed it meanwhile."""
    shop = await _get(me, shop_id)
    await me.session.refresh(shop, with_for_update=True)
    answers.check_unchanged(me, shown(shop))
    values = {name: getattr(shop, name) for name in ("name", "platform", "market", "active")}
    await service.save_shop(me.session, me.actor, shop_id, **values | change.model_dump(exclude_unset=True))
    return answers.one(me, shown(shop))
