"""What nobody answers: out-of-office replies, bounces, spam, lists, advertising, and a broken mail."""

from __future__ import annotations

from email.utils import format_datetime

from dragoman.main.demo.mailers.letter import (
    Letter,
    ReplyContext,
    economical,
    headers,
    message_id,
    paragraphs,
)
from dragoman.main.demo.wire import message, multipart, part, stamp, text_part, word


def out_of_office(letter: Letter, context: ReplyContext) -> bytes:
    """An automatic answer as RFC 3834 asks it to be marked, with the marks of older servers besides."""
    marks = (("Auto-Submitted", "auto-replied"), ("X-Auto-Response-Suppress", "All"), ("Precedence", "bulk"))
    prefix = "Automatische Antwort: " if letter.customer.lang == "de" else "Automatic reply: "
    body = text_part("text/plain", letter.text, "utf-8", economical(letter.text))
    return message(headers(letter, context, prefix=prefix, extra=marks), body)


def bounce(letter: Letter, context: ReplyContext) -> bytes:
    """A delivery status notification (RFC 3464) for the desk's own mail; `letter.text` is the diagnosis."""
    customer, domain = letter.customer, letter.customer.email.partition("@")[2]
    code = next((piece for piece in letter.text.split() if piece.count(".") == 2), "5.0.0")
    human = (
        f"This is the mail system at host mx.{domain}.\n\nYour message could not be delivered to:\n\n"
        f"<{customer.email}>: {letter.text}\n"
    )
    report = (
        f"Reporting-MTA: dns; mx.{domain}\r\nArrival-Date: {format_datetime(letter.at)}\r\n\r\n"
        f"Final-Recipient: rfc822; {customer.email}\r\nAction: failed\r\nStatus: {code}\r\n"
        f"Diagnostic-Code: smtp; {letter.text}\r\n"
    )
    original = (
        f"From: <{letter.shop.address}>\r\nTo: <{customer.email}>\r\n"
        f"Subject: {word(letter.subject)}\r\nMessage-ID: {context.message_id or '<unknown@invalid.example>'}\r\n"
    )
    head = [
        ("Return-Path", "<>"),
        ("From", f"Mail Delivery System <MAILER-DAEMON@mx.{domain}>"),
        ("To", f"<{context.reply_to or letter.shop.address}>"),
        ("Subject", "Undelivered Mail Returned to Sender"),
        ("Date", format_datetime(letter.at)),
        ("Message-ID", f"<{stamp(letter.seed, 20)}@mx.{domain}>"),
        ("Auto-Submitted", "auto-replied"),
    ]
    parts = [
        text_part("text/plain", human, "us-ascii", "7bit"),
        part("message/delivery-status", report.encode(), "7bit"),
        part("text/rfc822-headers", original.encode(), "7bit"),
    ]
    mark = stamp(f"b/{letter.seed}", 16).upper()
    return message(head, multipart("report", mark, parts, extra="; report-type=delivery-status"))


def spam(letter: Letter, context: ReplyContext) -> bytes:
    """An offer nobody asked for, as loud as they come."""
    marks = (("X-Priority", "1"), ("X-Spam-Flag", "YES"), ("Reply-To", "<yes-please@top-of-page.example>"))
    html = "".join(f'<p><font size="5" color="red">{p}</font></p>' for p in paragraphs(letter.text))
    html += '<img src="https://pixel.top-of-page.example/o.gif" width="1" height="1">'
    body = text_part("text/html", html, "utf-8", "base64")
    return message(headers(letter, context, extra=marks), body)


def mailing_list(letter: Letter, context: ReplyContext) -> bytes:
    """A list's digest with the list headers of RFC 2369 and RFC 2919."""
    marks = (
        ("Precedence", "list"),
        ("List-Id", "Cross-border Sellers Exchange <sellers.lists.tradewind.example>"),
        ("List-Unsubscribe", "<mailto:sellers-leave@lists.tradewind.example>"),
        ("List-Post", "<mailto:sellers@lists.tradewind.example>"),
    )
    body = text_part("text/plain", letter.text, "us-ascii", "7bit")
    return message(headers(letter, context, extra=marks), body)


def newsletter(letter: Letter, context: ReplyContext) -> bytes:
    """Advertising with remote pictures, a counting pixel and one-click unsubscription (RFC 8058)."""
    house = "https://img.cartonandco.example"
    marks = (
        ("List-Unsubscribe", "<https://news.cartonandco.example/leave?u=7f3a>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("Precedence", "bulk"),
    )
    html = (
        f'<html><body style="margin:0;background:#f4efe6"><center><table width="600" style="background:#fff">'
        f'<tr><td><img src="{house}/hero-honeycomb.jpg" width="600" alt="Paper honeycomb"></td></tr>'
        + "".join(f'<tr><td style="padding:16px;font:16px Georgia">{p}</td></tr>' for p in paragraphs(letter.text))
        + f'<tr><td align="center"><a href="https://www.cartonandco.example/samples">Order samples</a></td></tr>'
        f'</table></center><img src="{house}/seen.gif?u=7f3a" width="1" height="1"></body></html>'
    )
    boundary = f"_----------={stamp(letter.seed, 20)}"
    parts = [
        text_part("text/plain", letter.text, "utf-8", economical(letter.text)),
        text_part("text/html", html, "utf-8", "quoted-printable"),
    ]
    return message(headers(letter, context, extra=marks), multipart("alternative", boundary, parts))


def broken(letter: Letter, _context: ReplyContext) -> bytes:
    """A mail that a failing relay cut off in its header: no sender, half an encoded subject, no text."""
    return (
        f"X-Relay-Fault: connection reset\r\nMessage-ID: {message_id(letter)}\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nSubject: =?utf-8?B?w4PCpMO\r\n\r\n"
    ).encode()
