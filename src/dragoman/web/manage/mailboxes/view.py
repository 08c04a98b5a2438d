"""What the mailbox pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dragoman.web.forms import Choice, Form


@dataclass(frozen=True, slots=True)
class Account:
    """Where a mailbox's mails are.

    `on_server` is None for mailboxes that are forwarded: there is no server to ask. Of the mails on the server at
    the last look `fetched` are stored here; of all that were ever `taken` some are `filed`, some `set_aside`.
    """

    on_server: int | None
    fetched: int
    filed: int
    set_aside: int
    taken: int

    @property
    def missing(self) -> int:
        """Mails on the server that were not fetched yet."""
        return max(0, self.on_server - self.fetched) if self.on_server is not None else 0

    @property
    def waiting(self) -> int:
        """Mails stored here that are not filed yet."""
        return max(0, self.taken - self.filed - self.set_aside)


@dataclass(frozen=True, slots=True)
class MailboxRow:
    """One mailbox; `state` is a key of words.MAILBOX."""

    id: str
    address: str
    shop: str
    state: str
    href: str
    account: Account
    checked_at: datetime | None = None
    error: str = ""
    error_at: datetime | None = None
    next_at: datetime | None = None
    forwarded: bool = False


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
    """The form of one mailbox, a new one when `id` is empty, with the steps of its last test.

    `door` is the address of the built-in mail receiver, empty while it is off.
    """

    action: str
    test: str
    form: Form
    shops: tuple[Choice, ...]
    ways: tuple[Choice, ...]
    security: tuple[Choice, ...]
    id: str = ""
    address: str = ""
    steps: tuple[Step, ...] = ()
    check: str = ""
    door: str = ""
