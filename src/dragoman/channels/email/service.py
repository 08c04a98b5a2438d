"""Mailboxes: adding, changing, testing them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from dragoman.audit import service as audit
from dragoman.audit.service import Subject
from dragoman.channels.email import imap, queries, smtp
from dragoman.channels.email.explain import TROUBLES, explain
from dragoman.channels.email.models import Mailbox
from dragoman.commerce import queries as shops
from dragoman.kit import ids
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform import net
from dragoman.platform.db import Session
from dragoman.platform.doors import Permitted
from dragoman.platform.secrets import Keys

SECURITIES = ("tls", "starttls", "none")
_address = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]+")


@dataclass(frozen=True, slots=True)
class MailboxForm:
    """What an administrator enters. An empty password keeps the stored one."""

    address: str
    from_name: str = ""
    shop_id: UUID | None = None
    active: bool = True
    inbound: str = "forward"
    imap_host: str = ""
    imap_port: int = 993
    imap_security: str = "tls"
    imap_user: str = ""
    imap_password: str = ""
    imap_folders: list[str] = field(default_factory=lambda: ["INBOX"])
    smtp_host: str = ""
    smtp_port: int = 465
    smtp_security: str = "tls"
    smtp_user: str = ""
    smtp_password: str = ""
    plus_addressing: bool = False


def _faults(form: MailboxForm) -> dict[str, str]:
    faults = {}
    if not _address.fullmatch(form.address):
        faults["address"] = N_("This is not an e-mail address.")
    if form.inbound not in ("imap", "forward"):
        faults["inbound"] = N_("Choose how mail comes in.")
    wanted = [("smtp", form.smtp_host, form.smtp_port, form.smtp_security)]
    if form.inbound == "imap":
        wanted.append(("imap", form.imap_host, form.imap_port, form.imap_security))
        if not form.imap_user:
            faults["imap_user"] = N_("A user name is needed.")
        if not form.imap_folders:
            faults["imap_folders"] = N_("Name at least one folder, usually INBOX.")
    for name, host, port, security in wanted:
        if not host or (any(mark in host for mark in " /@:") and not host.count(":") > 1):
            faults[f"{name}_host"] = N_("Give the server's name, for example mail.example.com.")
        if not 0 < port < 65536:
            faults[f"{name}_port"] = N_("A port is a number from 1 to 65535.")
        if security not in SECURITIES:
            faults[f"{name}_security"] = N_("Choose how the connection is protected.")
    return faults


def _clean(form: MailboxForm) -> MailboxForm:
    values = {name: getattr(form, name) for name in form.__slots__}
    for name in ("address", "from_name", "imap_host", "imap_user", "smtp_host", "smtp_user"):
        values[name] = values[name].strip()
    values["address"] = values["address"].lower()
    values["imap_folders"] = list(dict.fromkeys(one.strip() for one in form.imap_folders if one.strip()))
    return MailboxForm(**values)


async def get_mailbox(session: Session, actor: Permitted, mailbox_id: UUID) -> Mailbox:
    """A mailbox, for whoever manages them. Raises NotFound, Forbidden."""
    actor.require("mailbox.manage")
    box = await queries.load(session, mailbox_id)
    if box is None:
        raise NotFound(N_("There is no such mailbox."))
    return box


async def save_mailbox(
    session: Session, actor: Permitted, keys: Keys, mailbox_id: UUID | None, form: MailboxForm
) -> UUID:
    """Add a mailbox (`mailbox_id` None) or change one; it is looked at right after.

    Raises Invalid beside the fields at fault, NotFound, Forbidden.
    """
    actor.require("mailbox.manage")
    form = _clean(form)
    faults = _faults(form)
    same = await queries.find_by_address(session, form.address)
    if same is not None and same.id != mailbox_id:
        faults["address"] = N_("A mailbox of this address is already here.")
    if form.shop_id and await shops.load(session, form.shop_id) is None:
        faults["shop"] = N_("There is no such shop.")
    box = await get_mailbox(session, actor, mailbox_id) if mailbox_id else Mailbox(id=ids.new(), address=form.address)
    for kind in ("imap", "smtp"):
        if not getattr(form, f"{kind}_password") and getattr(box, f"{kind}_password") and _moved(kind, form, box):
            faults[f"{kind}_password"] = N_("This is another server: enter its password.")
    if faults:
        raise Invalid(fields=faults)
    before = _facts(box) if mailbox_id else {}
    for name in form.__slots__:
        if name.endswith("_password"):
            if secret := getattr(form, name):
                setattr(box, name, keys.seal(secret, context=f"mailbox:{box.id}"))
        else:
            setattr(box, name, getattr(form, name))
    box.next_check_at, box.failures, box.error, box.error_at = None, 0, "", None
    session.add(box)
    await session.flush()
    if not await queries.set_route(session, form.address, box.id):
        raise Invalid(fields={"address": N_("Another workspace of this installation answers for this address.")})
    await queries.drop_routes(session, box.id, besides=form.address)
    await session.wake("fetch")
    verb = "mailbox.changed" if mailbox_id else "mailbox.added"
    secrets = [name for name in form.__slots__ if name.endswith("_password") and getattr(form, name)]
    facts = audit.changes(before, _facts(box)) | ({"secrets": secrets} if secrets else {})
    audit.record(session, actor, verb, Subject("mailbox", box.id, box.address), **facts)
    return box.id


def _facts(box: Mailbox) -> dict[str, Any]:
    """What the audit log may know of a mailbox: all but its passwords."""
    names = (name for name in MailboxForm.__slots__ if not name.endswith("_password"))
    return {name: getattr(box, name) for name in names}


async def check_now(session: Session, actor: Permitted, mailbox_id: UUID) -> None:
    """Look for new mail at once."""
    box = await get_mailbox(session, actor, mailbox_id)
    box.next_check_at = None
    await session.wake("fetch")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the test tried. `message` (translatable, filled by `values`) says what to do when not `ok`."""

    name: str
    ok: bool
    message: str = ""
    values: dict[str, Any] = field(default_factory=dict)


