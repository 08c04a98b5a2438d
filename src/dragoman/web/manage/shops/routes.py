"""Shops."""

from __future__ import annotations

from uuid import UUID

from babel import Locale
from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.channels.email import queries as mailboxes
from dragoman.commerce import queries, service
from dragoman.kit.errors import Invalid, NotFound
from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.shops.view import ShopRow, ShopsPage

router = APIRouter(prefix="/settings/shops")
BASE = "/settings/shops"
UNIONS = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")


def markets() -> tuple[Choice, ...]:
    """Countries by their names in the reader's language (CLDR); first none."""
    names = Locale.parse(i18n.current()).territories
    countries = sorted((name, code) for code, name in names.items() if len(code) == 2 and code not in UNIONS)
    return (Choice("", "—"), *(Choice(code, name) for name, code in countries))


async def _show(reader: Reader, shop_id: UUID | None, form: Form | None = None, *, status: int = 200) -> Response:
    reader.actor.require("shop.manage")
    async with reader.work() as session:
        shops = await queries.list_shops(session)
        boxes = await mailboxes.list_mailboxes(session)
        around = await respond.shell(reader, session, "manage.shops")
    chosen = next((shop for shop in shops if shop.id == shop_id), None)
    if shop_id and chosen is None:
        raise NotFound
    values = {"name": "", "platform": "own", "market": "", "active": "yes"}
    if chosen:
        values = {"name": chosen.name, "platform": chosen.platform, "market": chosen.market,
                  "active": "yes" if chosen.active else "no"}  # fmt: skip
    view = ShopsPage(
        shops=tuple(
            ShopRow(str(shop.id), shop.name, _(service.PLATFORMS.get(shop.platform, shop.platform)), shop.market,
                    f"{BASE}/{shop.id}", tuple(box.address for box in boxes if box.shop_id == shop.id), shop.active)
            for shop in shops
        ),
        platforms=tuple(Choice(key, _(label)) for key, label in service.PLATFORMS.items()),
        markets=markets(),
        form=form or Form(values),
        editing=chosen.name if chosen else "",
        action=f"{BASE}/{chosen.id}" if chosen else BASE,
    )  # fmt: skip
    return respond.page(reader.request, "manage/shops/shops.html", view, around, status=status)


@router.get("")
async def shops_page(reader: SignedIn) -> Response:
    """All shops."""
    return await _show(reader, None)


@router.get("/{shop_id}")
async def shop_page(reader: SignedIn, shop_id: str) -> Response:
    """One shop, to change it."""
    return await _show(reader, known_id(shop_id))


async def _save(reader: Reader, shop_id: UUID | None, data: Posted) -> Response:
    values = {name: field(data, name, 300) for name in ("name", "platform", "market")}
    active = shop_id is None or field(data, "active") == "yes"
    try:
        async with reader.work() as session:
            await service.save_shop(session, reader.actor, shop_id, **values, active=active)
    except Invalid as error:
        form = Form(values | {"active": "yes" if active else "no"}, said_fields(error))
        return await _show(reader, shop_id, form, status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a shop."""
    return await _save(reader, None, data)


@router.post("/{shop_id}")
async def change(reader: SignedIn, shop_id: str, data: Posted) -> Response:
    """Change a shop."""
    return await _save(reader, known_id(shop_id), data)
