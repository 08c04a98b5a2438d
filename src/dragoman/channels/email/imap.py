"""Talking to an IMAP server: read-only, by UID, never trusting flags. All of it blocks; run it in a thread."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from imap_tools.imap_utf7 import utf7_encode

from dragoman.channels.email.models import Mailbox
from dragoman.platform import net
from dragoman.platform.secrets import Keys

TIMEOUT = 60.0
CHUNK, CHUNK_BYTES = 50, 16 * 1024 * 1024

imaplib._MAXLINE = 50_000_000  # type: ignore[attr-defined]  # one SEARCH line names every UID of a folder


class Trouble(Exception):
    """The server said no, or something that can't be understood."""


@dataclass(frozen=True, slots=True)
class Account:
    """How to reach an IMAP server. `security`: `tls` from the first byte, `starttls`, or `none`."""

    host: str
    port: int
    security: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class FolderState:
    """A folder as the server describes it."""

    uidvalidity: int
    uids: tuple[int, ...]


def account_of(box: Mailbox, keys: Keys) -> Account:
    """A mailbox's IMAP account, its password opened."""
    password = keys.open(box.imap_password, context=f"mailbox:{box.id}") if box.imap_password else ""
    return Account(box.imap_host, box.imap_port, box.imap_security, box.imap_user, password)


class _Client(imaplib.IMAP4):
    """imaplib on a socket that the guard has already connected."""

    def __init__(self, sock: socket.socket, host: str, context: ssl.SSLContext | None) -> None:
        self._given = context.wrap_socket(sock, server_hostname=host) if context else sock
        super().__init__(host, timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> socket.socket:
        self._given.settimeout(timeout)
        return self._given


@contextmanager
def session(account: Account, sock: socket.socket) -> Iterator[imaplib.IMAP4]:
    """A signed-in connection over a connected socket. Raises OSError, ssl.SSLError, imaplib.IMAP4.error, Trouble."""
    sock.setblocking(True)
    sock.settimeout(TIMEOUT)
    try:
        client = _Client(sock, account.host, net.tls_context() if account.security == "tls" else None)
    except BaseException:
        sock.close()
        raise
    try:
        if account.security == "starttls":
            client.starttls(net.tls_context())
        client.login(account.user, account.password)
        yield client
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            client.logout()


def quoted(folder: str) -> str:
    """A folder's name as the protocol writes it (modified UTF-7, RFC 3501 §5.1.3)."""
    name = utf7_encode(folder).decode("ascii")
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _ok(answer: tuple[str, Sequence[Any]], what: str) -> Sequence[Any]:
    kind, data = answer
    if kind != "OK":
        detail = data[0].decode("utf-8", "replace") if data and isinstance(data[0], bytes) else ""
        raise Trouble(f"{what}: {detail}".strip(": "))
    return data


def examine(client: imaplib.IMAP4, folder: str) -> FolderState:
    """Open a folder read-only and list all its UIDs."""
    _ok(client.select(quoted(folder), readonly=True), folder)
    _kind, data = client.response("UIDVALIDITY")
    if not data or data[0] is None:
        raise Trouble(f"{folder}: no UIDVALIDITY")
    found = _ok(client.uid("SEARCH", "ALL"), folder)
    uids = [int(uid) for part in found if isinstance(part, bytes) for uid in part.split()]
    return FolderState(int(data[0]), tuple(sorted(set(uids))))


_meta = re.compile(rb"UID (\d+)")
_moment = re.compile(rb'INTERNALDATE "([^"]+)"')
_size = re.compile(rb"UID (\d+).*?RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+).*?UID (\d+)")


def chunks(client: imaplib.IMAP4, uids: Sequence[int]) -> Iterator[list[int]]:
    """UIDs in portions that are few and small enough to hold in memory, oldest first."""
    for start in range(0, len(uids), 500):
        some = uids[start : start + 500]
        sizes: dict[int, int] = {}
        for line in _ok(client.uid("FETCH", ",".join(map(str, some)), "(RFC822.SIZE)"), "sizes"):
            if isinstance(line, bytes) and (found := _size.search(line)):
                sizes[int(found[1] or found[4])] = int(found[2] or found[3])
        portion: list[int] = []
        total = 0
        for uid in some:
            size = sizes.get(uid, 100_000)
            if portion and (len(portion) >= CHUNK or total + size > CHUNK_BYTES):
                yield portion
                portion, total = [], 0
            portion.append(uid)
            total += size
        if portion:
            yield portion


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as the server holds it, and when it reached the mailbox there."""

    raw: bytes
    arrived: datetime | None


def fetch(client: imaplib.IMAP4, uids: Sequence[int]) -> dict[int, Fetched]:
    """The raw mails of some UIDs, without touching their flags; those that the server does not give are missing."""
    out: dict[int, Fetched] = {}
    for part in _ok(client.uid("FETCH", ",".join(map(str, uids)), "(UID INTERNALDATE BODY.PEEK[])"), "fetch"):
        if isinstance(part, tuple) and len(part) == 2 and (found := _meta.search(part[0])):
            out[int(found[1])] = Fetched(part[1], _internal_date(part[0]))
    return out


def _internal_date(answer: bytes) -> datetime | None:
    """RFC 3501 §2.3.3: `17-Jul-1996 02:44:25 -0700`."""
    found = _moment.search(answer)
    if found is None:
        return None
    try:
        return parsedate_to_datetime(found[1].decode("ascii", "replace").replace("-", " ", 2).strip())
    except ValueError:
        return None
