"""Webhooks: where other software is told what happens."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field, StrictBool

from dragoman.api import answers
from dragoman.api.answers import Cursor, In, Limit, Listed, Out, Words
from dragoman.api.door import Caller, Door, needs
from dragoman.api.tickets import Me
from dragoman.kit.errors import N_, NotFound
from dragoman.webhooks import queries, service
from dragoman.webhooks.models import Delivery, Webhook

router = APIRouter(route_class=Door, tags=["Webhooks"])
SCOPE = "webhooks:write"
Kind = Literal[
    "ticket.created", "ticket.changed", "ticket.escalated", "message.received", "message.written", "message.sent",
    "message.failed",
    "customer.changed", "promise.made", "promise.kept", "promise.renewed", "promise.broken", "promise.overdue",
    "task.asked", "task.answered", "task.done", "task.cancelled", "task.overdue",
    "clock.warned", "clock.breached",
]  # fmt: skip
Kinds = Annotated[list[Kind], Field(min_length=1, max_length=60, examples=[["ticket.created", "message.received"]])]
Name = Annotated[Words, Field(min_length=1, max_length=80, examples=["Stock system"])]
Url = Annotated[Words, Field(min_length=1, max_length=1000, examples=["https://stock.example.com/hooks/desk"])]


class WebhookOut(Out):
    """A webhook; its secret is given only when it is made."""

    id: UUID
    name: str
    url: str
    kinds: list[str]
    active: bool
    failures: int = Field(description="Tries in a row that failed.")
    paused_until: datetime | None
    last_ok_at: datetime | None
    created_at: datetime


class WebhookMade(WebhookOut):
    """A webhook just made."""

    secret: str = Field(description="Signs every delivery (HMAC-SHA-256, header Dragoman-Signature). Given this once.")


class SecretOut(Out):
    """A new secret; for 24 hours deliveries are signed with the old one, too."""

    secret: str


class WebhookNew(In):
    """A webhook to add."""

    name: Name
    url: Url
    kinds: Kinds


class WebhookChange(In):
    """What to change; what is not named stays."""

    name: Name = "-"
    url: Url = "-"
    kinds: Kinds = Field(["ticket.created"])
    active: StrictBool = True


class TryOut(Out):
    """One try of a delivery; `status` 0 is no answer at all."""

    at: datetime
    status: int
    ms: int
    detail: str


class WebhookDeliveryOut(Out):
    """An event on its way to a webhook."""

    id: UUID
    kind: str
    state: str = Field(description="`queued`, `done` or `failed`.")
    attempts: list[TryOut]
    payload: dict[str, Any]
    replay_of: UUID | None
    created_at: datetime
    next_attempt_at: datetime
    settled_at: datetime | None


def shown(hook: Webhook) -> WebhookOut:
    """A webhook as the API gives it."""
    return WebhookOut(**{name: getattr(hook, name) for name in WebhookOut.model_fields})


def _delivery(one: Delivery) -> WebhookDeliveryOut:
    return WebhookDeliveryOut.model_validate({name: getattr(one, name) for name in WebhookDeliveryOut.model_fields})


def _private(me: Caller) -> bool:
    return me.desk.settings.allow_private_hosts


@router.get("/webhooks", summary="List webhooks", response_model=Listed[WebhookOut], **needs(SCOPE))
async def list_webhooks(me: Me) -> Response:
    """All webhooks by name. The list comes whole: a desk has 50 at most."""
    me.actor.require("api.manage")
    return answers.page(me, [shown(one) for one in await queries.list_webhooks(me.session)])


@router.post("/webhooks", summary="Add a webhook", response_model=WebhookMade, status_code=201, **needs(SCOPE))
async def add_webhook(me: Me, new: WebhookNew) -> Response:
    """Adds a webhook. Keep the `secret` of the answer where deliveries are received; it is not given again."""
    hook, secret = await service.add(
        me.session, me.actor, me.desk.keys, name=new.name, url=new.url, kinds=list(new.kinds),
        allow_private=_private(me),
    )  # fmt: skip
    made = WebhookMade(**shown(hook).model_dump(), secret=secret)
    return answers.one(me, made, status=201, at=f"/webhooks/{hook.id}")


@router.get("/webhooks/{webhook_id}", summary="Read a webhook", response_model=WebhookOut, **needs(SCOPE))
async def read_webhook(me: Me, webhook_id: UUID) -> Response:
    """One webhook."""
    return answers.one(me, shown(await service.get_webhook(me.session, me.actor, webhook_id)))


@router.patch("/webhooks/{webhook_id}", summary="Change a webhook", response_model=WebhookOut, **needs(SCOPE, 412))
async def change_webhook(me: Me, webhook_id: UUID, change: WebhookChange) -> Response:
    """Changes the named fields. Switched off, what waits is closed as failed."""
    hook = await service.get_webhook(me.session, me.actor, webhook_id, lock=True)
    answers.check_unchanged(me, shown(hook))
    values = {name: getattr(hook, name) for name in ("name", "url", "kinds", "active")}
    changed = await service.change(
        me.session, me.actor, webhook_id, **values | change.model_dump(exclude_unset=True), allow_private=_private(me)
    )
    return answers.one(me, shown(changed))


@router.post(
    "/webhooks/{webhook_id}/remove", summary="Remove a webhook", response_model=WebhookOut, status_code=200,
    **needs(SCOPE),
)  # fmt: skip
async def remove_webhook(me: Me, webhook_id: UUID) -> Response:
    """Removes a webhook with its log, and answers what it was."""
    was = shown(await service.get_webhook(me.session, me.actor, webhook_id))
    await service.remove(me.session, me.actor, webhook_id)
    return answers.one(me, was)


@router.post(
    "/webhooks/{webhook_id}/secret", summary="Give a webhook a new secret", response_model=SecretOut, status_code=201,
    **needs(SCOPE),
)  # fmt: skip
async def new_secret(me: Me, webhook_id: UUID) -> Response:
    """Makes another secret; for 24 hours deliveries are signed with both."""
    secret = await service.new_secret(me.session, me.actor, me.desk.keys, webhook_id)
    return answers.one(me, SecretOut(secret=secret), status=201, at=f"/webhooks/{webhook_id}")


@router.post(
    "/webhooks/{webhook_id}/test", summary="Send a test event", response_model=WebhookDeliveryOut, status_code=201,
    **needs(SCOPE, 409),
)  # fmt: skip
async def try_webhook(me: Me, webhook_id: UUID) -> Response:
    """Sends an event of kind `webhook.test`, as every other goes."""
    one = await service.try_out(me.session, me.actor, webhook_id)
    return answers.one(me, _delivery(one), status=201, at=f"/webhooks/{webhook_id}/deliveries")


@router.get(
    "/webhooks/{webhook_id}/deliveries",
    summary="List deliveries",
    response_model=Listed[WebhookDeliveryOut],
    **needs(SCOPE),
)
async def list_deliveries(me: Me, webhook_id: UUID, limit: Limit = 50, cursor: Cursor = "") -> Response:
    """What was sent and will be, newest first; kept for 30 days."""
    await service.get_webhook(me.session, me.actor, webhook_id)
    page = await queries.list_deliveries(me.session, webhook_id, cursor=cursor or None, size=limit)
    return answers.page(me, [_delivery(one) for one in page.rows], page.next)


@router.post(
    "/webhooks/{webhook_id}/deliveries/{delivery_id}/replay", summary="Replay a delivery",
    response_model=WebhookDeliveryOut, status_code=201, **needs(SCOPE, 409),
)  # fmt: skip
async def replay(me: Me, webhook_id: UUID, delivery_id: UUID) -> Response:
    """Sends an event again, with the same payload and the same id in it."""
    old = await queries.load_delivery(me.session, delivery_id)
    if old is None or old.webhook_id != webhook_id:
        raise NotFound(N_("There is no such delivery."))
    one = await service.replay(me.session, me.actor, delivery_id)
    return answers.one(me, _delivery(one), status=201, at=f"/webhooks/{webhook_id}/deliveries")
