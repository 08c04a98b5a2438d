"""What kinds of files a person may send: a list of those allowed, by suffix and by how their content begins.

Deny by default: what is not on the list is refused, whatever it is. The name is looked at in its safe form, after
Unicode normalisation and without invisible characters (FreeScout CVE-2026-28289), and the content must be what the
name says. Files that customers send are another matter: they are kept whatever they are, and only ever handed out as
an attachment to save.
"""

from __future__ import annotations

import io
import zipfile

from dragoman.kit.errors import N_, Invalid
from dragoman.platform.files import FORBIDDEN_SUFFIXES, parts_of

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_OLE = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",)
_EBML = (b"\x1a\x45\xdf\xa3",)
_TIFF = (b"II*\x00", b"MM\x00*")
_PGP = (b"-----BEGIN PGP",)

BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    "pdf": (b"%PDF-",), "rtf": (b"{\\rtf",),
    "docx": _ZIP, "xlsx": _ZIP, "pptx": _ZIP, "odt": _ZIP, "ods": _ZIP, "odp": _ZIP, "epub": _ZIP, "zip": _ZIP,
    "pages": _ZIP, "numbers": _ZIP, "key": _ZIP,
    "doc": _OLE, "xls": _OLE, "ppt": _OLE, "msg": _OLE, "wps": _OLE, "et": _OLE, "dps": _OLE,
    "png": (b"\x89PNG\r\n\x1a\n",), "jpg": (b"\xff\xd8\xff",), "jpeg": (b"\xff\xd8\xff",),
    "gif": (b"GIF87a", b"GIF89a"), "bmp": (b"BM",), "tif": _TIFF, "tiff": _TIFF, "psd": (b"8BPS",),
    "mp3": (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), "ogg": (b"OggS",), "opus": (b"OggS",), "flac": (b"fLaC",),
    "amr": (b"#!AMR",), "webm": _EBML, "mkv": _EBML,
    "asc": _PGP, "ics": (b"BEGIN:VCALENDAR",), "vcf": (b"BEGIN:VCARD",),
}  # fmt: skip
"""Allowed suffixes whose content begins in a known way."""

RIFF = {"webp": b"WEBP", "wav": b"WAVE", "avi": b"AVI "}
"""Allowed suffixes of RIFF files, with the form that stands at byte 8."""

BOXED = frozenset({"mp4", "m4a", "m4v", "mov", "3gp", "heic", "heif", "avif"})
"""Allowed suffixes of ISO base media files: the first box's type stands at byte 4."""

BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"})

TEXTS = frozenset({"txt", "csv", "tsv", "md", "log", "json", "eml", "srt", "vtt", "yaml", "yml", "po"})
"""Allowed suffixes of plain text, in any encoding."""

ALLOWED = frozenset(BEGINNINGS) | frozenset(RIFF) | BOXED | TEXTS
"""Every suffix a person may send."""

DOMAINS = frozenset({"com", "app"})
"""Programs by their suffix, but within a name the end of a shop's domain: `lantern.com.pdf`."""

_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MEMBERS = 2000


def check(name: str, content: bytes) -> None:
    """Raise Invalid unless a file of this name and content may be sent."""
    *inner, last = parts_of(name) or [""]
    if not last:
        raise _no(N_("This file's name has no ending. Give it one that says what it is, for example .pdf."))
    if last in FORBIDDEN_SUFFIXES or (frozenset(inner) - DOMAINS) & FORBIDDEN_SUFFIXES:
        raise _no(N_("Files of this kind can't be sent. Mail servers refuse them too."), last)
    if last not in ALLOWED:
        raise _no(N_("Files ending in .{suffix} can't be sent. Send a PDF, a picture, a document or a ZIP."), last)
    if content and not _fits(last, content):
        raise _no(N_("This file is not what its ending .{suffix} says. Save it anew, and add it again."), last)
    if last == "zip":
        _check_archive(content)


def _no(message: str, suffix: str = "") -> Invalid:
    return Invalid(fields={"attachment": message}, suffix=suffix)


def _fits(suffix: str, content: bytes) -> bool:
    """Whether content begins as files of an allowed suffix do."""
    if suffix in TEXTS:
        return content.startswith(_UTF16) or b"\0" not in content[:8192]
    if suffix in BOXED:
        return content[4:8] in BOXES
    if suffix in RIFF:
        return content.startswith(b"RIFF") and content[8:12] == RIFF[suffix]
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n") if suffix in ("pdf", "ics", "vcf", "asc", "rtf") else content
    return start.startswith(BEGINNINGS[suffix])


def _check_archive(content: bytes) -> None:
    """Raise Invalid for a ZIP with programs in it, or too many files; its list is read, nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [one.filename for one in archive.infolist()]
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise _no(N_("This ZIP file is damaged. Make it anew, and add it again.")) from error
    if len(names) > _MEMBERS:
        raise _no(N_("This ZIP file holds too many files."))
    for name in names:
        suffix = (parts_of(name) or [""])[-1]
        if suffix in FORBIDDEN_SUFFIXES:
            raise _no(N_("This ZIP file holds a program or a web page (.{suffix}), which can't be sent."), suffix)
