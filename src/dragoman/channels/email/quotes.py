"""Tells the sender's own words from quotations and signatures, in plain text.

Two kinds of quotation: marked ones, whose lines begin with ">", end where the marks end, so that answers between
them stay the sender's; unmarked ones, which a header block or a line like "On … wrote:" announces, run to the end.
In doubt text is the sender's own: a quotation too many on the page is a blemish, a question lost is not.

Works line by line; every pattern is anchored and tried on a bounded stretch, so time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from dragoman.channels.email import quote_data as data
from dragoman.channels.email.html_text import SIGNATURE_END, SIGNATURE_START
from dragoman.channels.email.mail import Section, SectionKind
from dragoman.channels.email.quote_data import fold
from dragoman.channels.email.signatures import mark_signatures

MAX_LINES = 200_000
_MAX_JOIN = 400

_BIDI = str.maketrans("", "", "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff")
_MARKED = re.compile(r"[ \t]{0,3}[>＞]")
_MBOX_FROM = re.compile(r">From ")
_WROTE = re.compile(rf"(?:{fold(data.WROTE)})(?![^\W_])")
_START = re.compile(rf"[\s*_\"'「(\[]*(?:(?:{fold(data.STARTS)})(?![^\W_])|(?:{fold(data.STARTS_CJK)})|\d)")
_DATE = re.compile(
    r"(?<!\d)(?:(?:19|20)\d\d(?!\d)|\d{1,2}[:.h時时點点시]\s?\d{2}(?!\d)|\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}|"
    r"\d{1,2}[月월]\s?\d{1,2}[日일]|25\d\d(?!\d))"
)
_FULL_DATE = re.compile(r"(?<!\d)(?:19|20|25)\d\d(?!\d)|\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}")
_STOP = re.compile(r"[.!?。！？…:：]\Z")
_EMAIL = re.compile(r"[<\[(（＜]\s*(?:mailto:)?[^\s<>@\[\]()]{1,120}@[^\s<>@\[\]()]{1,200}\s*[>\])）＞]")
_ANY_EMAIL = re.compile(r"[^\s<>@\[\]()]{1,120}@[^\s<>@\[\]()]{1,200}\.[^\s<>@\[\]()]{1,60}")
_PRONOUN = re.compile(
    rf"(?:^|[\s,，])(?:{fold(data.PRONOUNS)})\s?(?:(?:have|had|haben|hatten|avez|aviez|ai|ha|han|hai|tem|heb|hebt|"
    rf"heeft|már)\s)?(?:{fold(data.WROTE)})|"
    rf"(?:{fold(data.WROTE)})\s(?:{fold(data.PRONOUNS)})(?![^\W_])"
)
_RULE = re.compile(r"[\s_\-=*—–－─]{3,}\Z")
_SEPARATOR = re.compile(
    rf"[\s*]*[-_=—–－─]{{2,}}\s*(?:{fold(data.ORIGINAL)}|"
    rf"{fold(data.FORWARDED)})\b[^\n]{{0,80}}?\s*[:：]?\s*[-_=—–－─]*[\s*]*\Z"
)
_DASHED = re.compile(r"[\s*]*[-_=—–－─]{2,}\s*([^\-_=—–－─]{2,60}?)\s*[-_=—–－─]{2,}[\s*]*\Z")
_BEGIN = re.compile(rf"[\s*]*(?:{fold(data.BEGIN_FORWARDED)})\s*[:：]\s*\Z")
_LABEL = re.compile(r"[\s*_|]{0,8}([^\s:：*][^:：*\n]{0,24}?)[\s*_]{0,4}[:：]")
_KINDS: dict[str, str] = {
    word.strip(): kind
    for kind, words in (("to", data.TO), ("subject", data.SUBJECT), ("date", data.DATE), ("from", data.FROM))
    for word in fold(words).split("|")
}


def split(text: str) -> tuple[Section, ...]:
    """`text` (which may hold signature fences of `html_text.to_text`) cut into sections, in order, no word lost."""
    lines = text.split("\n")
    if len(lines) > MAX_LINES:
        lines[MAX_LINES:] = ["\n".join(lines[MAX_LINES:])]
    kinds = _quoted(lines)
    mark_signatures(lines, kinds)
    return _sections(lines, kinds)


def own_words(sections: Sequence[Section]) -> str:
    """The sender's own words; if there are none (a bare forward), everything but signatures, else everything."""
    for wanted in (("own",), ("own", "quote"), ("own", "quote", "signature")):
        text = "\n\n".join(section.text for section in sections if section.kind in wanted)
        if text.strip():
            return text
    return ""


def _quoted(lines: list[str]) -> list[SectionKind]:
    kinds: list[SectionKind] = ["own"] * len(lines)
    index = 0
    while index < len(lines):
        line = lines[index]
        if _MARKED.match(line) and not _is_mbox_escape(lines, index):
            kinds[index] = "quote"
            index += 1
            continue
        start, after = _announcement(lines, index)
        if after <= index:
            index += 1
            continue
        start = _above(lines, kinds, start)
        following = _next_filled(lines, after)
        end = after if following < len(lines) and _MARKED.match(lines[following]) else len(lines)
        for place in range(start, end):
            kinds[place] = "quote"
        index = end
    return kinds


def _is_mbox_escape(lines: list[str], index: int) -> bool:
    if not _MBOX_FROM.match(lines[index]):
        return False
    around = (lines[index - 1] if index else "", lines[index + 1] if index + 1 < len(lines) else "")
    return not any(_MARKED.match(line) for line in around)


