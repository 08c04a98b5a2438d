"""Static files: read once, served from memory under a content hash, so that browsers may keep them for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static"
FOREVER = "public, max-age=31536000, immutable"
SHEETS = (
    "tokens.css",
    "base.css",
    "controls.css",
    "marks.css",
    "menus.css",
    "builders.css",
    "feedback.css",
    "shell.css",
    "list.css",
    "ticket.css",
    "thread.css",
    "composer.css",
    "work.css",
    "panel.css",
    "manage.css",
    "entry.css",
)
_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/json",
}
_TEXT = ("text/", "image/svg", "application/json")


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file ready to send; `packed` is its gzip form, or None where packing gains nothing."""

    body: bytes
    packed: bytes | None
    type: str


def _asset(name: str, body: bytes) -> Asset:
    suffix = Path(name).suffix
    kind = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    if not kind.startswith(_TEXT):
        return Asset(body, None, kind)
    return Asset(body, gzip.compress(body, 9, mtime=0), f"{kind}; charset=utf-8")


@cache
def files() -> dict[str, Asset]:
    """Every static file by its name below the static folder; the sheets are joined into `desk.css`."""
    found = {
        path.relative_to(FOLDER).as_posix(): path.read_bytes()
        for path in sorted(FOLDER.rglob("*"))
        if path.is_file() and path.parent.name != "css"
    }
    found["desk.css"] = b"\n".join((FOLDER / "css" / name).read_bytes() for name in SHEETS)
    return {name: _asset(name, body) for name, body in found.items()}


@cache
def digest() -> str:
    """A hash over all static files: one address space a release, so that relative imports keep working."""
    total = hashlib.sha256()
    for name, asset in sorted(files().items()):
        total.update(name.encode() + b"\0" + asset.body + b"\0")
    return total.hexdigest()[:12]


def asset_url(name: str) -> str:
    """The address of the static file `name`; raises KeyError for one that does not exist."""
    files()[name]
    return f"{PREFIX}/{digest()}/{name}"


def scripts() -> tuple[str, ...]:
    """Addresses of the script modules, for preloading them side by side."""
    return tuple(asset_url(name) for name in files() if name.startswith("js/"))
