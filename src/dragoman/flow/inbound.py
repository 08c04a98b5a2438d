"""From the stored envelope to the ticket: read, know the sender, find the thread, file, tell.

A batch is one transaction. Should it fail, its mails are tried one by one, and the one at fault is set aside with
the reason: the others never wait for it, and it is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter
from uuid import UUID

from dragoman.accounts import queries as accounts
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email.mail import ParsedMail
from dragoman.flow import bounces, sidemail
from dragoman.flow.ahead import Ahead
from dragoman.flow.resolve import Resolver, incoming_from
from dragoman.intake import queries as envelopes
from dragoman.intake.models import DROPPED, FILED, SET_ASIDE, Envelope
from dragoman.kit import clock
from dragoman.kit.errors import N_
from dragoman.platform import logs, metrics, tracing
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys
from dragoman.tickets.filing import Incoming, file_all

log = logs.get(__name__)
BATCH, BATCH_BYTES = 40, 24 * 1024 * 1024
ELSEWHERE = 1.0
"""Seconds for which a workspace is left to the process that was seen filing there: it prepares what comes next, and
taken out of its hands that would be done twice. One that dies is followed by the sweep."""

NO_SENDER = N_("No sender can be read from this mail.")


@dataclass(frozen=True, slots=True)
class Inbound:
    """The inbound way of one installation; `main/wiring.py` makes it."""

    db: Database
    keys: Keys
    ahead: Ahead
    _elsewhere: dict[UUID, float] = field(default_factory=dict, init=False)

    async def pending(self) -> list[UUID]:
        """Workspaces in which something waits."""
        async with self.db.work(None) as session:
            ids = [workspace.id for workspace in await accounts.list_workspaces(session)]
        out = []
        for workspace_id in ids:
            async with self.db.work(workspace_id) as session:
                if await envelopes.waits(session):
                    out.append(workspace_id)
        return out

    async def batch(self, workspace_id: UUID) -> int:
        """File the oldest mails that wait; returns how many are settled."""
        try:
            return await self._batch(workspace_id, BATCH)
        except OSError:
            raise
        except Exception as error:
            log.warning("batch failed, going one by one", error=type(error).__name__, exc_info=True)
        return await self._one(workspace_id)

    async def _batch(self, workspace_id: UUID, limit: int) -> int:
        started = perf_counter()
        if started < self._elsewhere.get(workspace_id, 0.0):
            return 0
        with tracing.span("mail.file") as span:
            async with self.db.work(workspace_id) as session:
                if not await envelopes.only_drainer(session):
                    self._elsewhere[workspace_id] = started + ELSEWHERE
                    return 0
                self._elsewhere.pop(workspace_id, None)
                waiting = await envelopes.take_received(session, limit=limit, size=BATCH_BYTES)
                mails = await self.ahead.mails(waiting)
                if waiting:
                    if len(waiting) > 1:  # a mail alone is seldom followed by another at once
                        self.ahead.begin(workspace_id, waiting[-1].id, limit=limit, size=BATCH_BYTES)
                    await self._file(session, list(zip(waiting, mails, strict=True)))
            span.note("dragoman.mails", len(waiting))
        for one in waiting:
            metrics.MAIL_FILED.labels(one.state).inc()
        if waiting:
            metrics.FILE_SECONDS.observe(perf_counter() - started)
        return len(waiting)

    async def _one(self, workspace_id: UUID) -> int:
        """File the oldest mail alone, or set it aside."""
        try:
            return await self._batch(workspace_id, 1)
        except OSError:
            raise
        except Exception as error:
            async with self.db.work(workspace_id) as session:
                waiting = await envelopes.take_received(session, limit=1, size=0)
                for one in waiting:
                    log.error("mail set aside", envelope=str(one.id), error=type(error).__name__, exc_info=True)
                    problem = f"{type(error).__name__}: {str(error)[:300]}"
                    await envelopes.settle(session, one.id, state=SET_ASIDE, problem=problem, now=clock.now())
                    metrics.MAIL_FILED.labels(SET_ASIDE).inc()
                    if one.source_id:
                        await mailboxes.count(session, one.source_id, set_aside=1)
            return len(waiting)

    async def _file(self, session: Session, mails: list[tuple[Envelope, ParsedMail]]) -> None:
        now, everything = clock.now(), mails
        mails = await sidemail.take(session, self.keys, mails)
        legible = [mail for _one, mail in mails if not _says_nothing(mail)]
        resolver = await Resolver.prepare(session, self.keys, legible)
        filed: list[Incoming] = []
        for envelope, mail in mails:
            envelope.settled_at, envelope.attempts = now, envelope.attempts + 1
            if _says_nothing(mail):
                envelope.state, envelope.problem = SET_ASIDE, NO_SENDER
            elif resolver.is_ours(mail):
                envelope.state, envelope.problem = DROPPED, N_("Our own mail came back to us.")
            else:
                one = incoming_from(envelope, mail, resolver)
                filed.append(one)
                envelope.state, envelope.message_id, envelope.problem = FILED, one.message_id, ""
        await file_all(session, filed)
        for envelope, mail in mails:
            if mail.bounce and envelope.state == FILED:
                await bounces.note(session, self.keys, mail.bounce)
        for mailbox_id in {one.source_id for one, _mail in everything if one.source_id}:
            states = [one.state for one, _mail in everything if one.source_id == mailbox_id]
            count = states.count(FILED)
            await mailboxes.count(session, mailbox_id, filed=count, set_aside=len(states) - count)


def _says_nothing(mail: ParsedMail) -> bool:
    """Whether nobody wrote it that can be read, and it holds nothing to read or is no mail at all."""
    if mail.from_.email or mail.from_.name:
        return False
    broken = any(one.partition(":")[0] in ("unreadable", "header-separator-missing") for one in mail.problems)
    return broken or not (mail.text or mail.attachments)
