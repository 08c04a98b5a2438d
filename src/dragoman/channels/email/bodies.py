"""From the tree of parts to what a reader sees: one text, one HTML, and the attachments."""

from __future__ import annotations

import hashlib
import html as entities
import re
from dataclasses import dataclass, field

from dragoman.channels.email import html_text
from dragoman.channels.email.calendar import summary_line
from dragoman.channels.email.charset import decode, printable
from dragoman.channels.email.headers import message_ids, parse_params
from dragoman.channels.email.html import sanitise
from dragoman.channels.email.mail import Attachment
from dragoman.channels.email.mime import Part, payload
from dragoman.channels.email.names import default_name, safe_name
from dragoman.channels.email.text import tidy_lines, unflow
from dragoman.channels.email.tnef import decode_tnef

MAX_TEXT = 2 * 1024 * 1024
FORWARDED = "---------- Forwarded message ----------"

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:\-]{1,40})", re.I)
_HTML_SIGN = re.compile(rb"<(?:!doctype html|html|body|div|table|p)[\s>]", re.I)
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})


@dataclass(slots=True)
class Body:
    """One readable stretch of a mail, as text, as sanitised HTML, or both."""

    text: str | None = None
    html: str | None = None


@dataclass(slots=True)
class Bodies:
    """What a walk through the parts collects; `hint` is the charset to try on unlabelled text."""

    hint: str
    problems: list[str]
    items: list[Body] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    forwarded: list[str] = field(default_factory=list)
    reports: list[bytes] = field(default_factory=list)


def collect(root: Part, hint: str, problems: list[str]) -> Bodies:
    """Everything readable below `root`."""
    bodies = Bodies(hint, problems)
    _walk(bodies, root, first=True)
    return bodies


def _walk(bodies: Bodies, part: Part, *, first: bool) -> None:
    kind = part.type
    if kind == "multipart/alternative" and part.children:
        _alternative(bodies, part)
    elif kind.startswith("multipart/") and part.children:
        children = part.children
        if kind == "multipart/related":
            children = _root_first(part)
        for index, child in enumerate(children):
            _walk(bodies, child, first=first and index == 0)
    elif kind in {"message/rfc822", "message/global"} and part.children:
        _message(bodies, part)
    else:
        _leaf(bodies, part, first=first)


def _root_first(part: Part) -> list[Part]:
    start = part.params.get("start", "").strip("<> ")
    for child in part.children:
        if start and content_id(child) == start:
            return [child, *(other for other in part.children if other is not child)]
    return part.children


def _alternative(bodies: Bodies, part: Part) -> None:
    """One body with the best text and the best HTML of the alternatives; the rest stays attached."""
    inner = Bodies(bodies.hint, bodies.problems, reports=bodies.reports)
    body = Body()
    for child in part.children:
        if child.type in {"text/x-amp-html", "text/watch-html", "text/enriched"}:
            continue
        before = len(inner.items)
        _walk(inner, child, first=False)
        for item in inner.items[before:]:
            if item.html is not None:
                body.html = item.html if body.html is None else body.html + item.html
                body.text = item.text if body.text is None else body.text
            elif body.text is None or (item.text and not body.text.strip()):
                body.text = item.text
            elif item.text and child.type == "text/calendar":
                body.text = f"{body.text}\n\n{item.text}"
    bodies.attachments += inner.attachments
    bodies.forwarded += inner.forwarded
    bodies.items.append(body)


def _leaf(bodies: Bodies, part: Part, *, first: bool) -> None:
    disposition, params = parse_params(part.headers.text("content-disposition"), bodies.hint)
    disposition = disposition.lower()
    name = params.get("filename") or part.params.get("name", "")
    kind = part.type
    readable = kind in {"text/plain", "text/html"} or (kind == "text/calendar")
    attached = disposition == "attachment" or (bool(name) and not first and kind != "text/calendar")
    if kind == "message/delivery-status" or (kind == "text/rfc822-headers" and not attached):
        bodies.reports.append(payload(part))
    if readable and not attached:
        _text(bodies, part, name)
        return
    content = payload(part, bodies.problems)
    if kind in _TNEF_TYPES or name.lower() == "winmail.dat":
        if _tnef(bodies, content):
            return
        bodies.problems.append("tnef-unreadable")
    if kind in {
        "multipart/encrypted",
        "application/pgp-encrypted",
        "application/pkcs7-mime",
        "application/x-pkcs7-mime",
    }:
        bodies.problems.append("encrypted-or-sealed")
    if not content and not name and kind in {"application/octet-stream", "text/plain"}:
        return
    add_attachment(bodies, name, kind, content, inline=disposition == "inline", cid=content_id(part))


def content_id(part: Part) -> str | None:
    """The Content-ID without brackets."""
    value = part.headers.text("content-id")
    return (message_ids(value) or (printable(value.strip("<> ")),))[0] or None if value else None


def add_attachment(
    bodies: Bodies, name: str, kind: str, content: bytes, *, inline: bool, cid: str | None = None
) -> None:
    """Keep a file."""
    name = safe_name(name) or default_name(kind, len(bodies.attachments) + 1)
    digest = hashlib.sha256(content).hexdigest()
    inline = inline or (cid is not None and kind.startswith("image/"))
    bodies.attachments.append(Attachment(name, kind, len(content), digest, inline, cid, content))