def _announcement(lines: list[str], index: int) -> tuple[int, int]:
    """First line of, and line after, what announces a quotation at `index`; (index, index) if nothing does."""
    line = lines[index]
    bare = line.strip()
    if not bare or len(line) > _MAX_JOIN:
        return index, index
    if bare[0] in "-_=—–－─*":
        folded = fold(bare)
        if _SEPARATOR.match(folded):
            return index, _past_headers(lines, index + 1)
        if _DASHED.match(folded) and _header_block(lines, _next_filled(lines, index + 1)):
            return index, _past_headers(lines, index + 1)
    if ":" in line or "：" in line:
        folded = fold(bare.translate(_BIDI))
        if _BEGIN.match(folded):
            return index, _past_headers(lines, index + 1)
        if _header_block(lines, index):
            return index, _past_headers(lines, index)
        if folded.rstrip("* _").endswith((":", "：")):
            start = _attribution(lines, index)
            if start >= 0:
                return start, index + 1
    return index, index


def _attribution(lines: list[str], last: int) -> int:
    """The line where an "On … wrote:" that ends at `last` begins; -1 if it is none."""
    marked = _next_filled(lines, last + 1)
    followed = marked < len(lines) and bool(_MARKED.match(lines[marked]))
    joined = ""
    best = -1
    for start in range(last, max(-1, last - 4), -1):
        line = fold(lines[start].translate(_BIDI).strip())
        if not line or len(joined) + len(line) > _MAX_JOIN or (start < last and _MARKED.match(lines[start])):
            break
        if best >= 0 and not _continues(lines, start, line, joined):
            break
        joined = f"{line} {joined}" if joined else line
        if _reads_as_attribution(joined, followed) and (start == last or _heads(lines, start, line)):
            best = start
    return best


def _heads(lines: list[str], start: int, line: str) -> bool:
    """Whether a line looks like the first of a wrapped announcement: a date, or the name that opens it."""
    if _DATE.search(line) or _START.match(line):
        return True
    opens = start == 0 or not lines[start - 1].strip()
    return opens and len(line) < 60 and not _STOP.search(line)


def _continues(lines: list[str], start: int, line: str, joined: str) -> bool:
    """Whether `line` belongs to the announcement `joined` below it, which could stand without it."""
    if _FULL_DATE.search(joined) and not joined.startswith("<"):
        return False
    return not _STOP.search(line) and _heads(lines, start, line)


def _reads_as_attribution(text: str, followed: bool) -> bool:
    dated = bool(_DATE.search(text))
    angle = bool(_EMAIL.search(text))
    verb = _WROTE.search(text)
    if verb and _PRONOUN.search(text):
        return followed and len(text) < 120
    if verb:
        return angle or followed or (dated and bool(_START.match(text))) or (dated and bool(_ANY_EMAIL.search(text)))
    return dated and angle and (bool(_START.match(text)) or followed)


def _label_kind(line: str) -> str:
    match = _LABEL.match(line)
    return _KINDS.get(fold(match.group(1).translate(_BIDI).strip()), "") if match else ""


def _header_block(lines: list[str], index: int) -> bool:
    """Whether quoted header lines ("From: … Sent: … Subject: …") begin at `index`."""
    if index >= len(lines):
        return False
    first = _label_kind(lines[index])
    if first not in {"from", "date", "subject"}:
        return False
    seen = {first}
    filled = 1
    for line in lines[index + 1 : index + 16]:
        if not line.strip():
            continue
        kind = _label_kind(line)
        if kind:
            seen.add(kind)
        filled += 1
        if filled > 8 or len(seen) == 4:
            break
    return "from" in seen and len(seen) >= 3


def _past_headers(lines: list[str], index: int) -> int:
    """The line after the header lines that may follow a separator."""
    place = _next_filled(lines, index)
    if not _header_block(lines, place):
        after = place + 1 if place < len(lines) and _attribution(lines, place) == place else index
        return after
    last = place
    for offset, line in enumerate(lines[place : place + 20]):
        if _label_kind(line):
            last = place + offset
        elif (
            not line.strip()
            and last > place + 1
            and not _label_kind(lines[min(_next_filled(lines, place + offset), len(lines) - 1)])
        ):
            break
    return last + 1


def _above(lines: list[str], kinds: list[SectionKind], start: int) -> int:
    """Rules and blank lines right above a quotation belong to it."""
    place = start
    while place > 0 and kinds[place - 1] == "own":
        above = lines[place - 1].strip()
        if above and not _RULE.match(above) and not _BEGIN.match(fold(above)):
            break
        place -= 1
    return place


def _next_filled(lines: list[str], index: int) -> int:
    limit = min(len(lines), index + 12)
    while index < limit and not lines[index].strip():
        index += 1
    return index


def _sections(lines: list[str], kinds: list[SectionKind]) -> tuple[Section, ...]:
    sections: list[Section] = []
    begin = 0
    for place in range(1, len(lines) + 1):
        if place < len(lines) and (kinds[place] == kinds[begin] or not lines[place].strip()):
            continue
        words = "\n".join(line for line in lines[begin:place] if line not in {SIGNATURE_START, SIGNATURE_END})
        words = words.strip("\n").rstrip()
        if words.strip():
            last = sections[-1] if sections else None
            if last and last.kind == kinds[begin]:
                sections[-1] = Section(last.kind, f"{last.text}\n\n{words}")
            else:
                sections.append(Section(kinds[begin], words))
        begin = place
    return tuple(sections)
