"""Writes a mail: bytes that every server passes on unharmed and old programs read.

All text leaves as 7-bit ASCII: UTF-8 in quoted-printable or base64, names in RFC 2047 words, file names twice (RFC
2231 for the standard, RFC 2047 for old Outlook and the Chinese and Japanese programs that read only that). Nothing
is left to chance: the same `OutgoingMail` gives the same bytes, so that a repeated try is the same mail.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Literal
from urllib.parse import quote

from dragoman.channels.email.mail import Address
from dragoman.channels.email.names import safe_name
from dragoman.channels.email.outgoing_html import html_to_text, sanitise_outgoing
from dragoman.kit.errors import Invalid
from dragoman.platform.i18n import N_

__all__ = ["OutgoingFile", "OutgoingMail", "compose", "html_to_text", "sanitise_outgoing"]

LINE = 76
MAX_REFERENCES = 20
MAX_REFERENCES_LENGTH = 1800

_ASCII = bytes(range(128))
_BREAKS = re.compile(r"[\r\n\0\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~ ]+\Z")
_ADDR = re.compile(r"[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.]{1,64}@[A-Za-z0-9.\-]{1,253}\Z")
_ID = re.compile(r"[!-;=?-~]{1,900}\Z")


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file to send; with `cid` it is a picture that the HTML shows as `cid:<cid>`."""

    name: str
    type: str
    content: bytes
    cid: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingMail:
    """What to write. Ids stand without brackets; `bcc` is for the envelope only and never written.

    `text` None is derived from `html`. `auto_submitted` marks what no person wrote (RFC 3834); `loop` is the value
    of our own loop header.
    """

    from_: Address
    to: tuple[Address, ...]
    subject: str
    message_id: str
    date: datetime
    text: str | None = None
    html: str | None = None
    cc: tuple[Address, ...] = ()
    bcc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    attachments: tuple[OutgoingFile, ...] = ()
    auto_submitted: Literal["auto-replied", "auto-generated"] | None = None
    loop: str | None = None
    language: str | None = None


def compose(mail: OutgoingMail) -> bytes:
    """The mail as bytes with CRLF line ends.

    Raises Invalid for a line break or NUL in a header field, an address no server would take, a date without
    zone, or a mail that has neither text nor HTML.
    """
    if mail.text is None and mail.html is None:
        raise Invalid(N_("A mail needs text or HTML."))
    headers = _headers(mail)
    html = sanitise_outgoing(mail.html) if mail.html is not None else None
    text = mail.text if mail.text is not None else html_to_text(html or "")
    inline = [file for file in mail.attachments if file.cid and html and f"cid:{file.cid}" in html]
    attached = [file for file in mail.attachments if file not in inline]
    seed = mail.message_id
    body = _leaf("text/plain", text)
    if html is not None:
        rich = _leaf("text/html", html)
        if inline:
            rich = _multipart("related", [rich, *(_file(file, inline=True) for file in inline)], seed)
        body = _multipart("alternative", [body, rich], seed)
    if attached:
        body = _multipart("mixed", [body, *(_file(file, inline=False) for file in attached)], seed)
    return "\r\n".join(headers).encode("ascii") + b"\r\n" + body


def _headers(mail: OutgoingMail) -> list[str]:
    if mail.date.tzinfo is None:
        raise Invalid(N_("The date of a mail needs a time zone."))
    if not mail.to and not mail.cc and not mail.bcc:
        raise Invalid(N_("A mail needs a recipient."))
    lines = [
        "Date: " + format_datetime(mail.date),
        _fold("From", [_mailbox(mail.from_)]),
        _fold("To", _mailboxes(mail.to) or ["undisclosed-recipients:;"]),
    ]
    if mail.cc:
        lines.append(_fold("Cc", _mailboxes(mail.cc)))
    if mail.reply_to:
        lines.append(_fold("Reply-To", [_mailbox(mail.reply_to)]))
    lines.append(_fold("Subject", _words(_one_line(mail.subject, "subject"))))
    lines.append(f"Message-ID: <{_own_id(mail.message_id)}>")
    if mail.in_reply_to and _ID.match(mail.in_reply_to):
        lines.append(f"In-Reply-To: <{mail.in_reply_to}>")
    references = bounded_references(mail.references)
    if references:
        lines.append(_fold("References", [f"<{item}>" for item in references]))
    if mail.auto_submitted:
        lines.append(f"Auto-Submitted: {mail.auto_submitted}")
        # Exchange answers machine-made mail unless told not to.
        lines.append("X-Auto-Response-Suppress: All")
    if mail.loop:
        lines.append(_fold("X-Dragoman-Loop", _words(_one_line(mail.loop, "loop header"))))
    if mail.language:
        lines.append(_fold("Content-Language", _words(_one_line(mail.language, "language"))))
    lines.append("MIME-Version: 1.0")
    return lines


