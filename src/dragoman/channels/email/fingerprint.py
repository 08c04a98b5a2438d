"""A key by which one mail is known again when it arrives a second time by another way."""

from __future__ import annotations

import hashlib
import re

_KEPT = frozenset({b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"in-reply-to", b"content-type"})
_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
_FIELD = re.compile(rb"^([!-9;-~]{1,80})[ \t]*:((?:.*)(?:\r?\n[ \t].*)*)", re.M)
_SPACE = re.compile(rb"\s+")
_FROM = re.compile(rb"^>+(?=From )", re.M)
MAX_HEADERS = 256 * 1024


def fingerprint(raw: bytes) -> str:
    """A hex key of 40 digits for `raw`.

    The same for copies that differ in trace and X- fields, line ends, folding, an mbox envelope line and its
    ">From " escapes, or blank lines at the end; different where sender, recipients, subject, date, ids or a byte of
    the body differ.
    """
    raw = raw.lstrip(b"\r\n")
    if raw.startswith((b"From ", b">From ")):
        raw = raw[raw.find(b"\n") + 1 :]
    blank = _BLANK.search(raw, 0, MAX_HEADERS)
    head, body = (raw[: blank.start()], raw[blank.end() :]) if blank else (raw[:MAX_HEADERS], raw[MAX_HEADERS:])
    digest = hashlib.blake2b(digest_size=20)
    kept = [(name.lower(), value) for name, value in _FIELD.findall(head) if name.lower() in _KEPT]
    for name, value in sorted(kept, key=lambda pair: pair[0]):
        digest.update(name + b":" + _SPACE.sub(b"", value) + b"\n")
    if rest := _SPACE.sub(b"", _FIELD.sub(b"", head)):
        digest.update(b"\n" + rest)  # what stands among the fields and is none: all there is of a mail without any
    if b"\r" in body:
        body = body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    body = body.rstrip(b"\n")
    if b">From " in body:
        body = _FROM.sub(b"", body)
    digest.update(b"\n" + body)
    return digest.hexdigest()
