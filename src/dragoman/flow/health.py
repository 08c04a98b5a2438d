"""How a workspace's own affairs stand: mailboxes, queues, records; and which domains it sends from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from dragoman.audit import chain
from dragoman.audit import queries as audit
from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email.models import Mailbox
from dragoman.delivery import queries as outbox
from dragoman.intake import queries as envelopes
from dragoman.kit import clock
from dragoman.platform.db import Session
from dragoman.platform.health.certificates import Place
from dragoman.platform.health.findings import Finding
from dragoman.platform.i18n import gettext as _
from dragoman.platform.i18n import ngettext
from dragoman.platform.mail_hosts import PUBLIC_MAIL_DOMAINS
from dragoman.webhooks import queries as webhooks

MOST = 10_001
"""How far what waits is counted."""
LATE = timedelta(minutes=5)
CHECKED = 1000
"""Entries of the audit log, newest first, whose chain is checked by the way."""
BACKUP_LATE = timedelta(days=2)
SAMPLES = 100


@dataclass(frozen=True, slots=True)
class Depths:
    """What waits in a workspace, counted to a bound."""

    mail: envelopes.Depth
    outbox: outbox.Depth
    webhooks: int


async def depths(session: Session) -> Depths:
    """What waits here; three statements that walk partial indexes."""
    return Depths(
        await envelopes.depth(session, MOST),
        await outbox.depth(session, MOST, before=clock.now() - LATE),
        await webhooks.count_queued(session, MOST),
    )


async def look(session: Session, *, poll_seconds: int) -> list[Finding]:
    """All findings of the entered workspace."""
    found = await depths(session)
    return [
        *_boxes(await mailboxes.list_mailboxes(session), poll_seconds),
        *_mail(found.mail),
        *_outbox(found.outbox),
        *await _webhooks(session),
        await _chain(session),
        await _backup(session),
    ]


def _boxes(boxes: list[Mailbox], poll_seconds: int) -> list[Finding]:
    active = [box for box in boxes if box.active]
    if not active:
        text = _("No mailbox is active: nothing comes in and nothing leaves.")
        return [Finding("warning", "mailboxes", text, _("Add one under Settings › Mailboxes."))]
    return [_box(box, timedelta(seconds=max(900, 5 * poll_seconds))) for box in active]


def _box(box: Mailbox, patience: timedelta) -> Finding:
    look_at = _("Look at it under Settings › Mailboxes; Test says step by step what works.")
    if box.error:
        text = _("{address}: {trouble}", address=box.address, trouble=_(box.error, **box.error_values))
        return Finding("wrong", "mailboxes", text, look_at)
    if box.inbound != "imap":
        return Finding("ok", "mailboxes", _("{address}: mail is forwarded to the desk.", address=box.address))
    if box.checked_at is None or clock.now() - box.checked_at > patience:
        text = ngettext(
            "{address}: not looked at for {n} minute.", "{address}: not looked at for {n} minutes.",
            _minutes(box.checked_at or box.created_at), address=box.address,
        )  # fmt: skip
        return Finding("warning", "mailboxes", text, _("Is a worker running? dragoman worker"))
    text = ngettext(
        "{address}: looked at {n} minute ago.", "{address}: looked at {n} minutes ago.", _minutes(box.checked_at),
        address=box.address,
    )  # fmt: skip
    return Finding("ok", "mailboxes", text)


def _minutes(since: datetime) -> int:
    return int((clock.now() - since).total_seconds() // 60)


def _mail(depth: envelopes.Depth) -> list[Finding]:
    found = []
    if depth.oldest and clock.now() - depth.oldest > LATE:
        text = ngettext(
            "{n} mail waits to be filed, the oldest for {minutes} minutes.",
            "{n} mails wait to be filed, the oldest for {minutes} minutes.",
            depth.received, minutes=_minutes(depth.oldest),
        )  # fmt: skip
        found.append(Finding("wrong", "work", text, _("Is a worker running? dragoman worker")))
    if depth.set_aside:
        text = ngettext("{n} mail was set aside.", "{n} mails were set aside.", depth.set_aside)
        found.append(Finding("warning", "work", text, _("Decide about them under Settings › Set aside.")))
    return found or [Finding("ok", "work", _("No mail waits to be filed, none was set aside."))]


def _outbox(depth: outbox.Depth) -> list[Finding]:
    found = []
    if depth.late:
        text = ngettext("{n} answer should have left by now.", "{n} answers should have left by now.", depth.late)
        found.append(Finding("wrong", "work", text, _("Is a worker running? dragoman worker")))
    if depth.failed:
        text = ngettext("{n} of the newest answers was refused.", "{n} of the newest answers were refused.",
                        depth.failed)  # fmt: skip
        found.append(Finding("warning", "work", text, _("Their tickets say why, and offer to send again.")))
    if depth.uncertain:
        text = ngettext(
            "Of {n} of the newest answers nobody knows whether it arrived.",
            "Of {n} of the newest answers nobody knows whether they arrived.",
            depth.uncertain,
        )
        found.append(
            Finding("warning", "work", text, _("Their tickets ask for a decision: it arrived, or send again."))
        )
    return found or [Finding("ok", "work", _("No answer is late, none of the newest failed."))]


async def _webhooks(session: Session) -> list[Finding]:
    hooks = await webhooks.list_webhooks(session)
    found = []
    for hook in hooks:
        if hook.failures or not hook.active:
            text = (
                ngettext("Webhook {name}: the last try failed.", "Webhook {name}: the last {n} tries failed.",
                         hook.failures, name=hook.name)
                if hook.active else _("Webhook {name} is switched off.", name=hook.name)
            )  # fmt: skip
            found.append(
                Finding("warning", "work", text, _("Its page under Settings › Webhooks shows what it answers."))
            )
    if hooks and not found:
        found.append(Finding("ok", "work", _("All webhooks answer.")))
    return found


async def _chain(session: Session) -> Finding:
    entries = await audit.list_newest(session, CHECKED)
    broken = chain.check(entries)
    if broken:
        text = _("The audit log does not hold at entry {n}.", n=broken.n)
        tell = _("Export it under Settings › Audit log, and look at who can reach the database.")
        return Finding("wrong", "records", text, tell)
    text = ngettext("The newest entry of the audit log holds.", "The newest {n} entries of the audit log hold.",
                    len(entries))  # fmt: skip
    return Finding("ok", "records", text)


async def _backup(session: Session) -> Finding:
    last = await audit.find_last(session, "export", ("export.backup",))
    tell = _("Run dragoman backup every night, and take the file off this machine: docs/backup.md")
    if last is None:
        return Finding("warning", "records", _("No backup was ever made."), tell)
    days = (clock.now() - last.at).days
    text = ngettext("The last backup was made {n} day ago.", "The last backup was made {n} days ago.", days)
    if clock.now() - last.at > BACKUP_LATE:
        return Finding("warning", "records", text, tell)
    return Finding("ok", "records", text)


@dataclass(frozen=True, slots=True)
class Sender:
    """A domain that answers leave from, the server they leave by, and the DKIM selectors its mails were seen with."""

    domain: str
    server: str
    selectors: tuple[str, ...] = ()


async def list_senders(session: Session) -> list[Sender]:
    """The domains of active mailboxes; those of mail services for everybody are theirs to look after."""
    boxes = [box for box in await mailboxes.list_mailboxes(session) if box.active]
    servers = {box.address.rpartition("@")[2]: box.smtp_host for box in boxes}
    heads = await envelopes.list_heads(session, SAMPLES)
    return [
        Sender(domain, server, tuple(sorted({name for head in heads for name in selectors(head, domain)})))
        for domain, server in servers.items()
        if domain not in PUBLIC_MAIL_DOMAINS
    ]


def selectors(head: bytes, domain: str) -> set[str]:
    """The selectors by which a mail's head says that mail of this domain was signed: in a signature (d=, s=) or in
    what the receiving server found (header.d=, header.s=; RFC 8601)."""
    unfolded = re.sub(r"\r?\n[ \t]+", " ", head.decode("latin-1"))
    found = set()
    for line in unfolded.splitlines():
        name, _colon, value = line.partition(":")
        if name.lower() == "dkim-signature":
            found |= _pairs(value, domain, "")
        elif name.lower() == "authentication-results":
            found |= {one for part in value.split("dkim=")[1:] for one in _pairs(part, domain, "header.")}
    return found


def _pairs(value: str, domain: str, prefix: str) -> set[str]:
    tags = dict(re.findall(rf"(?:^|[;\s]){re.escape(prefix)}([ds])\s*=\s*([\w.-]{{1,200}})", value))
    return {tags["s"]} if tags.get("d", "").lower() == domain and "s" in tags else set()


async def list_places(session: Session) -> list[Place]:
    """Where active mailboxes speak TLS."""
    found: dict[Place, None] = {}
    for box in await mailboxes.list_mailboxes(session):
        if not box.active:
            continue
        if box.inbound == "imap" and box.imap_security != "none":
            found[Place(box.imap_host, box.imap_port, "tls" if box.imap_security == "tls" else "imap")] = None
        if box.smtp_host and box.smtp_security != "none":
            found[Place(box.smtp_host, box.smtp_port, "tls" if box.smtp_security == "tls" else "smtp")] = None
    return list(found)
