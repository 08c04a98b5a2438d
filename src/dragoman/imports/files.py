"""Opening what was uploaded: plain files, gzip and ZIP archives, within limits that a bomb does not pass."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from dragoman.kit.errors import N_, Invalid

MEMBERS = 5_000
BOMB_FROM, BOMB_RATIO = 64 * 1024 * 1024, 200
LONGEST_LINE = 64 * 1024 * 1024
WHOLE = 256 * 1024 * 1024
DATA = (".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt")
SAMPLE = 1024 * 1024
_RUN = re.compile(rb"[\x80-\xff]+")

BROKEN = N_("{file} is broken or cut off. Export it again, or copy it again, and check that its size is the same.")
BOMB = N_("{file} unpacks to far more than such files hold. It was not read. Unpack it yourself and look inside.")
EMPTY = N_("{file} is empty. Choose the file that the other desk has exported.")


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes to read, as often as needed."""

    name: str
    open: Callable[[], IO[bytes]]

    @classmethod
    def of(cls, name: str, content: bytes) -> Blob:
        """Bytes in memory."""
        return cls(name, lambda: io.BytesIO(content))

    @classmethod
    def at(cls, path: Path) -> Blob:
        """A file on disk."""
        return cls(path.name, lambda: path.open("rb"))


@contextmanager
def readable(name: str) -> Iterator[None]:
    """Whatever goes wrong in unpacking is said in a sentence."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, gzip.BadGzipFile, EOFError, NotImplementedError) as error:
        raise Invalid(BROKEN, file=name) from error


class _Bounded(io.RawIOBase):
    """A stream that ends with an error once it has given more than a packed file of that size can hold."""

    def __init__(self, inner: IO[bytes] | gzip.GzipFile, name: str, packed: int) -> None:
        self._inner, self._name = inner, name
        self._left = max(BOMB_FROM, packed * BOMB_RATIO)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with readable(self._name):
            chunk = self._inner.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise Invalid(BOMB, file=self._name)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._inner.close()
        super().close()


def _size(blob: Blob) -> int:
    with blob.open() as stream:
        return stream.seek(0, io.SEEK_END)


def fingerprint(blob: Blob) -> str:
    """What tells a file's content from another's."""
    with blob.open() as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def parts(blob: Blob) -> list[Blob]:
    """The data files in a blob, by name: those of an archive, or the blob itself. Raises Invalid."""
    with blob.open() as stream:
        head = stream.read(4)
    if not head:
        raise Invalid(EMPTY, file=blob.name)
    if head.startswith(b"\x1f\x8b"):
        size = _size(blob)
        inner = blob.name.removesuffix(".gz")
        return [Blob(inner, lambda: io.BufferedReader(_Bounded(gzip.GzipFile(fileobj=blob.open()), blob.name, size)))]
    if head.startswith(b"PK"):
        return _members(blob)
    return [blob]


def _members(blob: Blob) -> list[Blob]:
    with readable(blob.name), blob.open() as stream, zipfile.ZipFile(stream) as archive:
        infos = [one for one in archive.infolist() if not one.is_dir()]
    names = {one.filename for one in infos}
    if "[Content_Types].xml" in names:
        raise Invalid(N_("{file} is an office file. Save it as CSV (UTF-8) in your table program."), file=blob.name)
    if any(one.flag_bits & 1 for one in infos):
        raise Invalid(N_("{file} is protected by a password. Unpack it and choose the files inside."), file=blob.name)
    packed = sum(one.compress_size for one in infos)
    if len(infos) > MEMBERS or sum(one.file_size for one in infos) > max(BOMB_FROM, packed * BOMB_RATIO):
        raise Invalid(BOMB, file=blob.name)
    chosen = sorted(
        (one for one in infos if one.filename.lower().endswith(DATA) and not one.filename.startswith("__MACOSX")),
        key=lambda one: one.filename,
    )
    if not chosen:
        raise Invalid(N_("{file} holds no data file (.json, .jsonl or .csv)."), file=blob.name)

    def opener(info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
        def open_member() -> IO[bytes]:
            with readable(blob.name):
                archive = zipfile.ZipFile(blob.open())
                inner = archive.open(info)
            return io.BufferedReader(_Bounded(inner, blob.name, info.compress_size))

        return open_member

    return [Blob(one.filename.rpartition("/")[2], opener(one)) for one in chosen]


def whole(blob: Blob) -> bytes:
    """All bytes of a blob. Raises Invalid for one that does not fit into memory."""
    with blob.open() as stream:
        content = stream.read(WHOLE + 1)
    if len(content) > WHOLE:
        raise Invalid(N_("{file} is one single document that is too large. Export it as JSON Lines."), file=blob.name)
    return content


@dataclass(frozen=True, slots=True)
class Line:
    """An object of a JSON file: the line it stands on, None in `value` where it can't be read; `last` ends the file."""

    number: int
    value: dict[str, Any] | None
    last: bool = False


def json_lines(blob: Blob) -> Iterator[Line]:
    """The objects of a file of JSON Lines, or of one JSON list. Raises Invalid for what is neither."""
    with blob.open() as stream:
        head = stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head:
        raise Invalid(EMPTY, file=blob.name)
    if head.startswith(b"["):
        yield from _listed(blob)
        return
    if not head.startswith(b"{"):
        raise Invalid(N_("{file} is no JSON. Choose the JSON file that the other desk has exported."), file=blob.name)
    with blob.open() as stream:
        number, previous = 0, b""
        for raw in iter(lambda: stream.readline(LONGEST_LINE), b""):
            if previous.strip():
                yield Line(number, _object(previous))
            number, previous = number + 1, raw
        yield Line(number, _object(previous), last=True) if previous.strip() else Line(number, {}, last=True)


def _listed(blob: Blob) -> Iterator[Line]:
    try:
        found = json.loads(whole(blob))
    except (ValueError, RecursionError) as error:
        raise Invalid(BROKEN, file=blob.name) from error
    for number, one in enumerate(found, 1):
        yield Line(number, one if isinstance(one, dict) else None)


def _object(raw: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(raw.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def encoding_of(blob: Blob) -> str:
    """The encoding of a text file: its byte-order mark, else UTF-8 where all of it is, else GB18030 or Windows-1252 by
    the look of its bytes: Chinese comes in runs of bytes above 127, accented letters stand alone among plain ones."""
    with blob.open() as stream:
        head = stream.read(SAMPLE)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 5:
        return "utf-16-le" if head[1:200:2].count(0) > head[0:200:2].count(0) else "utf-16-be"
    if _is_utf8(blob):
        return "utf-8-sig"
    runs = [len(run) for run in _RUN.findall(head)]
    chinese = sum(run for run in runs if run > 1) * 10 > 7 * max(sum(runs), 1)
    return "gb18030" if chinese and _decodes(head, "gb18030") else "cp1252"


def _is_utf8(blob: Blob) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with blob.open() as stream:
        try:
            for chunk in iter(lambda: stream.read(SAMPLE), b""):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _decodes(head: bytes, name: str) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeDecodeError:
        return False
    return True