def _one_line(value: str, field: str) -> str:
    if _BREAKS.search(value):
        raise Invalid(N_("A line break stands in the {field} of the mail."), field=field)
    return value


def _own_id(value: str) -> str:
    if not _ID.match(value) or "@" not in value:
        raise Invalid(N_("“{value}” is no message id."), value=value[:100])
    return value


def bounded_references(ids: Sequence[str]) -> tuple[str, ...]:
    """The ids fit to be sent on: odd ones dropped, the first and the latest kept where there are too many."""
    sound = list(dict.fromkeys(item for item in ids if _ID.match(item)))
    if len(sound) > MAX_REFERENCES:
        sound = [sound[0], *sound[-MAX_REFERENCES + 1 :]]
    while len(sound) > 2 and sum(len(item) + 3 for item in sound) > MAX_REFERENCES_LENGTH:
        del sound[1]
    return tuple(sound)


def _mailboxes(addresses: Sequence[Address]) -> list[str]:
    items = [_mailbox(address) for address in addresses]
    return [item + "," for item in items[:-1]] + items[-1:]


def _mailbox(address: Address) -> str:
    email = ascii_address(address.email)
    name = " ".join(_one_line(address.name, "name").split())
    if not name:
        return email
    if not name.isascii() or "=?" in name:
        return " ".join([*_words(name), f"<{email}>"])
    if not _ATOMS.match(name):
        name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{name} <{email}>"


def ascii_address(email: str) -> str:
    """An address as servers take it, its domain in IDNA form. Raises Invalid if it is none."""
    local, _, domain = email.rpartition("@")
    try:
        domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    plain = f"{local}@{domain}"
    if not _ADDR.match(plain) or local.startswith(".") or local.endswith(".") or ".." in plain:
        raise Invalid(N_("“{value}” is no e-mail address."), value=email[:100])
    return plain


def _words(text: str) -> list[str]:
    """Unstructured text as words that may be folded between."""
    if text.isascii() and text.isprintable() and "=?" not in text and all(len(word) < 70 for word in text.split(" ")):
        return text.split(" ")
    return encoded_words(text)


def encoded_words(text: str) -> list[str]:
    """`text` as RFC 2047 words of at most 75 characters that break between characters, never within."""
    words: list[str] = []
    chunk = b""
    for char in text:
        data = char.encode("utf-8", "replace")
        if len(chunk) + len(data) > 42:
            words.append(_b_word(chunk))
            chunk = b""
        chunk += data
    return [*words, _b_word(chunk)] if chunk or not words else words


def _b_word(data: bytes) -> str:
    return f"=?UTF-8?B?{base64.b64encode(data).decode('ascii')}?="


def _fold(name: str, tokens: list[str]) -> str:
    """A header field folded between `tokens`, which are joined by single spaces."""
    lines = [f"{name}:"]
    for token in tokens:
        for piece in token.split(" ") if len(token) > LINE else [token]:
            if len(lines[-1]) + 1 + len(piece) > LINE and lines[-1] != f"{name}:":
                lines.append("")
            lines[-1] += f" {piece}"
    return "\r\n".join(line for line in lines if line.strip())


