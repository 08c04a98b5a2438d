"""Mails on disk: .eml files, mbox files, Maildir folders, and folders of all of them.

Streams: one message at a time is in memory, and one that cannot be read is an entry with its error, not a stop.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from dragoman.channels.email.parse import parse, to_json, unreadable

MAX_MESSAGE = 200 * 1024 * 1024

_FROM_LINE = re.compile(rb"From \S*.{0,200}\d{1,2}:\d\d.{0,40}\d{4}|From -? ?\S{0,200}@|From - ")
_ESCAPED = re.compile(rb">+From ")
_MAIL_ENDINGS = {".eml", ".emlx", ".mbox", ".mbx", ".msg822"}
_NOT_MAIL = {
    ".msf",
    ".dat",
    ".sqlite",
    ".db",
    ".json",
    ".html",
    ".css",
    ".js",
    ".txt",
    ".md",
    ".pdf",
    ".png",
    ".jpg",
    ".zip",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A message as found: `label` names file and place; exactly one of `raw` and `error` is set."""

    label: str
    raw: bytes | None
    error: str | None = None


def iter_raw(paths: Iterable[str | Path]) -> Iterator[Source]:
    """The messages below `paths`, in a stable order."""
    for given in paths:
        path = Path(given)
        if path.is_dir():
            for file in _files(path):
                yield from _read(file)
        elif path.exists():
            yield from _read(path)
        else:
            yield Source(str(path), None, "no such file or folder")


def count(paths: Iterable[str | Path]) -> int:
    """How many entries `iter_raw` will give; reads mbox files through once, opens others only for their first bytes."""
    total = 0
    for given in paths:
        path = Path(given)
        for file in _files(path) if path.is_dir() else [path]:
            try:
                with file.open("rb") as stream:
                    total += sum(1 for _ in _starts(stream)) if _is_mbox(stream) else 1
            except OSError:
                total += 1
    return total


def parse_paths(paths: Iterable[str | Path]) -> Iterator[dict[str, Any]]:
    """One JSON object a message, as `dragoman mail parse --json` prints them."""
    for source in iter_raw(paths):
        mail = parse(source.raw) if source.raw is not None else unreadable(f"file-unreadable:{source.error}")
        yield to_json(mail, source.label)


def _files(folder: Path) -> Iterator[Path]:
    """Mail files below a folder; within a Maildir those of cur and new, elsewhere those that look like mail."""
    for where, folders, names in os.walk(folder):
        place = Path(where)
        if {"cur", "new"} <= set(folders) and "tmp" in folders:
            # What is in tmp is not delivered yet.
            folders.remove("tmp")
        folders.sort()
        in_maildir = (
            place.name in {"cur", "new"} and (place.parent / "cur").is_dir() and (place.parent / "new").is_dir()
        )
        for name in sorted(names):
            file = place / name
            if in_maildir or file.suffix.lower() in _MAIL_ENDINGS or _looks_like_mail(file):
                yield file


def _looks_like_mail(file: Path) -> bool:
    """Whether a file without a telling name begins as a message or an mbox does."""
    if file.suffix.lower() in _NOT_MAIL or file.name.startswith("."):
        return False
    try:
        with file.open("rb") as stream:
            head = stream.read(400)
    except OSError:
        return False
    return bool(_FROM_LINE.match(head)) or bool(
        re.match(rb"(?:Return-Path|Received|Delivered-To|From|Date|Message-ID): ", head, re.I)
    )


def _read(path: Path) -> Iterator[Source]:
    try:
        with path.open("rb") as stream:
            if _is_mbox(stream):
                yield from _mbox(path, stream)
                return
            raw = stream.read(MAX_MESSAGE + 1)
    except OSError as error:
        yield Source(str(path), None, error.strerror or type(error).__name__)
        return
    if len(raw) > MAX_MESSAGE:
        yield Source(str(path), None, "larger than 200 MB")
    else:
        yield Source(str(path), _from_emlx(raw) if path.suffix.lower() == ".emlx" else raw)


def _from_emlx(raw: bytes) -> bytes:
    """Apple Mail's files: the length on the first line, then the message, then a property list."""
    first, _, rest = raw.partition(b"\n")
    return rest[: int(first)] if first.strip().isdigit() else raw


def _is_mbox(stream: BinaryIO) -> bool:
    head = stream.read(400)
    stream.seek(0)
    return bool(_FROM_LINE.match(head))


def _starts(stream: BinaryIO) -> Iterator[int]:
    """Offsets of the envelope lines of an mbox: "From " with a date, at the start or after a blank line."""
    blank = True
    offset = 0
    for line in stream:
        if blank and line.startswith(b"From ") and _FROM_LINE.match(line):
            yield offset
        blank = line in (b"\n", b"\r\n")
        offset += len(line)


def _mbox(path: Path, stream: BinaryIO) -> Iterator[Source]:
    number = 0
    lines: list[bytes] = []
    size = 0
    blank = True
    for line in stream:
        if blank and line.startswith(b"From ") and _FROM_LINE.match(line):
            if number:
                yield _message(path, number, lines, size)
            number += 1
            lines, size = [], 0
        elif size <= MAX_MESSAGE:
            lines.append(line[1:] if line.startswith(b">") and _ESCAPED.match(line) else line)
            size += len(line)
        blank = line in (b"\n", b"\r\n")
    if number:
        yield _message(path, number, lines, size)


def _message(path: Path, number: int, lines: list[bytes], size: int) -> Source:
    label = f"{path}#{number}"
    if size > MAX_MESSAGE:
        return Source(label, None, "larger than 200 MB")
    # The blank line before the next envelope belongs to the mailbox, not to the message.
    if lines and lines[-1] in (b"\n", b"\r\n"):
        lines.pop()
    return Source(label, b"".join(lines))
