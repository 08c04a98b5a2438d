"""The bytes of MIME: encoded words, body parts and multiparts, as mail programs put them on the wire.

Written by hand rather than with `email.message`, because the demo's mails are to differ from one
another in just the things the standard library would make alike.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from email.header import Header
from email.utils import encode_rfc2231
from hashlib import sha256
from quopri import encodestring
from typing import Literal

from dragoman.main.demo.model import DemoError

CRLF = "\r\n"
Encoding = Literal["7bit", "8bit", "quoted-printable", "base64"]
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Blob:
    """An attachment's bytes under the name and type its sender gave them."""

    name: str
    type: str
    content: bytes


def fits(text: str, charset: str) -> bool:
    """Whether a charset can hold a text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def pick(text: str, *charsets: str) -> str:
    """The first charset that can hold the text, else UTF-8, as programs fall back."""
    return next((charset for charset in charsets if fits(text, charset)), "utf-8")


def word(text: str, charset: str = "utf-8", *, name: str = "Subject") -> str:
    """A header's value: plain where ASCII, else RFC 2047 encoded words, folded."""
    if "\r" in text or "\n" in text:
        raise DemoError(f"a header cannot hold a line break: {text!r}")
    if text.isascii():
        return text
    return Header(text, pick(text, charset), header_name=name, maxlinelen=76).encode(linesep=CRLF)


def mailbox(name: str, address: str, charset: str = "utf-8", *, header: str = "From") -> str:
    """A display name with its address."""
    if name.isascii():
        return f'"{name}" <{address}>'
    return f"{word(name, charset, name=header)} <{address}>"


def part(kind: str, content: bytes, encoding: Encoding, headers: Headers = ()) -> bytes:
    """A body part of the given content type; text must already use CRLF."""
    head = [("Content-Type", kind), *headers, ("Content-Transfer-Encoding", encoding)]
    return _head(head) + b"\r\n" + _encode(content, encoding)


def text_part(kind: str, text: str, charset: str, encoding: Encoding, *, extra: str = "") -> bytes:
    """A text part: `kind` is text/plain or text/html, `extra` further parameters such as format=flowed."""
    lines = CRLF.join(text.split("\n"))
    return part(f'{kind}; charset="{charset}"{extra}', lines.encode(charset), encoding)


def multipart(kind: str, boundary: str, parts: Iterable[bytes], *, extra: str = "") -> bytes:
    """Parts joined under one boundary, with the Content-Type header that announces it."""
    mark = b"--" + boundary.encode()
    body = b"".join(mark + b"\r\n" + each + b"\r\n" for each in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{extra}\r\n\r\n'.encode()
    return head + body + mark + b"--\r\n"


def attachment(blob: Blob, *, charset: str = "utf-8", cid: str = "", rfc2231: bool = True) -> bytes:
    """A file; inline where it has a content id. Its name by RFC 2231 or, as older programs do, by RFC 2047."""
    ascii_name = blob.name.isascii()
    quoted = f'"{blob.name if ascii_name else word(blob.name, charset, name="Content-Type")}"'
    modern = rfc2231 and not ascii_name
    shown = f"filename*={encode_rfc2231(blob.name, 'utf-8')}" if modern else f"filename={quoted}"
    headers = [("Content-Disposition", f"{'inline' if cid else 'attachment'};\r\n {shown}")]
    if cid:
        headers.append(("Content-ID", f"<{cid}>"))
    return part(f"{blob.type};\r\n name={quoted}", blob.content, "base64", headers)


def message(headers: Headers, body: bytes) -> bytes:
    """A whole mail: its headers before a part's or multipart's own."""
    return _head([*headers, ("MIME-Version", "1.0")]) + body


def stamp(seed: str, length: int = 16) -> str:
    """Hexadecimal digits that look like chance and stay the same for a seed."""
    return sha256(seed.encode()).hexdigest()[:length]


def _head(headers: Headers) -> bytes:
    return "".join(f"{name}: {value}{CRLF}" for name, value in headers).encode("utf-8")


def _encode(content: bytes, encoding: Encoding) -> bytes:
    if encoding == "base64":
        rows = (content[at : at + 57] for at in range(0, len(content), 57))
        return b"".join(binascii.b2a_base64(row).rstrip(b"\n") + b"\r\n" for row in rows)
    if encoding == "quoted-printable":
        return encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n") + b"\r\n"
    return content + b"\r\n"
