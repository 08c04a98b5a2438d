"""Webhooks."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.web import once, respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, fields, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.webhooks.view import DeliveryRow, HookPage, HookRow, HooksPage, Try
from dragoman.web.words import WEBHOOK, WEBHOOK_DELIVERY, Word
from dragoman.webhooks import queries, service
from dragoman.webhooks.kinds import KINDS
from dragoman.webhooks.models import Delivery, Webhook

router = APIRouter(prefix="/settings/webhooks")
BASE = "/settings/webhooks"
USUAL = ("ticket.created", "message.received")


def _kinds(chosen: tuple[str, ...]) -> tuple[Choice, ...]:
    return tuple(Choice(kind, _(label), current=kind in chosen) for kind, label in KINDS.items())


def _state(hook: Webhook) -> Word:
    if not hook.active:
        return WEBHOOK["off"]
    if hook.failures:
        return WEBHOOK["failing"]
    return WEBHOOK["ok"] if hook.last_ok_at else WEBHOOK["new"]


def _delivery(one: Delivery) -> DeliveryRow:
    return DeliveryRow(
        id=str(one.id),
        kind=one.kind,
        at=one.created_at,
        state=WEBHOOK_DELIVERY[one.state],
        tries=tuple(Try(datetime.fromisoformat(t["at"]), t["status"], t["ms"], t["detail"]) for t in one.attempts),
        next_at=one.next_attempt_at if one.state == "queued" and one.attempts else None,
        payload=json.dumps(one.payload, ensure_ascii=False, indent=2),
        replay=f"{BASE}/{one.webhook_id}/replay/{one.id}",
    )


async def _show(
    reader: Reader, form: Form | None = None, kinds: tuple[str, ...] = USUAL, *, status: int = 200
) -> Response:
    reader.actor.require("api.manage")
    async with reader.work() as session:
        hooks = await queries.list_webhooks(session)
        around = await respond.shell(reader, session, "manage.webhooks")
    rows = tuple(HookRow(one.name, one.url, f"{BASE}/{one.id}", len(one.kinds), _state(one)) for one in hooks)
    view = HooksPage(rows, _kinds(kinds), form or Form())
    return respond.page(reader.request, "manage/webhooks/webhooks.html", view, around, status=status)


async def _show_one(
    reader: Reader, hook_id: UUID, form: Form | None = None, kinds: tuple[str, ...] | None = None, *,
    cursor: str = "", status: int = 200,
) -> Response:  # fmt: skip
    async with reader.work() as session:
        hook = await service.get_webhook(session, reader.actor, hook_id)
        page = await queries.list_deliveries(session, hook_id, cursor=cursor or None)
        around = await respond.shell(reader, session, "manage.webhooks")
    href = f"{BASE}/{hook.id}"
    present = {"name": hook.name, "url": hook.url, "active": "yes" if hook.active else "no"}
    view = HookPage(
        name=hook.name,
        href=href,
        state=_state(hook),
        kinds=_kinds(tuple(hook.kinds) if kinds is None else kinds),
        form=form or Form(present),
        deliveries=tuple(_delivery(one) for one in page.rows),
        more=respond.query(href, {"cursor": page.next}) if page.next else "",
        secret="".join(once.carried(reader, href)),
        active=hook.active,
    )
    response = respond.page(reader.request, "manage/webhooks/webhook.html", view, around, status=status)
    return once.shown(reader, response)


@router.get("")
async def webhooks_page(reader: SignedIn) -> Response:
    """All webhooks."""
    return await _show(reader)


def _values(data: Posted) -> dict[str, Any]:
    return {"name": field(data, "name", 200), "url": field(data, "url", 1100).strip(), "kinds": fields(data, "kinds")}


def _typed(values: dict[str, Any], error: Invalid, **more: str) -> Form:
    faults = said_fields(error)
    return Form({"name": values["name"], "url": values["url"], **more}, faults, "" if faults else said(error))


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a webhook; its secret stands once on the page that follows."""
    values = _values(data)
    try:
        async with reader.work() as session:
            hook, secret = await service.add(
                session, reader.actor, reader.desk.keys, **values,
                allow_private=reader.desk.settings.allow_private_hosts,
            )  # fmt: skip
    except Invalid as error:
        return await _show(reader, _typed(values, error), tuple(values["kinds"]), status=422)
    return once.carry(reader, f"{BASE}/{hook.id}", secret)


@router.get("/{hook_id}")
async def webhook_page(reader: SignedIn, hook_id: str, cursor: str = "") -> Response:
    """One webhook and its log."""
    return await _show_one(reader, known_id(hook_id), cursor=cursor)


@router.post("/{hook_id}")
async def change(reader: SignedIn, hook_id: str, data: Posted) -> Response:
    """Change a webhook, or switch it off and on."""
    found, values = known_id(hook_id), _values(data)
    active = field(data, "active") == "yes"
    try:
        async with reader.work() as session:
            await service.change(
                session, reader.actor, found, **values, active=active,
                allow_private=reader.desk.settings.allow_private_hosts,
            )  # fmt: skip
    except Invalid as error:
        form = _typed(values, error, active="yes" if active else "no")
        return await _show_one(reader, found, form, tuple(values["kinds"]), status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("/{hook_id}/test")
async def test(reader: SignedIn, hook_id: str, data: Posted) -> Response:
    """Send a test event."""
    del data
    found = known_id(hook_id)
    async with reader.work() as session:
        await service.try_out(session, reader.actor, found)
    words = _("A test is on its way. Load the page again to see what became of it.")
    return respond.redirect(reader.request, f"{BASE}/{found}", Flash(words))


@router.post("/{hook_id}/secret")
async def new_secret(reader: SignedIn, hook_id: str, data: Posted) -> Response:
    """Give it another secret."""
    del data
    found = known_id(hook_id)
    async with reader.work() as session:
        secret = await service.new_secret(session, reader.actor, reader.desk.keys, found)
    return once.carry(reader, f"{BASE}/{found}", secret)


@router.post("/{hook_id}/remove")
async def remove(reader: SignedIn, hook_id: str, data: Posted) -> Response:
    """Remove it with its log."""
    del data
    async with reader.work() as session:
        await service.remove(session, reader.actor, known_id(hook_id))
    return respond.redirect(reader.request, BASE, Flash(_("Removed")))


@router.post("/{hook_id}/replay/{delivery_id}")
async def replay(reader: SignedIn, hook_id: str, delivery_id: str, data: Posted) -> Response:
    """Send an event again."""
    del data
    found = known_id(hook_id)
    async with reader.work() as session:
        await service.replay(session, reader.actor, known_id(delivery_id))
    return respond.redirect(reader.request, f"{BASE}/{found}", Flash(_("It is sent again now.")))
