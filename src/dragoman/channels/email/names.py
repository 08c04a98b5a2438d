"""Names and types of attachments, safe to show and to save."""

from __future__ import annotations

import mimetypes
import re

from dragoman.channels.email.headers import tidy

# Bidirectional overrides make "exe.gpj" read as "jpg.exe"; zero-width characters hide endings.
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f/\\]')
_EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "application/pdf": ".pdf",
    "application/ms-tnef": ".dat",
    "application/rtf": ".rtf",
}


def safe_name(name: str) -> str:
    """`name` without folders, control and invisible characters, at most 180 characters, its ending kept."""
    name = tidy(_INVISIBLE.sub("", name)).replace("\\", "/").rstrip("/").rpartition("/")[2]
    name = _FORBIDDEN.sub("_", name).strip(". ")
    if len(name) > 180:
        stem, dot, ending = name.rpartition(".")
        name = f"{stem[: 179 - len(ending)]}.{ending}" if dot and len(ending) < 12 else name[:180]
    return name


def default_name(kind: str, number: int) -> str:
    """A name for an attachment that has none: "image-2.png"."""
    ending = _EXTENSIONS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
    stem = (
        kind.partition("/")[0] if kind.startswith(("image/", "audio/", "video/", "text/", "message/")) else "attachment"
    )
    return f"{stem}-{number}{ending}"
