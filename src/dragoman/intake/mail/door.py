"""The built-in receiver (SMTP and LMTP): mail is stored, committed, and only then acknowledged.

Mails that arrive together are stored together: a transaction each would spend more on commits than on mails.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

from dragoman.channels.email import queries
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.intake import service as intake
from dragoman.platform import logs, metrics
from dragoman.platform.db import Database

log = logs.get(__name__)
TOGETHER = 64  # mails stored in one transaction, at most
KNOWN_FOR, MOST_KNOWN = 2.0, 1_000
"""So many seconds, and so many addresses, the directory's answer is remembered for taking a recipient: mails come in
bursts. Only who is here is remembered, so a new address is taken at once; where a mail goes is asked anew."""
Route = tuple[UUID, UUID]
"""A workspace and its mailbox."""
TRY_AGAIN = "451 4.3.0 Can't store mail just now, please try again later"


@dataclass(frozen=True, slots=True)
class Taken:
    """A mail whose sender still waits for the word that it is stored."""

    workspace_id: UUID
    arrival: intake.Arrival
    stored: asyncio.Future[None]


class Door:
    """Receives mail for the addresses in the directory; also `user+anything@domain` for `user@domain`."""

    def __init__(self, db: Database, *, domain: str, max_size: int) -> None:
        self._db, self._domain, self._max_size = db, domain, max_size
        self._queue: asyncio.Queue[Taken] = asyncio.Queue(maxsize=TOGETHER * 4)
        self._servers: list[asyncio.Server] = []
        self._store: asyncio.Task[None] | None = None
        self._known: dict[str, tuple[float, Route | None]] = {}

    async def open(self, host: str, port: int, *, lmtp: bool = False) -> int:
        """Listen; returns the port (for 0 the one that was free)."""
        protocol = LMTP if lmtp else SMTP
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: protocol(
                self, data_size_limit=self._max_size, enable_SMTPUTF8=True, hostname=self._domain,
                ident="Dragoman", decode_data=False, loop=loop, timeout=300,
            ),
            host, port, backlog=256,
        )  # fmt: skip
        self._servers.append(server)
        if self._store is None:
            self._store = asyncio.create_task(self._store_all(), name="mail door")
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening; mails whose senders still wait are told to come again by their lost connection."""
        for server in self._servers:
            server.close()
        if self._store:
            self._store.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._store

    async def handle_RCPT(
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Take only addresses somebody here answers for."""
        try:
            route = await self._route(address)
        except Exception as error:  # a sender must be told to come again whatever is wrong here
            log.warning("directory not readable", error=type(error).__name__)
            return TRY_AGAIN
        if route is None:
            return "550 5.1.1 No such mailbox here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def _route(self, address: str) -> Route | None:
        """Who answers for an address, as far as it is good enough to take a recipient by."""
        until, route = self._known.get(address, (0.0, None))
        if time.monotonic() < until:
            return route
        (route,) = await self._routes([address])
        if route is not None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[address] = (time.monotonic() + KNOWN_FOR, route)
        return route

    async def _routes(self, addresses: Sequence[str]) -> list[Route | None]:
        """Who answers for some addresses by the directory as it is, in their order."""
        wanted = {}
        for address in addresses:
            user, _at, domain = address.lower().rpartition("@")
            wanted[address] = (address.lower(), f"{user.partition('+')[0]}@{domain}")
        async with self._db.work(None) as session:
            found = await queries.find_routes(session, [one for pair in wanted.values() for one in pair])
        rows = [found.get(wanted[address][0]) or found.get(wanted[address][1]) for address in addresses]
        return [(row.workspace_id, row.mailbox_id) if row else None for row in rows]

    async def handle_DATA(self, server: Any, _session: Session, envelope: Envelope) -> str:
        """Store, then acknowledge: once in SMTP, once for each recipient in LMTP (RFC 2033 §4.2)."""
        answer = await self._take(envelope)
        return "\r\n".join([answer] * len(envelope.rcpt_tos)) if isinstance(server, LMTP) else answer

    async def _take(self, envelope: Envelope) -> str:
        raw = envelope.original_content or b""
        loop = asyncio.get_running_loop()
        waiting = []
        try:
            routes = set(await self._routes(envelope.rcpt_tos))
            if None in routes:  # gone since it was taken: told at the next try, to the recipient it is about
                self._known.clear()
                return TRY_AGAIN
            external_id = fingerprint(raw)
            seen: set[UUID] = set()
            for workspace_id, mailbox_id in sorted(filter(None, routes)):
                if workspace_id in seen:
                    continue
                seen.add(workspace_id)
                meta = {"from": envelope.mail_from or "", "to": list(envelope.rcpt_tos)[:50]}
                arrival = intake.Arrival("email", external_id, raw, mailbox_id, meta)
                taken = Taken(workspace_id, arrival, loop.create_future())
                await self._queue.put(taken)
                waiting.append(taken.stored)
            for stored in waiting:
                await stored
        except Exception as error:
            log.warning("mail not stored", error=type(error).__name__, exc_info=True)
            return TRY_AGAIN
        return "250 2.0.0 Stored"

    async def _store_all(self) -> None:
        while True:
            first = await self._queue.get()
            batch = [first]
            while len(batch) < TOGETHER and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            by_workspace: dict[UUID, list[Taken]] = defaultdict(list)
            for taken in batch:
                by_workspace[taken.workspace_id].append(taken)
            for workspace_id, mails in by_workspace.items():
                await self._store_some(workspace_id, mails)

    async def _store_some(self, workspace_id: UUID, mails: list[Taken]) -> None:
        try:
            async with self._db.work(workspace_id) as session:
                fresh = await store(session, [taken.arrival for taken in mails])
        except Exception as error:  # told to each sender; the door stays open
            for taken in mails:
                if not taken.stored.done():
                    taken.stored.set_exception(error)
            return
        metrics.MAIL_TAKEN.labels("smtp").inc(len(fresh))
        for taken in mails:
            if not taken.stored.done():
                taken.stored.set_result(None)


async def store(session: Any, arrivals: list[intake.Arrival]) -> dict[str, UUID]:
    """Store arrivals and count what is new for each mailbox; returns the new envelopes by external id."""
    fresh = await intake.receive(session, arrivals)
    taken: dict[UUID, int] = defaultdict(int)
    for arrival in {one.external_id: one for one in arrivals}.values():
        if arrival.external_id in fresh and arrival.source_id:
            taken[arrival.source_id] += 1
    for mailbox_id, number in taken.items():
        await queries.count(session, mailbox_id, taken=number)
    return fresh
