"""What the page of mails set aside shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail that could not be filed; `reason` is in the reader's words, `detail` what the machine said.

    `source` is the folder or file that it was found in, `octets` its whole size; `sender` and `subject` are what its
    beginning gives away, empty where that is nothing.
    """

    id: str
    at: datetime
    sender: str
    source: str
    mailbox: str
    reason: str
    retry: str
    download: str
    discard: str
    subject: str = ""
    octets: int = 0
    detail: str = ""
    tries: int = 1


@dataclass(frozen=True, slots=True)
class SetAsidePage:
    """Mails set aside, newest first; `more` is the address of older ones."""

    mails: tuple[Mail, ...]
    more: str = ""
    retry_all: str = ""
