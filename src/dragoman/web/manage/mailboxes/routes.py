"""Mailboxes: the list with its reconciliation, the form, and the test that explains failures."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response
from starlette.datastructures import FormData

from dragoman.channels.email import queries, service
from dragoman.channels.email.models import Mailbox
from dragoman.channels.email.service import MailboxForm
from dragoman.commerce import queries as shops
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import gettext as _
from dragoman.web import respond
from dragoman.web.deps import Flash, Posted, Reader, SignedIn, field, known_id, said, said_fields
from dragoman.web.forms import Choice, Form
from dragoman.web.manage.mailboxes.view import Account, MailboxesPage, MailboxPage, MailboxRow, Step

router = APIRouter(prefix="/settings/mailboxes")
BASE = "/settings/mailboxes"
TEXTS = ("address", "from_name", "imap_host", "imap_security", "imap_user", "smtp_host", "smtp_security", "smtp_user")
FRESH = {
    "inbound": "imap", "imap_port": "993", "imap_security": "tls", "imap_folders": "INBOX", "smtp_port": "465",
    "smtp_security": "tls", "active": "yes",
}  # fmt: skip


def state_of(box: Mailbox) -> str:
    """A mailbox's state as a key of words.MAILBOX."""
    if not box.active:
        return "paused"
    if box.error:
        return "failing"
    return "new" if box.inbound == "imap" and box.checked_at is None else "ok"


def _row(box: Mailbox, names: dict[UUID, str], on_server: tuple[int, int] | None) -> MailboxRow:
    account = Account(
        on_server=on_server[0] if on_server else None,
        fetched=on_server[1] if on_server else box.taken_count,
        filed=box.filed_count,
        set_aside=box.set_aside_count,
        taken=box.taken_count,
    )
    return MailboxRow(
        id=str(box.id),
        address=box.address,
        shop=names.get(box.shop_id, "") if box.shop_id else "",
        state=state_of(box),
        href=f"{BASE}/{box.id}",
        account=account,
        checked_at=box.checked_at,
        error=_(box.error, **box.error_values) if box.error else "",
        error_at=box.error_at,
        next_at=box.next_check_at if box.error else None,
        forwarded=box.inbound == "forward",
    )


@router.get("")
async def mailboxes_page(reader: SignedIn) -> Response:
    """All mailboxes, and where each mail on their servers is."""
    reader.actor.require("mailbox.manage")
    async with reader.work() as session:
        boxes = await queries.list_mailboxes(session)
        names = {shop.id: shop.name for shop in await shops.list_shops(session)}
        found = await queries.reconciliation(session)
        around = await respond.shell(reader, session, "manage.mailboxes")
    view = MailboxesPage(tuple(_row(box, names, found.get(box.id)) for box in boxes))
    return respond.page(reader.request, "manage/mailboxes/mailboxes.html", view, around)


def _values(box: Mailbox | None) -> dict[str, str]:
    if box is None:
        return dict(FRESH)
    values = {name: str(getattr(box, name)) for name in (*TEXTS, "imap_port", "smtp_port", "inbound")}
    return values | {
        "shop": str(box.shop_id or ""),
        "imap_folders": ", ".join(box.imap_folders),
        "active": "yes" if box.active else "no",
        "plus_addressing": "yes" if box.plus_addressing else "no",
    }


def _port(text: str) -> int:
    """A port as it was typed; 0, which the service refuses, for what is no number."""
    return int(text) if text.isdecimal() and len(text) < 7 else 0


def _read(data: FormData) -> tuple[MailboxForm, dict[str, str]]:
    """The posted form for the service, and as text to be shown again."""
    values = {name: field(data, name, 300) for name in (*TEXTS, "imap_port", "smtp_port", "inbound", "shop")}
    values["imap_folders"] = field(data, "imap_folders", 2000)
    values |= {name: "yes" if field(data, name) == "yes" else "no" for name in ("active", "plus_addressing")}
    made = MailboxForm(
        address=values["address"], from_name=values["from_name"], inbound=values["inbound"],
        shop_id=known_id(values["shop"]) if values["shop"] else None, active=values["active"] == "yes",
        imap_host=values["imap_host"], imap_port=_port(values["imap_port"]), imap_security=values["imap_security"],
        imap_user=values["imap_user"], imap_password=field(data, "imap_password", 1000),
        imap_folders=values["imap_folders"].split(","),
        smtp_host=values["smtp_host"], smtp_port=_port(values["smtp_port"]), smtp_security=values["smtp_security"],
        smtp_user=values["smtp_user"], smtp_password=field(data, "smtp_password", 1000),
        plus_addressing=values["plus_addressing"] == "yes",
    )  # fmt: skip
    return made, values