def _leaf(kind: str, text: str) -> bytes:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    data = text.encode("utf-8", "replace")
    plain = text.isascii() and max(map(len, text.split("\n"))) <= 78 and not re.search(r"^(?:From |\.)", text, re.M)
    if plain:
        encoding, body = "7bit", data
    else:
        # Quoted-printable triples each byte beyond ASCII, base64 adds a third to all.
        latin = len(data.translate(None, _ASCII)) * 6 < len(data)
        encoding, body = ("quoted-printable", _quoted_printable(data)) if latin else ("base64", _base64(data))
    if not body.endswith(b"\n"):
        body += b"\n"
    charset = "us-ascii" if plain else "utf-8"
    head = f'Content-Type: {kind}; charset="{charset}"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode("ascii") + body.replace(b"\n", b"\r\n")


def _quoted_printable(data: bytes) -> bytes:
    body = binascii.b2a_qp(data, istext=True)
    return re.sub(rb"^From ", b"=46rom ", re.sub(rb"^\.", b"=2E", body, flags=re.M), flags=re.M)


def _base64(data: bytes) -> bytes:
    encoded = base64.b64encode(data)
    return b"\n".join(encoded[place : place + LINE] for place in range(0, len(encoded), LINE))


def _file(file: OutgoingFile, *, inline: bool) -> bytes:
    kind = (
        file.type.lower()
        if re.fullmatch(r"[A-Za-z0-9.+\-]+/[A-Za-z0-9.+\-]+", file.type)
        else "application/octet-stream"
    )
    name = safe_name(_one_line(file.name, "file name")) or "file"
    lines = [f"Content-Type: {kind};\r\n {_old_name('name', name)}"]
    if name.isascii():
        lines.append(f"Content-Disposition: {'inline' if inline else 'attachment'};\r\n {_old_name('filename', name)}")
    else:
        lines.append(
            f"Content-Disposition: {'inline' if inline else 'attachment'};\r\n {_old_name('filename', name)};\r\n "
            + ";\r\n ".join(_new_names(name))
        )
    if inline and file.cid:
        lines.append(f"Content-ID: <{_own_cid(file.cid)}>")
    lines += ["Content-Transfer-Encoding: base64", "", ""]
    body = _base64(file.content)
    return "\r\n".join(lines).encode("ascii") + body.replace(b"\n", b"\r\n") + b"\r\n"


def _own_cid(cid: str) -> str:
    if not _ID.match(cid):
        raise Invalid(N_("“{value}” is no content id."), value=cid[:100])
    return cid


def _old_name(parameter: str, name: str) -> str:
    if name.isascii():
        return f'{parameter}="' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f'{parameter}="' + "\r\n ".join(encoded_words(name)) + '"'


def _new_names(name: str) -> list[str]:
    """RFC 2231 continuations of a file name, each short enough for a line."""
    encoded = quote(name, safe="!#$&+-.^_`|~", encoding="utf-8", errors="replace")
    pieces: list[str] = []
    while encoded:
        size = 50
        # Never cut within a percent triplet.
        cut = encoded[:size]
        if len(encoded) > size:
            tail = cut.rfind("%", size - 2)
            cut = cut[:tail] if tail >= 0 else cut
        pieces.append(cut)
        encoded = encoded[len(cut) :]
    if len(pieces) == 1:
        return [f"filename*=UTF-8''{pieces[0]}"]
    return [f"filename*{i}*={'' if i else chr(85) + 'TF-8' + chr(39) * 2}{piece}" for i, piece in enumerate(pieces)]


def _multipart(kind: str, parts: list[bytes], seed: str) -> bytes:
    # "=_" can stand neither in quoted-printable nor in base64; the digest keeps nested boundaries apart.
    digest = hashlib.sha256(f"{kind}\0{seed}".encode()).hexdigest()[:24]
    boundary = f"=_{kind[:3]}_{digest}"
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"'
    if kind == "related":
        head += ';\r\n type="text/html"'
    out = [head.encode("ascii"), b"\r\n\r\n"]
    for part in parts:
        out += [f"--{boundary}\r\n".encode("ascii"), part, b"\r\n"]
    out.append(f"--{boundary}--\r\n".encode("ascii"))
    return b"".join(out)
