"""Letters of the desk itself, to people of the desk: invitations, and what happened to their sign-in.

They leave by the first active mailbox. A letter is a job: it may arrive twice, and nothing depends on it, for all it
says also stands on a page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import procrastinate

from dragoman.accounts import queries as accounts
from dragoman.accounts.alerts import KINDS
from dragoman.accounts.invitations import Invited
from dragoman.accounts.models import Person, SignInAlert
from dragoman.accounts.notices import queries as told
from dragoman.accounts.notices import service as notices
from dragoman.accounts.notices.models import PersonNotice
from dragoman.audit import service as audit
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email import smtp
from dragoman.channels.email.compose import OutgoingMail, compose
from dragoman.channels.email.mail import Address
from dragoman.channels.email.models import Mailbox
from dragoman.kit import clock, ids
from dragoman.platform import i18n, jobs, logs
from dragoman.platform.db import Database, Session
from dragoman.platform.i18n import gettext as _
from dragoman.platform.secrets import Keys

log = logs.get(__name__)
SEND = "letters.send"
RETRY = procrastinate.RetryStrategy(max_attempts=6, exponential_wait=8, retry_exceptions={smtp.Refused})
"""Some hours in all: a mail server that is restarted does not lose an invitation."""


NOTICES = 40
"""That many are told in one letter; of more it says how many."""


async def _nothing() -> None:
    """Letters need no note of the point of no return: one that arrives twice does no harm."""


@dataclass(frozen=True, slots=True)
class Letters:
    """The desk's own letters; `main/wiring.py` makes it. `public_url` stands in letters that offer a page."""

    db: Database
    keys: Keys
    jobs: procrastinate.App
    allow_private: bool
    public_url: str

    async def invite(self, session: Session, invited: Invited, *, by: str, link: str) -> bool:
        """Mail an invitation; False where no mailbox can, so that its link must be handed over."""
        workspace = await accounts.find_workspace(session, session.workspace_id)
        company = workspace.name if workspace else ""
        with i18n.use(invited.locale):
            subject = _("{name} invites you to the desk of {company}", name=by, company=company)
            text = _(
                "Hello,\n\n{name} invites you to work at the customer desk of {company}. Open this link to choose "
                "your name and password. It works once, within three days:\n\n{link}\n\nIf you do not expect this, "
                "do nothing: without you the link opens nothing.",
                name=by, company=company, link=link,
            )  # fmt: skip
        return await self._post(session, invited.email, subject, text)

    async def alert(self, session: Session, alert_id: UUID | None) -> bool:
        """Mail what happened to somebody's sign-in; False where no mailbox can, or there is nothing to tell."""
        alert = await session.get(SignInAlert, (session.workspace_id, alert_id)) if alert_id else None
        person = await session.get(Person, (session.workspace_id, alert.person_id)) if alert else None
        if alert is None or person is None:
            return False
        with i18n.use(person.locale):
            subject = _(KINDS[alert.kind])
            text = _(
                "Hello {name},\n\n{what}:\n\nWhen: {when}\nWhere: {address}\nBrowser: {browser}\n\nWas this you? Then "
                "there is nothing to do. If not, change your password at once, end that sign-in on your profile page, "
                "and tell an administrator of your desk.",
                name=person.name, what=subject, when=_moment(alert.at), address=alert.address or "–",
                browser=alert.browser or "–",
            )  # fmt: skip
        if self.public_url:
            text += f"\n\n{self.public_url}/settings/profile"
        return await self._post(session, person.email, subject, text)

    async def notices(self, session: Session, keys: Sequence[UUID]) -> None:
        """The alarm: mail some people what they wished to have by mail and have not seen, all in one letter each."""
        now, each = clock.now(), dict[UUID, list[PersonNotice]]()
        for one in await told.list_to_mail(session, keys):
            each.setdefault(one.person_id, []).append(one)
        for person_id, rows in each.items():
            person = await accounts.load_person(session, person_id)
            if person is not None and person.active:
                with i18n.use(person.locale):
                    lines = [notices.words(one) for one in rows[:NOTICES]]
                    subject = i18n.ngettext("{n} notice of your desk", "{n} notices of your desk", len(rows))
                    lines += [_("… and {n} more", n=len(rows) - NOTICES)] if len(rows) > NOTICES else []
                if self.public_url:
                    lines += ["", f"{self.public_url}/notices"]
                await self._post(session, person.email, subject, "\n".join(lines))
            for one in rows:
                one.mailed_at = now

    async def _post(self, session: Session, to: str, subject: str, text: str) -> bool:
        box = await self._mailbox(session)
        if box is None:
            return False
        letter = {
            "to": to, "subject": subject, "text": text, "id": f"{ids.new().hex}@{box.address.rpartition('@')[2]}",
            "at": clock.now().isoformat(),
        }  # fmt: skip
        sealed = self.keys.seal(json.dumps(letter), context=f"letter {session.workspace_id}")
        await jobs.defer(session, self.jobs, SEND, letter=sealed)
        return True

    async def _mailbox(self, session: Session) -> Mailbox | None:
        found = await mailboxes.list_mailboxes(session)
        return next((box for box in found if box.active and box.smtp_host), None)

    async def send(self, workspace: str, letter: str) -> None:
        """The job: hand one letter over. Raises Refused for what may pass, to be tried again."""
        workspace_id = UUID(workspace)
        facts = json.loads(self.keys.open(letter, context=f"letter {workspace_id}"))
        async with self.db.work(workspace_id) as session:
            box = await self._mailbox(session)
            company = await accounts.find_workspace(session, workspace_id)
        if box is None or company is None:
            await self._note(workspace_id, "letter.failed", facts, "no mailbox")
            return
        mail = OutgoingMail(
            from_=Address(company.name, box.address), to=(Address("", facts["to"]),), subject=facts["subject"],
            text=facts["text"], message_id=facts["id"], date=datetime.fromisoformat(facts["at"]),
            auto_submitted="auto-generated", loop=self.keys.sign("mail-loop", workspace_id.hex),
        )  # fmt: skip
        try:
            await smtp.send(
                smtp.account_of(box, self.keys), compose(mail), sender=box.address, recipients=[facts["to"]],
                before_data=_nothing, allow_private=self.allow_private,
            )  # fmt: skip
        except smtp.Refused as error:
            log.warning("letter not sent", detail=error.detail, permanent=error.permanent)
            if not error.permanent:
                raise
            await self._note(workspace_id, "letter.failed", facts, error.detail)
            return
        await self._note(workspace_id, "letter.sent", facts, "")

    async def _note(self, workspace_id: UUID, verb: str, facts: dict[str, str], detail: str) -> None:
        async with self.db.work(workspace_id) as session:
            subject = audit.Subject("letter", facts["id"], facts["subject"])
            audit.record(session, None, verb, subject, to=facts["to"], detail=detail)


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")
