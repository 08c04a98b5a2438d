"""The file of a backup: a zip of COPY streams and a manifest, with a checksum of all of it at its very end.

Any unzip program opens it. The last 64 bytes, in the zip's comment, are the SHA-256 of every byte before them, so that
one flipped or missing byte anywhere is found before anything is read from it. docs/backup.md describes it whole.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from dragoman.kit.errors import N_, Conflict, Invalid, NotFound, Unavailable

FORMAT = 1
MANIFEST = "manifest.json"
MARK = b"dragoman-sha256:"
DIGEST = 64  # characters of a SHA-256 in hexadecimal
CHUNK = 1024 * 1024  # bytes held at a time, whatever the size of a table
LEVEL = 1  # of deflate: the quickest; a level more costs twice the time for a tenth of the size
DAMAGED = N_(
    "{file} is damaged ({detail}); nothing was changed. Copy it again from where it is kept, or take another backup."
)
NEWER = N_(
    "{file} was made by a newer release ({release}); nothing was changed. Update Dragoman here to that release first."
)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True)


class Part(_Record):
    """One table of one workspace: a COPY stream in text format."""

    table: str
    columns: tuple[str, ...]
    rows: int
    bytes: int
    sha256: str


class Held(_Record):
    """One workspace in the file. `secrets` counts the values that only the installation's key opens."""

    id: UUID
    slug: str
    name: str
    secrets: int
    parts: tuple[Part, ...]


class LockedKey(_Record):
    """The installation's key under a passphrase: scrypt, then AES-256-GCM (nonce and ciphertext in Base64)."""

    salt: str
    n: int = Field(gt=1, le=2**20)
    r: int = Field(gt=0, le=32)
    p: int = Field(gt=0, le=16)
    sealed: str


