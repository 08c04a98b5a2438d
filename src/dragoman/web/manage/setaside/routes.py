"""Mails set aside: read them again, save them, or decide that they need no ticket."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from dragoman.channels.email import queries as mailboxes
from dragoman.channels.email.parse import parse
from dragoman.intake import queries, service
from dragoman.intake.models import Envelope
from dragoman.kit.errors import N_
from dragoman.kit.paging import decode
from dragoman.platform import i18n
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, SignedIn, known_id
from dragoman.web.desk.ticket.files import give
from dragoman.web.manage.setaside.view import Mail, SetAsidePage

router = APIRouter(prefix="/settings/set-aside")
BASE = "/settings/set-aside"
UNREADABLE = N_("The desk could not read or file it. The whole mail is kept; try again after an update, or save it.")


def _reason(envelope: Envelope) -> tuple[str, str]:
    """Why a mail waits in the reader's words, and what the machine said where that is all there is."""
    translated = i18n.gettext(envelope.problem) if envelope.problem else ""
    if translated and ": " not in envelope.problem:
        return translated, ""
    return _(UNREADABLE), envelope.problem


def _mail(envelope: Envelope, addresses: dict[UUID, str], head: tuple[bytes, int]) -> Mail:
    start, octets = head
    told = parse(start)
    meta, base = envelope.meta, f"{BASE}/{envelope.id}"
    reason, detail = _reason(envelope)
    recipients = ", ".join(str(one) for one in meta.get("to", ()))
    return Mail(
        id=str(envelope.id),
        at=envelope.received_at,
        sender=told.from_.name or told.from_.email or str(meta.get("from") or ""),
        subject=told.subject,
        octets=octets,
        source=str(meta.get("file") or meta.get("folder") or ""),
        mailbox=addresses.get(envelope.source_id, "") if envelope.source_id else recipients,
        reason=reason,
        detail=detail,
        tries=envelope.attempts,
        retry=f"{base}/retry",
        download=f"{base}/raw",
        discard=f"{base}/discard",
    )


@router.get("")
async def set_aside_page(reader: SignedIn, cursor: str = "") -> Response:
    """Mails that wait for a decision, newest first."""
    reader.actor.require("intake.manage")
    last = decode(cursor) if cursor else ()
    before = last[0] if last and isinstance(last[0], UUID) else None
    async with reader.work() as session:
        page = await queries.list_set_aside(session, cursor=before)
        heads = await queries.heads(session, [envelope.id for envelope in page.rows])
        addresses = {box.id: box.address for box in await mailboxes.list_mailboxes(session)}
        around = await respond.shell(reader, session, "manage.set_aside")
    mails = tuple(_mail(envelope, addresses, heads[envelope.id]) for envelope in page.rows)
    more = respond.query(BASE, {"cursor": page.next}) if page.next else ""
    view = SetAsidePage(mails, more, f"{BASE}/retry")
    return respond.page(reader.request, "manage/setaside/setaside.html", view, around)


@router.post("/retry")
async def retry_all(reader: SignedIn, data: Posted) -> Response:
    """Let the desk read all of them anew, the newest page at a time."""
    del data
    reader.actor.require("intake.manage")
    async with reader.work() as session:
        for envelope in (await queries.list_set_aside(session)).rows:
            await service.retry(session, reader.actor, envelope.id)
    return respond.redirect(reader.request, BASE, Flash(_("They are read again now.")))


@router.post("/{envelope_id}/retry")
async def retry(reader: SignedIn, envelope_id: str, data: Posted) -> Response:
    """Let the desk read one anew."""
    del data
    async with reader.work() as session:
        await service.retry(session, reader.actor, known_id(envelope_id))
    return respond.redirect(reader.request, BASE, Flash(_("It is read again now.")))


@router.post("/{envelope_id}/discard")
async def discard(reader: SignedIn, envelope_id: str, data: Posted) -> Response:
    """Decide that a mail needs no ticket."""
    del data
    found = known_id(envelope_id)
    async with reader.work() as session:
        await service.discard(session, reader.actor, found)
    return respond.redirect(reader.request, BASE, Flash(_("Discarded"), f"{BASE}/{found}/restore"))


@router.post("/{envelope_id}/restore")
async def restore(reader: SignedIn, envelope_id: str, data: Posted) -> Response:
    """Take a discarded mail back."""
    del data
    async with reader.work() as session:
        await service.restore(session, reader.actor, known_id(envelope_id))
    return respond.redirect(reader.request, BASE)


@router.get("/{envelope_id}/raw")
async def raw(reader: SignedIn, envelope_id: str) -> Response:
    """The mail as it came in, to save."""
    found = known_id(envelope_id)
    async with reader.work() as session:
        content = await service.reveal(session, reader.actor, found)
    return give(f"{found}.eml", "message/rfc822", content)
