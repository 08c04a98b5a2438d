"""Mails made in code, as the programs of the world write them."""

from __future__ import annotations

import base64
import struct

from dragoman.channels.email.mail import ParsedMail
from dragoman.channels.email.parse import parse

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=="
)


def raw(
    body: bytes | str = b"Hello\r\n",
    *,
    kind: str | None = "text/plain; charset=utf-8",
    encoding: str | None = None,
    **fields: str | bytes | None,
) -> bytes:
    """A message with the usual fields; `fields` replace or add (in_reply_to=…), None leaves one out."""
    base: dict[str, str | bytes | None] = {
        "from": "Ann Buyer <ann@example.org>",
        "to": "help@shop.example",
        "subject": "Where is my lamp",
        "date": "Mon, 16 Nov 2026 10:00:00 +0100",
        "message-id": "<m1@example.org>",
    }
    base.update({name.replace("_", "-"): value for name, value in fields.items()})
    if kind is not None:
        base["mime-version"] = "1.0"
        base["content-type"] = kind
    if encoding:
        base["content-transfer-encoding"] = encoding
    head = b"".join(
        name.title().encode() + b": " + (value if isinstance(value, bytes) else value.encode("utf-8")) + b"\r\n"
        for name, value in base.items()
        if value is not None
    )
    return head + b"\r\n" + (body if isinstance(body, bytes) else body.encode("utf-8"))


def read(body: bytes | str = b"Hello\r\n", **more: str | bytes | None) -> ParsedMail:
    """`raw` parsed."""
    return parse(raw(body, **more))  # type: ignore[arg-type]


def part(body: bytes | str, kind: str, *headers: str) -> bytes:
    """A body part."""
    lines = [f"Content-Type: {kind}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body if isinstance(body, bytes) else body.encode("utf-8"))


def multi(*parts: bytes, boundary: str = "b1", close: bool = True) -> bytes:
    """Parts between boundaries."""
    mark = f"--{boundary}".encode()
    out = b"".join(mark + b"\r\n" + item + b"\r\n" for item in parts)
    return out + (mark + b"--\r\n" if close else b"")


def multipart(*parts: bytes, sub: str = "mixed", boundary: str = "b1", close: bool = True, **fields: str) -> bytes:
    """A message of several parts."""
    kind = f'multipart/{sub}; boundary="{boundary}"'
    return raw(multi(*parts, boundary=boundary, close=close), kind=kind, **fields)


def b64(data: bytes) -> bytes:
    """Base64 in lines."""
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


def tnef(*, body: str = "", files: list[tuple[str, bytes]] | None = None, html: bytes = b"", rtf: bytes = b"") -> bytes:
    """A winmail.dat as Outlook makes it: attributes with length and checksum."""

    def attribute(level: int, name: int, value: bytes) -> bytes:
        return struct.pack("<BII", level, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)

    def binary(tag: int, value: bytes) -> bytes:
        return struct.pack("<HHII", 0x0102, tag, 1, len(value)) + value + b"\0" * (-len(value) % 4)

    def text(tag: int, value: str) -> bytes:
        data = value.encode("utf-16-le") + b"\0\0"
        return struct.pack("<HHII", 0x001F, tag, 1, len(data)) + data + b"\0" * (-len(data) % 4)

    out = struct.pack("<IH", 0x223E9F78, 1)
    out += attribute(1, 0x00089006, struct.pack("<I", 0x00010000))
    out += attribute(1, 0x00069007, struct.pack("<II", 1252, 0))
    properties = [binary(0x1013, html)] if html else []
    properties += [binary(0x1009, rtf)] if rtf else []
    if properties:
        out += attribute(1, 0x00069003, struct.pack("<I", len(properties)) + b"".join(properties))
    if body:
        out += attribute(1, 0x0002800C, body.encode("cp1252") + b"\0")
    for name, content in files or []:
        out += attribute(2, 0x00069002, b"\0" * 14)
        out += attribute(2, 0x00018010, b"SHORT~1.DAT\0")
        out += attribute(2, 0x0006800F, content)
        longer = struct.pack("<I", 2) + struct.pack("<HHI", 0x0003, 0x0E20, len(content)) + text(0x3707, name)
        out += attribute(2, 0x00069005, longer)
    return out