def _door(reader: Reader) -> str:
    """Where the built-in receiver listens, empty while it is off."""
    settings = reader.desk.settings
    port = settings.smtp_port or settings.lmtp_port
    return f"{settings.smtp_host}:{port}" if port else ""


async def _show(
    reader: Reader, box_id: UUID | None, form: Form | None = None, *, steps: Sequence[Step] = (), status: int = 200
) -> Response:
    reader.actor.require("mailbox.manage")
    async with reader.work() as session:
        box = await service.get_mailbox(session, reader.actor, box_id) if box_id else None
        found = await shops.list_shops(session)
        around = await respond.shell(reader, session, "manage.mailboxes")
    base = f"{BASE}/{box.id}" if box else BASE
    view = MailboxPage(
        action=base,
        test=f"{base}/test" if box else f"{BASE}/new/test",
        form=form or Form(_values(box)),
        shops=(Choice("", "—"), *(Choice(str(shop.id), shop.name) for shop in found)),
        ways=(Choice("imap", _("Fetched by IMAP")), Choice("forward", _("Forwarded to the desk"))),
        security=(Choice("tls", "TLS"), Choice("starttls", "STARTTLS"), Choice("none", _("None"))),
        id=str(box.id) if box else "",
        address=box.address if box else "",
        steps=tuple(steps),
        check=f"{base}/check" if box and box.inbound == "imap" else "",
        door=_door(reader),
    )
    return respond.page(reader.request, "manage/mailboxes/mailbox.html", view, around, status=status)


@router.get("/new")
async def new_page(reader: SignedIn) -> Response:
    """An empty form."""
    return await _show(reader, None)


@router.get("/{box_id}")
async def mailbox_page(reader: SignedIn, box_id: str) -> Response:
    """One mailbox."""
    return await _show(reader, known_id(box_id))


async def _save(reader: Reader, box_id: UUID | None, data: FormData) -> Response:
    made, values = _read(data)
    try:
        async with reader.work() as session:
            await service.save_mailbox(session, reader.actor, reader.desk.keys, box_id, made)
    except Invalid as error:
        faults = said_fields(error)
        return await _show(reader, box_id, Form(values, faults, "" if faults else said(error)), status=422)
    return respond.redirect(reader.request, BASE, Flash(_("Saved")))


@router.post("")
async def add(reader: SignedIn, data: Posted) -> Response:
    """Add a mailbox."""
    return await _save(reader, None, data)


@router.post("/{box_id}")
async def change(reader: SignedIn, box_id: str, data: Posted) -> Response:
    """Change a mailbox."""
    return await _save(reader, known_id(box_id), data)


@router.post("/{box_id}/test")
async def test(reader: SignedIn, box_id: str, data: Posted) -> Response:
    """Try what was typed, without storing it."""
    reader.actor.require("mailbox.manage")
    found = None if box_id == "new" else known_id(box_id)
    made, values = _read(data)
    stored = None
    if found:
        async with reader.work() as session:
            stored = await service.get_mailbox(session, reader.actor, found)
    tried = await service.test_mailbox(
        reader.desk.keys, made, stored=stored, allow_private=reader.desk.settings.allow_private_hosts
    )
    steps = [
        Step(_(one.name), "done" if one.ok else "failed", advice=_(one.message, **one.values) if one.message else "")
        for one in tried
    ]
    return await _show(reader, found, Form(values), steps=steps)


@router.post("/{box_id}/check")
async def check_now(reader: SignedIn, box_id: str, data: Posted) -> Response:
    """Look for new mail at once."""
    del data
    async with reader.work() as session:
        await service.check_now(session, reader.actor, known_id(box_id))
    return respond.redirect(reader.request, BASE, Flash(_("The desk looks for new mail now.")))
