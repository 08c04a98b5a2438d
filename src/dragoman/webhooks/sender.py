"""Delivering: a batch at a time, tried again for two days, a receiver that is down costing one try at a time.

A delivery arrives at least once: a receiver knows a repeated one by the payload's `id`.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from dragoman.kit import clock
from dragoman.kit.errors import Unavailable
from dragoman.platform import http, logs, metrics
from dragoman.platform.db import Database
from dragoman.platform.net import Unreachable
from dragoman.platform.secrets import Keys
from dragoman.webhooks import queries, signing
from dragoman.webhooks.models import Delivery, Webhook

log = logs.get(__name__)
BATCH = 20
TIMEOUT = 10.0
WAITS = [timedelta(seconds=seconds) for seconds in (10, 60, 300, 1800, 7200, 21600, 43200)]
GIVE_UP = timedelta(days=2)
KEPT = timedelta(days=30)
SWITCH_OFF = timedelta(days=5)
"""A webhook that has answered nothing well for this long is switched off; an administrator sees why."""


class Sender:
    """Empties the outbox of all webhooks (one drain of a worker)."""

    def __init__(self, db: Database, keys: Keys, *, allow_private: bool) -> None:
        self.db, self.keys, self.allow_private = db, keys, allow_private

    async def pending(self) -> list[UUID]:
        """The workspaces in which something is due."""
        async with self.db.work(None) as session:
            workspaces = await queries.list_workspaces(session)
        due = []
        for workspace_id in workspaces:
            async with self.db.work(workspace_id) as session:
                if await queries.has_due(session, clock.now()):
                    due.append(workspace_id)
        return due

    async def batch(self, workspace_id: UUID) -> int:
        """Try some deliveries of a workspace side by side; returns how many."""
        async with self.db.work(workspace_id) as session:
            taken = await queries.claim(session, clock.now(), BATCH)
        outcomes = await asyncio.gather(*(self._try(delivery, hook) for delivery, hook in taken))
        for (delivery, _hook), outcome in zip(taken, outcomes, strict=True):
            await self._settle(workspace_id, delivery.id, outcome)
        return len(taken)

    async def _try(self, delivery: Delivery, hook: Webhook) -> dict[str, Any]:
        now = clock.now()
        body = json.dumps(delivery.payload, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            headers = {
                "Content-Type": "application/json",
                "Dragoman-Event": delivery.kind,
                "Dragoman-Delivery": str(delivery.id),
                signing.HEADER: signing.sign(self._secrets(hook, now), body, now),
            }
            answer = await http.request(
                "POST", hook.url, headers=headers, body=body, timeout=TIMEOUT, limit=2000,
                allow_private=self.allow_private,
            )  # fmt: skip
            status, detail = answer.status, answer.body.decode("utf-8", "replace")[:300].replace("\0", "")
        except (Unreachable, Unavailable) as error:
            status, detail = 0, str(error)
        took = int((clock.now() - now).total_seconds() * 1000)
        return {"at": now.isoformat(), "status": status, "ms": took, "detail": detail}

    def _secrets(self, hook: Webhook, now: datetime) -> list[str]:
        sealed = [hook.secret]
        if hook.old_secret and hook.old_until and hook.old_until > now:
            sealed.append(hook.old_secret)
        return [self.keys.open(one, context=f"webhook:{hook.id}") for one in sealed]

    async def _settle(self, workspace_id: UUID, delivery_id: UUID, outcome: dict[str, Any]) -> None:
        now = clock.now()
        async with self.db.work(workspace_id) as session:
            delivery = await queries.load_delivery(session, delivery_id, lock=True)
            if delivery is None or delivery.state != "queued":
                return
            hook = await queries.load(session, delivery.webhook_id, lock=True)
            if hook is None:
                return
            delivery.attempts = [*delivery.attempts, outcome]
            if 200 <= outcome["status"] < 300:
                delivery.state, delivery.settled_at = "done", now
                hook.failures, hook.paused_until, hook.last_ok_at = 0, None, now
            else:
                await self._put_off(delivery, hook, outcome["status"], now)
            await session.notify("webhooks", webhook=str(hook.id))
        metrics.WEBHOOKS.labels("later" if delivery.state == "queued" else delivery.state).inc()

    async def _put_off(self, delivery: Delivery, hook: Webhook, status: int, now: datetime) -> None:
        wait = WAITS[min(len(delivery.attempts), len(WAITS)) - 1]
        delivery.next_attempt_at = now + wait
        if now - delivery.created_at > GIVE_UP:
            delivery.state, delivery.settled_at = "failed", now
        if status == 0 or status >= 500 or status == 429:  # the receiver itself is in trouble: leave it alone for now
            hook.failures += 1
            hook.paused_until = now + WAITS[min(hook.failures, len(WAITS)) - 1]
        if hook.active and now - (hook.last_ok_at or hook.created_at) > SWITCH_OFF and delivery.state == "failed":
            hook.active = False
            log.warning("webhook switched off", webhook=str(hook.id))

    async def prune(self) -> None:
        """The job: drop what was settled a month ago."""
        async with self.db.work(None) as session:
            workspaces = await queries.list_workspaces(session)
        for workspace_id in workspaces:
            async with self.db.work(workspace_id) as session:
                await queries.prune(session, clock.now() - KEPT)
