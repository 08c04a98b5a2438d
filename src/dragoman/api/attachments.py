"""Files of messages: add one to what is about to be said, see and download them."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from dragoman.api import answers
from dragoman.api.answers import Out, Words
from dragoman.api.door import Door, needs
from dragoman.api.tickets import Me, Number
from dragoman.kit.errors import NotFound
from dragoman.platform import files
from dragoman.replies import uploads
from dragoman.tickets.access import get_attachment, get_ticket
from dragoman.tickets.models import Attachment

router = APIRouter(route_class=Door, tags=["Attachments"])
BINARY = "application/octet-stream"


class AttachmentOut(Out):
    """A file of a message, or one that waits to be sent."""

    id: UUID
    message_id: UUID | None = Field(description="Null until it is sent with a message.")
    name: str = Field(examples=["invoice.pdf"])
    type: str = Field(description="The media type its sender claims.", examples=["application/pdf"])
    size: int = Field(description="In bytes.", examples=[18213])
    inline: bool = Field(description="Shown inside the text, rather than beside it.")


def shown(one: Attachment) -> AttachmentOut:
    """An attachment as the API gives it."""
    return AttachmentOut(
        id=one.id, message_id=one.message_id, name=one.name, type=one.type, size=one.size, inline=one.inline
    )


_upload = needs("tickets:write")
_upload["openapi_extra"]["requestBody"] = {
    "required": True, "content": {BINARY: {"schema": {"type": "string", "format": "binary"}}},
    "description": "The file's bytes.",
}  # fmt: skip


@router.post(
    "/tickets/{number}/attachments", summary="Upload a file", response_model=AttachmentOut, status_code=201, **_upload
)
async def upload(
    me: Me, request: Request, number: Number,
    name: Annotated[Words, Query(min_length=1, max_length=200, description="Its name.", examples=["invoice.pdf"])],
) -> Response:  # fmt: skip
    """Keeps a file (the request's body, as it is) for a message of this ticket; name its id in `attachments` of the
    message. The Content-Type says what it is."""
    ticket = await get_ticket(me.session, me.actor, number, lock=True)
    kind = request.headers.get("content-type", BINARY).partition(";")[0].strip() or BINARY
    made = await uploads.add(
        me.session, me.actor, ticket=ticket, name=name, media_type=kind, content=await request.body(),
        largest=me.desk.settings.upload_max_size,
    )  # fmt: skip
    return answers.one(me, shown(made), status=201, at=f"/attachments/{made.id}")


@router.get(
    "/attachments/{attachment_id}", summary="Read an attachment's facts", response_model=AttachmentOut,
    **needs("tickets:read"),
)  # fmt: skip
async def read_attachment(me: Me, attachment_id: UUID) -> Response:
    """Name, type and size."""
    return answers.one(me, shown(await get_attachment(me.session, me.actor, attachment_id)))


_download = needs("tickets:read")
_download["responses"][200] = {
    "description": "The file, to be saved.", "content": {BINARY: {"schema": {"type": "string", "format": "binary"}}},
}  # fmt: skip


@router.get("/attachments/{attachment_id}/content", summary="Download a file", response_class=Response, **_download)
async def download(me: Me, attachment_id: UUID) -> Response:
    """The file's bytes. They come from outside: the answer never claims more than “some bytes, to be saved”."""
    found = await get_attachment(me.session, me.actor, attachment_id)
    content = await files.read(me.session, found.file_id)
    if content is None:
        raise NotFound
    plain = "".join(mark if mark.isascii() and mark.isprintable() and mark not in '"\\' else "_" for mark in found.name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(found.name, safe='')}"
    return Response(content, 200, {"Content-Disposition": disposition}, BINARY)
