"""Header fields: found, unfolded and decoded only when asked for.

RFC 5322, RFC 2047 (encoded words) and RFC 2231 (parameters), and what real programs make of them.
"""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from dragoman.channels.email.charset import decode, printable

MAX_HEADER_BYTES = 256 * 1024
MAX_VALUE = 32 * 1024
MAX_FIELDS = 1500

_BLANK = re.compile(rb"\r?\n\r?\n|\r\r(?!\n)")
_NEWLINE = re.compile(rb"\r\n|\n|\r")
_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_FOLD = re.compile(r"[\r\n]+[ \t]*")
_WORD_HEAD = re.compile(r"=\?([\w.:+\-]{1,60})(?:\*[\w\-]{0,20})?\?([bBqQ])\?")
_HEX2 = re.compile(r"[0-9A-Fa-f]{2}")
_PARAM = re.compile(r';\s*([^\s=;"]{1,200})\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.S)
_MESSAGE_ID = re.compile(r"<([^<>]{1,998})>")


@dataclass(slots=True)
class Headers:
    """Fields in their order, names in lower case, values raw; `hint` is the charset to try on bare 8-bit text."""

    fields: list[tuple[str, bytes]] = field(default_factory=list)
    hint: str = ""
    _by_name: dict[str, list[bytes]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        for name, value in self.fields:
            self._by_name.setdefault(name, []).append(value)

    def get(self, name: str) -> bytes | None:
        """The first non-empty value of a field, raw."""
        values = self._by_name.get(name)
        return next((value for value in values if value.strip()), values[0]) if values else None

    def all(self, name: str) -> list[bytes]:
        """All values of a field, raw."""
        return self._by_name.get(name, [])

    def text(self, name: str) -> str:
        """The first value as unfolded Unicode, its encoded words still encoded."""
        value = self.get(name)
        return unfold(value, self.hint) if value is not None else ""

    def texts(self, name: str) -> list[str]:
        """All values as unfolded Unicode, their encoded words still encoded."""
        return [unfold(value, self.hint) for value in self.all(name)]

    def decoded(self, name: str) -> str:
        """The first value for people: encoded words decoded, white space tidied."""
        return tidy(decode_words(self.text(name), self.hint))


def split_headers(raw: bytes, start: int, end: int, problems: list[str]) -> tuple[Headers, int]:
    """The header fields at `start`, and the offset where the body begins."""
    while raw[start : start + 1] in (b"\r", b"\n") and start < end and start == 0:
        start += 1 if raw[start : start + 2] != b"\r\n" else 2
    if raw[start : start + 1] in (b"\r", b"\n"):
        return Headers(), start + (2 if raw[start : start + 2] == b"\r\n" else 1)
    window = min(end, start + MAX_HEADER_BYTES)
    blank = _BLANK.search(raw, start, window)
    if blank:
        block_end, body = blank.start(), blank.end()
    elif window < end:
        problems.append("headers-truncated")
        later = _BLANK.search(raw, window, end)
        block_end, body = window, later.end() if later else end
    else:
        block_end, body = end, end
    lines = _NEWLINE.split(raw[start:block_end])
    fields, used = _fields(lines, problems)
    if used < len(lines):
        # A body begins without the blank line that should announce it.
        body = _nth(raw, start, used)
        problems.append("header-separator-missing")
    return Headers(fields), min(body, end)


def _nth(raw: bytes, start: int, lines: int) -> int:
    for _ in range(lines):
        match = _NEWLINE.search(raw, start)
        if not match:
            return len(raw)
        start = match.end()
    return start


def _fields(lines: list[bytes], problems: list[str]) -> tuple[list[tuple[str, bytes]], int]:
    """Fields of a header block, and how many of its lines they took."""
    fields: list[tuple[str, list[bytes]]] = []
    last = max((i for i, line in enumerate(lines) if _FIELD.match(line)), default=-1)
    for i, line in enumerate(lines):
        if line[:1] in (b" ", b"\t") and fields:
            fields[-1][1].append(line)
            continue
        match = _FIELD.match(line)
        if match:
            if len(fields) >= MAX_FIELDS:
                problems.append("too-many-headers")
                return [(name, b"\n".join(parts)[:MAX_VALUE]) for name, parts in fields], len(lines)
            fields.append((match.group(1).decode("ascii").lower(), [line[match.end() :]]))
        elif i == 0 and line.startswith((b"From ", b">From ")):
            continue
        elif i < last and fields:
            # Folded without the indent: the line can only continue the field above.
            if "header-fold-broken" not in problems:
                problems.append("header-fold-broken")
            fields[-1][1].append(b" " + line)
        else:
            return [(name, b"\n".join(parts)[:MAX_VALUE]) for name, parts in fields], i
    return [(name, b"\n".join(parts)[:MAX_VALUE]) for name, parts in fields], len(lines)


def unfold(value: bytes, hint: str = "") -> str:
    """A raw value as one line of Unicode; bare 8-bit text is read as UTF-8 or guessed."""
    plain = value.isascii() and b"\x1b" not in value
    text = value.decode("ascii") if plain else decode(value, None, hint)[0]
    return _FOLD.sub(" ", text).strip() if "\n" in text or "\r" in text else text.strip()


def tidy(text: str) -> str:
    """White space collapsed to single spaces, nothing unprintable."""
    return " ".join(printable(text).split())


def decode_words(text: str, hint: str = "") -> str:
    """`text` with its RFC 2047 encoded words decoded.

    Adjacent words of one charset are joined as bytes first, because programs split characters between words.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[bytes] = []
    charset = ""
    position = 0
    for start, end, label, data in _words(text):
        between = text[position:start]
        if pending and (between.strip() or label != charset):
            out.append(decode(b"".join(pending), charset, hint)[0])
            pending = []
        if between.strip() or position == 0:
            out.append(between)
        pending.append(data)
        charset = label
        position = end
    if pending:
        out.append(decode(b"".join(pending), charset, hint)[0])
    out.append(text[position:])
    return "".join(out)


def _words(text: str) -> list[tuple[int, int, str, bytes]]:
    found: list[tuple[int, int, str, bytes]] = []
    position = text.find("=?")
    while position >= 0:
        head = _WORD_HEAD.match(text, position)
        if not head:
            position = text.find("=?", position + 2)
            continue
        close = text.find("?=", head.end())
        if close < 0:
            break
        quoted = head.group(2) in "qQ"
        while quoted and _HEX2.match(text, close + 2):
            # "Where?=20is" : a bare question mark before an encoded character does not close the word.
            further = text.find("?=", close + 2)
            if further < 0 or " " in text[close + 2 : further]:
                break
            close = further
        data = _word_bytes(text[head.end() : close], quoted)
        found.append((position, close + 2, head.group(1).lower(), data))
        position = text.find("=?", close + 2)
    return found


def _word_bytes(payload: str, quoted: bool) -> bytes:
    data = payload.encode("utf-8", "replace")
    if quoted:
        return binascii.a2b_qp(data.replace(b"_", b"=20"))
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def parse_params(value: str, hint: str = "") -> tuple[str, dict[str, str]]:
    """A value like `text/plain; charset=utf-8; name*0*=…` as its head and its parameters, fully decoded."""
    head, _, _ = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for match in _PARAM.finditer(value, len(head)):
        name, raw = match.group(1).lower(), match.group(2).strip()
        if raw.startswith('"'):
            raw = re.sub(r"\\(.)", r"\1", raw[1:].removesuffix('"'), flags=re.S)
        if "*" not in name:
            plain.setdefault(name, raw)
            continue
        base, _, rest = name.partition("*")
        number = rest.rstrip("*")
        extended = rest == "" or rest.endswith("*")
        if number and not number.isascii():
            continue
        if number and not number.isdigit():
            continue
        pieces.setdefault(base, {})[int(number[:4]) if number else 0] = (raw, extended)
    params = {name: decode_words(raw, hint) if "=?" in raw else raw for name, raw in plain.items()}
    params.update({name: _join_2231(parts) for name, parts in pieces.items()})
    return head.strip().strip('"'), params


def _join_2231(parts: dict[int, tuple[str, bool]]) -> str:
    data = bytearray()
    charset = ""
    for index in sorted(parts):
        raw, extended = parts[index]
        if extended:
            if not charset and raw.count("'") >= 2:
                charset, _, raw = raw.split("'", 2)
            data += unquote_to_bytes(raw)
        else:
            data += raw.encode("utf-8", "replace")
    return decode(bytes(data), charset or None)[0]


def message_ids(value: str) -> tuple[str, ...]:
    """The ids in a Message-ID, In-Reply-To or References value, without brackets, in order, each once."""
    found = [tidy(item).replace(" ", "") for item in _MESSAGE_ID.findall(value)]
    if not found:
        found = [word.strip("<>,;") for word in value.split() if "@" in word and len(word) < 998]
    return tuple(dict.fromkeys(item for item in found if item))
