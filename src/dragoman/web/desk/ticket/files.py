"""Files and frames: what came with mails, given out so that nothing in it can act in the desk's name.

A mail's own layout stands in a sandboxed frame, which has no origin: its pictures come without cookies, so their
addresses carry a signature that holds for a day instead.
"""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from markupsafe import Markup

from dragoman.channels.email import html as mail_html
from dragoman.kit import clock
from dragoman.kit.errors import N_, Invalid, NotFound
from dragoman.platform import files
from dragoman.platform import http as web
from dragoman.platform.db import Session
from dragoman.replies import uploads
from dragoman.tickets import access, queries
from dragoman.tickets.models import Attachment
from dragoman.web import respond
from dragoman.web.deps import Desk, Number, Posted, Reader, SignedIn, desk_of, known_id
from dragoman.web.deps import uploads as chosen_files
from dragoman.web.desk.ticket.actions import came_from

router = APIRouter()
FRAME_POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
FILE_POLICY = "default-src 'none'; sandbox"
PICTURES_LAST = timedelta(days=1)
STYLE = Markup(
    "html{color-scheme:light}body{margin:12px 16px;font:14px/1.5 system-ui,sans-serif;color:#14202b;background:#fff;"
    "overflow-wrap:anywhere}img{max-width:100%;height:auto}img[data-blocked]{min-width:24px;min-height:24px;"
    "background:#eef0f3;border:1px dashed #848f9c}table{max-width:100%}"
)
DOCUMENT = Markup(
    '<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<base target="_blank"><title>{title}</title><style>{style}</style></head>'
    '<body class="{scope}" dir="auto">{body}</body></html>'
)


def disposition(name: str, *, inline: bool = False) -> str:
    """A Content-Disposition whose name every browser reads (RFC 6266 §4.3, RFC 8187)."""
    safe = files.safe_name(name)
    plain = "".join(sign if " " <= sign <= "~" and sign not in '"\\%' else "_" for sign in safe)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(safe, safe='')}"


async def content_of(session: Session, attachment: Attachment) -> bytes:
    """The bytes of an attachment. Raises NotFound."""
    content = await files.read(session, attachment.file_id)
    if content is None:
        raise NotFound(N_("There is no such attachment."))
    return content


def give(name: str, kind: str, content: bytes, *, inline: bool = False, framed: bool = False) -> Response:
    """Bytes that came from outside: to be saved, or shown as a picture; never run, never sniffed."""
    shown = kind if kind in files.INLINE_IMAGES else "application/octet-stream"
    headers = {
        "Content-Disposition": disposition(name, inline=inline),
        "Content-Security-Policy": FILE_POLICY,
        "Cache-Control": "private, max-age=86400",
        "Cross-Origin-Resource-Policy": "cross-origin" if framed else "same-origin",
    }
    return Response(content, headers=headers, media_type=shown)


@router.get("/attachments/{attachment_id}")
async def download(reader: SignedIn, attachment_id: str) -> Response:
    """A file to save."""
    async with reader.work() as session:
        attachment = await access.get_attachment(session, reader.actor, known_id(attachment_id))
        content = await content_of(session, attachment)
    return give(attachment.name, attachment.type, content)


@router.get("/attachments/{attachment_id}/inline")
async def picture(reader: SignedIn, attachment_id: str) -> Response:
    """A picture to show in place; other types are not shown."""
    async with reader.work() as session:
        attachment = await access.get_attachment(session, reader.actor, known_id(attachment_id))
        if attachment.type not in files.INLINE_IMAGES:
            raise NotFound(N_("There is no such attachment."))
        content = await content_of(session, attachment)
    return give(attachment.name, attachment.type, content, inline=True)


@router.post("/tickets/{number}/attachments")
async def upload(reader: SignedIn, number: Number, data: Posted) -> Response:
    """Add a file to what is being written."""
    chosen = chosen_files(data, "file")
    if not chosen:
        raise Invalid(fields={"file": N_("Choose a file.")})
    file = chosen[0]
    async with reader.work() as session:
        ticket = await access.get_ticket(session, reader.actor, number)
        added = await uploads.add(
            session, reader.actor, ticket=ticket, name=file.filename or "", media_type=file.content_type or "",
            content=await file.read(), largest=reader.desk.settings.upload_max_size,
        )  # fmt: skip
        facts = {
            "id": str(added.id),
            "name": added.name,
            "size": added.size,
            "remove": f"/attachments/{added.id}/remove",
        }
    return JSONResponse(facts, 201)


