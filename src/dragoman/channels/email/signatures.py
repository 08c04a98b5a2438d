"""Finds signatures at the end of the sender's own words: only where form and place both speak for one."""

from __future__ import annotations

import re

from dragoman.channels.email import quote_data as data
from dragoman.channels.email.html_text import SIGNATURE_END, SIGNATURE_START
from dragoman.channels.email.mail import SectionKind
from dragoman.channels.email.quote_data import fold
from dragoman.channels.email.refs import order_refs

MAX_SIGNATURE = 30
_MAX_TAIL = 9
_MAX_WIDTH = 90

_SENT_FROM = re.compile(rf"(?:{fold(data.SENT_FROM)})")
_DEVICE = re.compile(rf"(?:{fold(data.DEVICE)})")
_CLOSING = re.compile(rf"[\s*_]*(?:{fold(data.CLOSINGS)})[\s*_]*[,.!，。！、]*(?P<rest>.{{0,60}})\Z")
_POSTSCRIPT = re.compile(rf"[\s*]*(?:{fold(data.POSTSCRIPT)})(?![^\W_])")
_CONTACT = re.compile(
    r"@|https?:|www\.|\d[\d\s()/.\-]{5,}|tel|fon|fax|gmbh|ltd|inc\b|\bstr\b|stra(?:ß|ss)e|street|〒|株式会社|有限公司"
)
_SENTENCE_END = re.compile(r"[.!?。！？]\Z")


def mark_signatures(lines: list[str], kinds: list[SectionKind]) -> None:
    """Turn the "own" lines that are signatures into "signature", in place."""
    _fenced(lines, kinds)
    begin = 0
    while begin < len(lines):
        if kinds[begin] != "own":
            begin += 1
            continue
        end = begin
        while end < len(lines) and kinds[end] == "own":
            end += 1
        _run(lines, kinds, begin, end)
        begin = end


def _fenced(lines: list[str], kinds: list[SectionKind]) -> None:
    """Containers that a mail program itself named a signature, unless they are long or hold a question."""
    start = -1
    for place, line in enumerate(lines):
        if line == SIGNATURE_START:
            start = place
        elif line == SIGNATURE_END and start >= 0:
            words = [item for item in lines[start + 1 : place] if item.strip()]
            if len(words) <= MAX_SIGNATURE and all(kind == "own" for kind in kinds[start : place + 1]):
                kinds[start : place + 1] = ["signature"] * (place + 1 - start)
            start = -1


def _run(lines: list[str], kinds: list[SectionKind], begin: int, end: int) -> None:
    """One stretch of own lines, `begin` to before `end`."""
    end = _cut_device_lines(lines, kinds, begin, end)
    filled = [place for place in range(begin, end) if lines[place].strip()]
    if len(filled) < 2:
        return
    start = _delimiter(lines, filled)
    if start < 0:
        start = _closing(lines, filled)
    if start > filled[0]:
        for place in range(start, end):
            kinds[place] = "signature"


def _cut_device_lines(lines: list[str], kinds: list[SectionKind], begin: int, end: int) -> int:
    """Mark "Sent from my …" lines near the end; returns the end of what stands above them."""
    seen = 0
    top = end
    for place in range(end - 1, begin - 1, -1):
        line = lines[place].strip()
        if not line:
            continue
        seen += 1
        if seen > 4:
            break
        if is_device_line(line):
            kinds[place] = "signature"
            if seen == 1:
                top = place
                seen = 0
    return top


def is_device_line(line: str) -> bool:
    """Whether a phone or an app wrote the line: "Sent from my iPhone", "发自我的华为手机", "iPhoneから送信"."""
    if len(line) > 140:
        return False
    folded = fold(line).replace("\u2019", "'").replace("’", "'")
    sent = _SENT_FROM.search(folded)
    if not sent or not _DEVICE.search(folded):
        return False
    # A sentence of one's own goes on after the device, or asks.
    return len(folded.split()) <= 14 and not folded.rstrip().endswith(("?", "？"))


def _delimiter(lines: list[str], filled: list[int]) -> int:
    """The place of a "-- " line that opens a signature; -1 if there is none."""
    for number, place in enumerate(filled):
        line = lines[place]
        if line.rstrip() not in {"--", "—", "––", "-- -"}:
            continue
        below = [lines[other] for other in filled[number + 1 :]]
        if not below or len(below) > MAX_SIGNATURE:
            continue
        if line == "-- ":
            return place
        if len(below) <= 10 and not any(_speaks(item) for item in below):
            return place
    return -1


def _closing(lines: list[str], filled: list[int]) -> int:
    """The place of a closing ("Kind regards") with only a name and contacts below; -1 if there is none."""
    for number in range(max(1, len(filled) - _MAX_TAIL), len(filled)):
        line = lines[filled[number]].strip()
        if len(line) > 70:
            continue
        match = _CLOSING.match(fold(line))
        if not match:
            continue
        rest = match.group("rest").strip()
        if rest and (len(rest.split()) > 4 or rest[0] in "0123456789" or _speaks(rest)):
            continue
        below = [lines[place].strip() for place in filled[number + 1 :]]
        if any(_speaks(item) for item in below):
            continue
        return filled[number]
    return -1


def _speaks(line: str) -> bool:
    """Whether a line says something, as names and contacts do not."""
    folded = fold(line)
    if "?" in line or "？" in line or len(line) > _MAX_WIDTH or _POSTSCRIPT.match(folded):
        return True
    if order_refs("", line):
        return True
    if _CONTACT.search(folded):
        return False
    words = len(line.split())
    return words > 7 or (words > 3 and bool(_SENTENCE_END.search(line)))
