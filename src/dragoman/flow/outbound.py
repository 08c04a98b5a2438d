"""From the agent's words to the buyer's mailbox: thread, outbox and job in one transaction; then the handing over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import procrastinate

from dragoman.accounts import queries as accounts
from dragoman.accounts.access import Actor
from dragoman.accounts.checks import clean_email
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email import smtp, tokens
from dragoman.channels.email.compose import OutgoingFile, OutgoingMail, compose
from dragoman.channels.email.mail import Address
from dragoman.channels.email.models import Mailbox
from dragoman.delivery import queries as outbox
from dragoman.delivery import service as delivery
from dragoman.delivery.models import SENT, Outbox
from dragoman.kit import clock
from dragoman.kit.errors import N_, Conflict, DeskError, Invalid
from dragoman.platform import files, logs, metrics, tracing
from dragoman.platform.db import Database, Session
from dragoman.platform.secrets import Keys
from dragoman.replies import checking
from dragoman.replies import queries as drafts
from dragoman.replies import service as replies
from dragoman.tickets import queries, service, told
from dragoman.tickets.models import Attachment, Message, Ticket
from dragoman.understanding import language
from dragoman.webhooks import service as webhooks

log = logs.get(__name__)
SWEEP_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Outbound:
    """The outbound way of one installation; `main/wiring.py` makes it."""

    db: Database
    keys: Keys
    jobs: procrastinate.App
    undo: timedelta
    allow_private: bool

    async def reply(
        self, session: Session, actor: Actor, *, ticket: Ticket, html: str = "", plain: str = "",
        attachments: Sequence[Attachment] = (), cc: Sequence[str] = (), then: str | None = None, passed: str = "",
    ) -> Message:  # fmt: skip
        """Answer the customer; the mail leaves after the time in which it can be taken back.

        `then` sets the ticket's state with it, `passed` says why it leaves in spite of findings that block. Raises
        Blocked and Invalid (nothing is changed then), Forbidden.
        """
        body = replies.body_from(html, plain)
        if not body.text.strip() and not attachments:
            raise Invalid(fields={"body": N_("Write something first.")})
        replies.check_filled(body)
        copies = copies_from(cc)
        actor.require("ticket.reply")
        findings = await checking.review(session, ticket, body.text)
        reason = checking.let_pass(findings, passed)
        message, box = await replies.prepare_reply(
            session, self.keys, actor, ticket=ticket, body=body, cc=copies, at=clock.now()
        )
        message.language = language.known(body.text)
        await service.add_outbound(session, actor, ticket=ticket, message=message, attachments=attachments)
        checking.keep(session, message, body.text, findings, reason)
        await delivery.enqueue(
            session, self.jobs, message_id=message.id, channel="email", source_id=box.id, at=message.at + self.undo
        )
        await drafts.drop(session, ticket.id, actor.person_id, "reply")
        if then and then != ticket.status:
            await service.set_status(session, actor, ticket=ticket, status=then)
        return message

    async def take_back(self, session: Session, actor: Actor, *, message: Message) -> Ticket:
        """Undo a reply that has not left; its words become the draft again. Raises Conflict when it is too late."""
        ticket = await queries.load_ticket(session, message.ticket_id, lock=True)
        if ticket is None or message.kind != "outbound" or message.person_id != actor.person_id:
            raise Conflict(N_("Only whoever wrote a message can take it back."))
        await delivery.cancel(session, message.id)
        html = message.html or ""
        await service.take_back(session, actor, ticket=ticket, message=message)
        await replies.save_draft(session, actor, ticket=ticket, kind="reply", html=html)
        return ticket

    async def send(self, workspace: str, outbox: str) -> None:
        """The job: try to hand one message over."""
        workspace_id, outbox_id = UUID(workspace), UUID(outbox)
        async with self.db.work(workspace_id) as session:
            claimed = await delivery.claim(session, outbox_id)
            if claimed is None:
                await self._tell(session, outbox_id)
                return
            row, attempt = claimed
            await self._tell(session, outbox_id)
        with tracing.span("mail.send") as span, metrics.timed(metrics.SEND_SECONDS):
            outcome = await self._try(workspace_id, row, attempt.id)
            span.note("dragoman.outcome", outcome.kind)
        metrics.MAIL_SENT.labels(outcome.kind).inc()
        async with self.db.work(workspace_id) as session:
            settled = await delivery.settle(session, self.jobs, outbox_id, attempt.id, outcome)
            await self._tell(session, outbox_id, settled=settled)
        log.info("delivery", outbox=outbox, outcome=outcome.kind, code=outcome.code)

    async def _try(self, workspace_id: UUID, row: Outbox, attempt_id: UUID) -> delivery.Outcome:
        try:
            async with self.db.work(workspace_id) as session:
                box, mail, recipients = await self._mail(session, row)
        except (DeskError, ValueError, LookupError) as error:
            log.error("mail not written", outbox=str(row.id), error=type(error).__name__, exc_info=True)
            return delivery.Outcome(
                "failed", detail=N_("The mail could not be written. Change the answer, or ask for help.")
            )
        if box is None:
            return delivery.Outcome("failed", detail=N_("The mailbox it was to leave by is gone."))
        try:
            return await self._hand_over(workspace_id, attempt_id, box, mail, recipients)
        except DeskError as error:  # the mailbox's password can't be opened, say: mended by a person, the mail waits
            return delivery.Outcome("later", detail=error.message)

    async def _hand_over(
        self, workspace_id: UUID, attempt_id: UUID, box: Mailbox, mail: bytes, recipients: list[str]
    ) -> delivery.Outcome:
        async def point_of_no_return() -> None:
            async with self.db.work(workspace_id) as session:
                await delivery.hand_over(session, attempt_id)

        account = smtp.account_of(box, self.keys)
        try:
            await smtp.send(
                account, mail, sender=box.address, recipients=recipients, before_data=point_of_no_return,
                allow_private=self.allow_private,
            )  # fmt: skip
        except smtp.Refused as error:
            return delivery.Outcome("failed" if error.permanent else "later", error.code, error.detail)
        return delivery.Outcome("sent", 250)

    async def _mail(self, session: Session, row: Outbox) -> tuple[Mailbox | None, bytes, list[str]]:
        message = await queries.load_message(session, row.message_id)
        box = await mailboxes.load(session, row.source_id)
        if message is None:
            raise LookupError(f"outbox {row.id} has no message")
        attached = []
        for one in await queries.list_attachments(session, [message.id]):
            content = await files.read(session, one.file_id)
            attached.append(OutgoingFile(one.name, one.type, content or b"", cid=one.cid or None))
        to = [Address(name, email) for name, email in message.recipients.get("to", ())]
        cc = [Address(name, email) for name, email in message.recipients.get("cc", ())]
        own = box.address if box else message.from_address
        reply_to = None
        if box and box.plus_addressing:
            reply_to = Address("", tokens.reply_address(self.keys.derive("mail-token"), own, message.ticket_id))
        mail = OutgoingMail(
            from_=Address(message.from_name, own), to=tuple(to), cc=tuple(cc), subject=message.subject,
            text=message.text, html=message.html, message_id=message.rfc_message_id or "", date=message.at,
            in_reply_to=message.references[-1] if message.references else None,
            references=tuple(message.references), reply_to=reply_to, attachments=tuple(attached),
            auto_submitted="auto-replied" if message.automatic else None,
            loop=self.keys.sign("mail-loop", session.workspace_id.hex),
        )  # fmt: skip
        return box, compose(mail), [one.email for one in (*to, *cc)]

    async def _tell(self, session: Session, outbox_id: UUID, *, settled: Outbox | None = None) -> None:
        row = await outbox.load(session, outbox_id)
        message = await queries.load_message(session, row.message_id) if row else None
        ticket = await queries.load_ticket(session, message.ticket_id) if message else None
        if ticket is None or message is None:
            return
        await session.notify("ticket", number=ticket.number, version=ticket.version, by=None)
        if settled is not None and settled.settled_at is not None:
            sent = settled.state == SENT
            await webhooks.tell(session, told.delivered(ticket, message, sent=sent, reason=settled.reason))

    async def sweep(self) -> None:
        """Queue anew what should have been tried by now (its job, or its process, was lost)."""
        async with self.db.work(None) as session:
            workspaces = [one.id for one in await accounts.list_workspaces(session)]
        for workspace_id in workspaces:
            async with self.db.work(workspace_id) as session:
                for outbox_id in await outbox.list_overdue(session, before=clock.now() - SWEEP_AFTER):
                    await delivery.schedule(session, self.jobs, outbox_id, clock.now())


def copies_from(cc: Sequence[str]) -> list[str]:
    """The addresses that get a copy, 20 at most. Raises Invalid beside `cc`."""
    try:
        return [clean_email(one) for one in cc if one.strip()][:20]
    except Invalid as error:
        raise Invalid(fields={"cc": N_("This is not an e-mail address.")}) from error