@router.post("/attachments/{attachment_id}/remove")
async def remove(reader: SignedIn, attachment_id: str, data: Posted) -> Response:
    """Take a file off what is being written."""
    del data
    async with reader.work() as session:
        attachment = await access.get_attachment(session, reader.actor, known_id(attachment_id))
        ticket = await queries.load_ticket(session, attachment.ticket_id) if attachment.ticket_id else None
        await uploads.remove(session, reader.actor, attachment.id)
    if reader.request.headers.get("accept", "").startswith("application/json"):
        return Response(status_code=204)
    where = f"/tickets/{ticket.number}" if ticket else "/desk"
    return respond.redirect(reader.request, respond.query(where, came_from(reader.request)))


@router.get("/messages/{message_id}/frame")
async def frame(reader: SignedIn, message_id: str, images: int = 0) -> Response:
    """A mail in its own layout, for the sandboxed frame; remote pictures only when asked for."""
    async with reader.work() as session:
        message = await access.get_message(session, reader.actor, known_id(message_id))
        attached = await queries.list_attachments(session, [message.id])
    if not message.html:
        raise NotFound(N_("There is no such message."))
    by_cid = {one.cid: one for one in attached if one.cid and one.type in files.INLINE_IMAGES}

    def cid_url(cid: str) -> str | None:
        found = by_cid.get(cid)
        return signed_picture(reader, "part", str(found.id)) if found else None

    def remote_url(url: str) -> str:
        return signed_picture(reader, "web", url)

    body = mail_html.render(message.html, cid_url=cid_url, remote_url=remote_url if images else None)
    html = DOCUMENT.format(
        title=message.subject, style=STYLE, scope=mail_html.SCOPE,
        body=Markup(body),  # noqa: S704 - sanitised when it was stored
    )  # fmt: skip
    headers = {
        "Content-Security-Policy": FRAME_POLICY,
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, max-age=300",
    }
    return Response(html, headers=headers, media_type="text/html; charset=utf-8")


def signed_picture(reader: Reader, kind: str, what: str) -> str:
    """An address of a picture that holds without a cookie until tomorrow's end."""
    day = (clock.now() + PICTURES_LAST).strftime("%Y%m%d")
    workspace = reader.actor.workspace_id.hex
    signature = reader.desk.keys.sign("picture", f"{workspace} {day} {kind} {what}")
    return f"/pictures/{workspace}/{day}/{signature}/{kind}?what={quote(what, safe='')}"


def check_picture(desk: Desk, workspace: str, day: str, signature: str, kind: str, what: str) -> UUID:
    """The workspace of a signed picture's address. Raises NotFound for a forged or outdated one."""
    fits = desk.keys.verify("picture", f"{workspace} {day} {kind} {what}", signature)
    if not fits or day < clock.now().strftime("%Y%m%d"):
        raise NotFound
    return known_id(workspace)


@router.get("/pictures/{workspace}/{day}/{signature}/{kind}")
async def framed_picture(
    request: Request, workspace: str, day: str, signature: str, kind: str, what: str = ""
) -> Response:
    """A picture of a mail in its frame: a part of the mail, or one fetched from the web on the reader's behalf."""
    desk = desk_of(request)
    workspace_id = check_picture(desk, workspace, day, signature, kind, what)
    if kind == "web":
        return await _from_the_web(desk, what)
    async with desk.db.work(workspace_id) as session:
        attachment = await queries.load_attachment(session, known_id(what))
        if attachment is None or attachment.type not in files.INLINE_IMAGES:
            raise NotFound
        content = await content_of(session, attachment)
    return give(attachment.name, attachment.type, content, inline=True, framed=True)


async def _from_the_web(desk: Desk, url: str) -> Response:
    """A remote picture, fetched by the desk: the sender learns neither who looked nor from where."""
    kind, content = await web.fetch_image(url, allow_private=desk.settings.allow_private_hosts)
    return give("picture", kind, content, inline=True, framed=True)
