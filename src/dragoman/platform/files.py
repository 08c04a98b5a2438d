"""Stored bytes: once for a workspace however often they come, and names that can't hurt whoever saves them."""

from __future__ import annotations

import hashlib
import unicodedata
from uuid import UUID

import regex
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dragoman.kit import clock, ids
from dragoman.platform.db import Session
from dragoman.platform.models import File

_invisible = regex.compile(r"\p{Cf}+")
_unsafe = regex.compile(r"[\p{C}\p{Z}/\\:*?\"<>|]+")

INLINE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""The only types ever shown in place; everything else is handed out as an attachment to save."""

FORBIDDEN_SUFFIXES = frozenset(
    """
    ade adp apk app appx appxbundle bat cab chm cmd com cpl dll dmg exe hta htm html inf ins isp iso jar js jse
    lib lnk mde mjs msc msi msix msp mst nsh php phtml pif ps1 py reg rb scr sct sh shb svg svgz sys vb vbe vbs
    vhd vxd wsc wsf wsh xhtml xht xll xml xsl
    """.split()  # noqa: SIM905 - a list of a hundred words reads best as words
)
"""Programs, and files that browsers run (mail providers refuse most of them): not even within a name that ends well.
What may be sent is a list of its own: `platform/kinds.py`."""


def safe_name(name: str, *, fallback: str = "file") -> str:
    """A file name without folders, control, format or invisible characters, of at most 120 characters."""
    name = _unsafe.sub(" ", _invisible.sub("", unicodedata.normalize("NFKC", name))).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    if dot and len(name) > 120:
        name = stem[: 119 - len(suffix)] + dot + suffix
    return name[:120] or fallback


def parts_of(name: str) -> list[str]:
    """All suffixes of a name in its safe form, in order, so that `a.php.jpg` and `a.p\u200bhp` hide nothing."""
    return ["".join(part.casefold().split()) for part in safe_name(name, fallback="").split(".")[1:]]


def digest(content: bytes) -> bytes:
    """The key under which bytes are stored once."""
    return hashlib.sha256(content).digest()


async def store(session: Session, contents: list[bytes]) -> list[UUID]:
    """Keep contents, each once; returns their ids in the given order."""
    by_digest = {digest(content): content for content in contents}
    if not by_digest:
        return []
    rows = [
        {"id": ids.new(), "sha256": sha, "size": len(content), "content": content, "created_at": clock.now()}
        for sha, content in by_digest.items()
    ]
    await session.execute(insert(File).on_conflict_do_nothing(), rows)
    found = await session.execute(select(File.sha256, File.id).where(File.sha256.in_(list(by_digest))))
    known = {bytes(sha): file_id for sha, file_id in found}
    return [known[digest(content)] for content in contents]


async def read(session: Session, file_id: UUID) -> bytes | None:
    """The bytes of a file of this workspace."""
    content: bytes | None = await session.scalar(select(File.content).where(File.id == file_id))
    return content
