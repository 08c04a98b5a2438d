"""What a mail is, once read: plain values without behaviour."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

SectionKind = Literal["own", "quote", "signature"]


@dataclass(frozen=True, slots=True)
class Address:
    """A display name and an addr-spec; either may be empty, the e-mail's domain is lower case."""

    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail. `size` counts decoded bytes; `cid` stands without angle brackets."""

    name: str
    type: str
    size: int
    sha256: str
    inline: bool
    cid: str | None
    content: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """A run of the text: the sender's own words, a quotation, or a signature."""

    kind: SectionKind
    text: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A delivery status (RFC 3464): who could not be reached and why.

    `status` is an enhanced status code ("5.1.1") or empty; `action` one of failed, delayed, delivered, relayed,
    expanded; `permanent` means that trying again is pointless.
    """

    recipient: str
    status: str
    action: str
    diagnostic: str
    permanent: bool
    original_message_id: str | None


@dataclass(frozen=True, slots=True)
class Relay:
    """A marketplace stood between buyer and us.

    `buyer_address_is_alias` says that the address reaches the buyer only through the platform and only for this
    order, so that it identifies no person elsewhere. `message` holds the buyer's own words where the platform's
    wrapper marks them off.
    """

    platform: Literal["amazon", "ebay", "shopify", "aliexpress"]
    order_id: str | None
    buyer_name: str
    buyer_email: str
    buyer_address_is_alias: bool
    message: str | None


@dataclass(frozen=True, slots=True)
class Machine:
    """Signs that no person wrote the mail (RFC 3834 and its neighbours).

    `auto_reply` is sure, and `why` names the sign; `maybe_auto_reply` rests on wording alone; `is_list` is list or
    bulk mail; `from_machine` a sender that reads no answers (mailer-daemon, no-reply).
    """

    auto_reply: bool
    maybe_auto_reply: bool
    is_list: bool
    from_machine: bool
    why: str


@dataclass(frozen=True, slots=True)
class ParsedMail:
    """A mail as read. Absent headers are empty strings or tuples; `problems` lists what was repaired or lost.

    Message ids stand without angle brackets. `text` is the whole plain text; `sections` cut it without loss of
    words; `text_reply` joins the own ones. `html` is sanitised (see `html.sanitise`), or None if the mail has none.
    A problem is a short key, with a detail after a colon: "charset-guessed:gb18030".
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    from_: Address
    sender: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    text: str
    text_reply: str
    sections: tuple[Section, ...]
    html: str | None
    attachments: tuple[Attachment, ...]
    machine: Machine
    bounce: Bounce | None
    return_path: str | None
    delivered_to: tuple[str, ...]
    loop: str
    language: str
    order_refs: tuple[str, ...]
    marketplace: Relay | None
    problems: tuple[str, ...]

    @property
    def auto_reply(self) -> bool:
        """Whether a machine answered for its owner, for sure."""
        return self.machine.auto_reply

    @property
    def is_list(self) -> bool:
        """Whether it came by a list or in bulk."""
        return self.machine.is_list