class Manifest(_Record):
    """What the file holds. `schema_revision` is the migration its tables stand at; `key_mark` tells keys apart."""

    format: int
    release: str
    schema_revision: str
    made_at: datetime
    server: str
    key_mark: str
    key: LockedKey | None
    workspaces: tuple[Held, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables of all workspaces."""
        return sum(part.rows for held in self.workspaces for part in held.parts)


def member(workspace: UUID, table: str) -> str:
    """The name of a part in the zip."""
    return f"{workspace}/{table}.copy"


class _Hashed:
    """A file that can only be added to, and hashes all but its last 64 bytes on the way."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sha = hashlib.sha256()
        self.tail = b""

    def write(self, data: Any) -> int:
        held = self.tail + bytes(data)
        self.sha.update(memoryview(held)[:-DIGEST])
        self.tail = held[-DIGEST:]
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()


class Writer:
    """A file being written. Parts are added one after the other, the manifest finishes it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.hashed = _Hashed(file)
        self.zip = ZipFile(self.hashed, "w", ZIP_DEFLATED, compresslevel=LEVEL)  # type: ignore[call-overload]
        self.zip.comment = MARK + b"0" * DIGEST

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError, ValueError):  # given up half-way: the file is thrown away
            self.zip.close()

    def add(self, workspace: UUID, table: str, columns: tuple[str, ...], rows: Iterator[Any]) -> Part:
        """Write one part from a COPY's pieces."""
        sha, size, count = hashlib.sha256(), 0, 0
        with self.zip.open(member(workspace, table), "w", force_zip64=True) as out:
            for chunk in _joined(rows):
                sha.update(chunk)
                size += len(chunk)
                count += chunk.count(b"\n")
                out.write(chunk)
        return Part(table=table, columns=columns, rows=count, bytes=size, sha256=sha.hexdigest())

    def finish(self, manifest: Manifest) -> None:
        """Add the manifest and the checksum, and see to it that all of it is on the disk."""
        self.zip.writestr(MANIFEST, manifest.model_dump_json(indent=1))
        self.zip.close()
        self.file.seek(-DIGEST, os.SEEK_END)
        self.file.write(self.hashed.sha.hexdigest().encode())
        self.file.flush()
        os.fsync(self.file.fileno())


def _joined(rows: Iterator[Any]) -> Iterator[bytes]:
    """COPY gives a row at a time; a megabyte at a time is compressed far quicker."""
    held: list[bytes] = []
    size = 0
    for row in rows:
        held.append(bytes(row))
        size += len(row)
        if size >= CHUNK:
            yield b"".join(held)
            held, size = [], 0
    if held:
        yield b"".join(held)


class Reader:
    """A backup that was checked whole. `open` makes one."""

    def __init__(self, name: str, archive: ZipFile, manifest: Manifest) -> None:
        self.name, self.zip, self.manifest = name, archive, manifest

    def chunks(self, workspace: UUID, part: Part) -> Iterator[bytes]:
        """A part's COPY stream; raises Invalid at its end when it is not what the manifest says."""
        sha, size, rows = hashlib.sha256(), 0, 0
        try:
            with self.zip.open(member(workspace, part.table)) as stream:
                while size <= part.bytes and (chunk := stream.read(CHUNK)):
                    sha.update(chunk)
                    size += len(chunk)
                    rows += chunk.count(b"\n")
                    yield chunk
        except (KeyError, BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise Invalid(DAMAGED, file=self.name, detail=member(workspace, part.table)) from error
        if (sha.hexdigest(), size, rows) != (part.sha256, part.bytes, part.rows):
            raise Invalid(DAMAGED, file=self.name, detail=member(workspace, part.table))

    def check(self) -> None:
        """Read every part to its end. Raises Invalid for the first one that is missing or not as it was written."""
        for held in self.manifest.workspaces:
            for part in held.parts:
                for _chunk in self.chunks(held.id, part):
                    pass


@contextmanager
def reading(path: Path) -> Iterator[Reader]:
    """A backup, checked to its last byte before anything is taken from it.

    Raises NotFound, Invalid (damaged, cut off, no backup at all) and Conflict (made by a newer release).
    """
    try:
        file = path.open("rb")
    except FileNotFoundError as error:
        raise NotFound(N_("There is no file {file}."), file=path) from error
    except OSError as error:
        raise Unavailable(N_("{file} can't be read: {error}"), file=path, error=error.strerror or error) from error
    with file:
        name = path.name
        _check_whole(name, file)
        try:
            archive = ZipFile(file)
            raw = archive.read(MANIFEST)
        except (BadZipFile, KeyError, zlib.error, ValueError) as error:
            raise Invalid(DAMAGED, file=name, detail=MANIFEST) from error
        with archive:
            reader = Reader(name, archive, _manifest(name, raw))
            reader.check()
            yield reader


def _check_whole(name: str, file: IO[bytes]) -> None:
    if file.read(4) != b"PK\3\4":
        raise Invalid(N_("{file} is not a backup of Dragoman; nothing was changed."), file=name)
    end = file.seek(0, os.SEEK_END)
    tail = len(MARK) + DIGEST
    file.seek(max(end - tail, 0))
    mark = file.read(tail)
    if not mark.startswith(MARK):
        raise Invalid(
            N_("{file} ends too early, or is not a backup of Dragoman; nothing was changed. Copy it again from where "
               "it is kept, or take another backup."),
            file=name,
        )  # fmt: skip
    file.seek(0)
    sha = hashlib.sha256()
    left = end - DIGEST
    while left and (chunk := file.read(min(CHUNK, left))):
        sha.update(chunk)
        left -= len(chunk)
    if sha.hexdigest().encode() != mark[len(MARK) :]:
        raise Invalid(DAMAGED, file=name, detail="SHA-256")
    file.seek(0)


def _manifest(name: str, raw: bytes) -> Manifest:
    try:
        facts = json.loads(raw)
        if isinstance(facts, dict) and isinstance(facts.get("format"), int) and facts["format"] > FORMAT:
            raise Conflict(NEWER, file=name, release=facts.get("release", "?"))
        return Manifest.model_validate(facts)
    except (ValueError, ValidationError) as error:
        raise Invalid(DAMAGED, file=name, detail=MANIFEST) from error
