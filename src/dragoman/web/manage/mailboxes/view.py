"""What the mailbox pages show."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder's reconciliation: mails on the server, fetched, filed as messages, set aside."""

    name: str
    on_server: int
    fetched: int
    filed: int
    set_aside: int

    @property
    def missing(self) -> int:
        """Mails on the server that were not fetched yet."""
        return max(0, self.on_server - self.fetched)


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """One mailbox; `state` is a key of words.MAILBOX."""

    id: str
    address: str
    shop: str
    state: str
    href: str
    checked_at: datetime | None = None
    error: str = ""
    error_at: datetime | None = None
    next_at: datetime | None = None
    folders: tuple[Folder, ...] = ()
    sends: bool = True


@dataclass(frozen=True, slots=True)
class MailboxesPage:
    """All mailboxes."""

    mailboxes: tuple[MailboxRow, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a connection test: `state` is done, failed or waiting; `advice` says what to do when it failed."""

    label: str
    state: str
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """The form of one mailbox, a new one when `id` is empty, with the steps of its last test."""

    action: str
    test: str
    form: Form
    shops: tuple[Choice, ...]
    security: tuple[Choice, ...]
    id: str = ""
    address: str = ""
    reading: tuple[Step, ...] = field(default=())
    sending: tuple[Step, ...] = field(default=())
    pause: str = ""
    paused: bool = False
    check: str = ""