def _text(bodies: Bodies, part: Part, name: str) -> None:
    raw = payload(part, bodies.problems)
    label = part.params.get("charset")
    if part.type == "text/html" or (part.type == "text/plain" and not label and _looks_html(raw)):
        bodies.items.append(Body(html=read_html(bodies, raw, label)))
        return
    text, problem = decode(raw, label, bodies.hint)
    _note(bodies, problem)
    if "\0" in text:
        _note(bodies, "nul-bytes")
    text = tidy_lines(text[:MAX_TEXT])
    if part.type == "text/calendar":
        add_attachment(bodies, name or "invite.ics", part.type, raw, inline=False)
        line = summary_line(text)
        if line:
            bodies.items.append(Body(text=line))
        return
    if part.params.get("format", "").lower() == "flowed":
        text = unflow(text, delsp=part.params.get("delsp", "").lower() == "yes")
    bodies.items.append(Body(text=text))


def _looks_html(raw: bytes) -> bool:
    head = raw[:300].lstrip()
    return head.startswith(b"<") and bool(_HTML_SIGN.match(head)) and b"</" in raw[-200:]


def read_html(bodies: Bodies, raw: bytes, label: str | None) -> str:
    """Raw HTML bytes decoded by their label or their own <meta>, and sanitised."""
    meta = _META_CHARSET.search(raw[:4096])
    own = meta.group(1).decode("ascii") if meta else None
    text, problem = decode(raw, label or own, own or bodies.hint)
    if problem and label and own and own.lower() != label.lower():
        text, problem = decode(raw, own, bodies.hint)
    _note(bodies, problem)
    if "\0" in text:
        _note(bodies, "nul-bytes")
    return sanitise(text)


def _message(bodies: Bodies, part: Part) -> None:
    """A message inside: kept as a file, its words readable below a forwarding line."""
    child = part.children[0]
    subject = child.headers.decoded("subject")
    _disposition, params = parse_params(part.headers.text("content-disposition"), bodies.hint)
    name = params.get("filename") or part.params.get("name") or (f"{subject[:100]}.eml" if subject else "message.eml")
    add_attachment(bodies, name, "message/rfc822", part.body, inline=False, cid=content_id(part))
    if part.depth > 8:
        return
    inner = collect(child, bodies.hint, bodies.problems)
    head = [FORWARDED]
    for key, label in (("from", "From"), ("date", "Date"), ("subject", "Subject"), ("to", "To")):
        value = child.headers.decoded(key)
        if value:
            head.append(f"{label}: {value[:300]}")
    bodies.forwarded.append("\n".join([*head, "", whole_text(inner)]))
    bodies.attachments += inner.attachments


def _tnef(bodies: Bodies, content: bytes) -> bool:
    tnef = decode_tnef(content)
    if tnef is None:
        return False
    if not tnef.complete:
        _note(bodies, "tnef-truncated")
    has_text = any((body.text or "").strip() or body.html for body in bodies.items)
    if not has_text and (tnef.html or tnef.text):
        html = read_html(bodies, tnef.html, None) if tnef.html else None
        bodies.items.append(Body(text=tidy_lines(tnef.text) or None, html=html))
    elif not has_text and tnef.rtf:
        add_attachment(bodies, "message.rtf", "application/rtf", tnef.rtf, inline=False)
    for file in tnef.files:
        kind = file.type.lower() if re.fullmatch(r"[\w.+-]+/[\w.+-]+", file.type) else guess_type(file.name)
        add_attachment(bodies, file.name, kind, file.content, inline=False, cid=file.cid.strip("<>") or None)
    return True


def guess_type(name: str) -> str:
    """The type that a file's ending suggests."""
    import mimetypes

    return mimetypes.guess_type(name)[0] or "application/octet-stream"


def whole_text(bodies: Bodies) -> str:
    """The text of all bodies, messages inside last; signatures of HTML-only bodies keep their fences."""
    pieces = [text for body in bodies.items if (text := _body_text(body)).strip()]
    return "\n\n".join([*pieces, *bodies.forwarded])


def _body_text(body: Body) -> str:
    if body.html is None:
        return body.text or ""
    text = body.text or ""
    bare = text.strip()
    if not bare:
        return html_text.to_text(body.html)
    if len(bare) < 200 and len(body.html) > 1500:
        # Some senders' plain part only says that there is an HTML one.
        rich = html_text.to_text(body.html)
        if len(rich) > 3 * len(bare) and bare.split()[:3] != rich.split()[:3]:
            return rich
    return text


def whole_html(bodies: Bodies) -> str | None:
    """The HTML of all bodies in their order, or None if there is none; text between them becomes HTML."""
    if not any(body.html for body in bodies.items):
        return None
    out = []
    for body in bodies.items:
        if body.html:
            out.append(body.html)
        elif body.text and body.text.strip():
            out.append(f'<div style="white-space:pre-wrap">{entities.escape(body.text)}</div>')
    return "<hr>".join(out) if len(out) > 1 else out[0]


def _note(bodies: Bodies, problem: str | None) -> None:
    if problem and problem not in bodies.problems and len(bodies.problems) < 50:
        bodies.problems.append(problem)
