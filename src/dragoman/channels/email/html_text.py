"""Plain text out of sanitised HTML: nothing a reader would see is lost, nothing hidden is let in.

Quotations become "> " lines, links keep the address that their words do not show, cells stand side by side. Signature
containers of the usual programs are fenced by two control characters that no text contains (`SIGNATURE_START`,
`SIGNATURE_END`); whoever wants text for people calls `plain`.
"""

from __future__ import annotations

import html as entities
import re
from dataclasses import dataclass, field

SIGNATURE_START = "\x01"
SIGNATURE_END = "\x02"
_INDENTED = "\x03"
RULE = "_" * 32
MAX_QUOTES = 40

_TOKEN = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>|([^<]+)")
_SPACE = re.compile(r"[ \t\r\n\f\x0b]+")
_ATTRIBUTE = re.compile(r'\s([a-z\-]+)="([^"]*)"')
_HIDDEN = re.compile(
    r"display:\s*none|visibility:\s*hidden|font-size:\s*0(?:px|pt|em|%)?(?:;|\Z)|max-height:\s*0(?:px)?(?:;|\Z)", re.I
)
_INDENT = re.compile(r"border(?:-left)?:\s*(?:medium\s+)?none", re.I)
_TIGHT = re.compile(r"margin(?:-bottom|-top)?:\s*0|MsoNormal|MsoListParagraph|MsoPlainText", re.I)
_SIGNATURE = re.compile(
    r"gmail_signature(?![_\w])|moz-signature|protonmail_signature_block|AppleMailSignature|ms-outlook-mobile-signature"
    r'|id="m-(?:x_)*Signature"|mail_signature|ntes-signature|foxmail_signature|zmail_extra_sign',
    re.I,
)
_PARAGRAPH = frozenset(
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "dl", "pre", "hr", "figure"]
)
_BLOCK = _PARAGRAPH | frozenset(
    [
        "div",
        "tr",
        "li",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "nav",
        "aside",
        "address",
        "center",
        "caption",
        "tbody",
        "thead",
        "tfoot",
        "details",
        "summary",
        "figcaption",
        "dir",
    ]
)
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})


@dataclass(slots=True)
class _State:
    lines: list[str] = field(default_factory=list)
    buffer: list[str] = field(default_factory=list)
    depth: int = 0
    hidden_at: int = 0
    quotes: list[int] = field(default_factory=list)
    signatures: list[int] = field(default_factory=list)
    lists: list[int] = field(default_factory=list)
    links: list[tuple[str, int]] = field(default_factory=list)
    pre: int = 0
    tight: bool = False


def plain(html: str) -> str:
    """`html` (sanitised) as text for people."""
    return unfenced(to_text(html))


def unfenced(text: str) -> str:
    """`text` of `to_text` without its fences."""
    return text.replace(SIGNATURE_START, "").replace(SIGNATURE_END, "")


def to_text(html: str) -> str:
    """`html` (sanitised) as text with its signatures fenced."""
    state = _State()
    if html.startswith("<style>"):
        html = html[html.find("</style>") + 8 :]
    for closing, tag, attributes, text in _TOKEN.findall(html):
        if text:
            if not state.hidden_at:
                _words(state, text)
        elif closing:
            _close(state, tag)
        else:
            _open(state, tag, attributes)
    _flush(state)
    while state.signatures:
        state.signatures.pop()
        state.lines.append(SIGNATURE_END)
    return _squeeze(state.lines)


def _words(state: _State, text: str) -> None:
    if "&" in text:
        text = entities.unescape(text)
    if state.pre:
        first, *rest = text.split("\n")
        state.buffer.append(first)
        for line in rest:
            _flush(state, force=True)
            state.buffer.append(line)
        return
    text = _SPACE.sub(" ", text)
    if text == " " and (not state.buffer or state.buffer[-1].endswith(" ")):
        return
    state.buffer.append(text)


def _flush(state: _State, *, force: bool = False) -> None:
    """End the current line; `force` keeps it though it is empty."""
    if not state.buffer and not force:
        return
    line = "".join(state.buffer)
    state.buffer.clear()
    if state.pre:
        line = line.rstrip()
    else:
        line = re.sub(r"[ \xa0]{2,}", " ", line.replace("\xa0", " ")).strip(" ")
        line = re.sub(r"(?: ?\x1f)+ ?", " | ", line.strip(" \x1f")) if "\x1f" in line else line
    if line or force:
        state.lines.append(_prefix(state) + line.replace(_INDENTED, "  "))


