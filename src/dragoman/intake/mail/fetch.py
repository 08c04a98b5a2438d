"""Fetching mail from IMAP mailboxes: what the server has and the desk has not is fetched, whatever the flags say.

Each portion is stored in one transaction together with its UIDs, so an interruption anywhere costs nothing but the
portion under way, which is fetched again.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from dragoman.channels.email import imap, queries
from dragoman.channels.email.explain import TROUBLES, explain
from dragoman.channels.email.fingerprint import fingerprint
from dragoman.channels.email.models import Mailbox
from dragoman.intake.mail import folders
from dragoman.intake.mail.door import store
from dragoman.intake.service import Arrival
from dragoman.kit import clock
from dragoman.platform import logs, metrics, net, tracing
from dragoman.platform.db import Database
from dragoman.platform.live import Notice
from dragoman.platform.secrets import Keys

log = logs.get(__name__)
LOOK_SECONDS = 2.0
LEASE = timedelta(minutes=10)
AT_ONCE = 4
LONGEST_PAUSE = 900  # seconds between tries of a mailbox that keeps failing


@dataclass(frozen=True, slots=True)
class Portion:
    """Raw mails of one folder by UID."""

    folder: UUID
    name: str
    mails: dict[int, imap.Fetched]


@contextlib.contextmanager
def _hung_up_if_cancelled(sock: socket.socket) -> Iterator[None]:
    """Cut the line when the block is told to end: the thread that talks over it then ends at once, too."""
    with sock.dup() as line:  # TLS takes the socket itself over
        try:
            yield
        except asyncio.CancelledError:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            raise


class Fetcher:
    """Looks after all IMAP mailboxes of an installation; several processes share them by lease."""

    def __init__(self, db: Database, keys: Keys, *, every: int, allow_private: bool) -> None:
        self._db, self._keys, self._every, self._allow_private = db, keys, every, allow_private
        self._awake = asyncio.Event()
        self._busy: set[UUID] = set()

    def hear(self, notice: Notice) -> None:
        """Look at once when somebody has changed a mailbox or asked to check it now."""
        if notice.get("work") in ("fetch", "*"):
            self._awake.set()

    async def run(self) -> None:
        """Fetch for ever."""
        slots = asyncio.Semaphore(AT_ONCE)
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                try:
                    for workspace_id, mailbox_id in await self._claim():
                        task = asyncio.create_task(self._guarded(slots, workspace_id, mailbox_id))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)
                except Exception as error:  # the loop outlives whatever the database does
                    log.warning("mailboxes not readable", error=type(error).__name__)
                self._awake.clear()
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._awake.wait()
                except TimeoutError:
                    pass
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _claim(self) -> list[tuple[UUID, UUID]]:
        """Take the mailboxes that are due, so that no other process does."""
        out = []
        async with self._db.work(None) as session:
            workspaces = list(await session.scalars(text("SELECT id FROM workspaces")))
        now = clock.now()
        for workspace_id in workspaces:
            async with self._db.work(workspace_id) as session:
                due = await folders.claim_due(session, now=now, until=now + LEASE)
            out += [(workspace_id, mailbox_id) for mailbox_id in due if mailbox_id not in self._busy]
        return out

    async def _guarded(self, slots: asyncio.Semaphore, workspace_id: UUID, mailbox_id: UUID) -> None:
        self._busy.add(mailbox_id)
        try:
            async with slots:
                with metrics.timed(metrics.FETCH_SECONDS), tracing.span("mail.fetch"):
                    await self.check(workspace_id, mailbox_id)
        except asyncio.CancelledError:  # the process ends: whoever comes next need not wait for the lease to end
            async with self._db.work(workspace_id) as session:
                await folders.renew_lease(session, mailbox_id, clock.now())
            raise
        except Exception as error:
            log.error("mailbox check failed", mailbox=str(mailbox_id), error=type(error).__name__, exc_info=True)
        finally:
            self._busy.discard(mailbox_id)

    async def check(self, workspace_id: UUID, mailbox_id: UUID) -> int:
        """Fetch all that is new in one mailbox; returns how many mails that was. Trouble is noted on the mailbox."""
        async with self._db.work(workspace_id) as session:
            box = await queries.load(session, mailbox_id)
        if box is None or not box.active or box.inbound != "imap":
            return 0
        total, trouble = 0, None
        try:
            total = await self._fetch_all(workspace_id, box)
        except TROUBLES as error:
            trouble = explain(error, host=box.imap_host, port=box.imap_port)
            log.warning("mailbox unreachable", mailbox=str(mailbox_id), error=type(error).__name__)
        async with self._db.work(workspace_id) as session:
            fresh = await queries.load(session, mailbox_id)
            if fresh is None:
                return total
            now = clock.now()
            fresh.failures = fresh.failures + 1 if trouble else 0
            fresh.error, fresh.error_values = (trouble.message, trouble.values) if trouble else ("", {})
            fresh.error_at = now if trouble else None
            pause = min(self._every * 2 ** min(fresh.failures, 10), max(LONGEST_PAUSE, self._every))
            fresh.next_check_at = now + timedelta(seconds=pause if trouble else self._every)
            if not trouble:
                fresh.checked_at = now
            await session.notify("mailbox", mailbox=str(mailbox_id))
        return total

    async def _fetch_all(self, workspace_id: UUID, box: Mailbox) -> int:
        account = imap.account_of(box, self._keys)
        sock = await net.connect(account.host, account.port, timeout=30, allow_private=self._allow_private)
        opening, client, total = imap.session(account, sock), None, 0
        try:
            with _hung_up_if_cancelled(sock):
                client = await asyncio.to_thread(opening.__enter__)
                for name in box.imap_folders or ["INBOX"]:
                    total += await self._fetch_folder(workspace_id, box.id, client, name)
        finally:
            if client is not None:
                await asyncio.to_thread(opening.__exit__, None, None, None)
        return total

    async def _fetch_folder(self, workspace_id: UUID, mailbox_id: UUID, client: imaplib.IMAP4, name: str) -> int:
        state = await asyncio.to_thread(imap.examine, client, name)
        async with self._db.work(workspace_id) as session:
            folder = await folders.enter(session, mailbox_id, name, state.uidvalidity)
            known = await folders.known_uids(session, folder)
        missing = [uid for uid in state.uids if uid not in known]
        total = 0
        portions = imap.chunks(client, missing)
        while (uids := await asyncio.to_thread(next, portions, None)) is not None:
            mails = await asyncio.to_thread(imap.fetch, client, uids)
            async with self._db.work(workspace_id) as session:
                fresh = await self._store(session, mailbox_id, Portion(folder, name, mails))
                await folders.renew_lease(session, mailbox_id, clock.now() + LEASE)
            metrics.MAIL_TAKEN.labels("imap").inc(fresh)
            total += len(mails)
            known.update(mails)
        async with self._db.work(workspace_id) as session:
            await folders.note_look(
                session, folder, on_server=len(state.uids), fetched=sum(uid in known for uid in state.uids),
                now=clock.now(),
            )  # fmt: skip
        return total

    async def _store(self, session: folders.Session, mailbox_id: UUID, portion: Portion) -> int:
        """Store a portion; returns how many of its mails are new."""
        keys: dict[int, str] = {uid: fingerprint(mail.raw) for uid, mail in portion.mails.items()}
        arrivals = [
            Arrival("email", keys[uid], mail.raw, mailbox_id, {"folder": portion.name, "uid": uid}, mail.arrived)
            for uid, mail in portion.mails.items()
        ]
        fresh = await store(session, arrivals)
        ids = fresh | await folders.envelope_ids(session, [key for key in keys.values() if key not in fresh])
        await folders.remember(session, portion.folder, {uid: ids[key] for uid, key in keys.items()})
        return len(fresh)