async def test_mailbox(keys: Keys, form: MailboxForm, *, stored: Mailbox | None, allow_private: bool) -> list[Step]:
    """Try what a mailbox needs, step by step, without storing anything or sending a mail."""
    form = _clean(form)
    imap_password = form.imap_password or _stored(keys, stored, form, "imap")
    smtp_password = form.smtp_password or _stored(keys, stored, form, "smtp")
    steps = []
    if form.inbound == "imap":
        account = imap.Account(form.imap_host, form.imap_port, form.imap_security, form.imap_user, imap_password)
        steps += await _try(
            N_("Fetching mail (IMAP)"), lambda: _try_imap(account, form.imap_folders, allow_private),
            host=form.imap_host, port=form.imap_port,
        )  # fmt: skip
    out = smtp.Account(form.smtp_host, form.smtp_port, form.smtp_security, form.smtp_user, smtp_password)
    steps += await _try(
        N_("Sending mail (SMTP)"), lambda: _try_smtp(out, allow_private), host=form.smtp_host, port=form.smtp_port
    )
    return steps


def _moved(kind: str, form: MailboxForm, box: Mailbox) -> bool:
    """Whether the form names another server than the stored password was given for: it must not be sent there."""
    return any(getattr(form, f"{kind}_{part}") != getattr(box, f"{kind}_{part}") for part in ("host", "port", "user"))


def _stored(keys: Keys, box: Mailbox | None, form: MailboxForm, kind: str) -> str:
    sealed = getattr(box, f"{kind}_password") if box else ""
    if box is None or not sealed or _moved(kind, form, box):
        return ""
    return keys.open(sealed, context=f"mailbox:{box.id}")


async def _try(name: str, work: Callable[[], Awaitable[str]], *, host: str, port: int) -> list[Step]:
    try:
        return [Step(name, True, await work())]
    except smtp.Refused as error:
        why = explain(error.__cause__ or error, host=host, port=port)
    except TROUBLES as error:
        why = explain(error, host=host, port=port)
    return [Step(name, False, why.message, why.values)]


async def _try_imap(account: imap.Account, names: list[str], allow_private: bool) -> str:
    sock = await net.connect(account.host, account.port, timeout=15, allow_private=allow_private)

    def look() -> str:
        with imap.session(account, sock) as client:
            found = [f"{name}: {len(imap.examine(client, name).uids)}" for name in names]
        return ", ".join(found)

    return await asyncio.to_thread(look)


async def _try_smtp(account: smtp.Account, allow_private: bool) -> str:
    client = await smtp.connect(account, allow_private=allow_private)
    await smtp.part(client)
    return ""
