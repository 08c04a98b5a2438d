"""Tickets that are opened at the same moment are filed together.

Each workspace files one batch at a time: what arrives meanwhile waits for the next, so that a lone request waits for
nothing and a flood costs a statement a table instead of a dozen statements a ticket (docs/api.md has the figures).
Ticket numbers are given under a lock of the workspace's anyway. A request is still all or nothing: its key, its ticket
and its answer are in one transaction, and when a batch fails its requests are done one by one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from fastapi.responses import Response

from dragoman.api import idempotency, queries
from dragoman.api.queries import Claim
from dragoman.flow import arrivals
from dragoman.flow.arrivals import Asked
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys
from dragoman.tickets.models import Ticket

MOST = 20


@dataclass(slots=True)
class Waiting:
    """A request that waits for its ticket: what it asks, the claim of its key, and how it is answered."""

    asked: Asked
    claim: Claim | None
    say: Callable[[Ticket], Response]
    done: asyncio.Future[Response] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    @property
    def key(self) -> tuple[UUID, str] | None:
        """What the request is done once by."""
        return (self.claim.token_id, self.claim.key) if self.claim else None


@dataclass(slots=True)
class Gatherer:
    """The requests of this process that wait, by workspace, and the tasks that file them."""

    db: Database
    keys: Keys
    waiting: dict[UUID, list[Waiting]] = field(default_factory=dict)
    tasks: dict[UUID, asyncio.Task[None]] = field(default_factory=dict)

    async def open(self, one: Waiting) -> Response:
        """File a ticket with others of this moment; returns what is answered. Raises what filing it alone raises."""
        workspace_id = one.asked.actor.workspace_id
        self.waiting.setdefault(workspace_id, []).append(one)
        if workspace_id not in self.tasks:
            self.tasks[workspace_id] = asyncio.create_task(self._work(workspace_id))
        return await one.done

    async def _work(self, workspace_id: UUID) -> None:
        try:
            while batch := self._take(workspace_id):
                await self._settle(workspace_id, batch)
        finally:
            del self.tasks[workspace_id]

    def _take(self, workspace_id: UUID) -> list[Waiting]:
        """The next batch; of several requests with one key only the first, so that the next finds its answer."""
        taken: list[Waiting] = []
        later: list[Waiting] = []
        keys: set[tuple[UUID, str]] = set()
        for one in self.waiting.pop(workspace_id, []):
            fits = len(taken) < MOST and one.key not in keys
            (taken if fits else later).append(one)
            if fits and one.key:
                keys.add(one.key)
        if later:
            self.waiting[workspace_id] = later
        return taken

    async def _settle(self, workspace_id: UUID, batch: list[Waiting]) -> None:
        """File a batch, or where that fails each of it alone, and tell everybody."""
        try:
            answers = await self._file(workspace_id, batch)
        except Exception as error:
            if len(batch) > 1:
                for one in batch:
                    await self._settle(workspace_id, [one])
            elif not batch[0].done.done():
                batch[0].done.set_exception(error)
            return
        for one, answer in zip(batch, answers, strict=True):
            if not one.done.done():  # whoever asked may be gone
                one.done.set_result(answer)

    async def _file(self, workspace_id: UUID, batch: list[Waiting]) -> list[Response]:
        async with self.db.work(workspace_id) as session:
            claimed = await idempotency.claim_all(session, [one.claim for one in batch if one.claim])
            fresh = [one for one in batch if one.key is None or one.key in claimed]
            tickets = await arrivals.open_tickets(session, [one.asked for one in fresh]) if fresh else []
            await session.settle()  # now, so that the answers tell what rules and clocks have made of the tickets
            said = {id(one): one.say(ticket) for one, ticket in zip(fresh, tickets, strict=True)}
            kept = [
                idempotency.given(self.keys, one.claim, claimed[one.key], said[id(one)])
                for one in fresh
                if one.claim and one.key
            ]
            if kept:
                await queries.keep(session, kept)
            return [said.get(id(one)) or await self._before(session, one) for one in batch]

    async def _before(self, session: Session, one: Waiting) -> Response:
        assert one.claim is not None
        return await idempotency.again(session, self.keys, one.claim)