def _prefix(state: _State) -> str:
    return "> " * min(len(state.quotes), MAX_QUOTES)


def _blank(state: _State) -> None:
    if state.lines and state.lines[-1].strip("> ") and state.lines[-1] not in {SIGNATURE_START}:
        state.lines.append(_prefix(state))


def _open(state: _State, tag: str, attributes: str) -> None:
    if tag not in _VOID:
        state.depth += 1
    if state.hidden_at:
        return
    if "style=" in attributes and _HIDDEN.search(attributes) and tag not in _VOID:
        state.hidden_at = state.depth
        return
    if tag == "br":
        _flush(state, force=True)
    elif tag in _BLOCK:
        _open_block(state, tag, attributes)
    elif tag == "a":
        href = _value(attributes, "href")
        state.links.append((href, len(state.buffer)))
    elif tag == "img":
        alt = _value(attributes, "alt").strip()
        if alt:
            state.buffer.append(f"[{alt}]")
    elif tag in {"td", "th"} and state.buffer:
        state.buffer.append("\x1f")
    if attributes and _SIGNATURE.search(attributes) and tag in {"div", "pre", "table", "span"}:
        _flush(state)
        state.lines.append(SIGNATURE_START)
        state.signatures.append(state.depth)


def _open_block(state: _State, tag: str, attributes: str) -> None:
    _flush(state)
    if (
        tag in _PARAGRAPH
        and not (tag == "p" and _TIGHT.search(attributes))
        and not (tag in {"ul", "ol"} and state.lists)
    ):
        _blank(state)
    if tag == "blockquote" and not _INDENT.search(attributes):
        state.quotes.append(state.depth)
    elif tag in {"ul", "dir"}:
        state.lists.append(0)
    elif tag == "ol":
        start = _value(attributes, "start")
        state.lists.append(int(start) if start.isascii() and start.isdigit() and len(start) < 8 else 1)
    elif tag == "li":
        # Spaces would be stripped with the line's own.
        indent = _INDENTED * min(max(0, len(state.lists) - 1), MAX_QUOTES)
        number = state.lists[-1] if state.lists else 0
        state.buffer.append(f"{indent}{number}. " if number else f"{indent}- ")
        if number:
            state.lists[-1] += 1
    elif tag == "pre":
        state.pre += 1
    elif tag == "hr":
        state.buffer.append(RULE)
        _flush(state)


def _close(state: _State, tag: str) -> None:
    depth = state.depth
    state.depth = max(0, depth - 1)
    if state.hidden_at:
        if depth <= state.hidden_at:
            state.hidden_at = 0
        return
    if tag == "a" and state.links:
        _close_link(state)
    if tag in _BLOCK:
        _flush(state)
        if tag == "pre":
            state.pre = max(0, state.pre - 1)
        elif tag in {"ul", "ol", "dir"} and state.lists:
            state.lists.pop()
        if tag == "blockquote" and state.quotes and state.quotes[-1] == depth:
            state.quotes.pop()
            while state.lines and not state.lines[-1].strip("> "):
                state.lines.pop()
        if tag in _PARAGRAPH and tag != "p":
            _blank(state)
    if state.signatures and state.signatures[-1] == depth:
        _flush(state)
        state.signatures.pop()
        state.lines.append(SIGNATURE_END)


def _close_link(state: _State) -> None:
    href, start = state.links.pop()
    words = "".join(state.buffer[start:]).strip() if start <= len(state.buffer) else ""
    kind, _, rest = href.partition(":")
    bare = rest.strip("/") if kind in {"http", "https"} else rest.partition("?")[0]
    shown = words.replace(" ", "").casefold()
    if not bare or bare.casefold().removeprefix("www.") in shown:
        return
    state.buffer.append(f" <{href}>" if words else f"<{href}>")


def _value(attributes: str, name: str) -> str:
    for key, value in _ATTRIBUTE.findall(attributes):
        if key == name:
            return entities.unescape(value)
    return ""


def _squeeze(lines: list[str]) -> str:
    """Lines joined, runs of empty ones reduced to one."""
    out: list[str] = []
    for line in lines:
        bare = line.rstrip()
        if not bare.strip("> ") and out and not out[-1].strip("> "):
            if len(bare) < len(out[-1]):
                out[-1] = bare
            continue
        out.append(bare)
    return "\n".join(out).strip("\n")
