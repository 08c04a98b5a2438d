"""Address lists as programs write them, read in one pass (RFC 5322 §3.4 and its abuses)."""

from __future__ import annotations

import re

from dragoman.channels.email.headers import decode_words, tidy
from dragoman.channels.email.mail import Address

MAX_ADDRESSES = 500

_PIECE = re.compile(
    # Unclosed quotes and comments end with the value: refusing them would mean to try again from every place.
    r'=\?[^?\s]{1,60}\?[bqBQ]\?[^?]*\?=|"(?:[^"\\]|\\.)*(?:"|\Z)|\((?:[^()\\]|\\.)*(?:\)|\Z)|<[^<>]*>?|[,;:]|[^\s,;:"()<>=]+|\s+|.',
    re.S,
)
_EMAIL = re.compile(r"[^\s<>\"'(),;:\[\]]{1,200}@[^\s<>\"'(),;:]{1,250}")
_ESCAPED = re.compile(r"\\(.)", re.S)


def parse_addresses(value: str, hint: str = "") -> tuple[Address, ...]:
    """All addresses of an unfolded header value; group names and empty places are left out."""
    if not value:
        return ()
    found: list[Address] = []
    phrase: list[str] = []
    angle: str | None = None
    comment = ""
    for piece in _PIECE.findall(value):
        if piece in {",", ";"}:
            _add(found, phrase, angle, comment, hint)
            phrase, angle, comment = [], None, ""
            if len(found) >= MAX_ADDRESSES:
                return tuple(found)
        elif piece == ":" and not angle and not any("@" in word for word in phrase):
            phrase = []
        elif piece[0] == "<":
            inner = piece[1:].removesuffix(">").strip()
            angle = inner if angle is None or "@" in inner else angle
        elif piece[0] == '"' and len(piece) > 1:
            phrase.append(_ESCAPED.sub(r"\1", piece[1:].removesuffix('"')))
        elif piece[0] == "(" and len(piece) > 1:
            comment = comment or piece[1:].removesuffix(")")
        else:
            phrase.append(piece)
    _add(found, phrase, angle, comment, hint)
    return tuple(found)


def _add(found: list[Address], phrase: list[str], angle: str | None, comment: str, hint: str) -> None:
    words = "".join(phrase).strip()
    if angle is None:
        match = _EMAIL.search(words)
        if not match:
            name = _name(words, hint)
            if name and "@" not in name and not name.endswith(":"):
                found.append(Address(name, ""))
            return
        angle = match.group()
        words = comment
    elif not words:
        words = comment
    email = clean_email(angle)
    name = _name(words, hint)
    if email or name:
        found.append(Address("" if name.casefold() == email.casefold() else name, email))


def _name(words: str, hint: str) -> str:
    return tidy(decode_words(words, hint)).strip("'\"").strip()[:300]


def clean_email(value: str) -> str:
    """An addr-spec without decoration, domain in lower case; "" if there is none."""
    value = tidy(decode_words(value)).strip("<>\"' ").removeprefix("mailto:").removeprefix("MAILTO:")
    # A route (RFC 822): "@relay.example:someone@example.org".
    if value.startswith("@"):
        value = value.rpartition(":")[2]
    local, at, domain = value.replace(" ", "").rpartition("@")
    return f"{local}@{domain.lower().rstrip('.')}" if at and local and domain and len(value) <= 400 else ""
