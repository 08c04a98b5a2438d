"""Mails on disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dragoman.channels.email.parse import parse
from dragoman.channels.email.sources import count, iter_raw, parse_paths
from tests.channels.email.mails import raw

pytestmark = pytest.mark.req("R1")


def lf(number: int, body: str = "Hello\n") -> bytes:
    return raw(body, subject=f"Mail {number}").replace(b"\r\n", b"\n")


def subjects(path: Path) -> list[str]:
    return [parse(source.raw).subject for source in iter_raw([path]) if source.raw is not None]


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    path = tmp_path / "box.mbox"
    bodies = ["Hello\n\nFrom here on it is text, not an envelope\n", ">From escaped\n>>From twice\n", ""]
    with path.open("wb") as file:
        for number, body in enumerate(bodies, 1):
            file.write(b"From ann@example.org Mon Nov 16 10:00:00 2026\n" + lf(number, body) + b"\n")
    return path


def test_mbox(mbox: Path) -> None:
    found = list(iter_raw([mbox]))
    assert [source.label for source in found] == [f"{mbox}#{number}" for number in (1, 2, 3)]
    mails = [parse(source.raw) for source in found if source.raw is not None]
    assert [mail.subject for mail in mails] == ["Mail 1", "Mail 2", "Mail 3"]
    assert mails[0].text == "Hello\n\nFrom here on it is text, not an envelope"
    assert mails[1].text == "From escaped\n>From twice"
    assert count([mbox]) == 3
    assert found[0].raw == lf(1, "Hello\n\nFrom here on it is text, not an envelope\n")


def test_maildir_and_folders(tmp_path: Path) -> None:
    for folder, number in (("cur", 1), ("new", 2), ("tmp", 9)):
        (tmp_path / "Mail" / folder).mkdir(parents=True)
        (tmp_path / "Mail" / folder / f"{number}.host:2,S").write_bytes(lf(number))
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Mail" / ".Sent" / folder).mkdir(parents=True)
    (tmp_path / "Mail" / ".Sent" / "cur" / "3.host").write_bytes(lf(3))
    (tmp_path / "Mail" / "dovecot.index").write_bytes(b"\0\1binary")
    assert sorted(subjects(tmp_path)) == ["Mail 1", "Mail 2", "Mail 3"]
    assert count([tmp_path]) == 3


def test_folders_of_eml_and_nameless_files(tmp_path: Path, mbox: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "x.EML").write_bytes(lf(7))
    (deep / "Inbox").write_bytes(b"From - Mon Nov 16 10:00:00 2026\n" + lf(8) + b"\n")
    (deep / "4711").write_bytes(lf(9))
    (deep / "notes.txt").write_text("From me to you: 10:00 2026")
    (deep / "picture").write_bytes(b"\x89PNG")
    found = subjects(tmp_path)
    assert sorted(found) == ["Mail 1", "Mail 2", "Mail 3", "Mail 7", "Mail 8", "Mail 9"]
    assert count([tmp_path]) == len(list(iter_raw([tmp_path]))) == 6
    assert subjects(tmp_path) == found


def test_apple_mail_file(tmp_path: Path) -> None:
    message = lf(1)
    (tmp_path / "1.emlx").write_bytes(f"{len(message)}\n".encode() + message + b"<?xml version='1.0'?><plist/>")
    found = list(iter_raw([tmp_path]))
    assert found[0].raw == message


def test_one_bad_file_is_an_entry(tmp_path: Path) -> None:
    good = tmp_path / "good.eml"
    good.write_bytes(lf(1))
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")
    missing = tmp_path / "missing.eml"
    noise = tmp_path / "noise.eml"
    noise.write_bytes(bytes(range(256)) * 20)
    entries = list(parse_paths([missing, noise, empty, good]))
    assert [entry["file"] for entry in entries] == [str(missing), str(noise), str(empty), str(good)]
    assert entries[0]["problems"] == ["file-unreadable:no such file or folder"]
    assert entries[1]["problems"]
    assert "empty" in entries[2]["problems"]
    assert entries[3]["subject"] == "Mail 1"
    assert all(list(entry) == list(entries[3]) for entry in entries)
    assert count([missing, noise, empty, good]) == 4
    json.dumps(entries)


def test_strings_and_several_paths(tmp_path: Path, mbox: Path) -> None:
    one = tmp_path / "one.eml"
    one.write_bytes(lf(5))
    assert [entry["subject"] for entry in parse_paths([str(one), mbox])] == ["Mail 5", "Mail 1", "Mail 2", "Mail 3"]
