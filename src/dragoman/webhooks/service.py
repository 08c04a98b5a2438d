"""Webhooks: adding and changing them, and putting events into their outbox in the transaction that causes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.kit import clock, ids
from dragoman.kit.errors import N_, Conflict, Invalid, NotFound
from dragoman.platform import net
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.platform.secrets import Keys, token
from dragoman.webhooks import queries
from dragoman.webhooks.kinds import KINDS, TEST
from dragoman.webhooks.models import Delivery, Webhook

MANY = 50
BOTH_SECRETS = timedelta(hours=24)
WORK = "webhooks"
PRIVATE = N_("This address is private, or not known to the network. Deliveries go to public addresses only.")


@dataclass(frozen=True, slots=True)
class Happening:
    """One event: its kind (webhooks/kinds.py) and the facts receivers get: ids and states, no customer's words."""

    kind: str
    data: dict[str, Any]


async def tell(session: Session, *happenings: Happening) -> None:
    """Put events into the outbox of every webhook that wants them; they leave when the transaction has committed."""
    if not happenings:
        return
    listening = await queries.list_listening(session)
    rows = [
        _delivery(session, webhook_id, one)
        for one in happenings
        for webhook_id, kinds in listening
        if one.kind in kinds
    ]
    if rows:
        session.add_all(rows)
        await session.wake(WORK)


def _delivery(session: Session, webhook_id: UUID, happening: Happening) -> Delivery:
    now, delivery_id = clock.now(), ids.new()
    payload = {
        "id": str(delivery_id), "type": happening.kind, "at": now.isoformat(), "workspace": str(session.workspace_id),
        "data": happening.data,
    }  # fmt: skip
    return Delivery(
        id=delivery_id, webhook_id=webhook_id, kind=happening.kind, payload=payload, next_attempt_at=now, created_at=now
    )


async def get_webhook(session: Session, actor: Permitted, webhook_id: UUID, *, lock: bool = False) -> Webhook:
    """A webhook, for whoever manages them. Raises NotFound, Forbidden."""
    actor.require("api.manage")
    hook = await queries.load(session, webhook_id, lock=lock)
    if hook is None:
        raise NotFound(N_("There is no such webhook."))
    return hook


