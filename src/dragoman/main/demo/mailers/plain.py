"""Programs that write plain text: Thunderbird, a provider's old webmail, Yahoo Japan, The Bat!."""

from __future__ import annotations

from textwrap import wrap

from dragoman.main.demo.mailers.letter import (
    Letter,
    ReplyContext,
    angle,
    attribution,
    headers,
    label_block,
    rewrap,
)
from dragoman.main.demo.speech import speech
from dragoman.main.demo.wire import Encoding, attachment, message, multipart, pick, stamp, text_part


def thunderbird(letter: Letter, context: ReplyContext) -> bytes:
    """Thunderbird: UTF-8 in eight bits, format=flowed (RFC 3676), answer above or below the quotation."""
    text = flow(letter.text)
    if letter.quoted:
        line = attribution(letter, speech(letter.customer.lang).wrote)
        text += f"\n\n{line}\n{angle(rewrap(letter.quoted.text, 70))}\n"
    if letter.customer.signature:
        text += f"\n-- \n{letter.customer.signature}"
    agent = ("User-Agent", "Mozilla Thunderbird")
    body = text_part("text/plain", text, "UTF-8", "8bit", extra="; format=flowed")
    return message(headers(letter, context, extra=(agent,)), _with_files(letter, body))


def flow(text: str, width: int = 72) -> str:
    """Prose as format=flowed: soft line ends carry a trailing space, and lines that would be taken for
    quotations, mbox separators or signatures are stuffed with a leading one (RFC 3676 §4)."""
    rows: list[str] = []
    for line in text.split("\n"):
        pieces = wrap(line, width, break_long_words=False, break_on_hyphens=False) or [""]
        rows += [f"{piece} " for piece in pieces[:-1]] + pieces[-1:]
    return "\n".join(f" {row}" if row.startswith((">", "From ", "-- ")) else row for row in rows)


def webmail_legacy(letter: Letter, context: ReplyContext) -> bytes:
    """A provider's webmail of the old school: the language's own charset, quoted-printable."""
    text = rewrap(letter.text, 72)
    if letter.quoted:
        line = attribution(letter, speech(letter.customer.lang).wrote)
        text += f"\n\n{line}\n\n{angle(rewrap(letter.quoted.text, 72))}\n"
    charset = pick(text, speech(letter.customer.lang).charset)
    encoding: Encoding = "base64" if letter.customer.lang == "th" else "quoted-printable"
    body = text_part("text/plain", text, charset, encoding)
    agent = ("X-Mailer", "Webmail 4.9")
    return message(headers(letter, context, charset=charset, extra=(agent,)), _with_files(letter, body))


def yahoojp(letter: Letter, context: ReplyContext) -> bytes:
    """Yahoo! Japan Mail: ISO-2022-JP in seven bits (RFC 1468), "Original Message" above quotations."""
    text = letter.text
    if letter.quoted:
        block = "\n".join(label_block(letter))
        text += f"\n\n----- Original Message -----\n{angle(block)}\n>\n{angle(letter.quoted.text)}\n"
    charset = pick(text, "iso-2022-jp")
    encoding: Encoding = "7bit" if charset == "iso-2022-jp" else "base64"
    body = text_part("text/plain", text, charset, encoding)
    agent = ("X-Mailer", "YahooMailWebService/0.8.111_81")
    shown = headers(letter, context, charset=charset, extra=(agent,))
    return message(shown, _with_files(letter, body, charset))


def thebat(letter: Letter, context: ReplyContext) -> bytes:
    """The Bat!: Windows-1251 in eight bits, quotations marked with the writer's initials."""
    text = rewrap(letter.text, 72)
    if letter.quoted:
        initials = "".join(name[0] for name in letter.quoted.name.split()[:2])
        quotation = "\n".join(f"{initials}> {line}" for line in rewrap(letter.quoted.text, 68).split("\n"))
        text += f"\n\n{attribution(letter, speech('ru').wrote)}\n\n{quotation}\n"
    charset = pick(text, "windows-1251")
    body = text_part("text/plain", text, charset, "8bit")
    extra = (("X-Mailer", "The Bat! (v11.4)"), ("X-Priority", "3 (Normal)"))
    return message(headers(letter, context, charset=charset, extra=extra), _with_files(letter, body))


def _with_files(letter: Letter, body: bytes, charset: str = "utf-8") -> bytes:
    if not letter.files:
        return body
    boundary = f"------------{stamp(letter.seed, 24)}"
    files = [attachment(blob, charset=charset, rfc2231=charset == "utf-8") for blob in letter.files]
    return multipart("mixed", boundary, [body, *files])
