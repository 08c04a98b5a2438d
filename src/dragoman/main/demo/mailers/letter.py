"""What a mail program is given to write, and the helpers that most programs share."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from html import escape
from textwrap import fill as wrap_line
from typing import Literal

from dragoman.main.demo.model import Customer, Product, Shop
from dragoman.main.demo.speech import clock_time, long_date, speech
from dragoman.main.demo.wire import Blob, Encoding, mailbox, stamp, word


@dataclass(frozen=True, slots=True)
class ReplyContext:
    """What only the product knows of the desk's latest mail in a ticket; empty before the first answer.

    `message_id` and `references` are that mail's headers without folding, `reply_to` the address it asks
    answers to be sent to (empty: the shop's own).
    """

    message_id: str = ""
    references: tuple[str, ...] = ()
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """The desk's mail that the customer answers, as it stands in their mailbox."""

    text: str
    at: datetime
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to be written.

    `at` is in the sender's zone; `seed` makes ids and boundaries that stay the same from run to run;
    `earlier` are the message ids of this sender's mails in the ticket before this one.
    """

    customer: Customer
    shop: Shop
    subject: str
    text: str
    at: datetime
    seed: str
    kind: Literal["message", "auto", "bounce"] = "message"
    order: str = ""
    product: Product | None = None
    files: tuple[Blob, ...] = ()
    quoted: Quoted | None = None
    earlier: tuple[str, ...] = ()
    via: str = ""

    @property
    def follows(self) -> bool:
        """Whether this is not the first mail of its ticket."""
        return bool(self.earlier)


Program = Callable[[Letter, ReplyContext], bytes]

_DOMAIN_PREFIX = {"gmail": "mail.", "yahoo": "mail.", "outlook": "exchange.", "qq": "", "naver": "cweb."}


def message_id(letter: Letter) -> str:
    """The id the sender's program gives: its shape differs by program, its domain is the sender's."""
    _local, _, domain = letter.customer.email.partition("@")
    mailer = letter.customer.mailer
    mark = stamp(f"id/{letter.seed}", 32)
    shapes = {
        "gmail": f"CA+{mark[:14]}={mark[14:30]}",
        "iphone": f"{mark[:8]}-{mark[8:12]}-{mark[12:16]}-{mark[16:20]}-{mark[20:32]}".upper(),
        "outlook": f"{mark[:20].upper()}0{mark[20:26].upper()}",
        "qq": f"tencent_{mark.upper()}",
        "yahoo": f"{int(mark[:8], 16)}.{int(mark[8:13], 16)}.{int(mark[13:24], 16)}",
    }
    return f"<{shapes.get(mailer, mark[:24])}@{_DOMAIN_PREFIX.get(mailer, '')}{domain}>"


def headers(
    letter: Letter,
    context: ReplyContext,
    *,
    charset: str = "utf-8",
    prefix: str = "Re: ",
    extra: tuple[tuple[str, str], ...] = (),
) -> list[tuple[str, str]]:
    """The headers every program writes, with the threading ones where the mail is an answer."""
    customer, to = letter.customer, context.reply_to or letter.shop.address
    subject = (prefix if letter.follows else "") + letter.subject
    rows = [
        ("Received", _received(letter)),
        ("From", mailbox(customer.name, customer.email, charset)),
        ("To", mailbox(letter.shop.name, to, charset, header="To") if letter.follows else f"<{to}>"),
        ("Subject", word(subject, charset)),
        ("Date", format_datetime(letter.at)),
        ("Message-ID", message_id(letter)),
    ]
    if parent := context.message_id or (letter.earlier[-1] if letter.earlier else ""):
        chain = (*context.references, parent) if context.message_id else letter.earlier
        rows.append(("In-Reply-To", parent))
        rows.append(("References", "\r\n ".join(dict.fromkeys(chain))))
    return [*rows, *extra]


def _received(letter: Letter) -> str:
    """One hop inside the sender's own house; its addresses are of the documentation ranges (RFC 5737)."""
    domain = letter.customer.email.partition("@")[2]
    host = int(stamp(letter.customer.key, 2), 16)
    return (
        f"from [198.51.100.{host}] by smtp.{domain}\r\n"
        f" with ESMTPSA id {stamp(letter.seed, 12)};\r\n {format_datetime(letter.at)}"
    )


def attribution(letter: Letter, pattern: str) -> str:
    """The line above a quotation, in the writer's language."""
    quoted, lang = letter.quoted, letter.customer.lang
    assert quoted is not None
    return pattern.format(
        date=long_date(quoted.at, lang),
        time=clock_time(quoted.at, lang),
        name=quoted.name,
        addr=quoted.address,
    )


def label_block(letter: Letter, *, bold: bool = False) -> list[str]:
    """The quoted mail's header as Outlook and its kin print it: from, sent, to, subject."""
    quoted, lang = letter.quoted, letter.customer.lang
    assert quoted is not None
    values = [
        f"{quoted.name} <{quoted.address}>",
        f"{long_date(quoted.at, lang)} {clock_time(quoted.at, lang)}",
        letter.customer.name,
        letter.subject,
    ]
    if bold:
        return [f"<b>{a}:</b> {escape(b)}" for a, b in zip(speech(lang).labels, values, strict=True)]
    return [f"{a}: {b}" for a, b in zip(speech(lang).labels, values, strict=True)]


def rewrap(text: str, width: int = 76) -> str:
    """Prose with hard line ends before `width`, as plain-text composers leave it."""
    return "\n".join(
        wrap_line(line, width, break_long_words=False, break_on_hyphens=False) if line.strip() else ""
        for line in text.split("\n")
    )


def angle(text: str) -> str:
    """Text with "> " before each line."""
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


def paragraphs(text: str) -> list[str]:
    """Escaped HTML of each paragraph, its inner line ends as breaks."""
    return [escape(block, quote=False).replace("\n", "<br>\n") for block in re.split(r"\n\s*\n", text)]


def economical(text: str) -> Encoding:
    """The transfer encoding a thrifty program chooses: 7bit, quoted-printable or base64."""
    if text.isascii() and max(map(len, text.split("\n"))) < 900:
        return "7bit"
    foreign = sum(not character.isascii() for character in text)
    return "quoted-printable" if foreign * 5 < len(text) else "base64"