async def check_url(url: str, *, allow_private: bool) -> None:
    """Raise Invalid beside `url` for an address that deliveries would not be sent to."""
    parts = urlsplit(url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        port = 0
    if len(url) > 1000 or parts.scheme not in ("http", "https") or not parts.hostname or not port or parts.username:
        raise Invalid(fields={"url": N_("Give the whole address, for example https://example.com/hooks.")})
    if parts.scheme == "http" and not allow_private:
        raise Invalid(fields={"url": N_("Deliveries leave over https only: use an https address.")})
    try:
        await net.resolve(parts.hostname, port, allow_private=allow_private)
    except net.Unreachable as error:
        raise Invalid(fields={"url": PRIVATE}) from error


def _check(name: str, kinds: Sequence[str]) -> list[str]:
    faults = {}
    chosen = [kind for kind in KINDS if kind in kinds]
    if not name.strip() or len(name) > 80:
        faults["name"] = N_("A name is needed, of at most 80 characters.")
    if not chosen or len(chosen) != len(set(kinds)):
        faults["kinds"] = N_("Choose at least one kind of event.")
    if faults:
        raise Invalid(fields=faults)
    return chosen


async def add(
    session: Session, actor: Permitted, keys: Keys, *, name: str, url: str, kinds: Sequence[str], allow_private: bool
) -> tuple[Webhook, str]:
    """Add a webhook; returns it and its secret, which is shown once. Raises Invalid, Forbidden."""
    actor.require("api.manage")
    chosen = _check(name, kinds)
    await check_url(url, allow_private=allow_private)
    if len(await queries.list_webhooks(session)) >= MANY:
        raise Invalid(N_("A workspace can have at most 50 webhooks. Remove one that is no longer needed."))
    secret = f"whsec_{token()}"
    hook = Webhook(id=ids.new(), name=name.strip(), url=url, kinds=chosen, secret="")
    hook.secret = keys.seal(secret, context=f"webhook:{hook.id}")
    session.add(hook)
    queries.forget_listening(session)
    await session.flush()
    audit.record(session, actor, "webhook.added", _subject(hook), url=hook.url, kinds=hook.kinds)
    return hook, secret


async def change(
    session: Session, actor: Permitted, webhook_id: UUID, *, name: str, url: str, kinds: Sequence[str], active: bool,
    allow_private: bool,
) -> Webhook:  # fmt: skip
    """Change a webhook; switched on anew it starts without a past. Raises Invalid, NotFound, Forbidden."""
    hook = await get_webhook(session, actor, webhook_id, lock=True)
    chosen = _check(name, kinds)
    await check_url(url, allow_private=allow_private)
    before = _facts(hook)
    if active and not hook.active:
        hook.failures, hook.paused_until = 0, None
    if hook.active and not active:
        await queries.fail_waiting(session, hook.id, clock.now())
    hook.name, hook.url, hook.kinds, hook.active = name.strip(), url, chosen, active
    queries.forget_listening(session)
    audit.record(session, actor, "webhook.changed", _subject(hook), **audit.changes(before, _facts(hook)))
    await session.flush()
    return hook


async def new_secret(session: Session, actor: Permitted, keys: Keys, webhook_id: UUID) -> str:
    """Give a webhook another secret; for 24 hours deliveries are signed with both."""
    hook = await get_webhook(session, actor, webhook_id, lock=True)
    secret = f"whsec_{token()}"
    hook.old_secret, hook.old_until = hook.secret, clock.now() + BOTH_SECRETS
    hook.secret = keys.seal(secret, context=f"webhook:{hook.id}")
    audit.record(session, actor, "webhook.new_secret", _subject(hook))
    return secret


async def remove(session: Session, actor: Permitted, webhook_id: UUID) -> None:
    """Remove a webhook with its log."""
    hook = await get_webhook(session, actor, webhook_id, lock=True)
    audit.record(session, actor, "webhook.removed", _subject(hook), url=hook.url)
    await session.delete(hook)
    queries.forget_listening(session)


async def try_out(session: Session, actor: Permitted, webhook_id: UUID) -> Delivery:
    """Send a test event, as every other goes."""
    hook = await get_webhook(session, actor, webhook_id)
    if not hook.active:
        raise Conflict(N_("This webhook is switched off. Switch it on first."))
    return await _queue(session, _delivery(session, hook.id, Happening(TEST, {"by": actor.name})))


async def replay(session: Session, actor: Permitted, delivery_id: UUID) -> Delivery:
    """Send an event again as a new delivery; its payload, and so the id by which receivers know it, stays the same."""
    actor.require("api.manage")
    old = await queries.load_delivery(session, delivery_id)
    if old is None:
        raise NotFound(N_("There is no such delivery."))
    hook = await get_webhook(session, actor, old.webhook_id)
    if not hook.active:
        raise Conflict(N_("This webhook is switched off. Switch it on first."))
    again = Delivery(
        id=ids.new(), webhook_id=old.webhook_id, kind=old.kind, payload=old.payload, replay_of=old.replay_of or old.id,
        next_attempt_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip
    audit.record(session, actor, "webhook.replayed", _subject(hook), delivery=str(old.id))
    return await _queue(session, again)


def _subject(hook: Webhook) -> Subject:
    return Subject("webhook", hook.id, hook.name)


def _facts(hook: Webhook) -> dict[str, Any]:
    return {"name": hook.name, "url": hook.url, "kinds": list(hook.kinds), "active": hook.active}


async def _queue(session: Session, delivery: Delivery) -> Delivery:
    session.add(delivery)
    await session.flush()
    await session.wake(WORK)
    return delivery
