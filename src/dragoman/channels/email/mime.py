"""Splits a raw message into its tree of parts, whatever state it is in.

Works on offsets into the raw bytes, so that a 20 MB attachment is not copied before it is decoded, and line counts
do not matter. Depth, number of parts and header size are capped: every level searches its own bytes once.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field

from dragoman.channels.email.headers import Headers, parse_params, split_headers

MAX_DEPTH = 24
MAX_PARTS = 600

_GUESS_BOUNDARY = re.compile(rb"(?:\A|\n)--([^\s][^\r\n]{0,199})\r?\nContent-", re.I)
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/=\s]*\Z")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")
_DELIMITER_TAIL = re.compile(rb"(--)?[ \t]*(?:\r?\n|\r|\Z)")


@dataclass(slots=True)
class Part:
    """One MIME entity: headers, and a body that lies in `raw[start:end]` still encoded."""

    raw: bytes
    start: int
    end: int
    headers: Headers
    type: str
    params: dict[str, str]
    depth: int
    children: list[Part] = field(default_factory=list)

    @property
    def body(self) -> bytes:
        """The body as transferred."""
        return self.raw[self.start : self.end]


def parse_tree(raw: bytes, problems: list[str]) -> Part:
    """The tree of `raw`. Never raises; what is odd is told in `problems`."""
    root = _entity(raw, 0, len(raw), 0, "text/plain", problems)
    todo, count = [root], 1
    while todo:
        part = todo.pop()
        children = _children(part, problems)
        if not children:
            continue
        count += len(children)
        if count > MAX_PARTS:
            _note(problems, "too-many-parts")
            children = children[: max(1, MAX_PARTS - count + len(children))]
        part.children = children
        if count > MAX_PARTS:
            break
        todo.extend(reversed(children))
    return root


def _entity(raw: bytes, start: int, end: int, depth: int, default: str, problems: list[str]) -> Part:
    headers, body = split_headers(raw, start, end, problems)
    value = headers.text("content-type")
    kind, params = parse_params(value) if value else (default, {})
    kind = kind.lower()
    if not re.fullmatch(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,120}", kind):
        if value:
            _note(problems, f"content-type-odd:{value[:40]}")
        if kind in {"text", "plain", ""}:
            kind = "text/plain"
        elif kind in {"html", "htm"}:
            kind = "text/html"
        else:
            kind = default if kind.startswith("text") else "application/octet-stream"
    return Part(raw, body, end, headers, kind, params, depth)


def _children(part: Part, problems: list[str]) -> list[Part]:
    is_multipart = part.type.startswith("multipart/")
    if not is_multipart and part.type not in {"message/rfc822", "message/global"}:
        return []
    if part.depth >= MAX_DEPTH:
        _note(problems, "nested-too-deep")
        part.type = "application/octet-stream" if is_multipart else part.type
        return []
    encoding = _encoding(part)
    if encoding in {"base64", "quoted-printable"} and not (is_multipart and _has_boundary(part)):
        # RFC 2045 forbids encoding a container; some servers do it all the same.
        inner = payload(part)
        part.raw, part.start, part.end = inner, 0, len(inner)
    if not is_multipart:
        if part.start >= part.end:
            return []
        return [_entity(part.raw, part.start, part.end, part.depth + 1, "text/plain", problems)]
    default = "message/rfc822" if part.type == "multipart/digest" else "text/plain"
    spans = _split(part, problems)
    if not spans:
        part.type = "text/plain"
        return []
    return [_entity(part.raw, a, b, part.depth + 1, default, problems) for a, b in spans]


def _has_boundary(part: Part) -> bool:
    boundary = _boundary(part)
    return bool(boundary) and part.raw.find(b"--" + boundary, part.start, part.end) >= 0


def _boundary(part: Part) -> bytes:
    return part.params.get("boundary", "").rstrip().encode("utf-8", "surrogateescape")


def _split(part: Part, problems: list[str]) -> list[tuple[int, int]]:
    boundary = _boundary(part)
    spans, closed = _spans(part.raw, part.start, part.end, b"--" + boundary) if boundary else ([], False)
    if not spans:
        _note(problems, "boundary-missing" if not boundary else "boundary-not-found")
        guess = _GUESS_BOUNDARY.search(part.raw, max(0, part.start - 1), part.end)
        if not guess:
            return []
        spans, closed = _spans(part.raw, part.start, part.end, b"--" + guess.group(1).rstrip())
    if spans and not closed:
        _note(problems, "boundary-unclosed")
    return spans


def _spans(raw: bytes, start: int, end: int, delimiter: bytes) -> tuple[list[tuple[int, int]], bool]:
    """Body parts between delimiter lines, and whether the closing delimiter was seen."""
    spans: list[tuple[int, int]] = []
    begin = -1
    position = raw.find(delimiter, start, end)
    while position >= 0:
        after = position + len(delimiter)
        at_line_start = position == start or raw[position - 1] in b"\r\n"
        tail = _DELIMITER_TAIL.match(raw, after, end) if at_line_start else None
        if tail:
            if begin >= 0:
                spans.append((begin, _before_newline(raw, begin, position)))
            if tail.group(1):
                return spans, True
            begin = tail.end()
            if len(spans) > MAX_PARTS:
                return spans, True
        position = raw.find(delimiter, after, end)
    if begin >= 0 and begin < end:
        spans.append((begin, end))
    return spans, False


def _before_newline(raw: bytes, begin: int, position: int) -> int:
    """The newline before a delimiter belongs to it (RFC 2046 §5.1.1)."""
    if position > begin and raw[position - 1 : position] == b"\n":
        position -= 1
        if position > begin and raw[position - 1 : position] == b"\r":
            position -= 1
    elif position > begin and raw[position - 1 : position] == b"\r":
        position -= 1
    return max(begin, position)


def _encoding(part: Part) -> str:
    value = part.headers.get("content-transfer-encoding")
    return value.decode("ascii", "replace").partition(";")[0].strip().strip("\"'").lower() if value else ""


def payload(part: Part, problems: list[str] | None = None) -> bytes:
    """The decoded body of a leaf. Damaged encodings give what can be saved."""
    encoding = _encoding(part)
    body = part.body
    if encoding in {"", "7bit", "8bit", "binary"}:
        return body
    if encoding == "base64":
        return _base64(body, problems)
    if encoding in {"quoted-printable", "quoted_printable", "quotedprintable"}:
        return binascii.a2b_qp(body)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        return _uu(body)
    if problems is not None:
        _note(problems, f"encoding-unknown:{encoding[:30]}")
    return body


def _base64(body: bytes, problems: list[str] | None) -> bytes:
    if not _BASE64_LINE.match(body[:400]):
        letters = len(re.findall(rb"[A-Za-z0-9+/=\s]", body[:400]))
        if b" " in body[:400].strip() and letters < len(body[:400]):
            if problems is not None:
                _note(problems, "encoding-wrong:base64")
            return body
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        if problems is not None:
            _note(problems, "base64-damaged")
    letters_only = _NOT_BASE64.sub(b"", body)
    letters_only = letters_only[: len(letters_only) - (len(letters_only) % 4 == 1)]
    return binascii.a2b_base64(letters_only + b"=" * (-len(letters_only) % 4))


def _uu(body: bytes) -> bytes:
    out: list[bytes] = []
    begun = False
    for line in body.splitlines():
        if not begun:
            begun = line.startswith(b"begin ")
        elif line.strip() in {b"end", b"`"}:
            break
        else:
            try:
                out.append(binascii.a2b_uu(line))
            except binascii.Error:
                count = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
                try:
                    out.append(binascii.a2b_uu(line[:count]))
                except binascii.Error:
                    continue
    return b"".join(out)


def _note(problems: list[str], problem: str) -> None:
    if problem not in problems and len(problems) < 50:
        problems.append(problem)
